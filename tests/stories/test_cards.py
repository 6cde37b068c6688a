"""The live card: one a case and chat, edited as the truth changes, the same in three languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.clockwork import watched
from tests.stories.touch import card_rows, has_button, only_case, standing
from tests.stories.world import ANNA, BORYS, GROUP, SERVICE, labels, shown_text

WORDS = {
    "en": ("Missed", "Take", "Call back", "Handle", "Later", "not answered by managers"),
    "ru": ("Пропущен", "Взять", "Перезвонить", "Обработ", "Позже", "менеджеры не ответили"),
    "uk": ("Пропущен", "Взяти", "Передзвонити", "Опрацюва", "Пізніше", "менеджери не відповіли"),
}


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
async def test_a_card_speaks_the_teams_language(database, language):
    async with watched(database, language=language) as world:
        await world.call(ANNA)
        card = world.olga.sees("+380 67 ••• 45 67", "Sales")
        said = (shown_text(card) + " ".join(labels(card))).casefold()
        assert [word for word in WORDS[language] if word.casefold() not in said] == []
        assert shown_text(card).startswith("🔴")


async def test_t1_three_misses_an_attempt_and_a_contact_are_one_message(world):
    """T1, R10–R13, R15: first, last, lost, ×3, attempts; the call back is the second attempt."""
    await world.call(ANNA)
    first = world.olga.sees("Missed", "+380 67 ••• 45 67")
    await world.forward(minutes=7)
    await world.call(ANNA)
    world.olga.sees("×2")
    await world.forward(minutes=5)
    await world.call(ANNA)
    card = world.olga.sees("×3", "first", "last", "lost 12 min", "waiting since")
    await world.taras.presses("Take")
    world.olga.sees("Taras took it")
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=False)
    assert shown_text(world.olga.sees("attempts 1", "Taras", "no answer")).startswith("🟡")
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=True)
    closed = world.olga.sees("🔵", "Taras", "×3", "attempts 2")
    assert first["message_id"] == card["message_id"] == closed["message_id"]
    assert [has_button(closed, name) for name in ("History", "Take", "Handle", "Reopen")] == [True, False, False, False]


async def test_a_client_who_gets_through_closes_his_card_in_green(world):
    await world.call(ANNA)
    await world.forward(minutes=5)
    await world.call(ANNA, missed=False)
    closed = world.olga.sees("🟢", "got through", "Olga")
    assert labels(closed) == ["🕘 History"]


async def test_misses_on_two_lines_are_one_card_that_names_both(world):
    """X12: one case a client and company."""
    await world.call(ANNA)
    await world.call(ANNA, line=SERVICE)
    world.olga.sees("×2", "Sales", "Service")
    assert len(standing(world)) == 1


async def test_two_clients_are_two_cards(world):
    await world.call(ANNA)
    await world.call(BORYS)
    assert world.olga.sees("67 •••")["message_id"] != world.olga.sees("50 •••")["message_id"]


async def test_no_growing_span_is_printed_an_unchanged_case_is_not_edited(world):
    await world.call(ANNA)
    edits = world.olga.sees("Missed")["edits"]
    await world.forward(minutes=4)
    await world.forward(minutes=4)
    assert world.olga.sees("Missed")["edits"] == edits


async def test_t19_a_hidden_number_can_be_handled_but_not_taken_or_called(world):
    """D2, T19: calls + 1, clients + 0; the card says that there is nobody to call."""
    await world.call(None)
    card = world.olga.sees("Hidden number", "not callable")
    assert [has_button(card, name) for name in ("Handle", "Take", "Call back", "Later")] == [True, False, False, False]
    case = await only_case(world)
    for op in ("take", "snooze", "to", "call", "block", "number"):
        args = {"snooze": "30m", "to": str(world.taras.member_id), "block": "yes"}
        told = await world.iryna.forges(f"c:{op}:{case['id']}:{args.get(op, '')}")
        assert "hidden" in told, (op, told)
    await world.olga.says("/missed")
    world.olga.sees("did not get through: 0", "to handle: 1")
    await world.olga.presses("Handle")
    world.olga.sees("how was it handled?")
    await world.olga.presses("Spam")
    world.olga.sees("⚪", "Hidden number", "Spam")
    world.look_away()


async def test_two_hidden_callers_are_never_one(world):
    await world.call(None)
    await world.call(None)
    assert len([m for m in world.messages() if "Hidden" in shown_text(m)]) == 2
    world.look_away()


async def test_a_card_that_somebody_deleted_comes_back_with_the_next_change(world):
    """Promise 9: while the case is open."""
    await world.call(ANNA)
    card = world.olga.sees("Missed")
    world.telegram.world.delete(GROUP, card["message_id"])
    await world.settle()
    assert standing(world) == []
    await world.call(ANNA)
    again = world.olga.sees("×2")
    assert again["message_id"] != card["message_id"]
    assert "yours" in await world.olga.presses("Take")
    world.olga.sees("Olga took it")


async def test_a_deleted_card_of_a_closed_case_stays_away(world):
    await world.call(ANNA)
    world.telegram.world.delete(GROUP, world.olga.sees("Missed")["message_id"])
    await world.dial(ANNA, reached=True)
    assert standing(world) == []


async def test_never_shows_the_number_in_the_group_and_copies_it(database):
    async with watched(database, mask_numbers="never") as world:
        await world.call(ANNA)
        world.olga.sees("+380 67 123 45 67")
        await world.olga.presses("⋯")
        assert has_button(world.olga.sees("67 123 45 67"), "Copy number")


async def test_always_masks_in_private_too(database):
    async with watched(database, mask_numbers="always") as world:
        await world.olga.writes("/start")
        world.look_away()
        await world.call(ANNA)
        world.olga.sees("•••")
        await world.olga.writes("/missed")
        world.olga.sees_in_private("•••")
        world.olga.does_not_see("123 45 67", chat=world.olga.id)
        await world.olga.presses("1", chat=world.olga.id)
        world.olga.sees_in_private("•••", "Missed", "waiting since")
        world.olga.does_not_see("123 45 67", chat=world.olga.id)


async def test_in_private_the_card_shows_the_number(world):
    await world.olga.writes("/start")
    world.look_away()
    await world.call(ANNA)
    world.olga.sees("•••")
    await world.olga.writes("/missed")
    world.olga.sees_in_private("+380 67 123 45 67")
    await world.olga.presses("1", chat=world.olga.id)
    card = world.olga.sees_in_private("Missed", "+380 67 123 45 67", "waiting since")
    await world.olga.presses("Take", chat=world.olga.id)
    assert world.olga.sees_in_private("Olga took it")["message_id"] == card["message_id"]
    world.taras.sees("Olga took it")
    assert len(await card_rows(world)) == 2


async def test_an_alert_of_a_case_that_was_closed_meanwhile_is_not_sent(world):
    """Promise 12: nothing stands in the chat yet, so nothing is said."""
    await world.post(world.inbound(ANNA, ended=world.clock.now() - timedelta(minutes=3)), settle=False)
    await world.dial(ANNA, reached=True)
    assert standing(world) == []
