"""Messages of one call come late, twice and backwards; what is known of it does not depend on that (D17, T17)."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.calls.events import CallEvent, CallResult, Direction, HungUpBy, LegResult, LegSeen, Stage
from followup.calls.merge import from_json, leg_key, merge, to_json

TEN = datetime(2026, 11, 20, 8, tzinfo=UTC)
KYIV_WINTER = timezone(timedelta(hours=2))


def seconds(count):
    return TEN + timedelta(seconds=count)


def merged(*events):
    facts = None
    for event in events:
        facts = merge(facts, event)
    return facts


def said(**fields):
    return CallEvent(call_key="a-1", **fields)


def maybe(strategy):
    return st.none() | strategy


def words(kind):
    return maybe(st.sampled_from(get_args(kind)))


MOMENTS = maybe(st.integers(0, 4).map(seconds) | st.integers(0, 4).map(lambda n: seconds(n).astimezone(KYIV_WINTER)))
TEXTS = maybe(st.sampled_from(["", "101", "102", "+380671234567", "+380501112233", "anna"]))
LEGS = st.builds(
    LegSeen,
    extension=maybe(st.sampled_from(["101", "102"])),
    rang_at=MOMENTS,
    answered_at=MOMENTS,
    ended_at=MOMENTS,
    result=words(LegResult),
    key=maybe(st.sampled_from(["x", "y"])),
)
EVENTS = st.builds(
    CallEvent,
    call_key=st.just("a-1"),
    direction=words(Direction),
    client=TEXTS,
    line=TEXTS,
    started_at=MOMENTS,
    answered_at=MOMENTS,
    ended_at=MOMENTS,
    legs=st.lists(LEGS, max_size=3).map(tuple),
    stage=words(Stage),
    hung_up_by=words(HungUpBy),
    result=words(CallResult),
    talk_seconds=maybe(st.integers(0, 3)),
    extension=TEXTS,
    group=TEXTS,
    client_name=TEXTS,
    recording_url=TEXTS,
    order_key=TEXTS,
    command_key=TEXTS,
    reason_detail=maybe(st.sampled_from(["no_answer", "busy", "all_busy", "a vendor's word", "another"])),
    raw_reason=TEXTS,
    seq=maybe(st.integers(-1, 2)),
)


@given(st.lists(EVENTS, min_size=1, max_size=5), st.data())
def test_any_order_and_any_repetition_give_the_same_facts(events, data):
    again = data.draw(st.lists(st.sampled_from(events), max_size=4))
    shuffled = data.draw(st.permutations([*events, *again]))
    assert merged(*shuffled) == merged(*events)
    assert json.dumps(to_json(merged(*shuffled)), sort_keys=True) == json.dumps(
        to_json(merged(*events)), sort_keys=True
    )


@given(st.lists(EVENTS, min_size=1, max_size=3))
def test_facts_survive_being_stored(events):
    facts = merged(*events)
    assert from_json(json.loads(json.dumps(to_json(facts)))) == facts


@given(EVENTS, EVENTS)
def test_what_was_known_is_never_forgotten(one, other):
    before, after = to_json(merged(one)), to_json(merged(one, other))
    assert set(before) <= set(after)


def test_moments_earliest_start_and_answer_latest_end():
    facts = merged(
        said(started_at=seconds(1), answered_at=seconds(9), ended_at=seconds(20)),
        said(started_at=seconds(0), answered_at=seconds(8), ended_at=seconds(30)),
        said(started_at=None, answered_at=None, ended_at=None),
    )
    assert (facts.started_at, facts.answered_at, facts.ended_at) == (seconds(0), seconds(8), seconds(30))


def test_stages_by_rank():
    order = ["no_route", "greeting", "ivr", "queue", "ringing", "voicemail", "talk"]
    for index, stage in enumerate(order):
        assert merged(*[said(stage=each) for each in order[: index + 1]]).stage == stage


@pytest.mark.parametrize(
    "general, specific",
    [
        ("no_answer", "phone_off"),
        ("rejected", "blacklisted"),
        ("unknown_error", "no_answer"),
        ("system_error", "invalid_number"),
        ("machine", "answered"),
        ("forbidden", "answered"),
    ],
)
def test_a_specific_result_beats_a_general_one_and_answered_beats_all(general, specific):
    assert merged(said(result=general), said(result=specific)).result == specific
    assert merged(said(result=specific), said(result=general)).result == specific


@pytest.mark.parametrize(
    "field, word",
    [
        (field, word)
        for field, kind in (
            ("result", CallResult),
            ("direction", Direction),
            ("hung_up_by", HungUpBy),
            ("stage", Stage),
        )
        for word in get_args(kind)
    ],
)
def test_every_word_has_its_rank(field, word):
    """A word forgotten in the ranks would lose to an unknown one."""
    assert getattr(merged(said(**{field: "~unknown~"}), said(**{field: word})), field) == word


def test_a_higher_seq_goes_before_every_rule_and_null_beats_nothing():
    facts = merged(
        said(seq=5, started_at=seconds(3), stage="ringing", client=None),
        said(seq=4, started_at=seconds(1), stage="talk", client="+380671234567"),
        said(stage="voicemail", started_at=seconds(0), client="+380501112233"),
    )
    assert (facts.started_at, facts.stage, facts.client) == (seconds(3), "ringing", "+380671234567")
    assert facts.seqs == {"started_at": 5, "stage": 5, "client": 4}


def test_seq_decides_fields_of_a_leg_too():
    rang = LegSeen(key="x", extension="101", result="answered")
    busy = LegSeen(key="x", result="busy", ended_at=seconds(5))
    facts = merged(said(seq=2, legs=(busy,)), said(seq=1, legs=(rang,)))
    assert facts.legs == {"x": {"extension": "101", "result": "busy", "ended_at": seconds(5)}}
    assert facts.seqs["legs/x/result"] == 2


def test_legs_meet_by_the_vendor_s_id_or_by_extension_and_ring():
    facts = merged(
        said(legs=(LegSeen(extension="101", rang_at=seconds(2)), LegSeen(key="x", extension="102"))),
        said(legs=(LegSeen(extension="101", rang_at=seconds(2).astimezone(KYIV_WINTER), result="no_answer"),)),
        said(legs=(LegSeen(key="x", answered_at=seconds(7)), LegSeen(extension="101", rang_at=seconds(9)))),
    )
    assert sorted(facts.legs) == ["101@2026-11-20T08:00:02+00:00", "101@2026-11-20T08:00:09+00:00", "x"]
    assert facts.legs["101@2026-11-20T08:00:02+00:00"]["result"] == "no_answer"
    assert facts.legs["x"] == {"extension": "102", "answered_at": seconds(7)}


def test_a_leg_without_its_ring_is_an_entry_of_its_own():
    assert leg_key(LegSeen(extension="101")) == "101@"
    assert (
        len(merged(said(legs=(LegSeen(extension="101"),)), said(legs=(LegSeen(extension="101", rang_at=TEN),))).legs)
        == 2
    )


@pytest.mark.parametrize(
    "field, one, other, kept",
    [
        ("client", "zzz", "+380671234567", "+380671234567"),
        ("client", "380671234567", "+380671234567", "+380671234567"),
        ("client", "anonymous", "380671234567", "380671234567"),
        ("client_name", "+380671234567", "Anna", "Anna"),
        ("line", "+380441112233", "+380441112244", "+380441112244"),
        ("extension", "101", "102", "102"),
        ("direction", "internal", "in", "in"),
        ("direction", "in", "out", "out"),
        ("hung_up_by", "us", "client", "client"),
        ("talk_seconds", 0, 12, 12),
        ("reason_detail", "no_answer", "forbidden_destination", "forbidden_destination"),
        ("reason_detail", "a vendor's word", "no_answer", "no_answer"),
    ],
)
def test_contradictions_have_one_answer(field, one, other, kept):
    for first, second in ((one, other), (other, one)):
        assert getattr(merged(said(**{field: first}), said(**{field: second})), field) == kept
