"""One line of tickets in the digest, for teams that work on them (R21); its figures are the report's."""

from __future__ import annotations

import pytest

from tests.stories.desk import writes_on_site
from tests.stories.planted import newest
from tests.stories.world import ANNA, BORYS, GROUP, new_world, shown_text

LINES = {
    "en": ("🎫 tickets: 2 · closed: 1 · open now: 1 · unanswered since", "Close", "Resolved", "Without a comment"),
    "ru": ("🎫 обращений: 2 · закрыто: 1 · открыто сейчас: 1 · без ответа с", "Закрыть", "Решено", "Без комментария"),
    "uk": ("🎫 звернень: 2 · закрито: 1 · відкрито зараз: 1 · без відповіді з", "Закрити", "Вирішено", "Без коментаря"),
}


async def test_a_team_that_does_nothing_with_tickets_reads_nothing_of_them(world):
    await world.call(ANNA, missed=True)
    world.look_away()
    await world.iryna.says("/digest")
    assert "🎫" not in shown_text(newest(world, GROUP))
    world.look_away()


@pytest.mark.parametrize("language", LINES)
async def test_one_line_of_tickets_where_people_work_on_them(database, language):
    line, close, resolved, silent = LINES[language]
    async with new_world(database, language=language) as world:
        await writes_on_site(world, "Hello")
        await world.olga.presses(close)
        await world.olga.presses(resolved)
        await world.olga.presses(silent)
        await world.call(BORYS, missed=True)
        await world.forward(minutes=10)
        await world.iryna.says("/digest")
        digest = next(each for each in reversed(world.messages(GROUP)) if "🎫" in shown_text(each))
        assert line in shown_text(digest)
        world.look_away()
