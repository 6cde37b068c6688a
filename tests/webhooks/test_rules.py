from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.webhooks.rules import (
    EVENT_KINDS,
    FEWEST_TRIES,
    LONGEST_WAIT,
    back_off,
    delivery_key,
    is_hopeless,
    patience,
    silence,
    subject_of,
)
from providers.crm import KINDS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_what_an_event_is_about_is_the_beginning_of_its_key():
    assert subject_of("ticket:12:7") == "ticket:12"
    assert subject_of("message:anna_k:m:3") == "message:anna_k"


def test_a_plain_receiver_hears_every_change_and_a_crm_of_each_subject_once():
    assert delivery_key("plain", "ticket.created", "ticket:12:1") == "ticket.created:ticket:12:1"
    assert delivery_key("amocrm", "case.opened", "case:4:1") == delivery_key("amocrm", "case.opened", "case:4:9")
    assert delivery_key("amocrm", "case.opened", "case:4:1") != delivery_key("amocrm", "case.opened", "case:5:1")


def test_a_plain_receiver_may_hear_of_everything_and_nobody_of_anything_else():
    assert set(KINDS["plain"].events) == set(EVENT_KINDS)
    assert {event for kind in KINDS.values() for event in kind.events} <= set(EVENT_KINDS)


@given(tries=st.integers(1, 10_000), event_id=st.uuids().map(str))
def test_the_pauses_grow_to_a_quarter_of_an_hour_and_never_run_away(tries, event_id):
    base = min(900, 5 * 2 ** min(tries - 1, 40))
    assert timedelta(seconds=base * 0.75) <= back_off(tries, event_id) <= timedelta(seconds=base * 1.25)


def test_what_failed_together_does_not_come_back_together():
    assert len({back_off(3, str(number)) for number in range(100)}) > 90


def test_a_receiver_that_fails_is_left_alone_for_a_minute_at_most():
    assert [silence(n).total_seconds() for n in (0, 1, 2, 3, 6, 7, 500)] == [1, 1, 2, 4, 32, 60, 60]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("99999999999", LONGEST_WAIT.total_seconds()),
        ("Fri, 20 Nov 2026 12:02:00 GMT", 120),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 20 Nov 2027 12:00:00 GMT", LONGEST_WAIT.total_seconds()),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
        ("٣", 0),
        (None, 0),
    ],
)
def test_patience_is_asked_for_in_seconds_or_as_a_date(text, seconds):
    assert patience(text, NOW).total_seconds() == seconds


def test_what_is_old_is_given_up_but_not_untried():
    assert not is_hopeless(1000, NOW + timedelta(seconds=1), NOW)
    assert not is_hopeless(FEWEST_TRIES - 1, NOW - timedelta(days=3), NOW)
    assert is_hopeless(FEWEST_TRIES, NOW, NOW)
