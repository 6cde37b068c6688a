"""The fan at work: new tickets without an owner go to whose turn it is; nobody there: the head is told (M29)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.tickets import store
from followup.tickets.acting import act_row
from followup.tickets.availability import available_now
from followup.tickets.fan import Candidate, choose
from followup.tickets.open_store import open_by_owner
from followup.tickets.reconcile import TicketChange


async def give_out(desk: Desk, changes: Iterable[TicketChange]) -> set[int]:
    """Clients whose new ticket was given to somebody; their tickets are to be derived once more."""
    given: set[int] = set()
    for change in changes:
        if _is_to_give(change) and await _give(desk, change.ticket_id, change.after):
            given.add(change.after["client_id"])
    return given


def _is_to_give(change: TicketChange) -> bool:
    """Whoever was reached meanwhile, or is somebody's already, is given to nobody."""
    row = change.after
    return change.is_new and change.is_open and row["owner_id"] is None and row["contact_at"] is None


async def _give(desk: Desk, ticket_id: int, ticket: Mapping[str, Any]) -> bool:
    members = fan_members_of(desk, ticket["group_name"])
    present = await available_now(desk, members)
    turns = await store.fan_of(desk.c, desk.book.id)
    busy = await open_by_owner(desk.c, desk.book.id)
    choice = choose(_candidate(member, turns.get(member.id), busy.get(member.id, 0)) for member in present)
    for member in members:
        if member.id not in {each.id for each in present} and turns.get(member.id, {}).get("was_available"):
            await store.write_fan(desk.c, desk.book.id, member.id, was_available=False)
    if choice is None:
        await _tell_head(desk, ticket_id)
        return False
    newest = max((row["last_no"] for row in turns.values()), default=0)
    for member_id, had in choice.turns.items():
        count = {"last_no": newest + 1} if member_id == choice.member_id else {}
        await store.write_fan(desk.c, desk.book.id, member_id, turns=had, was_available=True, **count)
    about = (None, f"fan:{ticket_id}")
    row = act_row(desk, ticket, "fan", {"to": choice.member_id, "why": choice.why}, about)
    return await store.add_act(desk.c, row) is not None


def _candidate(member: Member, row: Mapping[str, Any] | None, has_open: int) -> Candidate:
    known = row or {}
    return Candidate(
        member_id=member.id,
        weight=known.get("weight", 1),
        turns=known.get("turns", 0.0),
        was_available=known.get("was_available", False),
        last_no=known.get("last_no", 0),
        has_open=has_open,
    )


def fan_members_of(desk: Desk, group: str | None) -> list[Member]:
    """The line's group; where there is none, everybody who may work but leads nobody, or else everybody who may."""
    workers = [member for member in desk.book.members.values() if member.may_work]
    if group is not None and (of_group := [member for member in workers if group in member.groups]):
        return of_group
    return [member for member in workers if not member.may_lead] or workers


async def _tell_head(desk: Desk, ticket_id: int) -> None:
    """Nobody is there to take it: it waits like one without a fan, and whoever leads knows."""
    chats = [await notices.private_chat(desk.c, desk.book.id, head.id) for head in desk.book.heads()]
    reachable = [chat for chat in chats if chat is not None and chat.is_reachable]
    for chat in reachable or await notices.chats_of(desk.c, desk.book.id, "team"):
        letter = notices.Letter(
            team_id=desk.book.id,
            chat_id=chat.id,
            kind="nobody_there",
            at=desk.now,
            payload={"ticket_id": ticket_id},
            priority=priorities.ALERT,
            key=f"nobody:{chat.id}:{ticket_id}",
        )
        await notices.add_letter(desk.c, letter)
