"""What the posted objects say, put together and judged by the definitions: one ``Call`` or ``Order`` each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from followup.phone import is_e164, normalise
from tests.reports.facts import DAY, Facts

_STAGES = ("no_route", "greeting", "ivr", "queue", "ringing", "voicemail", "talk")
_EARLIEST = ("started_at", "answered_at", "rang_at", "ordered_at")
_COULD_NOT_RING = {"busy", "unavailable", "dnd"}


@dataclass(frozen=True)
class Call:
    """One external call seen whole (D1)."""

    id: str
    said: Mapping[str, Any]
    direction: str
    number: str | None  # None: hidden (D2)
    line: str | None
    at: datetime
    outcome: str  # missed | successful | failed | unknown
    answered_at: datetime | None  # of a successful one
    talk: int
    extension: str | None
    manager: str | None
    is_target: bool
    heard_at: datetime  # when the PBX last said something of it
    reason: str | None = None


@dataclass(frozen=True)
class Order:
    """One accepted callback order (D11)."""

    id: str
    widget: str
    number: str | None
    at: datetime
    is_in_hours: bool
    deadline: datetime


def calls_of(facts: Facts) -> list[Call]:
    """Every external call, in order of time; ties by id as text (X3)."""
    said = _merged(facts, "call", "call_id")
    found = [_call(facts, each) for each in said.values() if each["direction"] != "internal"]
    return sorted(found, key=lambda call: (call.at, call.id))


def orders_of(facts: Facts) -> list[Order]:
    """Every order that its widget took (P9)."""
    said = _merged(facts, "order", "order_id")
    found = [_order(facts, each) for each in said.values()]
    accepted = [o for o in found if o.is_in_hours or facts.line(o.widget, o.at).get("off_hours_orders", True)]
    return sorted(accepted, key=lambda order: (order.at, order.id))


def _merged(facts: Facts, kind: str, key: str) -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {}
    for at, said in facts.posted:
        if said["type"] == kind:
            heard = max(at, known.get(said[key], {}).get("heard", at))
            known[said[key]] = _join(known.get(said[key], {}), said) | {"heard": heard}
    return known


def _join(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """CONTRACT, generic format: non-null beats null, and so on."""
    joined = dict(old)
    for name, raw in new.items():
        value: Any = (
            datetime.fromisoformat(raw).astimezone(UTC) if name.endswith("_at") and isinstance(raw, str) else raw
        )
        if value is None:
            continue
        joined[name] = value if joined.get(name) is None else _either(name, joined[name], value)
        if name == "legs":
            joined[name] = _legs(old.get(name, {}), value)
    return joined


def _either(name: str, a: Any, b: Any) -> Any:
    if name in _EARLIEST:
        return min(a, b)
    if name == "stage":
        return max(a, b, key=_STAGES.index)
    if name == "result":
        return "answered" if "answered" in (a, b) else max(a, b, key=lambda word: word != "no_answer")
    return max(a, b) if name != "legs" else b


def _legs(known: Mapping[Any, Any], seen: Iterable[Mapping[str, Any]]) -> dict[Any, Any]:
    legs = dict(known)
    for leg in seen:
        key = (leg.get("extension"), leg.get("rang_at"))
        legs[key] = _join(legs.get(key, {}), leg)
    return legs


def _call(facts: Facts, said: Mapping[str, Any]) -> Call:
    at, line = said["started_at"], _line(facts, said.get("line"))
    answered_at = _answered_at(said)
    talk = _talk(said, answered_at)
    is_enough = talk >= int(facts.setting("min_talk_seconds", at, "1"))
    outcome = _outcome(said, is_enough=answered_at is not None and is_enough)
    extension = _extension(said, is_answered=answered_at is not None)
    return Call(
        id=said["call_id"],
        said=said,
        direction=said["direction"],
        number=normalise(said.get("client"), facts.team.region),
        line=line,
        at=at,
        outcome=outcome,
        answered_at=answered_at if outcome == "successful" else None,
        talk=talk,
        extension=extension,
        manager=_manager(facts, extension, at),
        is_target=said["call_id"] not in facts.marked,
        heard_at=said["heard"],
        reason=_reason(facts, said, line) if outcome == "missed" else None,
    )


def _line(facts: Facts, raw: str | None) -> str | None:
    return raw if raw is None or raw in facts.team.lines else normalise(raw, facts.team.region)


def _answered_at(said: Mapping[str, Any]) -> datetime | None:
    """When a person of ours and the client were connected: inbound the first phone, outbound the client."""
    if said["direction"] == "out":
        return said.get("answered_at") if said.get("result") in (None, "answered") else None
    return min((leg["answered_at"] for leg in said.get("legs", {}).values() if leg.get("answered_at")), default=None)


def _talk(said: Mapping[str, Any], answered_at: datetime | None) -> int:
    """D14: answer to hang-up in whole seconds."""
    if answered_at is None:
        return 0
    if said.get("talk_seconds") is not None:
        return int(said["talk_seconds"])
    return int((said["ended_at"] - answered_at).total_seconds()) if said.get("ended_at") else 0


def _outcome(said: Mapping[str, Any], *, is_enough: bool) -> str:
    if said.get("ended_at") is None:
        return "unknown"
    if is_enough:
        return "successful"
    return "missed" if said["direction"] == "in" else "failed"


def _extension(said: Mapping[str, Any], *, is_answered: bool) -> str | None:
    """D15 and X25: who dialled; who answered first; of a miss the only phone that was addressed, but of a queue's."""
    legs = [leg for leg in said.get("legs", {}).values() if leg.get("extension")]
    if said["direction"] == "out":
        return said.get("extension")
    if is_answered:
        return str(
            min((leg for leg in legs if leg.get("answered_at")), key=lambda leg: leg["answered_at"])["extension"]
        )
    addressed = {str(leg["extension"]) for leg in legs}
    return addressed.pop() if len(addressed) == 1 and said.get("stage") != "queue" else None


def _manager(facts: Facts, extension: str | None, at: datetime) -> str | None:
    chosen = None
    for phone, since, name in facts.team.extensions:
        if phone == extension and (since is None or since <= at):
            chosen = name
    return chosen


def _reason(facts: Facts, said: Mapping[str, Any], line: str | None) -> str:
    """R14 by the precedence of X10."""
    at, stage = said["started_at"], said.get("stage")
    short = float(facts.setting("short_call_seconds", at, "10"))
    is_short = said["hung_up_by"] == "client" and (said["ended_at"] - at).total_seconds() < short
    rang = {leg.get("result") for leg in said.get("legs", {}).values()}
    fits = {
        "no_route": stage == "no_route",
        "off_hours": not facts.is_open(line, at),
        "abandoned_10s": is_short,
        "abandoned_greeting": stage == "greeting",
        "abandoned_ivr": stage == "ivr",
        "all_unavailable": bool(rang) and rang <= _COULD_NOT_RING,
        "not_answered": True,
    }
    return next(reason for reason, it_does in fits.items() if it_does)


def _order(facts: Facts, said: Mapping[str, Any]) -> Order:
    number = normalise(said.get("client"), facts.team.region)
    return Order(
        id=said["order_id"],
        widget=said["widget"],
        number=number if number is None or is_e164(number) else None,
        at=said["ordered_at"],
        is_in_hours=facts.is_open(said["widget"], said["ordered_at"]),
        deadline=_deadline(facts, said),
    )


def _deadline(facts: Facts, said: Mapping[str, Any]) -> datetime:
    """X28: the last closing of the first local date after the order's (or the desired time's) with working time."""
    at, widget = said["ordered_at"], said["widget"]
    asked: datetime = max(at, said.get("wanted_at") or at)
    if (minutes := facts.setting("order_deadline", at, "none")) != "none":
        return asked + timedelta(minutes=int(minutes))
    day = facts.local_date(asked) + DAY
    while (closing := facts.last_closing(widget, at, day)) is None:
        day += DAY
    return closing
