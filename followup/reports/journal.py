"""The journal of calls for other programs: what the PBX told in the generic format, and what the rules made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from followup.calls.merge import from_json
from followup.calls.verdict import CallFacts
from followup.phone import is_erased
from followup.reports import journal_store as store
from followup.reports.question import UNKNOWN_AFTER
from followup.teams.desk import Desk
from storage.rows import Row

_TOLD: Final = ("answered_at", "stage", "hung_up_by", "group")
_JUDGED: Final = (
    *("id", "connection_id", "direction", "line", "started_at", "ended_at", "result", "talk_seconds", "extension"),
    *("contact_at", "ring_seconds", "reason", "reason_detail", "raw_reason", "case_id", "is_non_target", "is_suspect"),
)
_LEG: Final = ("extension", "rang_at", "answered_at", "ended_at", "result")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """Calls in the order they began; ``next_place`` None: there are no more."""

    calls: tuple[Mapping[str, Any], ...]
    next_place: store.Place | None


async def journal(desk: Desk, stretch: store.Stretch, limit: int) -> JournalPage:
    """One page. New calls come at the end, so that pages read one after another miss none and repeat none."""
    rows = await store.page(desk.c, desk.book.id, stretch, limit + 1)
    shown, last = rows[:limit], rows[limit - 1 : limit]
    has_more = len(rows) > limit
    return JournalPage(
        calls=tuple(_call(desk, row) for row in shown),
        next_place=(last[0]["started_at"], last[0]["id"]) if has_more else None,
    )


async def journal_call(desk: Desk, call_id: int) -> Mapping[str, Any] | None:
    """One call, None if the team has no such call."""
    row = await store.one(desk.c, desk.book.id, call_id)
    return _call(desk, row) if row else None


def _call(desk: Desk, row: Row) -> dict[str, Any]:
    """Of a forgotten client nothing is told but that there was a call."""
    facts, is_gone = from_json(row["facts"]), row["number"] is not None and is_erased(row["number"])
    told = {name: getattr(facts, name) for name in _TOLD} | {name: row[name] for name in _JUDGED}
    return told | {
        "call_id": row["call_key"],
        "client": None if is_gone else row["number"],
        "client_name": None if is_gone else row["client_name"],
        "is_erased": is_gone,
        "line_name": desk.book.line_name(row["line"]),
        "legs": _legs(facts),
        "recording_url": None if is_gone else facts.recording_url,
        "order_id": facts.order_key,
        "outcome": _outcome(desk, row),
        "manager": desk.book.member_name(desk.book.member_by_extension(row["extension"], row["started_at"])),
    }


def _legs(facts: CallFacts) -> list[dict[str, Any]]:
    legs = [{name: leg.get(name) for name in _LEG} for leg in facts.legs.values()]
    for leg in legs:
        if leg["answered_at"] is not None:
            leg["result"] = "answered"
    return sorted(legs, key=lambda leg: (leg["rang_at"] is None, leg["rang_at"] or 0, leg["extension"] or ""))


def _outcome(desk: Desk, row: Row) -> str:
    """D6: a call whose end has not come is unknown some hours after it was last heard of."""
    is_silent = row["last_event_at"] < desk.now - UNKNOWN_AFTER
    return "unknown" if row["outcome"] == "in_progress" and is_silent else str(row["outcome"])
