"""Promises 6 and 8: 429 of every length against every kind of message, and every trouble against the answer to a press."""

from __future__ import annotations

import pytest

from followup.notices import priorities
from tests.faults.post import KINDS, Case, Post, post_office

PRESS_TROUBLES = (
    *("429", "429_bare", "500", "502_html", "reset_before", "reset_after", "hang", "hang_after"),
    *("403_kicked", "403_blocked", "400_topic_closed", "400_parse", "413", "400_chat_not_found", "400_rights", "400"),
)


@pytest.fixture
async def post(database):
    async with post_office(database) as opened:
        yield opened


async def refused(post: Post, kind: str, number: int, seconds: int) -> Case:
    """A chat that answers the next message of this kind with 429."""
    chat = await post.group(f"{seconds} s")
    case = Case(fault="429", kind=kind, number=number, chat=chat, ids=[chat.telegram_id])
    await post.prepare(case)
    await post.passes(2, 2)
    post.world.faults.add("429", chat_id=chat.telegram_id, retry_after=seconds)
    await post.hand_in(case)
    await post.passes(2)
    return case


@pytest.mark.parametrize("kind", KINDS)
async def test_429_holds_this_chat_for_its_time_and_no_other(post, kind, backend):
    if backend == "postgres" and kind not in ("alert", "bundle_edit", "file"):
        pytest.skip("a sample is enough on the second database")
    for number, seconds in enumerate((1, 3600), 1):
        await _held(post, await refused(post, kind, number, seconds), seconds)
    assert [heard for heard in post.desk.heard if heard[0] == "lost"] == []


async def _held(post: Post, case: Case, seconds: int) -> None:
    free = await post.group("free")
    await post.letter(free, "told at once", priorities.FILE)
    await post.passes(0.01, 0.01)
    assert (post.texts(free), post.delivered(case)) == (["told at once"], 0)
    asked = post.asked_of(case)
    for _ in range(5):
        await post.passes((seconds - 1) / 5)
    assert post.asked_of(case) == asked
    await post.passes(1, 1, 60, 60)
    assert (post.delivered(case), post.asked_of(case) - case.asked_before) == (1, 2)


async def test_an_answer_to_a_press_that_fails_is_one_request_and_holds_nobody(post, backend):
    if backend == "postgres":
        pytest.skip("no database is asked")
    chat = await post.group()
    gateway = post.outbox._delivery._gateway
    for number, fault in enumerate(PRESS_TROUBLES, 1):
        planned = post.world.faults.add(fault, "answerCallbackQuery", times=100, retry_after=600)
        assert await gateway.answer("7000000000000000001", "Taken") is False, fault
        assert (planned.used, post.outbox.trouble) == (1, None), fault
        post.world.faults.clear()
        await post.letter(chat, f"goes on after {fault}")
        await post.step(10)
        assert len(post.texts(chat)) == number, fault
