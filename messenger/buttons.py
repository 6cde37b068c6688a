"""What a press carries, and how a keyboard is put together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2s
from typing import Annotated

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from messenger.filters import cut
from messenger.render import render_plain

_LONGEST_ARG = 32  # with an op of 8 letters and the largest id this is exactly Telegram's 64 bytes
_LONGEST_LABEL = 40
# Anybody can send any data: a number that no database takes is no press of ours.
_LARGEST_ID = 2**63 - 1
Id = Annotated[int, Field(ge=0, le=_LARGEST_ID)]


class CasePress(CallbackData, prefix="c"):
    """A button under a case card."""

    op: str
    case: Id
    arg: str | None = None


class TicketPress(CallbackData, prefix="t"):
    """A button under a ticket's card, or one that opens it."""

    op: str
    ticket: Id
    arg: str | None = None


class ScreenPress(CallbackData, prefix="s"):
    """A button under a list or a form."""

    op: str
    screen: Id
    arg: str | None = None


def packable(code: str) -> str:
    """A code as a button carries it: itself, or a short digest where it would not fit."""
    if code and code.isascii() and code.isprintable() and len(code) <= _LONGEST_ARG and ":" not in code:
        return code
    return "~" + blake2s(code.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def id_in(arg: str) -> int | None:
    """The id or page a button carries; None: no button of ours says so."""
    number = int(arg) if arg.isascii() and arg.isdigit() else -1
    return number if 0 <= number <= _LARGEST_ID else None


def unpacked(arg: str, codes: Sequence[str]) -> str | None:
    """Which of the codes the button meant; None: it is no longer in the list."""
    return next((code for code in codes if packable(code) == arg), None)


@lru_cache(maxsize=256)
def label(code: str, language: str) -> str:
    """A card button's label in the chat's language."""
    return render_plain("cards/buttons.j2", language, code=code)


def case_button(text: str, press: CasePress, style: ButtonStyle | None = None) -> InlineKeyboardButton:
    """A button that does something to a case; Telegram refuses an empty label."""
    return InlineKeyboardButton(text=cut(text, _LONGEST_LABEL) or "•", callback_data=press.pack(), style=style)


def ticket_button(text: str, press: TicketPress, style: ButtonStyle | None = None) -> InlineKeyboardButton:
    """The same for a ticket."""
    return InlineKeyboardButton(text=cut(text, _LONGEST_LABEL) or "•", callback_data=press.pack(), style=style)


def screen_button(text: str, press: ScreenPress, style: ButtonStyle | None = None) -> InlineKeyboardButton:
    """The same for a screen."""
    return InlineKeyboardButton(text=cut(text, _LONGEST_LABEL) or "•", callback_data=press.pack(), style=style)


def copy_button(text: str, copied: str) -> InlineKeyboardButton:
    """A button that puts a text into the presser's clipboard."""
    return InlineKeyboardButton(text=cut(text, _LONGEST_LABEL), copy_text=CopyTextButton(text=copied[:256]))


def rows(buttons: Sequence[InlineKeyboardButton], width: int) -> list[list[InlineKeyboardButton]]:
    """The buttons in rows of ``width``."""
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def keyboard(*lines: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup | None:
    """The rows that have buttons; None where nothing may be pressed."""
    filled = [list(line) for line in lines if line]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None
