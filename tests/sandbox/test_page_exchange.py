"""The phone exchange of the page, and what must hold for every eye and finger."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from sandbox.days.count import LABELS
from sandbox.days.exchange import SCENE_TITLES
from sandbox.days.ordinary_day import ROWS, TRUTH
from tests.sandbox.page_stage import IRYNA, NEEDS_CHROMIUM, OLGA, Stage, browser, chat, keys, opened, play

__all__ = ["browser", "play"]
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser, NEEDS_CHROMIUM, pytest.mark.timeout(180)]

# Text against what lies behind it, blended over all transparent layers, as WCAG counts it.
CONTRAST = """() => {
  const context = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
  const rgba = (css) => { context.clearRect(0, 0, 1, 1); context.fillStyle = css; context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const over = (top, below) => top.slice(0, 3).map((value, n) => value * top[3] + below[n] * (1 - top[3]));
  const behind = (node) => { const layers = []; for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255]); };
  const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const poor = [];
  let looked = 0;
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest('.spoiler, .unseen, .dot, option')) continue;
    const ground = behind(node);
    const [a, b] = [light(over(rgba(getComputedStyle(node).color), ground)), light(ground)];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    looked += 1;
    if (ratio < 4.5) poor.push(`${node.className || node.tagName} "${node.textContent.slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return {looked, poor};
}"""
SMALL = """() => [...document.querySelectorAll('button, select, summary, textarea, .follow, a.key, a.document')]
  .filter((node) => node.checkVisibility() && !node.classList.contains('inline-link') && !node.closest('.rich'))
  .filter((node) => { const box = node.getBoundingClientRect(); return box.height < 43.5 || box.width < 43.5; })
  .map((node) => `${node.className} ${node.textContent.slice(0, 20)}`)"""


async def full_of_everything(play: Stage) -> None:
    call = play.bot.call
    styles = [{"text": style, "callback_data": style, "style": style} for style in ("primary", "success", "danger")]
    card = keys(styles, [{"text": "Plain", "callback_data": "plain"}, {"text": "Dead", "disabled": {}}])
    html = 'a <b>b</b> <code>c</code> <a href="https://example.org">d</a> /help +380671234567<blockquote>quote</blockquote>'
    await call("sendMessage", chat_id=play.group, text=html, parse_mode="HTML", reply_markup=card)
    await call("sendDocument", chat_id=IRYNA, document=("a.csv", b"1"), caption="File")
    asked = await call("sendMessage", chat_id=OLGA, text="Why?", reply_markup={"force_reply": True})
    play.server.world.say(OLGA, OLGA, "Because", reply_to_message_id=asked["message_id"])
    play.server.world.say(OLGA, play.group, "Mine /missed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_can_be_read_and_every_button_hit(browser: Browser, play: Stage, scheme: Any) -> None:
    await full_of_everything(play)
    await play.exchange.play("all")
    page = await opened(browser, play, color_scheme=scheme)
    await expect(chat(page, "Aurora Windows").locator("article")).to_have_count(3)
    for act in ("tab-answers", "tab-day"):
        await page.locator(f'[data-act="{act}"]').click()
        seen = await page.evaluate(CONTRAST)
        assert seen["looked"] > 60
        assert seen["poor"] == []
    assert await page.evaluate(SMALL) == []


async def test_play_next_plays_one_call_and_moves_the_clock(browser: Browser, play: Stage) -> None:
    await play.exchange.play("all")
    page = await opened(browser, play)
    before = len(play.posts)
    await expect(page.locator(".call.is-next")).to_contain_text("Taras reaches the client")
    await page.get_by_role("button", name="Play next").click()
    await expect(page.locator(".call.is-next")).to_contain_text("Taras answers")
    await expect(page.locator(".clock-time")).to_contain_text("10:41")
    assert {post["call_id"] for post in play.posts[before:]} == {"1120-19"}


async def test_known_answers_stand_beside_what_the_bot_says(browser: Browser, play: Stage) -> None:
    await play.exchange.play("2026-11-20T23:59:00")
    page = await opened(browser, play)
    await page.locator('[data-act="tab-answers"]').click()
    row = page.locator('tr[data-key="called_out"]')
    await expect(row.locator("td")).to_have_text([str(TRUTH["called_out"]), str(TRUTH["called_out"]), "✓"])
    wrong = page.locator('tr[data-key="missed"]')
    await expect(wrong.locator("td")).to_have_text([str(TRUTH["missed"]), str(TRUTH["missed"] + 1), "✗"])
    await expect(page.locator('tr[data-key="by_hand"] td').last).to_have_text("–")
    await expect(page.locator('[data-act="tab-answers"] .mark')).to_have_text("✗ 1")


async def test_the_plan_is_told_in_every_language_of_the_page(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    said = await page.evaluate("import('/exchange_words.js').then((words) => words.SAID)")
    english = {row[2] for row in ROWS} | set(LABELS.values()) | set(SCENE_TITLES.values())
    for language in ("ru", "uk"):
        assert english <= set(said[language])
        await page.get_by_role("button", name=language.upper(), exact=True).click()
        await expect(page.locator(".call b").first).to_have_text(said[language]["Night call, nobody is in"])


async def test_a_scene_button_makes_a_call_and_shows_it(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    await page.get_by_role("button", name="Hidden number").click()
    await expect(page.locator(".call.is-done")).to_have_count(1)
    await expect(page.locator(".call.is-done")).to_contain_text("hidden number")
    assert play.posts[-1]["client"] is None


async def test_calls_happen_as_time_moves_when_asked_to(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    await page.get_by_label("Calls happen as time moves").check()
    await page.get_by_role("button", name="+5 min").click()
    await expect(page.locator(".call.is-done")).to_have_count(18)
