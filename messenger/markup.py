"""Telegram's HTML measured and cut: lengths in code points after parsing, never a broken tag or entity (promise 15)."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024
TOAST_LIMIT = 200
_RAW_LIMIT = 32_000  # bytes; the server refuses more than 32,768 before it parses anything


def plain(html: str) -> str:
    """The text alone, as a reader sees it: what is sent when Telegram refuses the mark-up."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


def visible_length(html: str) -> int:
    """What Telegram counts: code points after entity parsing."""
    return len(plain(html))


def fits(html: str, limit: int = MESSAGE_LIMIT) -> bool:
    """Whether Telegram takes the message as it is."""
    # Mark-up only adds: most messages need no parsing to be known as short.
    return len(html) <= limit or (visible_length(html) <= limit and len(html.encode()) <= _RAW_LIMIT)


def fit(html: str, limit: int = MESSAGE_LIMIT) -> str:
    """The message itself if it fits, else its beginning with "…" and every open tag closed."""
    if fits(html, limit):
        return html
    cutter = _Cutter(limit - 1)
    cutter.feed(html)
    cutter.close()
    return cutter.text()


class _Reader(HTMLParser):
    """Collects the text between the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


class _Cutter(HTMLParser):
    """Copies a message until its room is used up, remembering what must be closed."""

    def __init__(self, room: int) -> None:
        super().__init__(convert_charrefs=True)
        self._room = room
        self._bytes = _RAW_LIMIT - 512  # for the closing tags
        self._out: list[str] = []
        self._open: list[str] = []
        self._is_full = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = self.get_starttag_text() or f"<{tag}>"
        if not self._is_full and self._spend(given):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._is_full and self._open and self._open[-1] == tag:
            self._open.pop()
            self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        for char in data:
            if self._is_full or self._room == 0 or not self._spend(escape(char, quote=False)):
                self._is_full = True
                return
            self._room -= 1

    def text(self) -> str:
        closing = "".join(f"</{tag}>" for tag in reversed(self._open))
        return "".join(self._out).rstrip() + "…" + closing

    def _spend(self, piece: str) -> bool:
        self._bytes -= len(piece.encode())
        self._is_full = self._is_full or self._bytes < 0
        if not self._is_full:
            self._out.append(piece)
        return not self._is_full
