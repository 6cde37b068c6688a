"""The team's settings as people read them; the few that a press may change stand under them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.types import InlineKeyboardButton
from babel import Locale
from babel.dates import get_day_names

from followup.teams.book import Line, Member, TeamBook
from messenger.buttons import ScreenPress, keyboard, packable, rows, screen_button
from messenger.filters import cut
from messenger.letters import LetterContext
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import LANGUAGES, known_language, render, render_plain
from messenger.words import reason_title, role_word

_LINES_LISTED = 10
_PEOPLE_LISTED = 20
_EXTENSIONS_LISTED = 5
_REASONS_LISTED = 40  # as many as a card offers
_ROLES = ("owner", "head", "manager", "viewer")
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# Of the opening_hours syntax what teams use; a word unknown to us stays as it was typed.
_HOURS_WORD = re.compile(rf"24/7|\bPH (?:off|closed)\b|\b(?:{'|'.join(_DAYS)}|PH|off|closed)\b")

Buttons = list[InlineKeyboardButton]


def settings_screen(book: TeamBook, ctx: LetterContext, screen_id: int, menu: str | None) -> Outgoing:
    """The team's present settings, or with ``menu`` "reasons" its list of Handle reasons.

    Its presses are ScreenPress with op and arg: menu reasons|none, lang ru|uk|en, quiet on|off,
    drop <packable code>, add, standard.
    """
    board = _Board(book, ctx, screen_id)
    is_reasons = menu == "reasons"
    lines = board.reasons() if is_reasons else board.settings()
    given = _reasons(book, ctx) if is_reasons else _settings(book, ctx)
    template = "reports/settings_reasons.j2" if is_reasons else "reports/settings.j2"
    return Outgoing(text=fit(render(template, ctx.language, ctx=ctx, **given)), keyboard=keyboard(*lines))


def _settings(book: TeamBook, ctx: LetterContext) -> dict[str, Any]:
    language, policy, extensions = ctx.language, book.policy, _extensions(book, ctx.now)
    country = policy.holidays_country or policy.region
    people = sorted(book.members.values(), key=lambda member: (_ROLES.index(member.role), member.name.casefold()))
    lines = sorted(book.lines.values(), key=lambda line: line.name.casefold())
    return {
        "policy": policy,
        "language_name": _own_name(policy.language),
        "country": Locale.parse(known_language(language)).territories.get(country, country),
        "hours": _hours(policy.hours, language),
        "lines": [_line(line, ctx) for line in lines[:_LINES_LISTED]],
        "more_lines": max(len(lines) - _LINES_LISTED, 0),
        "people": [_person(member, extensions, language) for member in people[:_PEOPLE_LISTED]],
        "more_people": max(len(people) - _PEOPLE_LISTED, 0),
    }


def _reasons(book: TeamBook, ctx: LetterContext) -> dict[str, Any]:
    titles = [reason_title(reason.code, ctx.language, reason.title) for reason in book.reasons]
    return {"titles": titles[:_REASONS_LISTED], "more": max(len(titles) - _REASONS_LISTED, 0)}


def _line(line: Line, ctx: LetterContext) -> tuple[str, str | None]:
    return line.name or line.key, _hours(line.at(ctx.now).hours, ctx.language)


def _person(member: Member, extensions: Mapping[int, list[str]], language: str) -> tuple[str, str, str]:
    phones = extensions.get(member.id, [])
    shown = ", ".join(cut(phone, 12) for phone in phones[:_EXTENSIONS_LISTED])
    return member.name, role_word(member.role, language), f"{shown}…" if phones[_EXTENSIONS_LISTED:] else shown


def _extensions(book: TeamBook, now: datetime) -> Mapping[int, list[str]]:
    """Member → the phones that are his now (D15)."""
    phones: dict[int, list[str]] = defaultdict(list)
    for extension in sorted(book.extensions, key=lambda phone: (len(phone), phone)):
        owner = book.member_by_extension(extension, now)
        if owner is not None:
            phones[owner].append(extension)
    return phones


def _hours(expression: str | None, language: str) -> str | None:
    """Opening hours in the reader's words; None: no hours of its own."""
    if expression is None:
        return None
    days = get_day_names("abbreviated", locale=known_language(language))

    def word(found: re.Match[str]) -> str:
        sign = found[0].replace("closed", "off")
        if sign in _DAYS:
            return str(days[_DAYS.index(sign)])
        return render_plain("reports/settings_hours.j2", language, sign=sign)

    return _HOURS_WORD.sub(word, expression)


def _own_name(language: str) -> str:
    """A language as its speakers call it: who cannot read the present one finds his own."""
    name = str(Locale.parse(known_language(language)).display_name)
    return name[:1].upper() + name[1:]


@dataclass(frozen=True, slots=True)
class _Board:
    """Builds the rows of buttons."""

    book: TeamBook
    ctx: LetterContext
    screen_id: int

    def settings(self) -> list[Buttons]:
        turn = "off" if self.book.policy.quiet else "on"
        return [
            [self.button(self.label("reasons"), "menu", "reasons")],
            [self.directory("topics"), self.directory("results")],
            [self.directory("statuses"), self.directory("fan")],
            [self.language(code) for code in LANGUAGES],
            [self.button(self.label(f"quiet_{turn}"), "quiet", turn)],
        ]

    def reasons(self) -> list[Buttons]:
        # The last reason stays: Handle without a choice would be a dead end.
        listed = self.book.reasons[:_REASONS_LISTED] if len(self.book.reasons) > 1 else ()
        drops = [
            self.button(
                f"✖ {reason_title(reason.code, self.ctx.language, reason.title)}", "drop", packable(reason.code)
            )
            for reason in listed
        ]
        tools = [self.button(self.label("add"), "add")], [self.button(self.label("standard"), "standard")]
        return [*rows(drops, 2), *tools, [self.button(self.label("back"), "menu", "none")]]

    def language(self, code: str) -> InlineKeyboardButton:
        name = _own_name(code)
        return self.button(f"• {name}" if code == self.book.policy.language else name, "lang", code)

    def directory(self, name: str) -> InlineKeyboardButton:
        return self.button(render_plain("reports/directory_buttons.j2", self.ctx.language, code=name), "menu", name)

    def button(self, text: str, op: str, arg: str | None = None) -> InlineKeyboardButton:
        return screen_button(text, ScreenPress(op=op, screen=self.screen_id, arg=arg))

    def label(self, code: str) -> str:
        return render_plain("reports/settings_buttons.j2", self.ctx.language, code=code)
