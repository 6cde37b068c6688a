"""Which buttons stand under a case card: the everyday ones, or the menu somebody opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from followup.cases.reconcile import REOPEN_WITHIN
from followup.cases.views import CaseView
from messenger.buttons import CasePress, case_button, copy_button, keyboard, label, packable, rows
from messenger.chats import ChatContext, Menu
from messenger.words import reason_title

MEMBERS_A_PAGE = 8

Row = list[InlineKeyboardButton]


def case_keyboard(view: CaseView, chat: ChatContext, menu: Menu | None, now: datetime) -> InlineKeyboardMarkup | None:
    """The keyboard of a card; a menu that does not fit the case's state is not shown."""
    board = _Board(view, chat, now)
    if menu and (build := _MENUS.get(menu.kind)) and (view.state == "open" or menu.kind == "history"):
        return keyboard(*build(board, menu))
    return keyboard(*(board.open() if view.state == "open" else board.closed()))


@dataclass(frozen=True, slots=True)
class _Board:
    """Builds the rows of one card."""

    view: CaseView
    chat: ChatContext
    now: datetime

    def open(self) -> list[Row]:
        if self.view.number is None:
            return [[self.press("handle", ButtonStyle.SUCCESS), self.press("more")]]
        hold = self.press("release") if self.view.owner_id else self.press("take", ButtonStyle.PRIMARY)
        first = [self.press("call", ButtonStyle.PRIMARY if self.view.owner_id else None), hold]
        return [first, [self.press("handle", ButtonStyle.SUCCESS), self.press("later"), self.press("more")]]

    def closed(self) -> list[Row]:
        view = self.view
        is_fresh = view.closed_at is not None and self.now - view.closed_at <= REOPEN_WITHIN
        is_by_hand = view.how == "manual" or (view.how == "blocked" and view.closed_by is not None)
        reopen = [self.press("reopen")] if view.state == "closed" and is_by_hand and is_fresh else []
        return [[*reopen, self.press("history")]]

    def reasons(self, _: Menu) -> list[Row]:
        choices = [
            self.button(reason_title(choice.code, self.chat.language, choice.title), "reason", packable(choice.code))
            for choice in self.chat.reasons[:40]
        ]
        return [*rows(choices, 2), [self.button(self.label("another_variant"), "other")], [self.press("back")]]

    def snooze(self, _: Menu) -> list[Row]:
        def choice(arg: str) -> InlineKeyboardButton:
            return self.button(self.label(f"snooze_{arg}"), "snooze", arg)

        return [[choice("30m"), choice("2h")], [choice("open")], [choice("custom"), self.press("back")]]

    def more(self, _: Menu) -> list[Row]:
        if self.view.number is None:
            return [[self.press("note"), self.press("history")], [self.press("back")]]
        choices = [
            *([self.press("target")] if self.view.missed else []),
            self.press("note"),
            self._number(self.view.number),
            self.press("history"),
            self.press("transfer"),
            self.press("ticket"),
            self.press("another"),
            *([self.press("split")] if self.view.other_numbers else []),
            self.press("unblock" if self.view.is_blocked else "block"),
            self.press("back"),
        ]
        return rows(choices, 2)

    def transfer(self, menu: Menu) -> list[Row]:
        others = [member for member in self.chat.members if member.id != self.view.owner_id]
        pages = max(1, -(-len(others) // MEMBERS_A_PAGE))
        page = min(max(menu.page, 0), pages - 1)
        shown = others[page * MEMBERS_A_PAGE : (page + 1) * MEMBERS_A_PAGE]
        choices = [self.button(member.name, "to", str(member.id)) for member in shown]
        previous = [self.button(self.label("previous"), "transfer", str(page - 1))] if page else []
        following = [self.button(self.label("next"), "transfer", str(page + 1))] if page + 1 < pages else []
        return [*rows(choices, 2), [*previous, self.press("back"), *following]]

    def block(self, _: Menu) -> list[Row]:
        return [[self.button(self.label("block_yes"), "block", "yes", ButtonStyle.DANGER)], [self.press("back")]]

    def history(self, _: Menu) -> list[Row]:
        # A blocked client's cases are closed, so this is where a head finds the way back.
        unblock = [self.press("unblock")] if self.view.is_blocked and self.view.state == "closed" else []
        return [unblock, [self.press("back")]]

    def press(self, op: str, style: ButtonStyle | None = None) -> InlineKeyboardButton:
        return self.button(self.label(op), op, style=style)

    def button(
        self, text: str, op: str, arg: str | None = None, style: ButtonStyle | None = None
    ) -> InlineKeyboardButton:
        return case_button(text, CasePress(op=op, case=self.view.id, arg=arg), style)

    def label(self, code: str) -> str:
        return label(code, self.chat.language)

    def _number(self, number: str) -> InlineKeyboardButton:
        # Where the number is in plain sight there is nothing to reveal: one tap copies it.
        return self.press("number") if self.chat.mask else copy_button(self.label("copy"), number)


_MENUS: dict[str, Callable[[_Board, Menu], Sequence[Row]]] = {
    "reasons": _Board.reasons,
    "snooze": _Board.snooze,
    "more": _Board.more,
    "transfer": _Board.transfer,
    "block": _Board.block,
    "history": _Board.history,
}
