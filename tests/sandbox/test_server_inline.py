"""Inline mode of the look-alike: who asks is told, where is not; an answer is taken once and in time."""

from datetime import timedelta

import pytest
from aiogram.types import InlineQueryResultArticle, InputTextMessageContent

from tests.sandbox.server_stage import OLGA, open_stage


@pytest.fixture
async def stage():
    async with open_stage() as opened:
        await opened.forget()
        yield opened


def article(key: str, text: str = "<b>#1</b>", title: str = "One") -> InlineQueryResultArticle:
    said = InputTextMessageContent(message_text=text, parse_mode="HTML")
    return InlineQueryResultArticle(id=key, title=title, input_message_content=said)


async def test_a_question_and_its_answer(stage):
    query = stage.world.ask_inline(OLGA, "4567")
    [update] = await stage.updates()
    asked = update.inline_query
    assert (asked.id, asked.from_user.id, asked.query) == (query, OLGA, "4567")
    assert await stage.bot.answer_inline_query(query, [article("1"), article("2", title="Two")], cache_time=0)
    shown = stage.world.inline[query].results
    assert [(each["id"], each["title"], each["input_message_content"]["message_text"]) for each in shown] == [
        ("1", "One", "#1"),
        ("2", "Two", "#1"),
    ]
    assert "query is too old" in await stage.refusal(stage.bot.answer_inline_query(query, []))


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([article("1"), article("1")], "RESULT_ID_DUPLICATE"),
        ([article("x" * 65)], "RESULT_ID_INVALID"),
        ([article(str(each)) for each in range(51)], "RESULTS_TOO_MUCH"),
        ([article("1", "<b>")], "can't parse entities"),
        ([article("1", "  ")], "message text is empty"),
        ([article("1", title="")], 'Can\'t find field "title"'),
    ],
)
async def test_what_is_refused(stage, results, words):
    query = stage.world.ask_inline(OLGA, "4567")
    assert words in await stage.refusal(stage.bot.answer_inline_query(query, results))
    assert stage.world.inline[query].results is None


async def test_a_question_lives_for_half_a_minute(stage):
    query = stage.world.ask_inline(OLGA, "4567")
    stage.clock.forward(timedelta(seconds=31))
    assert await stage.updates() == []
    assert "query is too old" in await stage.refusal(stage.bot.answer_inline_query(query, []))
    assert "query is too old" in await stage.refusal(stage.bot.answer_inline_query("77", []))
