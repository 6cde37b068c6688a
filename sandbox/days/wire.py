"""A planned call as the posts of a real PBX: ringing, answered, ended, each saying all that is known so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.days.plan import OLGA, TARAS, Planned, Reason

Fields = dict[str, Any]

# How long a caller stays before each kind of miss ends; the bot has to find the reason from these facts alone.
PATIENCE: dict[Reason, int] = {
    "not_answered": 25,
    "all_unavailable": 18,
    "abandoned_10s": 6,
    "abandoned_greeting": 14,
    "abandoned_ivr": 20,
    "no_route": 3,
    "off_hours": 22,
}
STAGE: dict[Reason, str] = {
    "not_answered": "ringing",
    "all_unavailable": "queue",
    "abandoned_10s": "ringing",
    "abandoned_greeting": "greeting",
    "abandoned_ivr": "ivr",
    "no_route": "no_route",
    "off_hours": "greeting",
}
ANSWER_AFTER = timedelta(seconds=8)
CALLBACK_RINGS = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Step:
    """One post: when the PBX would send it and what it says."""

    due_at: datetime
    fields: Fields


def steps(call: Planned) -> list[Step]:
    """All posts of one planned call, in the order in which they happen."""
    if call.kind == "order":
        return [_order(call)]
    if call.kind == "missed":
        return _missed(call)
    if call.kind == "outbound" and not call.reached:
        return _unreached(call)
    return _talked(call)


def ends_at(call: Planned) -> datetime:
    """When the last post of the call is due."""
    return steps(call)[-1].due_at


def _order(call: Planned) -> Step:
    fields = {
        "type": "order",
        "order_id": call.order_id,
        "widget": call.line,
        "client": call.client,
        "ordered_at": _iso(call.started_at),
        "topic": call.detail or None,
    }
    return Step(call.started_at, fields)


def _missed(call: Planned) -> list[Step]:
    why = call.why or "not_answered"
    ended_at = call.started_at + timedelta(seconds=PATIENCE[why])
    ended = {
        **_opening(call),
        "ended_at": _iso(ended_at),
        "stage": STAGE[why],
        "hung_up_by": "network" if why == "no_route" else "client",
        "legs": _missed_legs(call, why, ended_at),
    }
    return [Step(call.started_at, _ringing(call, why)), Step(ended_at, ended)]


def _ringing(call: Planned, why: Reason) -> Fields:
    legs = [_leg(ext, call.started_at) for ext in (OLGA, TARAS)] if STAGE[why] == "ringing" else []
    return {**_opening(call), "stage": STAGE[why] if why != "all_unavailable" else "greeting", "legs": legs}


def _missed_legs(call: Planned, why: Reason, ended_at: datetime) -> list[Fields]:
    if STAGE[why] == "ringing":
        return [_leg(ext, call.started_at, ended_at=ended_at, result="no_answer") for ext in (OLGA, TARAS)]
    if why == "all_unavailable":
        # A busy phone never rings, so its leg has no rang_at.
        return [_leg(ext, None, result="busy") for ext in (OLGA, TARAS)]
    return []


def _unreached(call: Planned) -> list[Step]:
    ended_at = call.started_at + CALLBACK_RINGS
    ended = {
        **_opening(call),
        "ended_at": _iso(ended_at),
        "stage": "ringing",
        "hung_up_by": "us",
        "result": call.result or "no_answer",
    }
    return [Step(call.started_at, {**_opening(call), "stage": "ringing"}), Step(ended_at, ended)]


def _talked(call: Planned) -> list[Step]:
    answered_at = call.started_at + ANSWER_AFTER
    ended_at = answered_at + call.talk
    talking = {**_opening(call), "answered_at": _iso(answered_at), "stage": "talk"}
    ended = {
        **talking,
        "ended_at": _iso(ended_at),
        "hung_up_by": "client",
        "talk_seconds": int(call.talk.total_seconds()),
    }
    if call.kind == "outbound":
        ended["result"] = "answered"
    ringing = {**_opening(call), "stage": "ringing", "legs": _answered_legs(call, None, None)}
    return [
        Step(call.started_at, ringing),
        Step(answered_at, {**talking, "legs": _answered_legs(call, answered_at, None)}),
        Step(ended_at, {**ended, "legs": _answered_legs(call, answered_at, ended_at)}),
    ]


def _answered_legs(call: Planned, answered_at: datetime | None, ended_at: datetime | None) -> list[Fields]:
    if call.kind == "outbound":
        return []
    legs = [_leg(call.extension, call.started_at, answered_at, ended_at, "answered" if answered_at else None)]
    if call.kind == "answered":
        # The colleague's phone rang too and was not picked up: the call is not missed all the same.
        colleague = TARAS if call.extension == OLGA else OLGA
        legs.append(_leg(colleague, call.started_at, None, answered_at, "no_answer" if answered_at else None))
    return legs


def _leg(
    extension: str,
    rang_at: datetime | None,
    answered_at: datetime | None = None,
    ended_at: datetime | None = None,
    result: str | None = None,
) -> Fields:
    return {
        "extension": extension,
        "rang_at": _iso(rang_at) if rang_at else None,
        "answered_at": _iso(answered_at) if answered_at else None,
        "ended_at": _iso(ended_at) if ended_at else None,
        "result": result,
    }


def _opening(call: Planned) -> Fields:
    direction = {"outbound": "out", "internal": "internal"}.get(call.kind, "in")
    fields: Fields = {
        "type": "call",
        "call_id": call.id,
        "direction": direction,
        "client": call.client,
        "line": call.line if direction != "internal" else None,
        "started_at": _iso(call.started_at),
    }
    if direction != "in":
        fields["extension"] = call.extension
    if call.order_id:
        fields["order_id"] = call.order_id
    return fields


def _iso(moment: datetime) -> str:
    return moment.isoformat()
