"""What Telegram refuses in a text or a keyboard, told as a list of complaints."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from aiogram.types import ForceReply, InlineKeyboardMarkup

from messenger.outgoing import Outgoing

ALLOWED = {"a", "b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler", "tg-time"}


class _Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.complaints: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.complaints.append(f"unsupported start tag {tag}")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.complaints.append(f"unmatched end tag {tag}")

    def handle_data(self, data: str) -> None:
        self.text += data


def problems(html: str, limit: int = 4096) -> list[str]:
    """Why Telegram would refuse the text; empty = it would not."""
    checker = _Checker()
    checker.feed(html)
    checker.close()
    complaints = checker.complaints + [f"no end tag for {tag}" for tag in checker.open]
    if not checker.text.strip() or len(checker.text) > limit:
        complaints.append(f"length {len(checker.text)}")
    if re.search(r"&(?!(amp|lt|gt|quot|#\d+|#x[0-9a-f]+);)", html):
        complaints.append("a bare ampersand")
    return complaints


def message_problems(message: Outgoing) -> list[str]:
    """The same for a whole message: text, buttons, the field of an answer."""
    complaints = problems(message.text)
    match message.keyboard:
        case ForceReply(input_field_placeholder=hint):
            complaints += ["placeholder"] if not 1 <= len(hint or "") <= 64 else []
        case InlineKeyboardMarkup(inline_keyboard=lines):
            buttons = [button for line in lines for button in line]
            complaints += ["too many buttons"] if len(buttons) > 100 or max(map(len, lines)) > 8 else []
            complaints += [f"label {button.text!r}" for button in buttons if not button.text.strip()]
            complaints += [
                f"data {button.callback_data}"
                for button in buttons
                if button.callback_data and len(button.callback_data.encode()) > 64
            ]
    return complaints
