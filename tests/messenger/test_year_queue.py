"""Promises 6 and 7: the queue that the year is simulated with sends what the outbox's own plan sends, at the same moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from followup.notices.priorities import ALERT, ANSWER, DIGEST, EDIT
from messenger.limits import History, Limits
from messenger.plan import Traffic, Waiting, plan
from tests.bench.year_queue import Message, Queue

ZERO = datetime(2026, 11, 20, 9, tzinfo=UTC)
GROUPS, PEOPLE = (-1, -2, -3), (1, 2)


def by_the_plan(messages: list[Message]) -> list[tuple[float, int]]:
    """(seconds, number of the message) as the real plan lets them go, looked at whenever it wants to be."""
    history, now, sent = History(Limits()), ZERO, []
    coming = [
        Waiting(kind="card", id=number, team_id=1, telegram_id=each.chat, priority=each.priority, since=moment(each.at))
        for number, each in enumerate(messages)
    ]
    waiting: list[Waiting] = []
    while coming or waiting:
        while coming and coming[0].since <= now:
            waiting.append(coming.pop(0))
        planned = plan(waiting, Traffic(history), now)
        for each in planned.send_now:
            waiting.remove(each)
            history.note(each.telegram_id, now)
            sent.append(((now - ZERO).total_seconds(), each.id))
        if not planned.send_now:
            now = min(moment for moment in (planned.wake_at, coming[0].since if coming else None) if moment is not None)
    return sent


def moment(at: float) -> datetime:
    return ZERO + timedelta(seconds=at)


def by_the_queue(messages: list[Message]) -> list[tuple[float, int]]:
    numbers = {(each.at, each.chat): number for number, each in enumerate(messages)}
    return [(each.at, numbers[each.message.at, each.message.chat]) for each in Queue().run(messages)]


@pytest.mark.parametrize("seed", range(5))
def test_a_busy_minute_leaves_in_the_same_order_at_the_same_moments(seed):
    chance = Random(seed)
    chats = [*GROUPS, *PEOPLE, *range(-160, -100)]
    moments = sorted(chance.sample(range(20_000), 220))
    heavy = [0, 0, 0, 0, 0, *range(5, len(chats))] if seed % 2 else range(len(chats))
    messages = [
        Message(at / 1000, chance.choice((ANSWER, ALERT, EDIT, DIGEST)), chats[chance.choice(heavy)]) for at in moments
    ]
    expected, found = by_the_plan(messages), by_the_queue(messages)
    assert [number for _, number in found] == [number for _, number in expected]
    assert [at for at, _ in found] == pytest.approx([at for at, _ in expected], abs=1e-3)


def test_a_burst_at_one_moment_keeps_thirty_a_second_and_twenty_a_minute():
    messages = [Message(0.0, ALERT, -1 - number % 50) for number in range(50 * 25)]
    sent = list(Queue().run(messages))
    assert len(sent) == len(messages)
    moments = [each.at for each in sent]
    assert all(later - at > 0.999 for at, later in zip(moments, moments[30:], strict=False))
    of_one = [each.at for each in sent if each.message.chat == -1]
    assert all(later - at > 59.9 for at, later in zip(of_one, of_one[20:], strict=False))


def test_an_edit_of_a_card_that_waits_already_is_no_message_of_its_own():
    queue = Queue()
    sent = list(queue.run([Message(0.1 * number, EDIT, -1, card=7) for number in range(8)]))
    assert (len(sent), queue.coalesced) == (2, 6)
