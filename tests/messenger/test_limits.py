"""Promises 6 and 7: how fast, and how long a refused chat is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.limits import History, Limits, parse_limits
from messenger.pauses import Pauses, back_off

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GROUP, OTHER_GROUP, OLGA = -1001, -1002, 101


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def sent_at(chat: int, seconds: int, limits: Limits | None = None) -> list[int]:
    """In which seconds a chat with endless wishes is written to."""
    history = History(limits or Limits())
    sent = []
    for second in range(seconds):
        if history.next_allowed_at(chat, after(second)) <= after(second):
            history.note(chat, after(second))
            sent.append(second)
    return sent


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("30/s 1/s/chat 20/min/group", Limits()),
        ("", Limits()),
        ("1000/s 5/s/chat 200/min/group", Limits(per_second=1000, chat_per_second=5, group_per_minute=200)),
        ("10/min/group", Limits(group_per_minute=10)),
    ],
)
def test_limits_are_read_from_a_setting(text, limits):
    assert parse_limits(text) == limits


@pytest.mark.parametrize("text", ["30", "30/min", "0/s", "-1/s", "x/s", "20/s/group", "1/s/chat,", "30/s 20/s"])
def test_a_limit_that_cannot_be_read_is_named(text):
    with pytest.raises(ValueError, match="rate limit"):
        parse_limits(text)


def test_a_person_is_written_to_every_second():
    assert sent_at(OLGA, 70) == list(range(70))


def test_a_group_gets_twenty_in_any_minute_and_one_a_second():
    assert sent_at(GROUP, 150) == [*range(20), *range(60, 80), *range(120, 140)]


def test_a_second_message_of_the_same_second_waits_for_the_next():
    history = History(Limits())
    history.note(OLGA, after(0))
    assert history.next_allowed_at(OLGA, after(0.4)) == after(1)
    assert history.next_allowed_at(GROUP, after(0.4)) == after(0.4)


def test_a_slow_answer_counts_from_when_it_came():
    """Telegram counted the request at some moment before it answered."""
    history = History(Limits())
    history.note(GROUP, after(0))
    history.settle(GROUP, after(4))
    assert history.next_allowed_at(GROUP, after(4)) == after(5)


def test_what_was_rendered_slowly_counts_from_when_it_left():
    history = History(Limits(per_second=2))
    history.note(GROUP, NOON)
    history.note(OTHER_GROUP, NOON)
    history.depart(GROUP, after(0.6))
    history.depart(OTHER_GROUP, after(0.7))
    assert (history.room(after(1.2)), history.bot_free_at(after(1.2)) > after(1.5)) == (0, True)
    assert history.next_allowed_at(GROUP, after(1.2)) == after(1.6)


def test_whoever_leaves_late_passes_those_who_were_promised_a_later_moment():
    history = History(Limits(per_second=2))
    history.note(GROUP, after(0.5))
    history.note(OTHER_GROUP, after(0.6))
    history.depart(GROUP, after(0.9))
    assert history.bot_free_at(after(0.9)) == after(1.615)  # a second and a little after the first that left


def test_what_was_not_needed_is_given_back():
    history = History(Limits(per_second=1))
    history.note(OLGA, after(0))
    history.withdraw(OLGA)
    assert (history.next_allowed_at(OLGA, after(0)), history.room(after(0))) == (after(0), 1)


def test_the_bot_sends_thirty_in_any_second_spread_over_it():
    history, sent = History(Limits()), []
    for millisecond in range(3000):
        now = after(millisecond / 1000)
        for _ in range(history.room(now)):
            history.note(len(sent) + 1, now)
            sent.append(millisecond)
    assert [sum(start <= at < start + 1000 for at in sent) for start in (0, 1000, 2000)] == [30, 30, 30]
    assert max(sum(start <= at < start + 1000 for at in sent) for start in range(2000)) == 30
    assert max(sum(start <= at < start + 100 for at in sent) for start in range(2900)) == 10


@given(st.lists(st.tuples(st.sampled_from([GROUP, OTHER_GROUP, OLGA]), st.floats(0, 5)), max_size=120))
def test_whoever_waits_as_told_never_breaks_a_limit(wishes):
    history, now, sent = History(Limits(per_second=4, group_per_minute=6)), NOON, []
    for chat, pause in wishes:
        now = max(now + timedelta(seconds=pause), history.next_allowed_at(chat, now), history.bot_free_at(now))
        now = max(history.next_allowed_at(chat, now), history.bot_free_at(now))
        history.note(chat, now)
        sent.append((chat, now))
    for chat, at in sent:
        since = [(other, then) for other, then in sent if at <= then < at + timedelta(minutes=1)]
        second = [other for other, then in since if then < at + timedelta(seconds=1)]
        assert len(second) <= 4
        assert second.count(chat) == 1
        assert chat == OLGA or [other for other, _ in since].count(chat) <= 6


def test_chats_nobody_writes_to_any_more_are_forgotten():
    history = History(Limits())
    for chat in range(1, 10_001):
        history.note(chat, after(chat))
    assert len(history) < 400


def test_a_pause_holds_one_chat():
    pauses = Pauses()
    pauses.refuse(GROUP, after(40), NOON)
    assert pauses.until(GROUP, after(1)) == after(40)
    assert pauses.until(OLGA, after(1)) == after(1)


def test_two_chats_refused_within_a_second_hold_everybody_for_the_longer():
    pauses = Pauses()
    pauses.refuse(GROUP, after(40), NOON)
    pauses.refuse(OTHER_GROUP, after(6), after(0.9))
    assert pauses.until(OLGA, after(1)) == after(40)


def test_two_chats_refused_apart_hold_only_themselves():
    pauses = Pauses()
    pauses.refuse(GROUP, after(40), NOON)
    pauses.refuse(OTHER_GROUP, after(6), after(1.1))
    pauses.refuse(OTHER_GROUP, after(9), after(1.2))
    assert pauses.until(OLGA, after(1.2)) == after(1.2)


def test_a_chat_that_answers_is_forgiven():
    pauses = Pauses()
    pauses.pause(GROUP, after(8), NOON)
    pauses.pause(GROUP, after(16), after(8))
    assert pauses.tries(GROUP) == 2
    pauses.forgive(GROUP)
    assert (pauses.tries(GROUP), pauses.until(GROUP, after(9))) == (0, after(9))


def test_pauses_long_over_are_forgotten():
    pauses = Pauses()
    for chat in range(1, 10_001):
        pauses.pause(chat, after(chat + 1), after(chat))
    assert len(pauses) < 1000


def test_back_off_grows_from_a_second_to_five_minutes_and_is_spread():
    chance = Random(7)
    spans = [[back_off(tries, chance).total_seconds() for _ in range(200)] for tries in range(12)]
    for tries, several in enumerate(spans):
        longest = min(300, 2**tries)
        assert max(1, 0.7 * longest) <= min(several)
        assert max(several) <= longest
    assert all(len(set(several)) > 100 for several in spans[1:])
    assert back_off(10**6, chance) <= timedelta(minutes=5)


def test_what_another_sender_sent_counts_but_nothing_counts_twice():
    history = History(Limits())
    theirs = [(-1, after(seconds)) for seconds in range(20)]
    history.recall(theirs)
    assert history.next_allowed_at(-1, after(30)) == after(60)
    assert history.next_allowed_at(-2, after(30)) == after(30)
    history.note(-1, after(61))
    history.recall(theirs[1:])  # of these we know
    assert history.next_allowed_at(-1, after(61)) == after(62)


def test_what_another_sender_just_sent_counts_for_the_bot():
    history = History(Limits())
    history.recall([(chat, after(0)) for chat in range(1, 11)])
    assert history.room(after(0)) == 0
