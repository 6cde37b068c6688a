"""Numbers of one person: joined on somebody's word, taken apart again, cases derived anew both times (D3, X11, T5)."""

from __future__ import annotations

from followup.cases import store
from followup.cases.actions import Press
from followup.cases.reconcile import Touched, reconcile
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.errors import FollowupError
from followup.ledger import store as ledger
from followup.notices import store as notices
from followup.phone import is_e164, normalise
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from storage.rows import Row


async def join_number(desk: Desk, press: Press, raw: str) -> str:
    """The client of this case has another number, too; returns it as E.164."""
    case = await _client_case(desk, press)
    number = normalise(raw, desk.book.policy.region)
    if number is None or not is_e164(number):
        raise FollowupError("bad_number", found=raw[:40])
    number_id = (await clients.number_ids(desk.c, desk.book.id, [number], desk.now))[number]
    other = (await clients.clients_of_numbers(desk.c, desk.book.id, [number_id]))[number_id]
    if other == case["client_id"]:
        raise FollowupError("same_client")
    moved = [pair[0] for pair in (await clients.numbers_of_clients(desk.c, desk.book.id, [other]))[other]]
    merge = {
        "team_id": desk.book.id,
        "from_client_id": other,
        "into_client_id": case["client_id"],
        "number_ids": moved,
        "account_ids": [row["id"] for row in await accounts_of(desk, other)],
        "merged_at": desk.now,
        "merged_by": press.member.id,
        "source_key": press.source_key,
    }
    if await clients.add_merge(desk.c, merge):
        await regroup(desk, {case["client_id"], other})
        # The case itself may be as it was: its card names the new number all the same.
        await notices.raise_cards(desk.c, desk.book.id, "case", [case["id"]])
        about = {"member_id": press.member.id, "case_id": case["id"]}
        await ledger.note(desk.c, desk.book.id, "merge", desk.now, **about, number=number)
    return number


async def split_client(desk: Desk, press: Press) -> None:
    """Undo the newest merge into this case's client."""
    case = await _client_case(desk, press)
    merge = await clients.last_merge(desk.c, desk.book.id, case["client_id"])
    if merge is None:
        raise FollowupError("no_such_client")
    await clients.undo_merge(desk.c, desk.book.id, merge, desk.now)
    await regroup(desk, {merge["from_client_id"], merge["into_client_id"]})
    await notices.raise_cards(desk.c, desk.book.id, "case", [case["id"]])
    await ledger.note(desk.c, desk.book.id, "unmerge", desk.now, member_id=press.member.id, case_id=case["id"])


async def regroup(desk: Desk, both: set[int]) -> None:
    """Cases are derived anew, and so is who is on the blacklist: a person blocked a number, not a grouping."""
    await reconcile(desk, Touched(clients=both, is_merge=True))
    for client_id, pairs in (await clients.numbers_of_clients(desk.c, desk.book.id, both)).items():
        acts = await store.actions_of_numbers(desk.c, desk.book.id, [number_id for number_id, _ in pairs])
        marks = [act for act in acts if act["kind"] in ("block", "unblock")]
        last = max(marks, key=lambda act: (act["at"], act["id"]), default=None)
        is_blocked = last is not None and last["kind"] == "block"
        await clients.set_blocked(desk.c, desk.book.id, client_id, blocked=is_blocked)


async def accounts_of(desk: Desk, client_id: int) -> list[Row]:
    """Where a client writes from: it goes wherever his numbers go."""
    return (await accounts.accounts_of_clients(desk.c, desk.book.id, [client_id])).get(client_id, [])


async def _client_case(desk: Desk, press: Press) -> Row:
    await lock_team(desk.c, desk.book.id)
    case = await store.case_by_id(desk.c, desk.book.id, press.case_id)
    if case is None:
        raise FollowupError("not_yours")
    if not press.member.may_work:
        raise FollowupError("viewer_cannot")
    if case["client_id"] is None:
        raise FollowupError("nothing_to_call")
    return case
