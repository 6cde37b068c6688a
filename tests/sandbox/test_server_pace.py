"""The pace Telegram keeps, and the troubles a test may plan."""

from datetime import timedelta

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from sandbox.faults import FaultPlan
from tests.sandbox.server_stage import OLGA, TARAS, keyboard, open_stage


@pytest.fixture
async def stage():
    async with open_stage() as opened:
        yield opened


@pytest.fixture
async def paced():
    """Limits are on and follow the frozen clock of the stage."""
    async with open_stage(limits=True) as opened:
        opened.world.say(OLGA, OLGA, "/start")
        yield opened


async def retry_after(call):
    with pytest.raises(TelegramRetryAfter) as caught:
        await call
    return caught.value.retry_after


async def test_a_chat_takes_a_burst_of_three_and_then_one_a_second(paced):
    for text in "abc":
        await paced.bot.send_message(OLGA, text)
    assert await retry_after(paced.bot.send_message(OLGA, "d")) == 1
    paced.clock.forward(timedelta(seconds=1))
    await paced.bot.send_message(OLGA, "d")
    assert [m["text"] for m in paced.world.messages(OLGA)] == ["/start", "a", "b", "c", "d"]


async def test_edits_share_the_pace_and_answers_are_free(paced):
    sent = await paced.bot.send_message(paced.team, "0", reply_markup=keyboard("Take"))
    where = {"chat_id": paced.team, "message_id": sent.message_id, "reply_markup": keyboard("Take")}
    for text in "12":
        await paced.bot.edit_message_text(text, **where)
    assert await retry_after(paced.bot.edit_message_text("3", **where)) == 1
    for _ in range(40):
        press = paced.world.press(TARAS, paced.team, sent.message_id, data="take")
        await paced.bot.answer_callback_query(press)
    await paced.bot.send_chat_action(paced.team, "typing")


async def test_one_chat_waiting_does_not_hold_another(paced):
    for text in "abc":
        await paced.bot.send_message(paced.team, text)
    assert await retry_after(paced.bot.send_message(paced.team, "d")) == 1
    await paced.bot.send_message(OLGA, "other chat")


async def test_a_group_takes_twenty_a_minute(paced):
    for number in range(20):
        await paced.bot.send_message(paced.team, str(number))
        paced.clock.forward(timedelta(seconds=1))
    wait = await retry_after(paced.bot.send_message(paced.team, "21st"))
    assert 35 <= wait <= 40
    paced.clock.forward(timedelta(seconds=wait))
    await paced.bot.send_message(paced.team, "21st")


async def test_a_private_chat_has_no_limit_a_minute(paced):
    for number in range(40):
        await paced.bot.send_message(OLGA, str(number))
        paced.clock.forward(timedelta(seconds=1))


async def test_the_bot_takes_thirty_a_second(paced):
    people = [paced.world.add_user(f"User {number}").id for number in range(31)]
    for person in people:
        paced.world.say(person, person, "/start")
    for person in people[:30]:
        await paced.bot.send_message(person, "x")
    assert await retry_after(paced.bot.send_message(people[30], "x")) == 1


async def test_hammering_makes_the_wait_longer(paced):
    for text in "abc":
        await paced.bot.send_message(OLGA, text)
    waits = [await retry_after(paced.bot.send_message(OLGA, "d")) for _ in range(12)]
    assert waits[0] == 1
    assert waits[-1] > waits[0]


@pytest.mark.parametrize(
    ("kind", "error", "arrives"),
    [
        ("500", TelegramServerError, False),
        ("502_html", ClientDecodeError, False),
        ("400_html", ClientDecodeError, False),
        ("reset_before", TelegramNetworkError, False),
        ("reset_after", TelegramNetworkError, True),
        ("403_kicked", TelegramForbiddenError, False),
        ("413", TelegramEntityTooLarge, False),
        ("400_topic_closed", TelegramBadRequest, False),
    ],
)
async def test_a_planned_fault_strikes_once(stage, kind, error, arrives):
    fault = stage.world.faults.add(kind, "sendMessage", chat_id=stage.team)
    with pytest.raises(error):
        await stage.bot.send_message(stage.team, "x")
    assert fault.used == 1
    shown = [m["text"] for m in stage.world.messages(stage.team) if "text" in m]
    assert shown == (["x"] if arrives else [])
    await stage.bot.send_message(stage.team, "y")


async def test_faults_strike_in_the_order_they_were_planned(stage):
    stage.world.faults.add("429", "sendMessage", times=2, retry_after=7)
    stage.world.faults.add("400", description="Bad Request: PEER_ID_INVALID")
    assert [await retry_after(stage.bot.send_message(stage.team, "x")) for _ in range(2)] == [7, 7]
    assert "PEER_ID_INVALID" in await stage.refusal(stage.bot.send_message(stage.team, "x"))
    await stage.bot.send_message(stage.team, "x")


async def test_a_fault_is_for_its_method_and_chat_only(stage):
    stage.world.say(OLGA, OLGA, "/start")
    fault = stage.world.faults.add("500", "sendMessage", chat_id=OLGA)
    sent = await stage.bot.send_message(stage.team, "x")
    await stage.bot.edit_message_text("y", chat_id=stage.team, message_id=sent.message_id)
    assert fault.used == 0
    stage.world.faults.clear()
    await stage.bot.send_message(OLGA, "x")


async def test_a_request_that_hangs_ends_in_the_clients_time_out(stage):
    stage.world.faults.add("hang_after", "sendMessage")
    with pytest.raises(TelegramNetworkError):
        await stage.bot.send_message(stage.team, "x", request_timeout=1)
    # the client gave up; the message was posted all the same
    await stage.server.wait_for(lambda: stage.world.messages(stage.team)[-1].get("text") == "x")


def test_an_unknown_fault_is_a_mistake_of_the_test():
    with pytest.raises(ValueError, match="unknown fault: 4O3"):
        FaultPlan().add("4O3")
