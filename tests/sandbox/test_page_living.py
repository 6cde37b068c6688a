"""Living with the sandbox page: keyboard, narrow screens, themes, languages, time and a line that is lost."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from tests.sandbox.page_stage import IRYNA, NEEDS_CHROMIUM, OLGA, TARAS, Stage, browser, chat, keys, opened, play

__all__ = ["browser", "play"]
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser, NEEDS_CHROMIUM, pytest.mark.timeout(180)]
expect.set_options(timeout=30_000)


async def test_the_clock_moves_by_its_button(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    await expect(page.locator(".clock-time")).to_have_text("10:26:00")
    await page.get_by_role("button", name="+30 min").click()
    await expect(page.locator(".clock-time")).to_have_text("10:56:00")
    await page.get_by_role("button", name="To next opening").click()
    await expect(page.locator(".clock-time")).to_have_text("10:00:00")
    await expect(page.locator(".clock-date")).to_contain_text("Sat")
    assert play.server.clock.now().isoformat() == "2026-11-21T08:00:00+00:00"


async def test_the_theme_follows_the_system_until_chosen_and_is_remembered(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play, color_scheme="dark")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.get_by_role("button", name="Dark or light").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_the_page_speaks_three_languages_and_keeps_what_is_half_written(browser: Browser, play: Stage) -> None:
    await play.bot.call("sendMessage", chat_id=OLGA, text="Card")
    page = await opened(browser, play)
    await chat(page, "Olga").get_by_role("textbox").fill("half")
    told = (
        ("RU", "Телефонная станция", "+2 ч"),
        ("UK", "Телефонна станція", "+2 год"),
        ("EN", "Phone exchange", "+2 h"),
    )
    for code, word, step in told:
        await page.get_by_role("button", name=code, exact=True).click()
        await expect(page.locator("#panel h2")).to_have_text(word)
        await expect(page.get_by_role("button", name=step, exact=True)).to_be_visible()
    await expect(chat(page, "Olga").get_by_role("textbox")).to_have_value("half")
    await expect(chat(page, "Olga").locator("article")).to_have_count(1)


async def test_everything_by_keyboard_alone(browser: Browser, play: Stage) -> None:
    commands = [{"command": "missed", "description": "Queue"}, {"command": "report", "description": "Numbers"}]
    await play.bot.call("setMyCommands", commands=commands)
    buttons = keys([{"text": "Refresh", "callback_data": "again"}])
    play.bot.replies = {"/report": {"text": "Nothing missed", "reply_markup": buttons}}
    play.bot.presses = {"again": {"text": "As of 10:26"}}
    page = await opened(browser, play)
    await page.keyboard.press("2")
    await expect(chat(page, "Olga").get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("/")
    await expect(page.locator(".commands").get_by_role("option")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    answer = chat(page, "Olga").locator("article", has_text="Nothing missed")
    await expect(answer).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(answer).to_be_focused()
    await page.keyboard.press("Tab")
    while await page.evaluate("document.activeElement.textContent") != "Refresh":
        assert await answer.evaluate("(node) => node.contains(document.activeElement)"), "Tab left the message"
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(chat(page, "Olga").get_by_text("As of 10:26")).to_be_visible()
    await page.keyboard.press("r")
    await expect(chat(page, "Olga").locator(".reply-bar")).to_contain_text("Nothing missed")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.keyboard.press("f")
    await expect(page.locator(".clock-time")).to_have_text("10:56:00")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_unread_messages_are_counted_until_the_chat_is_entered(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    taras = chat(page, "Taras")
    for text in ("one", "two"):
        await play.bot.call("sendMessage", chat_id=TARAS, text=text)
    await expect(taras.locator(".badge")).to_have_text("2")
    await taras.get_by_role("textbox").click()
    await expect(taras.locator(".badge")).to_be_hidden()


async def test_a_narrow_screen_shows_one_chat_at_a_time(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play, width=390)
    await expect(page.locator("section.column:visible")).to_have_count(1)
    await play.bot.call("sendMessage", chat_id=IRYNA, text="Digest")
    tab = page.locator("#tabs").get_by_role("button", name=re.compile("^Iryna"))
    await expect(tab.locator(".badge")).to_have_text("1")
    await tab.click()
    await expect(chat(page, "Iryna").locator("article")).to_be_visible()
    await expect(chat(page, "Aurora Windows")).to_be_hidden()
    await page.locator("#tabs").get_by_role("button", name="Phone exchange").click()
    await expect(page.locator("#panel")).to_be_visible()
    await expect(page.locator("section.column:visible")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_nothing_comes_from_outside(browser: Browser, play: Stage) -> None:
    place = await browser.new_context()
    page = await place.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(play.server.url)
    await page.wait_for_selector("body[data-ready]")
    assert asked
    assert [url for url in asked if not url.startswith((play.server.url, "data:"))] == []


async def test_the_words_are_the_same_in_all_languages(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    missing = await page.evaluate(
        "import('/words.js').then(({WORDS}) => Object.keys(WORDS).flatMap((code) => "
        "Object.keys(WORDS.en).filter((key) => !(key in WORDS[code])).map((key) => code + '.' + key)))"
    )
    assert missing == []


async def test_letters_work_in_a_cyrillic_layout(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    press = (
        "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', {...key, bubbles: true, cancelable: true}))"
    )
    await page.evaluate(press, {"key": "а", "code": "KeyF"})
    await expect(page.locator(".clock-time")).to_have_text("10:56:00")


async def test_a_lost_line_is_told_and_what_was_missed_is_fetched(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    play.server.stopping.set()
    play.server.world.journal.pulse.ring()
    await expect(page.locator(".link-lost")).to_contain_text("No connection")
    play.server.world.say(TARAS, play.group, "said while away")
    play.server.stopping.clear()
    await expect(chat(page, "Aurora Windows").locator("article").last).to_contain_text("said while away")
    await expect(page.locator(".link-lost")).to_be_hidden()


async def test_tab_goes_through_one_message_only_even_after_edits(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    for number in range(4):
        buttons = keys([{"text": f"Take {number}", "callback_data": f"t{number}"}])
        await play.bot.call("sendMessage", chat_id=OLGA, text=f"card {number}", reply_markup=buttons)
    olga = chat(page, "Olga")
    await expect(olga.locator("article")).to_have_count(4)
    again = keys([{"text": "Take again", "callback_data": "again"}])
    first = play.server.world.messages(OLGA)[0]["message_id"]
    await play.bot.call("editMessageText", chat_id=OLGA, message_id=first, text="edited card", reply_markup=again)
    await expect(olga.get_by_role("button", name="Take again")).to_have_attribute("tabindex", "-1")
    await expect(olga.locator("article[tabindex='0']")).to_have_count(1)
    await expect(olga.locator(".key:not([tabindex='-1'])")).to_have_text(["Take 3"])
