"""Sending, editing, pressing, answering and deleting, as an aiogram bot and people in the chat see it."""

from datetime import timedelta

import pytest
from aiogram.types import (
    BufferedInputFile,
    EphemeralMessageParameters,
    ForceReply,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputRichMessage,
    MessageEntity,
    ReplyParameters,
)

from sandbox.people import NotPossible
from tests.sandbox.server_stage import OLGA, TARAS, keyboard, open_stage

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\0\x80\x08\2\0\0\0"


@pytest.fixture
async def stage():
    async with open_stage() as opened:
        yield opened


async def test_a_message_stands_in_the_transcript_as_it_was_answered(stage):
    sent = await stage.bot.send_message(stage.team, "<b>Missed</b> ×2", reply_markup=keyboard("Take", "Handle"))
    shown = stage.world.messages(stage.team)[-1]
    assert (sent.message_id, sent.text, sent.chat.title) == (shown["message_id"], "Missed ×2", "Sales")
    assert shown["entities"] == [{"type": "bold", "offset": 0, "length": 6}]
    assert [b["text"] for b in shown["reply_markup"]["inline_keyboard"][0]] == ["Take", "Handle"]


async def test_entities_are_counted_in_utf16_units(stage):
    sent = await stage.bot.send_message(stage.team, "🔔🔔 <b>now</b> 👍 <i>x</i>")
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 5, 3), ("italic", 12, 1)]
    assert sent.entities[0].extract_from(sent.text) == "now"


async def test_given_entities_must_not_cut_a_character(stage):
    bold = MessageEntity(type="bold", offset=1, length=1)
    words = await stage.refusal(stage.bot.send_message(stage.team, "🔔", parse_mode=None, entities=[bold]))
    assert "ends in a middle of a UTF-16 symbol" in words
    far = MessageEntity(type="bold", offset=0, length=9)
    words = await stage.refusal(stage.bot.send_message(stage.team, "🔔", parse_mode=None, entities=[far]))
    assert "ends after the end of the text at UTF-16 offset 2" in words


async def test_an_edit_replaces_text_and_takes_the_buttons_away(stage):
    sent = await stage.bot.send_message(stage.team, "one", reply_markup=keyboard("Take"))
    edited = await stage.bot.edit_message_text("two", chat_id=stage.team, message_id=sent.message_id)
    shown = stage.world.messages(stage.team)[-1]
    assert (edited.text, edited.reply_markup, shown["text"], shown["edits"]) == ("two", None, "two", 1)
    assert shown["seq"] > stage.world.messages(stage.team)[0]["seq"]


async def test_an_edit_that_changes_nothing_is_refused(stage):
    sent = await stage.bot.send_message(stage.team, "<b>one</b>", reply_markup=keyboard("Take"))
    where = {"chat_id": stage.team, "message_id": sent.message_id}
    same = stage.bot.edit_message_text("<b>one</b>", reply_markup=keyboard("Take"), **where)
    assert "message is not modified: specified new message content" in await stage.refusal(same)
    markup = stage.bot.edit_message_reply_markup(reply_markup=keyboard("Take"), **where)
    assert "message is not modified" in await stage.refusal(markup)
    await stage.bot.edit_message_text("one", reply_markup=keyboard("Take"), **where)
    await stage.bot.edit_message_reply_markup(reply_markup=None, **where)
    assert stage.world.messages(stage.team)[-1]["edits"] == 2


async def test_what_cannot_be_edited(stage):
    said = stage.world.say(OLGA, stage.team, "/report")
    asked = await stage.bot.send_message(stage.team, "Why?", reply_markup=ForceReply(selective=True))
    gone = await stage.bot.send_message(stage.team, "gone")
    stage.world.delete(stage.team, gone.message_id)

    async def words(message_id):
        return await stage.refusal(stage.bot.edit_message_text("x", chat_id=stage.team, message_id=message_id))

    assert "message can't be edited" in await words(said.id)
    assert "message can't be edited" in await words(asked.message_id)
    assert "message to edit not found" in await words(gone.message_id)
    assert "message to edit not found" in await words(999)


async def test_a_press_reaches_the_bot_and_its_answer_the_person(stage):
    sent = await stage.bot.send_message(stage.team, "card", reply_markup=keyboard("Take", "Handle"))
    await stage.forget()
    pressed = stage.world.press(TARAS, stage.team, sent.message_id, text="hand")
    query = (await stage.updates())[0].callback_query
    assert (query.id, query.data, query.from_user.id) == (pressed, "handle", TARAS)
    assert (query.message.text, query.message.chat.id, query.from_user.language_code) == ("card", stage.team, "uk")
    assert query.chat_instance
    await stage.bot.answer_callback_query(query.id, "Olga took it", show_alert=True)
    answer = stage.world.answers(user_id=TARAS)[0]
    assert (answer.callback_query_id, answer.text, answer.show_alert) == (pressed, "Olga took it", True)


async def test_only_buttons_that_are_there_can_be_pressed_unless_forged(stage):
    sent = await stage.bot.send_message(stage.team, "card", reply_markup=keyboard("Take"))
    stranger = stage.world.add_user("Eve").id
    with pytest.raises(NotPossible, match="no such button; there are: Take"):
        stage.world.press(OLGA, stage.team, sent.message_id, data="steal")
    with pytest.raises(NotPossible, match="does not see"):
        stage.world.press(stranger, stage.team, sent.message_id, data="take")
    stage.world.press(stranger, stage.team, sent.message_id, data="steal", forge=True)
    assert (await stage.updates())[-1].callback_query.data == "steal"


async def test_a_press_can_be_answered_once_and_in_time(stage):
    sent = await stage.bot.send_message(stage.team, "card", reply_markup=keyboard("Take"))
    first = stage.world.press(OLGA, stage.team, sent.message_id, data="take")
    await stage.bot.answer_callback_query(first)
    assert "query is too old" in await stage.refusal(stage.bot.answer_callback_query(first))
    late = stage.world.press(OLGA, stage.team, sent.message_id, data="take")
    stage.clock.forward(timedelta(seconds=151))
    assert "query ID is invalid" in await stage.refusal(stage.bot.answer_callback_query(late))
    assert "query is too old" in await stage.refusal(stage.bot.answer_callback_query("7"))


async def test_a_press_on_a_deleted_message_comes_with_an_inaccessible_one(stage):
    sent = await stage.bot.send_message(stage.team, "card", reply_markup=keyboard("Take"))
    stage.world.delete(stage.team, sent.message_id)
    stage.world.press(OLGA, stage.team, sent.message_id, data="take", forge=True)
    message = (await stage.updates())[-1].callback_query.message
    assert (type(message).__name__, message.date) == ("InaccessibleMessage", 0)


async def test_force_reply_is_shown_to_people_and_its_answer_comes_back(stage):
    asked = await stage.bot.send_message(
        stage.team, "Why?", reply_markup=ForceReply(selective=True, input_field_placeholder="reason")
    )
    assert asked.reply_markup is None
    assert stage.world.messages(stage.team)[-1]["reply_markup"]["force_reply"] is True
    stage.world.say(OLGA, stage.team, "He was rude", reply_to_message_id=asked.message_id)
    heard = (await stage.updates())[-1].message
    assert (heard.text, heard.reply_to_message.message_id) == ("He was rude", asked.message_id)


async def test_a_reply_needs_its_message_unless_allowed_without(stage):
    strict = stage.bot.send_message(stage.team, "x", reply_parameters=ReplyParameters(message_id=77))
    assert "message to be replied not found" in await stage.refusal(strict)
    lax = ReplyParameters(message_id=77, allow_sending_without_reply=True)
    assert (await stage.bot.send_message(stage.team, "x", reply_parameters=lax)).reply_to_message is None
    said = stage.world.say(OLGA, stage.team, "/find")
    kept = await stage.bot.send_message(stage.team, "x", reply_parameters=ReplyParameters(message_id=said.id))
    assert kept.reply_to_message.text == "/find"


async def test_deleting_has_its_rules(stage):
    sent = await stage.bot.send_message(stage.team, "x")
    said = stage.world.say(OLGA, stage.team, "/find")
    old = await stage.bot.send_message(stage.team, "old")
    assert await stage.bot.delete_message(stage.team, sent.message_id)
    again = stage.bot.delete_message(stage.team, sent.message_id)
    assert "message to delete not found" in await stage.refusal(again)
    assert "message can't be deleted" in await stage.refusal(stage.bot.delete_message(stage.team, said.id))
    stage.clock.forward(timedelta(hours=49))
    assert "message can't be deleted" in await stage.refusal(stage.bot.delete_message(stage.team, old.message_id))
    await stage.bot.edit_message_text("still edited", chat_id=stage.team, message_id=old.message_id)


async def test_files_are_kept_edited_and_fetched(stage):
    table = BufferedInputFile(b"a;b\n1;2\n", "calls.csv")
    sent = await stage.bot.send_document(stage.team, table, caption="<b>Calls</b>")
    assert (sent.document.file_name, sent.document.mime_type, sent.caption) == ("calls.csv", "text/csv", "Calls")
    where = await stage.bot.get_file(sent.document.file_id)
    assert (await stage.bot.download_file(where.file_path)).read() == b"a;b\n1;2\n"
    picture = await stage.bot.send_photo(stage.team, BufferedInputFile(PNG, "week.png"))
    assert (picture.photo[-1].width, picture.photo[-1].height) == (256, 128)
    again = await stage.bot.send_photo(stage.team, picture.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == picture.photo[-1].file_unique_id
    newer = InputMediaDocument(media=BufferedInputFile(b"c\n", "new.csv"), caption="New")
    ids = {"chat_id": stage.team, "message_id": sent.message_id}
    assert (await stage.bot.edit_message_media(newer, **ids)).document.file_name == "new.csv"
    assert (await stage.bot.edit_message_caption(caption="Newer", **ids)).caption == "Newer"
    assert "there is no text in the message" in await stage.refusal(stage.bot.edit_message_text("x", **ids))


async def test_an_album_is_one_group(stage):
    items = [InputMediaDocument(media=BufferedInputFile(name.encode(), f"{name}.txt")) for name in "ab"]
    sent = await stage.bot.send_media_group(stage.team, items)
    assert [m.document.file_name for m in sent] == ["a.txt", "b.txt"]
    assert len({m.media_group_id for m in sent}) == 1


async def test_bad_files_are_refused(stage):
    async def words(data: bytes, name: str = "x.png"):
        return await stage.refusal(stage.bot.send_photo(stage.team, BufferedInputFile(data, name)))

    assert "file must be non-empty" in await words(b"")
    assert "IMAGE_PROCESS_FAILED" in await words(b"hello")
    assert "PHOTO_INVALID_DIMENSIONS" in await words(PNG[:16] + b"\0\0\x27\0\0\0\0\x10" + PNG[24:])
    assert "wrong file identifier" in await stage.refusal(stage.bot.send_photo(stage.team, "AgAC"))


async def test_a_rich_table_is_understood_by_aiogram_and_can_be_switched_off(stage):
    table = InputRichMessage(
        html="<h2>Report</h2><table bordered><caption>May</caption><tr><th>Who</th><th>n</th></tr>"
        "<tr><td>Olga</td><td align=right>7</td></tr></table><p>as of <b>noon</b></p>"
    )
    sent = await stage.bot.send_rich_message(stage.team, table, reply_markup=keyboard("Next"))
    heading, cells, note = sent.rich_message.blocks
    assert (heading.text, cells.caption, note.text) == ("Report", "May", "as of noon")
    assert [[c.text for c in row] for row in cells.cells] == [["Who", "n"], ["Olga", "7"]]
    assert (cells.cells[1][1].align, cells.cells[0][0].is_header) == ("right", True)
    stage.world.chat(stage.team).is_rich_allowed = False
    assert "RICH_MESSAGE_UNSUPPORTED" in await stage.refusal(stage.bot.send_rich_message(stage.team, table))


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<table><tr><td>1</table>", "Unmatched end tag"),
        ("<table><tr><td>1</td></tr>", 'Can\'t find end tag corresponding to start tag "table"'),
        ("<marquee>x</marquee>", 'Unsupported start tag "marquee"'),
        ("<table><tr>" + "<td>1</td>" * 21 + "</tr></table>", "too many columns"),
        ("x" * 32_769, "message is too long"),
    ],
)
async def test_bad_rich_html_is_refused(stage, html, words):
    assert words in await stage.refusal(stage.bot.send_rich_message(stage.team, InputRichMessage(html=html)))


async def test_an_empty_keyboard_is_no_keyboard(stage):
    empty = InlineKeyboardMarkup(inline_keyboard=[])
    assert (await stage.bot.send_message(stage.team, "x", reply_markup=empty)).reply_markup is None


async def test_a_person_is_mentioned_by_id_and_a_stranger_stays_plain(stage):
    sent = await stage.bot.send_message(
        stage.team, f'<a href="tg://user?id={TARAS}">T</a> <a href="tg://user?id=5">S</a>'
    )
    assert [(e.type, e.user.id) for e in sent.entities] == [("text_mention", TARAS)]


async def test_a_message_for_one_is_refused_rather_than_shown_to_all(stage):
    hidden = EphemeralMessageParameters(receiver_user_id=OLGA)
    sent = stage.bot.send_message(stage.team, "secret", ephemeral_message_parameters=hidden)
    assert "EPHEMERAL_MESSAGE_UNSUPPORTED" in await stage.refusal(sent)
