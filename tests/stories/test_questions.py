"""Questions of the bot and their answers: Another variant, notes, Later…; nothing of it lives in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.clockwork import watched
from tests.stories.touch import has_button, is_open_question, only_case, question, replies_with
from tests.stories.world import ANNA, GROUP, KYIV, World, shown_text


async def asked_how(world: World, *, chat: int = GROUP) -> dict:
    """Olga is asked how she has handled Anna."""
    await world.call(ANNA)
    await world.olga.presses("Handle", chat=chat)
    await world.olga.presses("Another variant", chat=chat)
    return question(world, "how was", chat)


async def refused_under(world: World, asked: dict, words: str, *, chat: int = GROUP) -> None:
    """The refusal stands as a reply, and the question is still open."""
    told = world.olga.sees(words, chat=chat)
    assert told["reply_to_message"]["from"]["id"] != 42
    assert is_open_question(world, asked, chat)
    assert (await only_case(world))["state"] == "open"


async def test_another_variant_is_asked_by_a_new_message_and_answered_by_a_reply(world):
    """R18: a new sendMessage with force_reply, aimed at the presser."""
    asked = await asked_how(world)
    assert asked["reply_markup"]["force_reply"] is True
    assert asked["reply_markup"]["selective"] is True
    assert "Olga" in shown_text(asked)
    await world.olga.says("  Talked <b>by mail</b> & agreed ", reply_to=asked)
    card = world.olga.sees("⚪", "Talked <b>by mail</b> & agreed", "Olga")
    assert has_button(card, "Reopen")
    assert not is_open_question(world, asked)
    case = await only_case(world)
    assert (case["close_reason"], case["close_text"]) == ("other", "Talked <b>by mail</b> & agreed")


async def test_a_restart_in_the_middle_changes_nothing(world):
    asked = await asked_how(world)
    await world.restart()
    await world.olga.says("By e-mail", reply_to=asked)
    world.olga.sees("⚪", "By e-mail")


async def test_a_restart_between_the_press_and_the_question_changes_nothing(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    card = world.olga.sees("how was it handled?")
    world.telegram.world.press(world.olga.id, GROUP, card["message_id"], text="Another variant")
    await world.works.poller.take(world.http, wait=0)
    await world.works.updates.step()
    await world.restart()
    await world.settle()
    await world.olga.says("By e-mail", reply_to=question(world, "how was"))
    world.olga.sees("⚪", "By e-mail")


async def test_500_characters_are_taken_501_are_not(world):
    asked = await asked_how(world)
    world.look_away()
    await world.olga.says("ї" * 501, reply_to=asked)
    await refused_under(world, asked, "Too long: 501 characters, at most 500 fit")
    await world.olga.says("ї" * 500, reply_to=asked)
    assert (await only_case(world))["close_text"] == "ї" * 500
    world.olga.sees("⚪", "ї" * 200)


async def test_an_answer_without_a_word_is_refused(world):
    asked = await asked_how(world)
    world.look_away()
    await world.olga.says("\u2060", reply_to=asked)
    sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9}
    await replies_with(world.olga, asked, sticker=sticker | {"is_animated": False, "is_video": False})
    await refused_under(world, asked, "Write at least one word")
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]
    await replies_with(world.olga, asked, photo=photo)
    world.look_away()
    assert (await only_case(world))["state"] == "open"
    await replies_with(world.olga, asked, photo=photo, caption="As in the picture")
    world.olga.sees("⚪", "As in the picture")


async def test_somebody_elses_answer_is_refused_by_the_name_of_the_asked(world):
    asked = await asked_how(world)
    world.look_away()
    await world.taras.says("I know better", reply_to=asked)
    await refused_under(world, asked, "This question is for Olga")
    await world.zoya.says("me too", reply_to=asked)
    world.zoya.sees("not yours")
    await world.olga.says("My own words", reply_to=asked)
    world.olga.sees("⚪", "My own words")


async def test_words_in_the_group_that_answer_nothing_are_left_alone(world):
    asked = await asked_how(world)
    world.look_away()
    await world.olga.says("just talking")
    assert is_open_question(world, asked)
    assert (await only_case(world))["state"] == "open"


async def test_in_private_a_plain_text_answers_the_last_question_for_ten_minutes(world):
    await world.olga.writes("/start")
    await world.call(ANNA)
    await world.olga.writes("/missed")
    await world.olga.presses("1", chat=world.olga.id)
    world.look_away()
    for minutes, state in ((11, "open"), (9, "closed")):
        await world.olga.presses("Handle", chat=world.olga.id)
        await world.olga.presses("Another variant", chat=world.olga.id)
        question(world, "how was", world.olga.id)
        world.clock.forward(timedelta(minutes=minutes))
        await world.olga.writes("Talked by mail")
        assert (await only_case(world))["state"] == state
        world.look_away()
    world.olga.sees_in_private("⚪", "Talked by mail")


async def test_the_case_was_closed_before_the_answer_came(world):
    asked = await asked_how(world)
    await world.forward(minutes=2)
    await world.dial(ANNA, reached=True)
    world.olga.sees("🔵")
    await world.olga.says("Too slow", reply_to=asked)
    world.olga.sees("Already closed: called back · Taras")
    assert (await only_case(world))["how"] == "called_out"


async def test_a_question_whose_case_was_closed_before_it_could_be_asked_is_not_asked(world):
    """Promise 12."""
    await world.call(ANNA)
    await world.olga.presses("Handle")
    card = world.olga.sees("how was it handled?")
    world.telegram.world.press(world.olga.id, GROUP, card["message_id"], text="Another variant")
    await world.works.poller.take(world.http, wait=0)
    await world.works.updates.step()
    world.clock.forward(timedelta(minutes=2))
    await world.dial(ANNA, reached=True)
    world.olga.sees("🔵")
    world.olga.does_not_see("✏️")


async def test_a_question_is_answered_once(world):
    asked = await asked_how(world)
    look_alike = world.telegram.world
    look_alike.say(world.olga.id, GROUP, "First", reply_to_message_id=asked["message_id"])
    look_alike.say(world.olga.id, GROUP, "Second", reply_to_message_id=asked["message_id"])
    await world.settle()
    world.olga.sees("⚪", "First")
    world.olga.sees("answered already")


async def test_a_note_stands_on_the_card_as_it_was_written(world):
    await world.call(ANNA)
    await world.olga.presses("⋯")
    assert "Answer my message" in await world.olga.presses("Note")
    asked = question(world, "what should colleagues know")
    await world.olga.says("<b>Call after 6</b> & ask for \u202eAnna", reply_to=asked)
    world.taras.sees("🔴", "<b>Call after 6</b> & ask for", "Olga")
    assert not is_open_question(world, asked)


LATER = [
    ("en", "15:30", "15:30"),
    ("en", "2 h", "12:00"),
    ("en", "tomorrow at 10:00", "10:00"),
    ("ru", "через 2 часа", "12:00"),
    ("ru", "завтра в 9:15", "09:15"),
    ("ru", "40 мин", "10:40"),
    ("uk", "за 2 години", "12:00"),
    ("uk", "завтра о 9.15", "09:15"),
    ("uk", "25.11 10:00", "10:00"),
]


@pytest.mark.parametrize(("language", "words", "clock"), LATER)
async def test_later_understands_what_people_write(database, language, words, clock):
    async with watched(database, language=language) as world:
        await world.call(ANNA)
        case = await only_case(world)
        await world.olga.forges(f"c:snooze:{case['id']}:custom")
        world.look_away()
        await world.olga.says(words, reply_to=question(world, "Olga"))
        until = (await only_case(world))["snoozed_until"]
        assert until is not None, world.transcript()
        assert until.astimezone(KYIV).strftime("%H:%M") == clock
        world.olga.sees(clock)


async def test_a_moment_that_is_past_or_not_understood_is_refused_in_words(world):
    await world.call(ANNA)
    await world.olga.presses("Later")
    await world.olga.presses("Custom")
    asked = question(world, "when shall I remind")
    world.look_away()
    for words, refusal in (
        ("today 09:00", "already passed"),
        ("0 min", "already passed"),
        ("soon", "15:30, 2 h"),
        ("99 d", "15:30, 2 h"),
        ("31.02 10:00", "15:30, 2 h"),
    ):
        await world.olga.says(words, reply_to=asked)
        await refused_under(world, asked, refusal)
        world.look_away()
    await world.olga.says("30 min", reply_to=asked)
    world.olga.sees("snoozed until")


async def test_a_reason_of_ones_own_has_sixty_characters(world):
    """R17: the head edits the list from the settings."""
    await world.iryna.says("/settings")
    await world.iryna.presses("Reasons")
    await world.iryna.presses("Add")
    asked = question(world, "new reason be called")
    world.look_away()
    await world.iryna.says("x" * 61, reply_to=asked)
    world.iryna.sees("Too long: 61 characters, at most 60 fit")
    await world.iryna.says("Went to the <boss>", reply_to=asked)
    world.look_away()
    await world.call(ANNA)
    await world.olga.presses("Handle")
    assert has_button(world.olga.sees("how was it handled?"), "Went to the <boss>")
    await world.olga.presses("boss")
    world.olga.sees("⚪", "Went to the <boss>")


async def test_a_question_that_waits_for_telegram_is_asked_later_all_the_same(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    world.look_away()
    world.telegram.world.faults.add(kind="500", method="sendMessage")
    await world.olga.presses("Another variant")
    await world.forward(minutes=3)
    await world.olga.says("By e-mail", reply_to=question(world, "how was"))
    world.olga.sees("⚪", "By e-mail")
