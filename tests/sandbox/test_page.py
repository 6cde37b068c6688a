"""Messages, buttons and answers of the sandbox page in a real Chromium against the real sandbox server."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.sandbox.page_stage import IRYNA, NEEDS_CHROMIUM, OLGA, TARAS, Stage, browser, chat, keys, opened, play

__all__ = ["browser", "play"]
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser, NEEDS_CHROMIUM, pytest.mark.timeout(180)]
expect.set_options(timeout=30_000)

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
HOSTILE = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script><b>Bobby</b>'


async def test_a_message_appears_with_its_entities_and_an_edit_is_marked(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    unix = 1_795_162_440  # 10:14 in Kyiv
    html = (
        f'<b>Missed</b> <code>x1</code> <tg-time unix="{unix}" format="t">sometime</tg-time> <tg-spoiler>s</tg-spoiler>'
    )
    sent = await play.bot.call("sendMessage", chat_id=play.group, text=html, parse_mode="HTML")
    last = chat(page, "Aurora Windows").locator("article").last
    await expect(last.locator("strong")).to_have_text("Missed")
    await expect(last.locator("code")).to_have_text("x1")
    await expect(last.locator(".text time")).to_have_text(re.compile(r"^\d\d:\d4$"))
    await expect(last.locator(".edited")).to_have_count(0)
    await play.bot.call("editMessageText", chat_id=play.group, message_id=sent["message_id"], text="Reached")
    await expect(last.locator(".text")).to_have_text("Reached")
    await expect(last.locator(".edited")).to_have_text("edited")
    await expect(last).to_have_class(re.compile("is-changed"))


async def test_a_hostile_name_stays_a_name(browser: Browser, play: Stage) -> None:
    play.server.world.add_user(HOSTILE, id=666, username="mallory")
    play.server.world.member(play.group, 666, "add")
    play.server.world.say(666, play.group, HOSTILE)
    page = await opened(browser, play)
    group = chat(page, "Aurora Windows")
    await expect(group.locator("article .text").last).to_have_text(HOSTILE)
    await expect(group.locator("article .sender").last).to_have_text(HOSTILE)
    await expect(page.locator("#columns img, #columns script, #tabs img, h2 b")).to_have_count(0)
    assert await page.evaluate("window.hurt") is None


async def test_a_press_reaches_the_bot_and_only_the_presser_sees_the_answer(browser: Browser, play: Stage) -> None:
    play.bot.presses = {
        "take": {"text": "Taras took it at 10:24"},
        "number": {"text": "+380671234567", "show_alert": True},
    }
    page = await opened(browser, play)
    buttons = keys(
        [
            {"text": "✋ Take", "callback_data": "take", "style": "success"},
            {"text": "Number", "callback_data": "number"},
        ]
    )
    await play.bot.call("sendMessage", chat_id=play.group, text="Missed", reply_markup=buttons)
    group = chat(page, "Aurora Windows")
    await group.get_by_role("button", name="Write as Taras").click()
    take = group.get_by_role("button", name="✋ Take")
    await expect(take).to_have_class(re.compile("key-success"))
    await take.click()
    await expect(group.get_by_role("status").get_by_text("Taras took it at 10:24")).to_be_visible()
    await expect(chat(page, "Olga").locator(".toast")).to_have_count(0)
    assert [(press["from"]["id"], press["data"]) for press in play.bot.pressed] == [(TARAS, "take")]
    await group.get_by_role("button", name="Number").click()
    alert = group.get_by_role("alertdialog")
    await expect(alert).to_contain_text("+380671234567")
    await page.keyboard.press("Enter")
    await expect(alert).to_have_count(0)


async def test_dead_copying_and_linking_buttons(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play, permissions=["clipboard-read", "clipboard-write"])
    buttons = keys(
        [{"text": "Taken by Ann", "disabled": {}}],
        [{"text": "Copy number", "copy_text": {"text": "+380671234567"}}],
        [{"text": "Site", "url": "https://example.org/"}],
    )
    await play.bot.call("sendMessage", chat_id=OLGA, text="Card", reply_markup=buttons)
    olga = chat(page, "Olga")
    await expect(olga.get_by_role("button", name="Taken by Ann")).to_be_disabled()
    await olga.get_by_role("button", name="Copy number").click()
    await expect(olga.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "+380671234567"
    link = olga.get_by_role("link", name="Site")
    assert await link.get_attribute("href") == "https://example.org/"
    assert await link.get_attribute("rel") == "noopener noreferrer"


async def test_a_forced_reply_is_answered_by_typing(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    olga = chat(page, "Olga")
    await olga.get_by_role("textbox").click()
    question = {"force_reply": True, "input_field_placeholder": "The reason"}
    asked = await play.bot.call("sendMessage", chat_id=OLGA, text="Why?", reply_markup=question)
    await expect(olga.locator(".reply-bar")).to_contain_text("Why?")
    await expect(olga.get_by_role("textbox")).to_be_focused()
    await expect(olga.get_by_role("textbox")).to_have_attribute("placeholder", "The reason")
    await page.keyboard.type("He wrote to us")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("in Viber")
    await page.keyboard.press("Enter")
    said = await play.heard("He wrote to us\nin Viber")
    assert said["reply_to_message"]["message_id"] == asked["message_id"]
    await expect(olga.locator(".reply-bar")).to_be_hidden()
    await expect(olga.locator("article").last.locator(".quote")).to_contain_text("Why?")


async def test_a_selective_question_asks_only_whom_it_answers(browser: Browser, play: Stage) -> None:
    play.server.world.say(TARAS, play.group, "/note")
    told = await play.heard("/note")
    page = await opened(browser, play)
    group = chat(page, "Aurora Windows")
    question = {"force_reply": True, "selective": True}
    to = {"message_id": told["message_id"]}
    await play.bot.call("sendMessage", chat_id=play.group, text="Which?", reply_parameters=to, reply_markup=question)
    await expect(group.locator("article").last).to_contain_text("Which?")
    await expect(group.locator(".reply-bar")).to_be_hidden()
    await group.get_by_role("button", name="Write as Taras").click()
    await expect(group.locator(".reply-bar")).to_contain_text("Which?")


async def test_a_swipe_replies(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play, width=390, has_touch=True)
    await play.bot.call("sendMessage", chat_id=play.group, text="Card")
    card = chat(page, "Aurora Windows").locator("article", has_text="Card")
    swipe = """(node, to) => { for (const [kind, x] of [['touchstart', 200], ['touchend', to]]) {
      const touch = new Touch({identifier: 1, target: node, clientX: x, clientY: 300});
      node.dispatchEvent(new TouchEvent(kind, {bubbles: true, touches: [touch], changedTouches: [touch]})); } }"""
    bar = chat(page, "Aurora Windows").locator(".reply-bar")
    await card.evaluate(swipe, 180)
    await expect(bar).to_be_hidden()
    await card.evaluate(swipe, 100)
    await expect(bar).to_contain_text("Card")


async def test_signs_are_drawn_and_stay_text(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    text = "🔴 Missed 📞 ✏️ 👩‍💻 5⃣"
    await play.bot.call("sendMessage", chat_id=OLGA, text=text)
    last = chat(page, "Olga").locator("article").last
    await expect(last.locator(".text")).to_have_text(text)
    await expect(last.locator(".dot-red")).to_have_count(1)


async def test_a_picture_is_shown_and_enlarged(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    await play.bot.call("sendPhoto", chat_id=IRYNA, photo=("chart.png", DOT), caption="By hour")
    picture = chat(page, "Iryna").get_by_role("button", name="Open the picture")
    await expect(picture.locator("img")).to_have_js_property("complete", True)
    assert await picture.locator("img").evaluate("(node) => node.naturalWidth") == 1
    await picture.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_document_downloads_with_its_name(browser: Browser, play: Stage, tmp_path: Path) -> None:
    page = await opened(browser, play)
    table = b"client;missed\n+380671234567;3\n"
    await play.bot.call("sendDocument", chat_id=IRYNA, document=("missed.csv", table), caption="Queue")
    link = chat(page, "Iryna").locator("a.document")
    await expect(link).to_contain_text("missed.csv")
    await expect(link).to_contain_text(f"{len(table)} B")
    async with page.expect_download() as coming:
        await link.click()
    download = await coming.value
    await download.save_as(tmp_path / "got.csv")
    assert download.suggested_filename == "missed.csv"
    assert (tmp_path / "got.csv").read_bytes() == table


async def test_a_forum_shows_its_topics_and_writes_into_the_chosen_one(browser: Browser, play: Stage) -> None:
    world = play.server.world
    forum = world.add_chat("supergroup", title="Forum", is_forum=True, members=[OLGA, world.bot.id]).id
    topic = world.add_topic(forum, "Service")
    page = await opened(browser, play)
    column = chat(page, "Forum")
    await column.get_by_role("button", name="Service", exact=True).click()
    await column.get_by_role("textbox").fill("/missed")
    await page.keyboard.press("Enter")
    said = await play.heard("/missed")
    assert said["message_thread_id"] == topic


async def test_a_rich_table_is_a_table(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    html = "<h3>Missed</h3><table><tr><th>Client</th><th>×</th></tr><tr><td>Anna</td><td>3</td></tr></table>"
    await play.bot.call("sendRichMessage", chat_id=IRYNA, rich_message={"html": html})
    last = chat(page, "Iryna").locator("article").last
    await expect(last.locator("h3")).to_have_text("Missed")
    await expect(last.get_by_role("cell", name="Anna")).to_be_visible()
    await expect(last.get_by_role("row")).to_have_count(2)


async def test_a_link_to_our_own_bot_presses_start(browser: Browser, play: Stage) -> None:
    page = await opened(browser, play)
    url = f"https://t.me/{play.server.world.bot.username}?start=t_12"
    await play.bot.call(
        "sendMessage", chat_id=play.group, text="Ticket", reply_markup=keys([{"text": "Open", "url": url}])
    )
    group = chat(page, "Aurora Windows")
    await group.get_by_role("button", name="Write as Taras").click()
    await group.get_by_role("button", name="Open").click()
    said = await play.heard("/start t_12")
    assert said["chat"]["id"] == said["from"]["id"] == TARAS
