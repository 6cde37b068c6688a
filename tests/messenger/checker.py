"""A second opinion on messages, written without our renderer: what Telegram would refuse, in words."""

from __future__ import annotations

import re
from html import unescape

from messenger.outgoing import Outgoing

_TOKEN = re.compile(
    r"<(?P<close>/?)(?P<tag>[a-z-]+)(?P<attrs>(?: [a-z]+(?:=\"[^\"<>]*\")?)*)>|(?P<bad><)|(?P<text>[^<]+)"
)
_ATTRS = {
    "b": r"",
    "i": r"",
    "code": r"",
    "blockquote": r"( expandable)?",
    "tg-time": r' unix="-?\d+" format="(r|w?[dD]?[tT]?)"',
}
_ENTITY = re.compile(r"&(?:(?:lt|gt|amp|quot|#\d+);)?")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def refusals(html: str) -> list[str]:
    """Why Telegram would not take the text; an empty list: it would."""
    found = [*_mark_up(html), *_leftovers(html)]
    visible = unescape(re.sub(r"<[^>]*>", "", html))
    if not len(visible.strip()) >= 1 or len(visible) > 4096:
        found.append(f"{len(visible)} visible characters")
    if len(html.encode()) > 32_768:
        found.append("too many bytes")
    return found


def keyboard_refusals(message: Outgoing) -> list[str]:
    """The same for the buttons."""
    rows = getattr(message.keyboard, "inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    found = [f"{len(row)} in a row" for row in rows if not 1 <= len(row) <= 8]
    for button in buttons:
        actions = [value for value in (button.callback_data, button.url, button.copy_text) if value]
        if not button.text.strip() or _CONTROL.search(button.text) or len(actions) != 1:
            found.append(f"button {button!r}")
        if button.callback_data and len(button.callback_data.encode()) > 64:
            found.append(f"{button.callback_data} is too long")
    return found + (["too many buttons"] if len(buttons) > 100 else [])


def _mark_up(html: str) -> list[str]:
    found, open_tags = [], []
    for token in _TOKEN.finditer(html):
        tag = token["tag"]
        if token["bad"]:
            found.append(f"a bare < at {token.start()}")
        elif tag and token["close"]:
            if not open_tags or open_tags.pop() != tag:
                found.append(f"</{tag}> closes nothing")
        elif tag:
            open_tags.append(tag)
            if tag not in _ATTRS or not re.fullmatch(_ATTRS[tag], token["attrs"]):
                found.append(f"tag {token[0]}")
        else:
            found += [f"a bare & at {token.start()}" for entity in _ENTITY.findall(token["text"]) if entity == "&"]
    return found + [f"<{tag}> stays open" for tag in open_tags]


def _leftovers(html: str) -> list[str]:
    found = [f"{left} is left" for left in ("{{", "{%", "%(", "None", "Undefined", "\n\n\n") if left in html]
    if _CONTROL.search(html):
        found.append("control characters")
    if any("\ud800" <= char <= "\udfff" for char in html):
        found.append("half a character")
    return found
