"""What became of a call: missed, successful, whose, and why (D5, D6, D14, D15, R14, X10, X25)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from followup.calls.events import CallResult, Stage
from followup.calls.verdict import CallFacts, MissReason, Terms, Verdict

# The vendors' finer words and the one of the eight reasons each folds into (CONTRACT, queue rows).
FOLDED: Mapping[str, MissReason] = {
    **dict.fromkeys(("forbidden_destination", "blacklisted", "invalid_number", "billing"), "forbidden"),
    **dict.fromkeys(("no_route", "inactive", "dropped_by_scheme", "technical", "unreachable"), "no_route"),
    "out_of_hours": "off_hours",
    "short_drop": "abandoned_10s",
    "dropped_in_ivr": "abandoned_ivr",
    **dict.fromkeys(("busy", "all_busy", "dnd", "agent_unavailable"), "all_unavailable"),
    **dict.fromkeys(("no_answer", "caller_abandoned", "rejected", "queue_timeout", "voicemail"), "not_answered"),
}
# What an inbound call's result says where the vendor gave no finer word.
_RESULT_WORDS: Mapping[CallResult, str] = {
    "busy": "busy",
    "no_answer": "no_answer",
    "rejected": "rejected",
    "operator_rejected": "rejected",
    "operator_hung_up": "rejected",
    "congestion": "technical",
    "system_error": "technical",
    "unknown_error": "technical",
    "no_coverage": "unreachable",
    "phone_off": "unreachable",
    "invalid_number": "invalid_number",
    "blacklisted": "blacklisted",
    "forbidden": "forbidden_destination",
    "machine": "voicemail",
    "lost": "caller_abandoned",
}
# Connected, but not a person of ours with a person of theirs, whatever the line says (D5, S20).
_NO_PERSON: frozenset[str] = frozenset({"machine", "lost", "operator_rejected", "operator_hung_up"})
_BEFORE_PHONES: frozenset[Stage | None] = frozenset({None, "greeting", "ivr"})
_ROBOTS: frozenset[Stage | None] = frozenset({"greeting", "ivr", "voicemail"})
_COULD_NOT_RING = frozenset({"busy", "unavailable", "dnd"})
_WE_ENDED_IT = frozenset({"busy", "all_busy", "dnd", "agent_unavailable", "queue_timeout", "rejected", "voicemail"})
_ZERO = timedelta(0)

Leg = Mapping[str, Any]


def judge(facts: CallFacts, terms: Terms) -> Verdict:
    """The whole verdict on what is known now; more events may change it."""
    match facts.direction:
        case "internal":
            return Verdict(outcome="internal", is_suspect=is_suspect(facts))
        case "in":
            return _judge_inbound(facts, terms)
        case "out":
            return _judge_outbound(facts, terms)
    # Neither missed nor an attempt until some message says which way it went.
    return Verdict(outcome="in_progress", is_suspect=is_suspect(facts))


def start_of(facts: CallFacts) -> datetime | None:
    """When the call began; without that, the earliest moment known of it."""
    if facts.started_at:
        return facts.started_at
    moments = [moment for moment in (facts.answered_at, facts.ended_at) if moment]
    for leg in facts.legs.values():
        moments += [leg[name] for name in ("rang_at", "answered_at", "ended_at") if leg.get(name)]
    return min(moments, default=None)


def is_suspect(facts: CallFacts) -> bool:
    """Whether the call's own times contradict each other or its beginning is missing; it is judged all the same."""
    start, answer, end = facts.started_at, facts.answered_at, facts.ended_at
    if facts.talk_seconds is not None and facts.talk_seconds < 0:
        return True
    if end and (start is None or end < start or (answer is not None and answer > end)):
        return True
    return bool(start and answer and answer < start)


def manager_extension(facts: CallFacts) -> str | None:
    """The phone whose manager the call belongs to; None = «Не назначен» (D15, X25)."""
    if facts.direction == "out":
        return facts.extension or _only_extension(facts)
    if not _person_answered(facts):
        return None if facts.group or facts.stage == "queue" else _only_extension(facts)
    answered = [leg for leg in facts.legs.values() if _is_answered(leg) and leg.get("extension")]
    answered.sort(key=lambda leg: (leg.get("answered_at") is None, leg.get("answered_at") or "", leg["extension"]))
    return answered[0]["extension"] if answered else facts.extension or _only_extension(facts)


def _judge_inbound(facts: CallFacts, terms: Terms) -> Verdict:
    talk = _talk(facts, _inbound_answer(facts)) if _person_answered(facts) else None
    is_over = facts.ended_at is not None or facts.talk_seconds is not None
    if talk is not None and is_over and _is_enough(facts, talk, terms):
        contact = _contact_at(facts, _inbound_answer(facts), talk)
        return _verdict(facts, outcome="successful", contact_at=contact, talk_seconds=talk)
    if facts.ended_at is None:
        return _verdict(facts, outcome="in_progress")
    reason, detail = _miss_reason(facts, terms)
    return _verdict(facts, outcome="missed", talk_seconds=talk or 0, reason=reason, reason_detail=detail)


def _judge_outbound(facts: CallFacts, terms: Terms) -> Verdict:
    """An answered leg proves nothing here: a click-to-call rings our own phone first."""
    ring = _ring_seconds(facts)
    detail = facts.reason_detail
    if facts.ended_at is None and facts.talk_seconds is None:
        return _verdict(facts, outcome="in_progress", ring_seconds=ring, reason_detail=detail)
    talk = _talk(facts, facts.answered_at) if _client_answered(facts) else None
    if talk is None or not _is_enough(facts, talk, terms):
        return _verdict(facts, outcome="failed", talk_seconds=talk or 0, ring_seconds=ring, reason_detail=detail)
    contact = _contact_at(facts, facts.answered_at, talk)
    return _verdict(facts, outcome="successful", contact_at=contact, talk_seconds=talk, ring_seconds=ring)


def _verdict(facts: CallFacts, **said: Any) -> Verdict:
    return Verdict(extension=manager_extension(facts), is_suspect=is_suspect(facts), **said)


def _person_answered(facts: CallFacts) -> bool:
    """Whether a person of ours took an inbound call, on any leg (D6, T13)."""
    if facts.result in _NO_PERSON:
        return False
    if facts.stage == "talk" or any(map(_is_answered, facts.legs.values())):
        return True
    if facts.result is not None:
        return facts.result == "answered" and facts.stage not in _ROBOTS
    # A menu, a queue's music and a voicemail answer the line, too.
    was_connected = facts.answered_at is not None or (facts.talk_seconds or 0) > 0
    return was_connected and facts.stage in {None, "ringing"}


def _client_answered(facts: CallFacts) -> bool:
    if facts.result not in {None, "answered"} or facts.stage == "voicemail":
        return False
    return bool(facts.answered_at or facts.result or (facts.talk_seconds or 0) > 0)


def _inbound_answer(facts: CallFacts) -> datetime | None:
    answers = [leg["answered_at"] for leg in facts.legs.values() if leg.get("answered_at")]
    return min(answers, default=facts.answered_at)


def _talk(facts: CallFacts, answer: datetime | None) -> int:
    """Answer to hang-up in whole seconds (D14); 0 where the vendor says neither a length nor an answer."""
    if facts.talk_seconds is not None:
        return max(0, facts.talk_seconds)
    return _whole_seconds(answer, facts.ended_at)


def _is_enough(facts: CallFacts, talk: int, terms: Terms) -> bool:
    """Zero seconds are no contact (S21); a vendor that says "answered" and no length at all is believed."""
    length_is_known = facts.talk_seconds is not None or facts.answered_at is not None or _inbound_answer(facts)
    return talk >= terms.min_talk.total_seconds() or not length_is_known


def _contact_at(facts: CallFacts, answer: datetime | None, talk: int) -> datetime | None:
    if answer is None and facts.ended_at and facts.talk_seconds is not None:
        return facts.ended_at - timedelta(seconds=talk)
    return answer or start_of(facts)


def _ring_seconds(facts: CallFacts) -> int | None:
    until = facts.answered_at or facts.ended_at
    start = start_of(facts)
    return _whole_seconds(start, until) if start and until else None


def _whole_seconds(start: datetime | None, end: datetime | None) -> int:
    return max(0, int((end - start).total_seconds())) if start and end else 0


def _is_answered(leg: Leg) -> bool:
    return "answered_at" in leg or leg.get("result") == "answered"


def _only_extension(facts: CallFacts) -> str | None:
    addressed = {leg["extension"] for leg in facts.legs.values() if leg.get("extension")}
    if facts.extension:
        addressed.add(facts.extension)
    return addressed.pop() if len(addressed) == 1 else None


@dataclass(frozen=True, slots=True)
class _Miss:
    """A missed call as the eight reasons look at it."""

    facts: CallFacts
    terms: Terms
    word: str | None
    leg_results: tuple[str | None, ...]
    total: timedelta | None

    @property
    def folded(self) -> MissReason | None:
        return FOLDED.get(self.word) if self.word else None

    @property
    def last_stage(self) -> Stage | None:
        """Where the call died: a phone that was tried comes after the greeting and the menu."""
        return "ringing" if self.leg_results and self.facts.stage in _BEFORE_PHONES else self.facts.stage

    @property
    def caller_hung_up(self) -> bool:
        if self.facts.hung_up_by or self.word == "caller_abandoned":
            return self.facts.hung_up_by in {None, "client"}
        # Nobody says who hung up. A vendor's "no answer" before ten seconds is a caller's patience, not a timeout.
        none_could_take_it = bool(self.leg_results) and set(self.leg_results) <= _COULD_NOT_RING | {"rejected"}
        return self.word not in _WE_ENDED_IT and self.facts.stage != "voicemail" and not none_could_take_it


def _miss_reason(facts: CallFacts, terms: Terms) -> tuple[MissReason, str]:
    """The first of the eight that fits (X10), and the finer word beside it."""
    # Without its beginning nobody knows whether the call was short.
    start, end = facts.started_at, facts.ended_at
    word = facts.reason_detail or (_RESULT_WORDS.get(facts.result) if facts.result else None)
    leg_results = tuple(leg.get("result") for leg in facts.legs.values())
    miss = _Miss(facts, terms, word, leg_results, max(_ZERO, end - start) if start and end else None)
    reason = next(code for code, fits in _PRECEDENCE if fits(miss))
    return reason, facts.reason_detail or _fine_word(reason, miss)


def _is_abandoned_early(miss: _Miss) -> bool:
    if miss.folded == "abandoned_10s":
        return True
    return miss.caller_hung_up and miss.total is not None and miss.total < miss.terms.short_call


def _is_dropped_in_menu(miss: _Miss) -> bool:
    return miss.folded == "abandoned_ivr" or miss.last_stage == "ivr"


def _none_could_ring(miss: _Miss) -> bool:
    """All phones busy, off or silenced; a phone that rang says more than the vendor's word for the whole call."""
    if miss.leg_results:
        could_not = [result in _COULD_NOT_RING for result in miss.leg_results]
        is_told = miss.folded == "all_unavailable" and not {"no_answer", "rejected"} & set(miss.leg_results)
        return all(could_not) or is_told
    return miss.folded == "all_unavailable"


_PRECEDENCE: tuple[tuple[MissReason, Callable[[_Miss], bool]], ...] = (
    ("forbidden", lambda miss: miss.folded == "forbidden"),
    ("no_route", lambda miss: miss.folded == "no_route" or miss.facts.stage == "no_route"),
    ("off_hours", lambda miss: miss.folded == "off_hours" or not miss.terms.is_open),
    ("abandoned_10s", _is_abandoned_early),
    ("abandoned_greeting", lambda miss: miss.last_stage == "greeting"),
    ("abandoned_ivr", _is_dropped_in_menu),
    ("all_unavailable", _none_could_ring),
    ("not_answered", lambda _: True),
)
_OWN_WORDS: Mapping[MissReason, str] = {
    "forbidden": "forbidden_destination",
    "no_route": "no_route",
    "off_hours": "out_of_hours",
    "abandoned_10s": "short_drop",
    "abandoned_greeting": "dropped_in_ivr",
    "abandoned_ivr": "dropped_in_ivr",
}


def _fine_word(reason: MissReason, miss: _Miss) -> str:
    """Our own finer word where the vendor gave none."""
    if miss.word and miss.folded == reason:
        return miss.word
    if own := _OWN_WORDS.get(reason):
        return own
    return _busy_word(miss.leg_results) if reason == "all_unavailable" else _silent_word(miss)


def _busy_word(leg_results: Iterable[str | None]) -> str:
    results = list(leg_results)
    if set(results) == {"busy"}:
        return "busy" if len(results) == 1 else "all_busy"
    return "dnd" if set(results) == {"dnd"} else "agent_unavailable"


def _silent_word(miss: _Miss) -> str:
    """Why nobody answered although somebody could: voicemail, refused, left, waited too long in a queue, or just so."""
    if miss.facts.stage == "voicemail":
        return "voicemail"
    if miss.leg_results and set(miss.leg_results) == {"rejected"}:
        return "rejected"
    if miss.facts.hung_up_by == "client":
        return "caller_abandoned"
    return "queue_timeout" if miss.facts.stage == "queue" and miss.facts.hung_up_by == "us" else "no_answer"
