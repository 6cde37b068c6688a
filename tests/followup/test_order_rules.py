"""Callback orders: their deadline, their attempts, their one reason (P3–P6, X16, X22, X28)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.hours import schedule
from followup.orders.rules import Attempt, Order, OrderOutcome, deadline, is_in_hours, order_outcome, serving

KYIV = "Europe/Kyiv"
OFFICE = schedule("Mo-Fr 09:00-18:00", KYIV, None)
FRIDAY_NIGHT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)  # 22:30 in Kyiv
MONDAY_CLOSING = datetime(2026, 11, 23, 16, tzinfo=UTC)
LATER = MONDAY_CLOSING + timedelta(days=1)
ORDER = Order(order_key="w-7", ordered_at=FRIDAY_NIGHT)


def attempt(hours, result=None, key="c-1", **fields):
    return Attempt(call_key=key, started_at=FRIDAY_NIGHT + timedelta(hours=hours), result=result, **fields)


def outcome(*attempts, order=ORDER, now=LATER):
    return order_outcome(order, attempts, MONDAY_CLOSING, now)


@pytest.mark.parametrize(
    "hours, wanted, limit, expected",
    [
        ("Mo-Fr 09:00-18:00", None, None, MONDAY_CLOSING),
        ("Mo-Fr 09:00-18:00", datetime(2026, 11, 24, 9, tzinfo=UTC), None, datetime(2026, 11, 25, 16, tzinfo=UTC)),
        # A wish for the past is no wish.
        ("Mo-Fr 09:00-18:00", datetime(2026, 11, 2, 9, tzinfo=UTC), None, MONDAY_CLOSING),
        ("Mo-Su 09:00-13:00,14:00-18:00", None, None, datetime(2026, 11, 21, 16, tzinfo=UTC)),
        ("Fr-Sa 22:00-02:00", None, None, datetime(2026, 11, 22, 0, tzinfo=UTC)),
        (None, None, None, datetime(2026, 11, 21, 22, tzinfo=UTC)),
        ("24/7", None, None, datetime(2026, 11, 21, 22, tzinfo=UTC)),
        ("off", None, None, datetime(2026, 11, 21, 22, tzinfo=UTC)),
        ("Mo-Fr 09:00-18:00", None, timedelta(hours=3), FRIDAY_NIGHT + timedelta(hours=3)),
    ],
)
def test_deadline(hours, wanted, limit, expected):
    assert deadline(FRIDAY_NIGHT, wanted, schedule(hours, KYIV, None), KYIV, limit) == expected


def test_the_date_of_an_order_is_the_team_s_own():
    # 00:30 on Saturday in Kyiv is still Friday in UTC; the first date after it is Sunday.
    saturday = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    assert deadline(saturday, None, schedule(None, KYIV, None), KYIV, None) == datetime(2026, 11, 22, 22, tzinfo=UTC)


def test_t3_an_order_of_the_night_is_off_hours_whenever_it_is_called():
    assert not is_in_hours(FRIDAY_NIGHT, OFFICE)
    assert is_in_hours(FRIDAY_NIGHT - timedelta(hours=8), OFFICE)
    contact = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
    called = Attempt(call_key="c-1", started_at=contact - timedelta(seconds=9), is_successful=True, contact_at=contact)
    assert outcome(called) == OrderOutcome("successful", None, contact)


def test_pending_until_the_deadline():
    just_before = MONDAY_CLOSING - timedelta(microseconds=1)
    assert outcome(attempt(1, "no_answer"), now=just_before) == OrderOutcome("pending")
    assert outcome(attempt(1, "no_answer"), now=MONDAY_CLOSING) == OrderOutcome(
        "unsuccessful", "client_no_answer", MONDAY_CLOSING
    )


@pytest.mark.parametrize(
    "result, hung_up_by, reason",
    [
        ("no_coverage", None, "client_no_coverage"),
        ("phone_off", None, "client_phone_off"),
        ("no_answer", None, "client_no_answer"),
        ("no_answer", "network", "client_no_answer"),
        ("no_answer", "us", "operator_hung_up"),
        (None, None, "client_no_answer"),
        (None, "us", "operator_hung_up"),
        ("operator_hung_up", None, "operator_hung_up"),
        ("operator_rejected", None, "operators_did_not_call"),
        ("busy", None, "other"),
        ("busy", "us", "other"),
        ("rejected", "client", "other"),
        ("invalid_number", None, "other"),
        ("machine", None, "other"),
        ("answered", None, "other"),
    ],
)
def test_reason_of_an_attempt(result, hung_up_by, reason):
    assert outcome(attempt(1, result, hung_up_by=hung_up_by)).reason == reason


def test_the_last_attempt_s_reason_is_final():
    tries = [attempt(1, "no_coverage", "c-1"), attempt(3, "phone_off", "c-3"), attempt(2, "busy", "c-2")]
    assert outcome(*tries).reason == "client_phone_off"


@pytest.mark.parametrize(
    "available, reason",
    [(None, "operators_did_not_call"), (True, "operators_did_not_call"), (False, "operators_unavailable")],
)
def test_no_attempt(available, reason):
    order = Order(order_key="w-7", ordered_at=FRIDAY_NIGHT, was_anyone_available=available)
    assert outcome(order=order) == OrderOutcome("unsuccessful", reason, MONDAY_CLOSING)


@pytest.mark.parametrize(
    "hours, order_key, serves",
    [
        (1, None, True),
        (0, None, True),
        (-1, None, False),
        (1, "w-7", True),
        (1, "w-8", False),
        (24 * 7, None, False),
        # Calls that carry the order's key count without a deadline.
        (24 * 7, "w-7", True),
    ],
)
def test_which_calls_serve_an_order(hours, order_key, serves):
    call = attempt(hours, order_key=order_key, is_successful=True)
    assert (serving(ORDER, [call], MONDAY_CLOSING) == [call]) is serves
    assert (outcome(call).state == "successful") is serves


def test_a_success_counts_from_its_first_contact():
    first, second = (FRIDAY_NIGHT + timedelta(hours=n) for n in (2, 3))
    tries = (
        attempt(3, key="c-3", is_successful=True, contact_at=second),
        attempt(2, key="c-2", is_successful=True, contact_at=first),
        attempt(4, "no_answer", key="c-4"),
    )
    assert outcome(*tries) == OrderOutcome("successful", None, first)


ATTEMPTS = st.lists(
    st.builds(
        attempt,
        st.integers(-2, 100),
        st.sampled_from([None, "no_answer", "busy", "phone_off"]),
        st.sampled_from(["c-1", "c-2", "c-3"]),
        order_key=st.sampled_from([None, "w-7", "w-8"]),
        is_successful=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda each: each.call_key,
)


@given(ATTEMPTS, st.data(), st.integers(0, 200))
def test_an_outcome_is_whole_and_knows_no_order_of_arrival(attempts, data, hours):
    now = FRIDAY_NIGHT + timedelta(hours=hours)
    result = order_outcome(ORDER, attempts, MONDAY_CLOSING, now)
    assert result == order_outcome(ORDER, data.draw(st.permutations(attempts)), MONDAY_CLOSING, now)
    assert (result.state == "unsuccessful") == (result.reason is not None)
    assert (result.state == "pending") == (result.done_at is None)
