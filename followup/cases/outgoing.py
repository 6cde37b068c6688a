"""What other programs are told of changed cases: the row of the queue as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from followup.cases.outside import queue_json
from followup.cases.queue_store import rows_by_id
from followup.teams.desk import Desk
from followup.webhooks.actions import Happening, emit_all, is_heard
from followup.webhooks.rules import EventKind

if TYPE_CHECKING:
    from followup.cases.announce import Change

# What a row of the queue is made of; a case that changed in nothing else is no news.
_SEEN: Final = (
    *("state", "number_id", "lines", "reason", "reasons", "opened_at", "last_missed_at", "missed", "attempts"),
    *("first_attempt_at", "contact_at", "owner_id", "snoozed_until"),
    *("closed_at", "closed_by", "how", "close_reason", "close_text"),
)


async def tell_listeners(desk: Desk, changes: Iterable[Change]) -> None:
    """Write down the events of a batch of changes, in their order, for whoever wants to hear of them."""
    if not is_heard(desk.book, "case.opened", "case.changed", "case.closed"):
        return
    told = [(change, kind) for change in changes if (kind := _kind(change.before, change.after))]
    ids = list(dict.fromkeys(change.case_id for change, _ in told))
    rows = {row.case_id: row for row in await rows_by_id(desk.c, desk.book, ids, desk.now)}
    zone = ZoneInfo(desk.book.policy.timezone)
    happenings = []
    for change, kind in told:
        payload = queue_json(rows[change.case_id], zone, "processed")
        if change.after["state"] == "withdrawn":
            payload["state"] = "withdrawn"
        version = change.before["version"] + 1 if change.before else 1
        happenings.append(Happening(kind=kind, key=f"case:{change.case_id}:{version}", payload=payload))
    await emit_all(desk, happenings)


def _kind(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> EventKind | None:
    """None where nothing has changed that anybody sees. A case that was never seen open is only told as closed."""
    was_open = before is not None and before["state"] == "open"
    if after["state"] == "open" and not was_open:
        return "case.opened"
    if after["state"] != "open" and (was_open or before is None):
        return "case.closed"
    return "case.changed" if before and any(before[name] != after[name] for name in _SEEN) else None
