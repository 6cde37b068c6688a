"""What became of a call and whose it is: the definitions D5, D6, D14, D15 and X25, one row each."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.calls.events import CallEvent, CallResult, Direction, HungUpBy, LegResult, LegSeen, Stage
from followup.calls.merge import merge
from followup.calls.rules import FOLDED, judge, manager_extension, start_of
from followup.calls.verdict import MissReason, Terms
from tests.followup.told import CLOSED, TEN, TERMS, after, facts, inbound, leg, outbound

# --- answered by a person of ours -------------------------------------------------------------------------------------


def test_t13_four_phones_rang_and_a_fifth_answered():
    legs = tuple(leg(str(101 + n), "no_answer") for n in range(4))
    verdict = inbound(ended=60, stage="talk", legs=(*legs, leg("105", "answered", answered=20)))
    assert (verdict.outcome, verdict.extension) == ("successful", "105")
    assert (verdict.contact_at, verdict.talk_seconds, verdict.reason) == (after(20), 40, None)


@pytest.mark.parametrize(
    "said, contact, talk",
    [
        ({"ended": 60, "legs": (leg("101", answered=20),)}, 20, 40),
        ({"ended": 60, "answered": 15, "stage": "talk"}, 15, 45),
        ({"ended": 60, "answered": 15}, 15, 45),
        ({"ended": 60, "answered": 15, "stage": "ringing"}, 15, 45),
        ({"ended": 60, "answered": 15, "stage": "queue", "result": "answered"}, 15, 45),
        ({"ended": 60, "result": "answered", "talk_seconds": 30}, 30, 30),
        ({"ended": 60, "talk_seconds": 30}, 30, 30),
        ({"answered": 15, "talk_seconds": 30}, 15, 30),
        # A vendor that says "answered" and no length at all is believed.
        ({"ended": 60, "result": "answered"}, 0, 0),
        # The voicemail came after a person.
        ({"ended": 60, "stage": "voicemail", "legs": (leg("101", answered=20),)}, 20, 40),
        # The vendor's word for the whole call does not undo a phone that answered.
        ({"ended": 60, "result": "busy", "legs": (leg("101", answered=20),)}, 20, 40),
        ({"ended": 21.9, "legs": (leg("101", answered=20),)}, 20, 1),
    ],
)
def test_successful_inbound(said, contact, talk):
    verdict = inbound(**said)
    assert verdict.outcome == "successful"
    assert (verdict.contact_at, verdict.talk_seconds) == (after(contact), talk)
    assert not verdict.is_suspect


@pytest.mark.parametrize(
    "said",
    [
        {"stage": "ringing"},
        {"stage": "voicemail", "answered": 15},
        {"stage": "voicemail", "answered": 15, "result": "answered", "talk_seconds": 30},
        {"stage": "ivr", "answered": 1, "result": "answered"},
        {"stage": "greeting", "answered": 1},
        {"stage": "queue", "answered": 1},
        {"stage": "talk", "answered": 15, "result": "machine"},
        {"answered": 15, "result": "no_answer"},
        {"answered": 15, "result": "lost"},
        # Connected, but for less than min_talk_seconds.
        {"stage": "talk", "answered": 60},
        {"stage": "talk", "answered": 15, "talk_seconds": 0},
        {"legs": (leg("101", answered=59.5),)},
    ],
)
def test_missed_inbound(said):
    verdict = inbound(ended=60, **said)
    assert verdict.outcome == "missed"
    assert verdict.contact_at is None
    assert verdict.reason in get_args(MissReason)
    assert verdict.reason_detail


@pytest.mark.parametrize("said", [{}, {"stage": "ringing"}, {"legs": (leg("101", answered=5),)}, {"talk_seconds": 0}])
def test_a_call_that_has_not_ended_is_never_missed(said):
    assert inbound(**said).outcome == "in_progress"


def test_min_talk_is_the_team_s():
    strict = Terms(min_talk=timedelta(seconds=5), short_call=timedelta(seconds=10), is_open=True)
    four, five = (facts(ended=20 + n, legs=(leg("101", answered=20),)) for n in (4, 5))
    assert (judge(four, strict).outcome, judge(four, strict).talk_seconds) == ("missed", 4)
    assert judge(five, strict).outcome == "successful"


def test_internal_and_unknown_directions():
    assert judge(facts("internal", ended=60, answered=5), TERMS).outcome == "internal"
    assert judge(facts(None, ended=60), TERMS).outcome == "in_progress"


# --- outbound ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said, contact, talk",
    [
        ({"ended": 60, "answered": 15}, 15, 45),
        ({"ended": 60, "result": "answered", "talk_seconds": 40}, 20, 40),
        ({"ended": 60, "talk_seconds": 40}, 20, 40),
        ({"ended": 16, "answered": 15}, 15, 1),
        ({"talk_seconds": 12}, 0, 12),
    ],
)
def test_successful_outbound(said, contact, talk):
    verdict = outbound(**said)
    assert (verdict.outcome, verdict.contact_at, verdict.talk_seconds) == ("successful", after(contact), talk)


@pytest.mark.parametrize(
    "said",
    [
        {"result": "no_answer"},
        {},
        # Our own phone was rung first and answered; the client was not there.
        {"legs": (leg("101", "answered", answered=3),)},
        {"legs": (leg("101", "answered", answered=3),), "result": "busy", "stage": "talk"},
        {"answered": 20, "talk_seconds": 0},
        *({"answered": 20, "result": result} for result in get_args(CallResult) if result != "answered"),
        {"answered": 20, "stage": "voicemail"},
    ],
)
def test_failed_outbound(said):
    verdict = outbound(ended=60, **said)
    assert (verdict.outcome, verdict.contact_at, verdict.reason) == ("failed", None, None)


def test_outbound_still_ringing():
    assert outbound(stage="ringing").outcome == "in_progress"


def test_an_attempt_knows_how_long_it_rang():
    assert outbound(ended=7.9, result="no_answer").ring_seconds == 7
    assert outbound(ended=60, answered=15).ring_seconds == 15
    assert outbound().ring_seconds is None
    assert inbound(ended=60).ring_seconds is None


# --- whose ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "direction, said, extension",
    [
        ("in", {"legs": (leg("102", answered=9), leg("101", answered=5))}, "101"),
        ("in", {"legs": (leg("101", "answered"), leg("102", answered=5))}, "102"),
        ("in", {"result": "answered", "extension": "103"}, "103"),
        ("in", {"legs": (leg("101", "no_answer"),)}, "101"),
        ("in", {"legs": (leg("101", "no_answer"), leg("101", "busy", key="again"))}, "101"),
        ("in", {"legs": (leg("101", "no_answer"), leg("102", "no_answer"))}, None),
        ("in", {"legs": (leg("101", "no_answer"),), "group": "sales"}, None),
        ("in", {"legs": (leg("101", "no_answer"),), "stage": "queue"}, None),
        ("in", {}, None),
        ("out", {"extension": "101", "legs": (leg("102"),)}, "101"),
        ("out", {"legs": (leg("102"),)}, "102"),
        ("out", {"legs": (leg("101"), leg("102"))}, None),
        ("out", {}, None),
    ],
)
def test_whose_call_it_is(direction, said, extension):
    call = facts(direction, ended=60, **said)
    assert manager_extension(call) == judge(call, TERMS).extension == extension


# --- contradictions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"ended": -5},
        {"ended": 60, "answered": 61},
        {"ended": 60, "started_at": None},
        {"ended": 60, "talk_seconds": -3},
    ],
)
def test_contradictory_times_are_marked_and_judged(said):
    verdict = inbound(**said)
    assert verdict.is_suspect
    assert verdict.outcome == "missed"
    assert verdict.talk_seconds == 0


def test_an_answer_before_the_start_is_suspect_but_still_an_answer():
    verdict = inbound(ended=60, answered=-1)
    assert (verdict.is_suspect, verdict.outcome) == (True, "successful")


def test_start_of_a_call_whose_beginning_was_not_told():
    assert start_of(facts(started_at=None, ended=60)) == after(60)
    assert start_of(facts(started_at=None, ended=60, legs=(leg("101"),))) == after(1)
    assert start_of(facts(ended=60)) == TEN
    assert start_of(facts(started_at=None)) is None
    # Without its beginning nobody knows whether it was short.
    assert inbound(started_at=None, ended=60).reason == "not_answered"


# --- laws -------------------------------------------------------------------------------------------------------------

TIMES = st.none() | st.integers(-5, 40).map(after)
LEGS = st.builds(
    LegSeen,
    extension=st.none() | st.sampled_from(["101", "102"]),
    rang_at=TIMES,
    answered_at=TIMES,
    ended_at=TIMES,
    result=st.none() | st.sampled_from(get_args(LegResult)),
)
CALLS = st.builds(
    CallEvent,
    call_key=st.just("a-1"),
    direction=st.none() | st.sampled_from(get_args(Direction)),
    started_at=TIMES,
    answered_at=TIMES,
    ended_at=TIMES,
    legs=st.lists(LEGS, max_size=3).map(tuple),
    stage=st.none() | st.sampled_from(get_args(Stage)),
    hung_up_by=st.none() | st.sampled_from(get_args(HungUpBy)),
    result=st.none() | st.sampled_from(get_args(CallResult)),
    talk_seconds=st.none() | st.integers(-2, 30),
    extension=st.none() | st.just("103"),
    reason_detail=st.none() | st.sampled_from([*FOLDED, "other"]),
).map(lambda event: merge(None, event))


@given(CALLS, st.booleans())
def test_a_verdict_is_whole(call, is_open):
    verdict = judge(call, CLOSED if not is_open else TERMS)
    assert (verdict.outcome == "missed") == (verdict.reason is not None)
    assert verdict.outcome == "successful" or verdict.contact_at is None
    assert verdict.talk_seconds >= 0
    assert (verdict.ring_seconds or 0) >= 0
    if verdict.outcome == "missed":
        assert call.direction == "in"
        assert call.ended_at is not None
        assert verdict.reason_detail


@given(CALLS)
def test_a_phone_of_ours_that_talked_is_never_a_miss(call):
    answered = merge(
        call,
        CallEvent(
            call_key="a-1",
            direction="in",
            started_at=after(-9),
            ended_at=after(50),
            talk_seconds=31,
            result="answered",
            legs=(leg("109", answered=3),),
        ),
    )
    if answered.direction == "in":
        assert judge(answered, TERMS).outcome == "successful"
