"""The screen of statuses and the question at the end of a shift: right in three languages, whatever people are called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from followup.notices import store as notices
from followup.teams import actions as teams
from followup.teams.desk import Desk
from followup.teams.store import load_book
from followup.tickets.actions import TicketPress, take
from followup.tickets.made import Wish, make
from messenger.content import Readers
from messenger.duty_screen import DUTY_LETTERS, duty_message, handover_message
from messenger.letters import LetterContext
from messenger.markup import plain
from messenger.outgoing import Outgoing
from tests.duty.office import TEN, Office, at
from tests.messenger.checker import keyboard_refusals, refusals

LANGUAGES = ("en", "ru", "uk")
NASTY = "<b>&amp; \u202e\u0301" + "Ы" * 150
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def context(language: str, minutes: float = 0) -> LetterContext:
    return LetterContext(language=language, timezone="Europe/Kyiv", mask=True, team_name=NASTY, now=at(minutes))


async def shown(office: Office, language: str, minutes: float = 0, **params: Any) -> Outgoing:
    async with office.database.read() as c:
        desk = Desk(c, await load_book(c, office.team_id), at(minutes))
        screen = {"id": 2**62, "member_id": office.ids["Olga"], "params": params}
        render = handover_message if "step" in params else duty_message
        return await render(desk, context(language, minutes), screen)


def is_fine(message: Outgoing) -> bool:
    return not refusals(message.text) and not keyboard_refusals(message)


STEPS: list[dict[str, Any]] = [
    {},
    {"menu": "people"},
    {"menu": "person"},
    *({"step": step, "case_ids": []} for step in ("ask", "to")),
    *({"step": "done", "case_ids": [], "what": what, "count": 3} for what in ("returned", "handed", "kept")),
]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_telegram_takes_every_step_with_any_names(office, language):
    here = await office()
    async with here.database.write() as c:
        for number in range(150):
            groups = (f"{NASTY}{number % 40}",)
            new = teams.NewMember(name=f"{NASTY}{number}", telegram_id=500 + number, groups=groups)
            await teams.add_member(c, here.team_id, new, TEN)
    for is_used in (False, True):
        for params in STEPS:
            ids = {"whom": here.ids["Taras"], "to": here.ids["Iryna"]} if params else {}
            assert is_fine(await shown(here, language, **params, **ids)), (is_used, params)
        await here.says("Olga", "away", 0, until=15)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_question_of_tickets_alone(office, language):
    """Twenty are listed, all are counted, whatever their clients are called."""
    here = await office()
    async with here.database.write() as c:
        desk = Desk(c, await load_book(c, here.team_id), TEN)
        for number in range(25):
            who, key = desk.book.members[here.ids["Olga"]], f"w:{number}"
            ticket, _ = await make(desk, Wish(external_id=key, channel="vk", account=key, name=NASTY, text=NASTY))
            await take(desk, TicketPress(ticket_id=ticket["id"], member=who, source_key=key))
        params = {"step": "ask", "whom": here.ids["Olga"], "case_ids": []}
        screen = {"id": 5, "member_id": here.ids["Olga"], "params": params}
        message = await handover_message(desk, context(language), screen)
    assert is_fine(message)
    assert plain(message.text).count("🎫 #") == 20
    assert "25" in plain(message.text)
    assert message.keyboard is not None


async def test_who_is_gone_from_the_team_breaks_no_screen(office):
    here = await office()
    for params in ({"menu": "person", "whom": 999}, {"step": "ask", "whom": 999, "case_ids": []}):
        assert is_fine(await shown(here, "en", **params))


WORDS = {
    "en": ("On duty", "available", "away until 12:15", "off", "Iryna marked you as away until 12:15"),
    "ru": ("На смене", "на месте", "перерыв до 12:15", "не работает", "Iryna: у вас отмечен перерыв до 12:15"),
    "uk": ("На зміні", "на місці", "перерва до 12:15", "не працює", "Iryna: вам відмічено перерву до 12:15"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_status_has_its_words(office, language):
    here = await office()
    title, available, away, off, marked = WORDS[language]
    await here.says("Olga", "available", 0)
    text = plain((await shown(here, language)).text)
    assert text.startswith(title)
    assert f"Olga: 🟢 {available}" in text
    await here.says("Iryna", "away", 1, of="Olga", until=15)
    assert f"Olga: 🟡 {away}" in plain((await shown(here, language, 2)).text)
    assert marked in plain((await letter(here, language, 2, what="set", by="Iryna", status="away")).text)
    await here.says("Olga", "off", 3)
    assert f"Olga: ⚪ {off}" in plain((await shown(here, language, 3)).text)


async def letter(office: Office, language: str, minutes: float, **payload: Any) -> Outgoing | None:
    async with office.database.read() as c:
        book = await load_book(c, office.team_id)
        [current] = book.policies
        spoken = replace(book, policies=(replace(current, policy=replace(current.policy, language=language)),))
        chat = await notices.private_chat(c, office.team_id, office.ids["Olga"])
        assert chat is not None
        row = {"payload": payload | {"member_id": office.ids["Olga"]}}
        return await DUTY_LETTERS["duty"](None, Readers(c, spoken, chat, at(minutes)), row)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_letter_that_is_no_longer_true_is_not_sent(office, language):
    here = await office()
    await here.says("Olga", "away", 0, until=15)
    [fact] = (await here.facts(0, 0))[here.ids["Olga"]]
    told = await letter(here, language, 15, what="back", fact=fact.id)
    assert told is not None
    assert is_fine(told)
    assert "/duty" in told.text
    for status in ("available", "off"):
        await here.says("Iryna", status, 16, of="Olga")
        told = await letter(here, language, 16, what="set", by=NASTY, status=status)
        assert told is not None
        assert is_fine(told)
    assert await letter(here, language, 16, what="set", by="Iryna", status="available") is None
    assert await letter(here, language, 16, what="back", fact=fact.id) is None
