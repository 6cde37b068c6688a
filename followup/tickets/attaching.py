"""A ticket's client gets a name, or turns out to be a contact known already (G3, G4): joined, and taken apart again."""

from __future__ import annotations

from collections.abc import Sequence

from followup.cases.actions import Press, checked_text
from followup.cases.merging import accounts_of, regroup
from followup.cases.queue_store import open_case_of
from followup.cases.store import case_by_id
from followup.clients import store as clients
from followup.errors import FollowupError
from followup.ledger import store as ledger
from followup.notices import store as notices
from followup.teams.desk import Desk
from followup.tickets import attaching_store as store
from followup.tickets.actions import NewTicket, TicketPress, create, may_act
from followup.tickets.follow import follow, raise_tickets_of
from followup.tickets.naming import named
from followup.tickets.store import stored_tickets
from storage.rows import Row

LONGEST_NAME = 60


async def name_contact(desk: Desk, press: TicketPress, text: str) -> None:
    """What colleagues call this client from now on, and numbers that are his, too (G3)."""
    ticket = await may_act(desk, press, must_be_open=False)
    said = named(checked_text(text), desk.book.policy.region)
    if said.name and len(said.name) > LONGEST_NAME:
        raise FollowupError("text_too_long", found=len(said.name), expected=LONGEST_NAME)
    if said.name:
        await clients.rename_client(desk.c, desk.book.id, ticket["client_id"], said.name)
        about = {"member_id": press.member.id, "ticket_id": ticket["id"]}
        await ledger.note(desk.c, desk.book.id, "name", desk.now, **about)
        await _refresh(desk, {ticket["client_id"]})
    await _join_numbers(desk, press, ticket, said.numbers)


async def _join_numbers(desk: Desk, press: TicketPress, ticket: Row, numbers: Sequence[str]) -> None:
    """Whoever has such a number is this client, with everything that is known of him."""
    mine, team_id = ticket["client_id"], desk.book.id
    ids = await clients.number_ids(desk.c, team_id, numbers, desk.now)
    for place, number in enumerate(numbers):
        other = (await clients.clients_of_numbers(desk.c, team_id, [ids[number]]))[ids[number]]
        if other != mine and await _merge(desk, press, (other, mine), f"{press.source_key}:{place}"):
            about = {"member_id": press.member.id, "ticket_id": ticket["id"]}
            await ledger.note(desk.c, team_id, "merge", desk.now, **about, number=number)
            await _derive(desk, {other, mine})


async def attach(desk: Desk, press: TicketPress, client_id: int) -> None:
    """All numbers and accounts of the ticket's client are the contact's from now on; both are derived anew."""
    ticket = await may_act(desk, press, must_be_open=False)
    other, team_id = ticket["client_id"], desk.book.id
    if client_id == other:
        last = await clients.last_merge(desk.c, team_id, client_id)
        if last is not None and last["source_key"] == press.source_key:
            return
        raise FollowupError("same_contact")
    if client_id not in await clients.people(desk.c, team_id, [client_id]):
        raise FollowupError("no_such_client")
    if not await _merge(desk, press, (other, client_id), press.source_key):
        return
    about = {"member_id": press.member.id, "ticket_id": ticket["id"]}
    await ledger.note(desk.c, team_id, "merge", desk.now, **about, client_id=client_id)
    await _derive(desk, {other, client_id})


async def _merge(desk: Desk, press: TicketPress, both: tuple[int, int], source_key: str) -> bool:
    """Everything of the one is the other's; False if this very press has done it before."""
    giver, taker = both
    team_id = desk.book.id
    pairs = (await clients.numbers_of_clients(desk.c, team_id, [giver])).get(giver, [])
    merge = {
        "team_id": team_id,
        "from_client_id": giver,
        "into_client_id": taker,
        "number_ids": [number_id for number_id, _ in pairs],
        "account_ids": [row["id"] for row in await accounts_of(desk, giver)],
        "merged_at": desk.now,
        "merged_by": press.member.id,
        "source_key": source_key,
    }
    if not await clients.add_merge(desk.c, merge):
        return False
    made = await store.made_for(desk.c, team_id, giver)
    await store.move_made(desk.c, team_id, [row["id"] for row in made], taker)
    return True


async def detach(desk: Desk, press: TicketPress) -> None:
    """Undo the newest joining into the ticket's client."""
    ticket = await may_act(desk, press, must_be_open=False)
    team_id, here = desk.book.id, ticket["client_id"]
    merge = await clients.last_merge(desk.c, team_id, here)
    if merge is None:
        raise FollowupError("no_such_client")
    await clients.undo_merge(desk.c, team_id, merge, desk.now)
    moved = set(merge["number_ids"])
    made = [row["id"] for row in await store.made_for(desk.c, team_id, here) if row["data"].get("number_id") in moved]
    await store.move_made(desk.c, team_id, made, merge["from_client_id"])
    about = {"member_id": press.member.id, "ticket_id": ticket["id"]}
    await ledger.note(desk.c, team_id, "unmerge", desk.now, **about, client_id=merge["from_client_id"])
    await _derive(desk, {here, merge["from_client_id"]})


async def follow_joined_case(desk: Desk, case_id: int) -> None:
    """Numbers came to the case's client from another one, or went back: the tickets of both are derived anew."""
    case = await case_by_id(desk.c, desk.book.id, case_id)
    if case is not None and case["client_id"] is not None:
        both = await store.related_clients(desk.c, desk.book.id, case["client_id"])
        await follow(desk, both, None, makers=both)


async def _derive(desk: Desk, both: set[int]) -> None:
    await regroup(desk, both)
    # Whose ticket went with a number has none stored under his own name: he may make one again.
    await follow(desk, both, None, makers=both)
    await _refresh(desk, both)


async def _refresh(desk: Desk, who: set[int]) -> None:
    """A card may show another name or number though nothing has happened to its case or ticket."""
    await raise_tickets_of(desk, who)
    found = [await open_case_of(desk.c, desk.book.id, client_id) for client_id in who]
    await notices.raise_cards(desk.c, desk.book.id, "case", [case["id"] for case in found if case is not None])


async def reveal_number(desk: Desk, press: TicketPress) -> str:
    """The full number for one pair of eyes, written into the ledger."""
    ticket = await may_act(desk, press, must_be_open=False)
    pairs = (await clients.numbers_of_clients(desk.c, desk.book.id, [ticket["client_id"]])).get(ticket["client_id"], [])
    if not pairs:
        raise FollowupError("nothing_to_call")
    about = {"member_id": press.member.id, "ticket_id": ticket["id"]}
    await ledger.note(desk.c, desk.book.id, "reveal", desk.now, **about)
    return dict(pairs).get(ticket["number_id"], pairs[0][1])


async def ticket_of_case(desk: Desk, press: Press) -> int:
    """The open ticket of the case's client, else his newest; who has none gets one made by hand."""
    case = await case_by_id(desk.c, desk.book.id, press.case_id)
    if case is None:
        raise FollowupError("not_yours")
    if case["client_id"] is None:
        raise FollowupError("nothing_to_call")
    found = [row for row in await stored_tickets(desk.c, desk.book.id, {case["client_id"]}) if row["state"] != "gone"]
    if found:
        return int(max(found, key=lambda row: (row["state"] == "open", row["kind"] == "voice", row["id"]))["id"])
    if not press.member.may_work:
        raise FollowupError("viewer_cannot")
    made = NewTicket(
        client_id=case["client_id"],
        channel="manual",
        key=f"{press.source_key}:ticket",
        number_id=case["number_id"],
        by=press.member.id,
    )
    return int((await create(desk, made))["id"])
