"""An act as a row: whose lane it speaks of, and never before what its author saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from followup.teams.desk import Desk
from followup.tickets.facts import VOICE, ActKind


def act_row(
    desk: Desk, ticket: Mapping[str, Any], kind: ActKind, data: Mapping[str, Any], about: tuple[int | None, str]
) -> dict[str, Any]:
    """``about``: who did it (None: the clock or a program) and what names this very press."""
    return _lane(ticket) | {
        "team_id": desk.book.id,
        "kind": kind,
        "at": max(desk.now, ticket["last_fact_at"]),
        "made_at": desk.now,
        "member_id": about[0],
        "data": dict(data),
        "source_key": about[1],
    }


def _lane(ticket: Mapping[str, Any]) -> dict[str, Any]:
    lane: str = ticket["lane"]
    if lane == VOICE:
        return {"number_id": ticket["number_id"], "account_id": None, "born_as": None, "client_id": None}
    if lane.startswith("t:"):
        return {"number_id": None, "account_id": int(lane[2:]), "born_as": None, "client_id": None}
    return {"number_id": None, "account_id": None, "born_as": int(lane[2:]), "client_id": None}
