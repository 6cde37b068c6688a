"""The blacklist as seen from a ticket: a client with numbers is blocked by his number, another one by what he writes from."""

from __future__ import annotations

from typing import Any

from followup.cases import actions as cases
from followup.cases import store as case_store
from followup.cases.queue_store import open_case_of
from followup.cases.reconcile import Touched, reconcile
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.errors import FollowupError
from followup.ledger import store as ledger
from followup.teams.desk import Desk
from followup.tickets.actions import TicketPress, may_act
from followup.tickets.follow import raise_tickets_of
from storage.rows import Row


async def is_silenced(desk: Desk, account: Row) -> bool:
    """Whether nothing of what comes from there is heard."""
    return account["is_blocked"] or await clients.is_blocked(desk.c, desk.book.id, account["client_id"])


async def block_contact(desk: Desk, press: TicketPress, *, blocked: bool) -> None:
    """Onto the blacklist, or off it; heads and owners only. Doing it twice is no mistake."""
    ticket = await may_act(desk, press, must_be_open=False)
    if not press.member.may_lead:
        raise FollowupError("team_only_head")
    client_id = ticket["client_id"]
    pairs = (await clients.numbers_of_clients(desk.c, desk.book.id, [client_id])).get(client_id, [])
    if pairs:
        number_id = ticket["number_id"] if ticket["number_id"] in dict(pairs) else pairs[0][0]
        await _block_number(desk, press, (client_id, number_id), blocked=blocked)
    if not pairs or not blocked:
        await _block_accounts(desk, press, client_id, blocked=blocked)
    await raise_tickets_of(desk, {client_id})


async def _block_number(desk: Desk, press: TicketPress, whose: tuple[int, int], *, blocked: bool) -> None:
    """Through his open case, if he has one: it is closed by it. Else a fact that stands for whatever comes."""
    client_id, number_id = whose
    case = await open_case_of(desk.c, desk.book.id, client_id)
    if case is not None:
        about = cases.Press(case_id=case["id"], member=press.member, source_key=f"{press.source_key}:case")
        await cases.block_client(desk, about, blocked=blocked)
        return
    if blocked == await clients.is_blocked(desk.c, desk.book.id, client_id):
        return
    kind = "block" if blocked else "unblock"
    fact: dict[str, Any] = {
        "team_id": desk.book.id,
        "number_id": number_id,
        "call_id": None,
        "scope": "",
        "kind": kind,
        "data": {},
    }
    fact |= {"at": desk.now, "made_at": desk.now, "member_id": press.member.id, "source_key": press.source_key}
    if await case_store.add_action(desk.c, fact):
        await clients.set_blocked(desk.c, desk.book.id, client_id, blocked=blocked)
        await reconcile(desk, Touched(clients={client_id}, since=desk.now))
        about_it = {"member_id": press.member.id, "ticket_id": press.ticket_id}
        await ledger.note(desk.c, desk.book.id, kind, desk.now, **about_it)


async def _block_accounts(desk: Desk, press: TicketPress, client_id: int, *, blocked: bool) -> None:
    own = (await accounts.accounts_of_clients(desk.c, desk.book.id, [client_id])).get(client_id, [])
    for account in own:
        if account["is_blocked"] != blocked:
            await accounts.change_account(desk.c, desk.book.id, account["id"], is_blocked=blocked)
            about = {"member_id": press.member.id, "ticket_id": press.ticket_id, "account_id": account["id"]}
            await ledger.note(desk.c, desk.book.id, "block" if blocked else "unblock", desk.now, **about)
