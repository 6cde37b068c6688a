"""What Telegram refuses in texts, buttons, commands and the bot's profile, at the very border of each limit."""

import pytest
from aiogram.methods import SendMessage
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
    BufferedInputFile,
    CopyTextButton,
    DisabledButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    WebAppInfo,
)

from sandbox.people import NotPossible
from tests.sandbox.server_stage import OLGA, TARAS, keyboard, open_stage


@pytest.fixture
async def stage():
    async with open_stage() as opened:
        yield opened


def one(**button):
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(**{"text": "x", **button})]])


def grid(rows, width):
    row = [InlineKeyboardButton(text="x", callback_data="x")] * width
    return InlineKeyboardMarkup(inline_keyboard=[row] * rows)


async def test_text_is_counted_in_code_points_after_the_entities_are_out(stage):
    longest = await stage.bot.send_message(stage.team, "<b>" + "🔔" * 4096 + "</b>")
    assert len(longest.text) == 4096
    assert "message is too long" in await stage.refusal(stage.bot.send_message(stage.team, "a" * 4097))
    assert "text is too long" in await stage.refusal(stage.bot.send_message(stage.team, "<b></b>" * 4682))


@pytest.mark.parametrize("text", ["", " \n ", "<b> </b>"])
async def test_an_empty_text_is_refused(stage, text):
    assert "message text is empty" in await stage.refusal(stage.bot.send_message(stage.team, text))


async def test_captions_end_at_1024(stage):
    picture = BufferedInputFile(b"x", "x.txt")
    assert (await stage.bot.send_document(stage.team, picture, caption="c" * 1024)).caption
    too_long = stage.bot.send_document(stage.team, picture, caption="c" * 1025)
    assert "message caption is too long" in await stage.refusal(too_long)


async def test_markdown_is_not_spoken(stage):
    spoken = stage.bot.send_message(stage.team, "*x*", parse_mode="Brainfuck")
    assert "unsupported parse_mode" in await stage.refusal(spoken)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (one(callback_data="ж" * 32 + "x"), "BUTTON_DATA_INVALID"),
        (one(), "Text buttons are unallowed in the inline keyboard"),
        (one(callback_data="a", url="https://a.example"), "exactly one action"),
        (one(url="tel:+380671234567"), "'tel:+380671234567' is invalid: Unsupported URL protocol"),
        (one(url="http://localhost/"), "Wrong HTTP URL"),
        (one(callback_data="a", style="purple"), "button style"),
        (one(text=" ", callback_data="a"), "BUTTON_TEXT_INVALID"),
        (one(copy_text=CopyTextButton(text="9" * 257)), "BUTTON_COPY_TEXT_INVALID"),
        (one(web_app=WebAppInfo(url="https://a.example")), "BUTTON_TYPE_INVALID"),
        (grid(1, 9), "reply markup is too long"),
        (grid(13, 8), "reply markup is too long"),
        (ForceReply(input_field_placeholder="p" * 65), "placeholder"),
    ],
)
async def test_buttons_that_are_refused(stage, markup, words):
    assert words in await stage.refusal(stage.bot.send_message(stage.team, "x", reply_markup=markup))


@pytest.mark.parametrize(
    "markup",
    [
        one(callback_data="ж" * 32),
        one(callback_data="a", style="danger"),
        one(copy_text=CopyTextButton(text="9" * 256)),
        one(url="tg://user?id=5"),
        one(disabled=DisabledButton()),
        grid(20, 5),
        ForceReply(input_field_placeholder="p" * 64),
    ],
)
async def test_buttons_that_are_taken(stage, markup):
    assert (await stage.bot.send_message(stage.team, "x", reply_markup=markup)).message_id


async def test_a_disabled_button_cannot_be_pressed(stage):
    sent = await stage.bot.send_message(stage.team, "x", reply_markup=one(text="Taken", disabled=DisabledButton()))
    with pytest.raises(NotPossible, match="disabled"):
        stage.world.press(OLGA, stage.team, sent.message_id, text="Taken")


async def test_an_answer_ends_at_200_characters(stage):
    sent = await stage.bot.send_message(stage.team, "x", reply_markup=keyboard("Take"))
    press = stage.world.press(OLGA, stage.team, sent.message_id, data="take")
    assert "MESSAGE_TOO_LONG" in await stage.refusal(stage.bot.answer_callback_query(press, "a" * 201))
    assert await stage.bot.answer_callback_query(press, "a" * 200)


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([("Report", "x")], "BOT_COMMAND_INVALID"),
        ([("r" * 33, "x")], "BOT_COMMAND_INVALID"),
        ([("report", "")], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([("report", "x" * 257)], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([(f"c{i}", "x") for i in range(101)], "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_commands_that_are_refused(stage, commands, words):
    wanted = [BotCommand(command=name, description=text) for name, text in commands]
    assert words in await stage.refusal(stage.bot.set_my_commands(wanted))


async def test_everybody_sees_the_commands_of_the_most_specific_scope(stage):
    async def offer(name, **where):
        await stage.bot.set_my_commands([BotCommand(command=name, description="d")], **where)

    def seen(user_id, chat_id=stage.team):
        return [command["command"] for command in stage.world.commands_for(chat_id, user_id)]

    await offer("plain")
    assert seen(TARAS) == ["plain"]
    await offer("group", scope=BotCommandScopeAllGroupChats())
    await offer("gruppe", scope=BotCommandScopeAllGroupChats(), language_code="uk")
    await offer("heads", scope=BotCommandScopeChatAdministrators(chat_id=stage.team))
    assert (seen(OLGA), seen(TARAS)) == (["heads"], ["gruppe"])
    mine = BotCommandScopeChatMember(chat_id=stage.team, user_id=TARAS)
    await offer("mine", scope=mine)
    assert seen(TARAS) == ["mine"]
    await stage.bot.delete_my_commands(scope=mine)
    assert seen(TARAS) == ["gruppe"]
    stage.world.say(TARAS, TARAS, "/start")
    assert seen(TARAS, TARAS) == ["plain"]
    assert [c.command for c in await stage.bot.get_my_commands()] == ["plain"]


async def test_the_profile_has_its_lengths(stage):
    assert await stage.bot.set_my_name("Перезвон", language_code="ru")
    assert (await stage.bot.get_my_name(language_code="ru")).name == "Перезвон"
    assert "too long" in await stage.refusal(stage.bot.set_my_short_description("x" * 121))
    assert await stage.bot.set_my_description("x" * 512)
    assert await stage.bot.set_chat_menu_button()


async def test_a_chat_must_be_named(stage):
    assert "chat_id is empty" in await stage.refusal(stage.bot(SendMessage(chat_id="", text="x")))
    assert "chat not found" in await stage.refusal(stage.bot.send_message(-4040, "x"))
    assert "chat not found" in await stage.refusal(stage.bot.send_message("@nowhere", "x"))
