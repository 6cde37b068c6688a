"""An episode as a row of ``cases``."""

from __future__ import annotations

from typing import Any

from followup.cases.facts import Episode


def last_trouble(episode: Episode) -> str:
    """The key of the episode's last miss or order."""
    troubles = {f"c:{call_id}" for call_id in episode.miss_ids} | {f"o:{order_id}" for order_id in episode.order_ids}
    return next(key for key in reversed(episode.fact_keys) if key in troubles)


def row_of(episode: Episode) -> dict[str, Any]:
    """Every derived column of a case."""
    return {
        "state": "open" if episode.is_open else "closed",
        "fact_keys": list(episode.fact_keys),
        "opened_at": episode.opened_at,
        "last_missed_at": episode.last_missed_at,
        "missed": episode.missed,
        "orders": len(episode.order_ids),
        "lines": list(episode.lines),
        "reason": episode.reasons[-1] if episode.reasons else None,
        "reasons": list(episode.reasons),
        "attempts": episode.attempts,
        "short_attempts": episode.short_attempts,
        "first_attempt_at": episode.first_attempt_at,
        "last_attempt_at": episode.last_attempt_at,
        "last_attempt_by": episode.last_attempt_by,
        "contact_at": episode.contact_at,
        "contact_id": episode.contact_id,
        "owner_id": episode.owner_id,
        "taken_at": episode.taken_at,
        "snoozed_until": episode.snoozed_until,
        "snoozed_by": episode.snoozed_by,
        "calling_by": episode.calling_by,
        "calling_at": episode.calling_at,
        "notes": [[at.isoformat(), author, text] for at, author, text in episode.notes],
        "closed_at": episode.closed_at,
        "how": episode.how,
        "closed_by": episode.closed_by,
        "close_reason": episode.close_reason,
        "close_text": episode.close_text,
        "expires_at": episode.expires_at,
    }
