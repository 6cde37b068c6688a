"""What several messages say of one call, as one: the same facts in whatever order and however often they come.

Every field is a join: nothing loses to anything, a higher ``seq`` wins, and between equals the field's own rule decides.
So merging is commutative, associative and idempotent, field by field (D17).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, get_args

from followup.calls.events import CallEvent, LegSeen, Stage
from followup.calls.verdict import CallFacts
from followup.phone import is_e164

Join = Callable[[Any, Any], Any]

# From the word that says least to the word that says most; "answered" beats all (CONTRACT, generic format).
_RESULTS = (
    *("unknown_error", "system_error", "no_answer", "congestion", "rejected", "busy", "lost"),
    *("operator_rejected", "operator_hung_up", "machine", "phone_off", "no_coverage"),
    *("invalid_number", "blacklisted", "forbidden", "answered"),
)
# A phone that rang says more than one that could not ring: the call was offered to a person.
_LEG_RESULTS = ("unavailable", "busy", "dnd", "no_answer", "rejected", "answered")
# A PBX calls the first leg of a click-to-call internal, or inbound, before it dials the client.
_DIRECTIONS = ("internal", "in", "out")
# When the client hangs up, many PBXs report their own clearing of the line, too.
_ENDERS = ("network", "us", "client")
_DETAILS = (
    *("technical", "unreachable", "no_answer", "caller_abandoned", "rejected", "busy", "agent_unavailable", "dnd"),
    *("all_busy", "queue_timeout", "voicemail", "dropped_in_ivr", "short_drop", "dropped_by_scheme", "inactive"),
    *("no_route", "out_of_hours", "billing", "invalid_number", "blacklisted", "forbidden_destination"),
)


def merge(facts: CallFacts | None, event: CallEvent) -> CallFacts:
    """The facts with the event added; None = the first event of the call."""
    if facts is None:
        return _first(event)
    seqs = dict(facts.seqs)
    values: dict[str, Any] = dict(zip(_NAMES, _FIELDS_OF(facts), strict=True))
    _join(values, zip(_NAMES, _FIELDS_OF(event), strict=True), _CALL, _Seqs(seqs, event.seq))
    legs = _merge_legs(facts.legs, event.legs, _Seqs(seqs, event.seq)) if event.legs else facts.legs
    return CallFacts(call_key=facts.call_key, legs=legs, seqs=seqs, **values)


def _first(event: CallEvent) -> CallFacts:
    """What joining with nothing comes to, in a tenth of the time: most calls are told once, when they are over."""
    values: dict[str, Any] = dict(zip(_NAMES, _FIELDS_OF(event), strict=True))
    for name in _CALL_MOMENTS:
        if values[name] is not None:
            values[name] = _utc(values[name])
    told = (name for name, value in values.items() if value is not None)
    seqs = dict.fromkeys(told, event.seq) if event.seq is not None else {}
    legs = _merge_legs({}, event.legs, _Seqs(seqs, event.seq)) if event.legs else {}
    return CallFacts(call_key=event.call_key, legs=legs, seqs=seqs, **values)


def leg_key(leg: LegSeen) -> str:
    """The vendor's leg id, else (extension, rang_at).

    A leg seen first without ``rang_at`` and later with it stays two entries, "101@" and "101@<moment>", as does one
    seen with and without the vendor's id: joining them would depend on what came first. The rules only ask whether
    any phone, or which extensions, so the echo changes no number.
    """
    return leg.key or f"{leg.extension or ''}@{_utc(leg.rang_at).isoformat() if leg.rang_at else ''}"


def to_json(facts: CallFacts) -> dict[str, Any]:
    """Only what is known; moments as ISO 8601 in UTC."""
    known = _dump({"call_key": facts.call_key, **dict(zip(_NAMES, _FIELDS_OF(facts), strict=True))})
    if facts.legs:
        known["legs"] = {key: _dump(leg) for key, leg in facts.legs.items()}
    if facts.seqs:
        known["seqs"] = dict(facts.seqs)
    return known


def from_json(stored: Mapping[str, Any]) -> CallFacts:
    known = _load({name: value for name, value in stored.items() if name != "legs"})
    legs = {key: _load(leg) for key, leg in stored.get("legs", {}).items()}
    return CallFacts(legs=legs, **known)


class _Seqs:
    """Which ``seq`` gave which field its value; an event without one is older than any with one."""

    __slots__ = ("known", "own")

    def __init__(self, known: dict[str, int], own: int | None) -> None:
        self.known, self.own = known, own

    def newer(self, name: str) -> bool | None:
        """Whether the event goes before what is known of the field; None = the field's own rule decides."""
        known = self.known.get(name)
        if known == self.own:
            return None
        if self.own is None or (known is not None and known > self.own):
            return False
        self.known[name] = self.own
        return True


def _join(
    known: dict[str, Any], said: Iterable[tuple[str, Any]], rules: Mapping[str, Join], seqs: _Seqs, prefix: str = ""
) -> None:
    for name, raw in said:
        if raw is None:
            continue
        value = _utc(raw) if name in _MOMENTS else raw
        old = known.get(name)
        is_newer = seqs.newer(prefix + name)
        if old is None or is_newer:
            known[name] = value
        elif is_newer is None:
            known[name] = rules[name](old, value)


def _merge_legs(
    known: Mapping[str, Mapping[str, Any]], seen: Iterable[LegSeen], seqs: _Seqs
) -> dict[str, Mapping[str, Any]]:
    legs = dict(known)
    for leg in seen:
        key = leg_key(leg)
        merged = dict(legs.get(key, {}))
        _join(merged, ((name, getattr(leg, name)) for name in _LEG), _LEG, seqs, f"legs/{key}/")
        legs[key] = merged
    return legs


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _by_rank(words: Iterable[str]) -> Join:
    """The word of the higher rank; of two that have none, the greater text."""
    ranks = {word: rank for rank, word in enumerate(words)}

    def choose(a: str, b: str) -> str:
        return max(a, b, key=lambda word: (ranks.get(word, -1), word))

    return choose


def _number(a: str, b: str) -> str:
    """E.164 before other spellings, digits before words: a number somebody saw beats the "anonymous" of another leg."""
    return a if a == b else max(a, b, key=lambda text: (is_e164(text), is_e164(f"+{text}"), text))


def _text(a: str, b: str) -> str:
    """No rule says which of two texts is right, so any fixed choice is."""
    return max(a, b)


def _dump(known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if name in _MOMENTS else value for name, value in known.items() if value is not None
    }


def _load(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name in _MOMENTS else value for name, value in stored.items()}


_MOMENTS = frozenset({"started_at", "rang_at", "answered_at", "ended_at"})
_RULES: Mapping[str, Join] = {
    "direction": _by_rank(_DIRECTIONS),
    "client": _number,
    "line": _number,
    "started_at": min,
    "answered_at": min,
    "ended_at": max,
    "stage": _by_rank(get_args(Stage)),
    "hung_up_by": _by_rank(_ENDERS),
    "result": _by_rank(_RESULTS),
    "talk_seconds": max,
    "reason_detail": _by_rank(_DETAILS),
}
_NAMES = tuple(field.name for field in fields(CallFacts) if field.name not in {"call_key", "legs", "seqs"})
_FIELDS_OF: Callable[[Any], tuple[Any, ...]] = attrgetter(*_NAMES)
_CALL_MOMENTS = tuple(name for name in _NAMES if name in _MOMENTS)
_CALL: Mapping[str, Join] = {name: _RULES.get(name, _text) for name in _NAMES}
_LEG: Mapping[str, Join] = {
    "extension": _text,
    "rang_at": min,
    "answered_at": min,
    "ended_at": max,
    "result": _by_rank(_LEG_RESULTS),
}
