"""What is taken for plain is what is read without a refusal; everything else is read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.generic import CALL, LEG, events_in
from providers.plain_calls import is_plain_call

PLAIN = {
    "type": "call",
    "call_id": "a-1",
    "direction": "in",
    "client": "+380671234567",
    "line": "+380441112233",
    "started_at": "2026-10-31T23:59:59.123+02:00",
    "answered_at": None,
    "ended_at": "2026-11-01T00:00:20Z",
    "stage": "ringing",
    "hung_up_by": "client",
    "result": "no_answer",
    "legs": [{"extension": "101", "rang_at": "2026-10-31T23:59:59Z", "answered_at": None, "result": "no_answer"}, {}],
}
DIGITS = st.integers(0, 99).map("{:02}".format)
MOMENTS = st.builds(
    "20{}-{}-{}T{}:{}:{}{}{}".format,
    *(DIGITS, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS),
    st.sampled_from(["", ".1", ".123456", ".1234567", "."]),
    st.sampled_from(["Z", "z", "+02:00", "-13:59", "+14:00", "+24:00", "", "+0200"]),
)
VALUES = st.one_of(
    st.none(), st.text(max_size=5), st.integers(), MOMENTS, st.sampled_from(["in", "IN ", "x" * 65, "\0"])
)


def written(**changes) -> bytes:
    return json.dumps(PLAIN | changes).encode()


@pytest.mark.parametrize(
    "left_out", [(), ("direction", "stage"), tuple(name for name in PLAIN if name not in ("type", "call_id"))]
)
def test_a_usual_call_is_plain(left_out):
    body = json.dumps({name: value for name, value in PLAIN.items() if name not in left_out}).encode()
    assert is_plain_call(body)
    assert len(events_in(body)) == 1


@pytest.mark.parametrize("day", ["2026-01-31", "2026-02-28", "2026-04-30", "2026-12-31", "2028-02-28"])
def test_every_common_day_is_plain(day):
    assert is_plain_call(written(started_at=f"{day}T10:00:00+02:00"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"[" + written() + b"]",
        b"\xef\xbb\xbf" + written(),
        written(call_id=""),
        written(call_id=7),
        written(type="order"),
        written(started_at="2026-02-30T10:00:00Z"),
        written(started_at="2026-02-29T10:00:00Z"),
        written(started_at="2026-04-31T10:00:00Z"),
        written(started_at="2026-11-20T10:00:00"),
        written(started_at="2026-11-20T24:00:00Z"),
        written(started_at="2026-11-20T10:00:00Z\n"),
        written(client="x" * 201),
        written(client="+380 67 123"),
        written(legs=[{"extension": 101}]),
        written(legs=[{}] * 101),
        written(legs={}),
        written(legs=[{"ended_at": "2026-11-20"}]),
        written(anything="else"),
        written()[:-1],
        written() + b"{}",
    ],
)
def test_what_has_to_be_looked_at_is_not(body):
    assert not is_plain_call(body)


LEGS = st.lists(st.dictionaries(st.sampled_from([*LEG, "strange"]), VALUES, max_size=3), max_size=3)


@given(LEGS)
def test_no_plain_leg_would_have_been_refused(legs):
    body = written(legs=legs)
    if is_plain_call(body):
        assert len(events_in(body)) == 1


@given(st.dictionaries(st.sampled_from([*CALL, "type", "strange"]), VALUES, max_size=6))
def test_nothing_plain_would_have_been_refused(changes):
    body = written(**changes)
    if is_plain_call(body):
        assert len(events_in(body)) == 1
