"""One call as its card shows it: who rang, who answered, why it was missed, whether it counts as target (M8, M19)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from followup.calls.merge import from_json
from followup.calls.verdict import CallFacts
from followup.errors import FollowupError
from followup.ledger import store as ledger
from followup.phone import is_erased
from followup.reports import call_store as store
from followup.reports.question import UNKNOWN_AFTER
from followup.teams.book import Member, TeamBook
from followup.teams.desk import Desk
from storage.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One phone of ours that rang: whose it was then, and what came of it."""

    extension: str | None
    name: str | None
    rang_at: datetime | None
    answered_at: datetime | None
    result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCall:
    """A call, whole; of a forgotten client nothing is told but that there was a call."""

    id: int
    direction: str
    outcome: str
    started_at: datetime
    number: str | None
    name: str | None
    line: str | None
    manager: str | None
    talk_seconds: int
    ring_seconds: int | None
    reason: str | None
    result: str | None
    legs: tuple[Leg, ...]
    recording_url: str | None
    case_id: int | None
    is_non_target: bool
    marked_by: str | None
    marked_at: datetime | None
    is_erased: bool
    is_suspect: bool


async def one_call(desk: Desk, call_id: int) -> OneCall | None:
    """The call as it is known now; None: it is none of the team's."""
    row = await store.call_by_id(desk.c, desk.book.id, call_id)
    if row is None or row["started_at"] is None:
        return None
    facts, is_gone = from_json(row["facts"]), row["number"] is not None and is_erased(row["number"])
    same = ("id", "direction", "started_at", "talk_seconds", "ring_seconds", "reason", "result", "case_id")
    return OneCall(
        **{name: row[name] for name in (*same, "is_non_target", "is_suspect")},
        outcome=_outcome(row, desk.now),
        number=None if is_gone else row["number"],
        name=None if is_gone else row["client_name"],
        line=desk.book.line_name(row["line"]),
        manager=desk.book.member_name(desk.book.member_by_extension(row["extension"], row["started_at"])),
        legs=_legs(desk.book, facts, row),
        recording_url=None if is_gone else _link(facts.recording_url),
        marked_by=desk.book.member_name(row["non_target_by"]),
        marked_at=row["non_target_at"],
        is_erased=is_gone,
    )


async def mark_call(desk: Desk, member: Member, call_id: int, *, non_target: bool) -> bool:
    """M19: mark one call, or take the mark away; all reports follow. False if it stood so already."""
    if not member.may_work:
        raise FollowupError("viewer_cannot")
    row = await store.call_by_id(desk.c, desk.book.id, call_id)
    if row is None:
        raise FollowupError("nothing_here")
    mark = {"is_non_target": non_target, "non_target_by": member.id, "non_target_at": desk.now}
    if not await store.mark_one(desk.c, desk.book.id, call_id, mark):
        return False
    kind = "non_target" if non_target else "target"
    about = {"member_id": member.id, "case_id": row["case_id"], "call_id": call_id}
    await ledger.note(desk.c, desk.book.id, kind, desk.now, **about)
    return True


def _outcome(row: Row, now: datetime) -> str:
    is_silent = row["last_event_at"] < now - UNKNOWN_AFTER
    return "unknown" if row["outcome"] == "in_progress" and is_silent else str(row["outcome"])


def _legs(book: TeamBook, facts: CallFacts, row: Row) -> tuple[Leg, ...]:
    legs = [_leg(book, leg, row["started_at"]) for leg in facts.legs.values()]
    return tuple(sorted(legs, key=lambda leg: (leg.rang_at or row["started_at"], leg.extension or "")))


def _leg(book: TeamBook, leg: Mapping[str, Any], started_at: datetime) -> Leg:
    extension, answered_at = leg.get("extension"), leg.get("answered_at")
    return Leg(
        extension=extension,
        name=book.member_name(book.member_by_extension(extension, started_at)),
        rang_at=leg.get("rang_at"),
        answered_at=answered_at,
        result="answered" if answered_at else leg.get("result"),
    )


def _link(url: str | None) -> str | None:
    """What Telegram takes as a button's address; anything else is no link."""
    is_link = url is not None and url.startswith(("https://", "http://")) and len(url) <= 2000 and url.isprintable()
    return url if is_link and " " not in url else None  # type: ignore[operator]
