"""Promise 7 with a long queue: a person's answer is seen at once, though the whole is read once a second only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followup.notices import priorities
from messenger.backlog import Backlog
from messenger.limits import History, Limits
from messenger.plan import Traffic
from tests.messenger.mailroom import NOON, mailroom


@pytest.fixture
async def room(tmp_path):
    async with mailroom(tmp_path) as opened:
        yield opened


@pytest.fixture
def backlog(room):
    return Backlog(room.database, Traffic(History(Limits())))


async def groups(room, count: int) -> list:
    """A letter waits in each."""
    found = [await room.group(f"Team {number}") for number in range(count)]
    for chat in found:
        await room.letter(chat, "an alert", priorities.ALERT)
    return found


def chats(backlog: Backlog) -> list[int]:
    return [each.telegram_id for each in backlog.waiting]


async def test_in_a_long_queue_only_what_is_more_urgent_is_seen_at_once(room, backlog):
    waiting = await groups(room, 95)
    await backlog.look(NOON)
    assert len(backlog.waiting) == 95
    late = await room.group("Late")
    await room.letter(late, "one more alert", priorities.ALERT)
    await room.letter(waiting[50], "the answer", priorities.ANSWER)
    backlog.tell()
    await backlog.look(NOON + timedelta(milliseconds=20))
    assert backlog.waiting[0].telegram_id == waiting[50].telegram_id
    assert backlog.waiting[0].priority == priorities.ANSWER
    assert late.telegram_id not in chats(backlog)
    await backlog.look(NOON + timedelta(seconds=1))
    assert late.telegram_id in chats(backlog)
    assert len(backlog.waiting) == 97


async def test_what_is_seen_twice_waits_once(room, backlog):
    waiting = await groups(room, 95)
    await backlog.look(NOON)
    await room.letter(waiting[3], "the answer", priorities.ANSWER)
    for _ in range(3):
        backlog.tell()
        await backlog.look(NOON)
    assert len(backlog.waiting) == len(set(backlog.waiting)) == 96


async def test_a_short_queue_is_read_whole_at_every_news(room, backlog):
    await groups(room, 5)
    await backlog.look(NOON)
    late = await room.group("Late")
    await room.letter(late, "a file", priorities.FILE)
    await backlog.look(NOON)
    assert late.telegram_id not in chats(backlog)
    backlog.tell()
    await backlog.look(NOON)
    assert chats(backlog)[-1] == late.telegram_id


async def test_what_was_taken_leaves_the_list(room, backlog):
    await groups(room, 3)
    await backlog.look(NOON)
    first, *others = backlog.waiting
    backlog.take([first])
    assert backlog.waiting == others
    backlog.doubt()
    await backlog.look(NOON)
    assert len(backlog.waiting) == 3
