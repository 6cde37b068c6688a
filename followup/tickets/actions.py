"""What people do about a ticket: each one a transaction of check → fact → derive → announce.

An act is a fact in the lane of the ticket, never a patch of it; a press that arrives twice (``source_key``) counts once.
A refusal is a ``FollowupError``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from followup.cases import actions as cases
from followup.cases.queue_store import open_case_of
from followup.errors import FollowupError
from followup.ledger import store as ledger
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from followup.tickets import store
from followup.tickets.acting import act_row
from followup.tickets.facts import VOICE, ActKind
from followup.tickets.follow import follow
from followup.tickets.statuses import CLOSED, STATUSES
from storage.rows import Row

MAX_SNOOZE = timedelta(days=92)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPress:
    """Who does it to which ticket; ``source_key`` names the update it came with ("u:<update_id>")."""

    ticket_id: int
    member: Member
    source_key: str


async def take(desk: Desk, press: TicketPress) -> Row:
    """The first one owns it, and the client's open case with it; the second one is told who and when."""
    ticket = await _open(desk, press)
    if await store.has_source(desk.c, desk.book.id, press.source_key):
        return ticket
    if ticket["owner_id"] == press.member.id and ticket["taken_at"] is not None:
        raise FollowupError("already_yours")
    _refuse_foreign(desk, ticket, press.member.id)
    await _take_case(desk, press, ticket)
    return await _act(desk, press, ticket, "take")


async def release(desk: Desk, press: TicketPress) -> Row:
    """Back to the group, by its owner or a head."""
    ticket = await _open(desk, press)
    if await store.has_source(desk.c, desk.book.id, press.source_key):
        return ticket
    if ticket["owner_id"] is None:
        raise FollowupError("not_taken")
    if not press.member.may_lead:
        _refuse_foreign(desk, ticket, press.member.id)
    return await _act(desk, press, ticket, "release")


async def transfer(desk: Desk, press: TicketPress, *, to: int | None = None, group: str | None = None) -> Row:
    """G7: to a colleague, or to a group; from another's hands only by a head."""
    ticket = await _open(desk, press)
    receiver = desk.book.members.get(to or 0)
    if to is not None and (receiver is None or not receiver.may_work):
        raise FollowupError("no_such_member")
    if group is not None and group not in groups_of(desk):
        raise FollowupError("stale_card")
    if not press.member.may_lead:
        _refuse_foreign(desk, ticket, press.member.id)
    data = {"to": to, "from": ticket["owner_id"]} if group is None else {"to": None, "group": group}
    return await _act(desk, press, ticket, "transfer", data)


def groups_of(desk: Desk) -> list[str]:
    """Every group of the team's people and lines."""
    found = {group for member in desk.book.members.values() for group in member.groups}
    return sorted(found | {line.group for line in desk.book.lines.values() if line.group})


async def set_status(desk: Desk, press: TicketPress, status: str) -> Row:
    """One of the nine; a closed one closes the ticket, an open one opens it again (M25)."""
    ticket = await _ticket(desk, press)
    if status not in STATUSES:
        raise FollowupError("stale_card")
    if status not in CLOSED and ticket["state"] != "open":
        await _refuse_reopening(desk, ticket)
    return await _act(desk, press, ticket, "status", {"to": status})


async def set_topic(desk: Desk, press: TicketPress, topic_id: int | None) -> Row:
    """G6: from the directory only."""
    ticket = await _ticket(desk, press)
    if topic_id is not None and topic_id not in desk.book.topics:
        raise FollowupError("stale_card")
    return await _act(desk, press, ticket, "topic", {"topic": topic_id})


async def comment(desk: Desk, press: TicketPress, text: str) -> Row:
    """G30: free text, 1–500 characters."""
    return await _act(desk, press, await _ticket(desk, press), "comment", {"text": cases.checked_text(text)})


async def close(desk: Desk, press: TicketPress, result_id: int, text: str | None = None) -> Row:
    """G2: a result of the directory, which tells the status; a comment if there is something to say."""
    ticket = await _ticket(desk, press)
    if ticket["state"] != "open" and await store.has_source(desk.c, desk.book.id, press.source_key):
        return ticket
    ticket = _must_be_open(desk, ticket)
    result = desk.book.results.get(result_id)
    if result is None:
        raise FollowupError("stale_card")
    said = cases.checked_text(text) if text is not None else None
    return await _act(desk, press, ticket, "close", {"result": result.id, "status": result.status, "comment": said})


async def reopen(desk: Desk, press: TicketPress) -> Row:
    """Back to what it was; not if the client has a newer one in its place."""
    ticket = await _ticket(desk, press)
    if ticket["state"] == "open":
        raise FollowupError("ticket_open")
    await _refuse_reopening(desk, ticket)
    return await _act(desk, press, ticket, "reopen")


async def snooze(desk: Desk, press: TicketPress, until: datetime) -> Row:
    """Not before then, or until the client speaks again."""
    ticket = await _open(desk, press)
    if until <= desk.now:
        raise FollowupError("moment_past")
    if until - desk.now > MAX_SNOOZE:
        raise FollowupError("bad_moment")
    return await _act(desk, press, ticket, "snooze", {"until": until.isoformat()})


async def give_back(desk: Desk, ticket_id: int) -> Row | None:
    """Taken but silent: the clock gives it back to the group."""
    await lock_team(desk.c, desk.book.id)
    ticket = await store.ticket_by_id(desk.c, desk.book.id, ticket_id)
    if ticket is None or ticket["state"] != "open" or ticket["owner_id"] is None:
        return None
    key = f"return:{ticket_id}:{int(ticket['owned_at'].timestamp())}"
    data = {"from": ticket["owner_id"]}
    return await _record(desk, ticket, "return", data, (None, key))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket made by hand or by a program for a known client; ``key`` makes it once-only within the team."""

    client_id: int
    channel: str
    key: str
    subject: str | None = None
    entry_point: str | None = None
    group: str | None = None
    number_id: int | None = None
    by: int | None = None


async def create(desk: Desk, new: NewTicket) -> Row:
    """The ticket; asked for twice under one key it is the same one."""
    await lock_team(desk.c, desk.book.id)
    data = {name: getattr(new, name) for name in ("channel", "subject", "entry_point", "group", "number_id")}
    row = {"team_id": desk.book.id, "client_id": new.client_id, "kind": "create", "at": desk.now, "made_at": desk.now}
    row |= {"member_id": new.by, "data": data, "source_key": new.key}
    if await store.add_act(desk.c, row | {"number_id": None, "account_id": None, "born_as": None}) is not None:
        await follow(desk, {new.client_id}, None, makers={new.client_id})
    act = await store.act_by_source(desk.c, desk.book.id, new.key)
    assert act is not None  # noqa: S101 - written above, or before
    found = await store.stored_tickets(desk.c, desk.book.id, {act["client_id"]})
    return next(ticket for ticket in found if ticket["lane"] == f"a:{act['id']}")


async def may_act(desk: Desk, press: TicketPress, *, must_be_open: bool = True) -> Row:
    """Refuse a question now rather than its answer later."""
    return await (_open(desk, press) if must_be_open else _ticket(desk, press))


async def _take_case(desk: Desk, press: TicketPress, ticket: Row) -> None:
    """One client, one person: the open case of the same client is taken with the ticket."""
    case = await open_case_of(desk.c, desk.book.id, ticket["client_id"]) if ticket["lane"] == VOICE else None
    if case is not None and case["owner_id"] is None:
        await cases.take_case(
            desk, cases.Press(case_id=case["id"], member=press.member, source_key=f"{press.source_key}:case")
        )


async def _ticket(desk: Desk, press: TicketPress) -> Row:
    await lock_team(desk.c, desk.book.id)
    ticket = await store.ticket_by_id(desk.c, desk.book.id, press.ticket_id)
    if ticket is None:
        raise FollowupError("not_yours")
    if ticket["state"] == "gone":
        raise FollowupError("ticket_gone")
    if not press.member.may_work:
        raise FollowupError("viewer_cannot")
    return ticket


async def _open(desk: Desk, press: TicketPress) -> Row:
    return _must_be_open(desk, await _ticket(desk, press))


def _must_be_open(desk: Desk, ticket: Row) -> Row:
    if ticket["state"] != "open":
        name = desk.book.member_name(ticket["closed_by"])
        raise FollowupError("ticket_closed", name=name, at=ticket["closed_at"])
    return ticket


async def _refuse_reopening(desk: Desk, ticket: Row) -> None:
    own = await store.stored_tickets(desk.c, desk.book.id, {ticket["client_id"]})
    newer = [each["id"] for each in own if each["lane"] == ticket["lane"] and each["created_at"] > ticket["created_at"]]
    if newer:
        raise FollowupError("ticket_newer", found=newer[-1])


def _refuse_foreign(desk: Desk, ticket: Mapping[str, Any], me: int) -> None:
    owner = ticket["owner_id"]
    if owner is not None and owner != me:
        raise FollowupError("taken_by_other", name=desk.book.member_name(owner), at=ticket["owned_at"])


async def _act(
    desk: Desk, press: TicketPress, ticket: Row, kind: ActKind, data: Mapping[str, Any] | None = None
) -> Row:
    return await _record(desk, ticket, kind, data or {}, (press.member.id, press.source_key))


async def _record(
    desk: Desk, ticket: Row, kind: ActKind, data: Mapping[str, Any], author: tuple[int | None, str]
) -> Row:
    """The fact, the derived difference, the ledger."""
    if await store.add_act(desk.c, act_row(desk, ticket, kind, data, author)) is None:
        return ticket
    await follow(desk, {ticket["client_id"]}, ticket["created_at"])
    about = {"member_id": author[0], "ticket_id": ticket["id"]}
    await ledger.note(desk.c, desk.book.id, f"ticket_{kind}", desk.now, **about)
    return await store.ticket_by_id(desk.c, desk.book.id, ticket["id"]) or ticket
