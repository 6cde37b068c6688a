"""Which buttons stand under a ticket's card: the everyday ones, or the menu somebody opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from followup.teams.book import TeamBook, Topic
from followup.tickets.statuses import CLOSED, STATUSES
from followup.tickets.views import TicketView
from messenger.buttons import TicketPress, copy_button, keyboard, packable, rows, ticket_button
from messenger.letters import LetterContext
from messenger.render import render_plain
from messenger.ticket_words import ICONS, result_word, status_word

if TYPE_CHECKING:
    from messenger.ticket_card import TicketMenu

CHOICES_A_PAGE = 8
_ANY_STATE = frozenset({"more", "history", "topic", "status", "others", "block"})

Row = list[InlineKeyboardButton]


def ticket_keyboard(
    view: TicketView, book: TeamBook, ctx: LetterContext, menu: TicketMenu | None
) -> InlineKeyboardMarkup | None:
    """The keyboard of a card; a menu that does not fit the ticket's state is not shown."""
    if view.state == "gone" or view.client.is_erased:
        return None
    board = _Board(view, book, ctx)
    if menu and (build := _MENUS.get(menu.kind)) and (view.is_open or menu.kind in _ANY_STATE):
        return keyboard(*build(board, menu))
    return keyboard(*(board.open() if view.is_open else board.closed()))


@dataclass(frozen=True, slots=True)
class _Board:
    """Builds the rows of one card."""

    view: TicketView
    book: TeamBook
    ctx: LetterContext

    def open(self) -> list[Row]:
        take = [self.press("take", ButtonStyle.PRIMARY)] if self.view.owner_id is None else []
        answer = [self.press("answer")] if self.view.is_written else []
        last = [self.press("close", ButtonStyle.SUCCESS), self.press("more")]
        topic = [self.press("topic")] if self.book.topics else []
        return [[*take, *answer, *topic], last, self.other_tickets()]

    def closed(self) -> list[Row]:
        return [[self.press("reopen"), self.press("more")], self.other_tickets()]

    def other_tickets(self) -> Row:
        """G5: a single one opens at once, of several one is chosen."""
        others = self.view.others
        if not others:
            return []
        press = TicketPress(op="others", ticket=self.view.id)
        if len(others) == 1:
            press = TicketPress(op="open", ticket=others[0])
        return [ticket_button(self.label("others", len(others)), press)]

    def more(self, _: TicketMenu) -> list[Row]:
        view = self.view
        working = [self.press("transfer"), self.press("status"), self.press("comment"), self.press("later")]
        topic = [self.press("topic")] if self.book.topics else []
        choices = [
            *(working if view.is_open else [self.press("status"), self.press("comment"), *topic]),
            self.press("name"),
            self.press("attach"),
            *([self.press("split")] if view.can_undo else []),
            self.press("history"),
            *([self._number(view.client.number)] if view.client.number else []),
            *([self.press("why")] if view.is_open and view.owner_id is not None else []),
            *([self.press("release")] if view.is_open and view.owner_id is not None else []),
            self.press("unblock" if view.client.is_blocked else "block"),
            self.press("back"),
        ]
        return rows(choices, 2)

    def topics(self, menu: TicketMenu) -> list[Row]:
        """A branch opens by its name; a leaf is chosen. Inside a branch the branch itself may be chosen, too."""
        here = [topic for topic in self.book.topics.values() if topic.parent_id == menu.under]
        chosen = self.book.topics.get(menu.under or 0)
        own = [self.button(f"✔ {chosen.title}", "settopic", str(chosen.id), ButtonStyle.PRIMARY)] if chosen else []
        none = [self.button(self.label("no_topic"), "settopic", "0")] if not chosen and self.view.topic_id else []
        buttons = [self._topic(topic) for topic in here]
        up = self.button(self.label("back"), "topic", str(chosen.parent_id or 0)) if chosen else self.press("back")
        place = menu.under or 0
        return [own, *self._page(buttons, menu.page, "topic", f"{place}."), none, [up]]

    def transfer(self, menu: TicketMenu) -> list[Row]:
        others = [each for each in self.book.members.values() if each.may_work and each.id != self.view.owner_id]
        choices = [self.button(member.name, "to", str(member.id)) for member in others]
        groups = [self.press("groups")] if _groups(self.book) else []
        return [*self._page(choices, menu.page, "transfer"), groups, [self.press("back")]]

    def groups(self, menu: TicketMenu) -> list[Row]:
        choices = [self.button(name, "togroup", packable(name)) for name in _groups(self.book)]
        return [*self._page(choices, menu.page, "groups"), [self.press("back")]]

    def statuses(self, _: TicketMenu) -> list[Row]:
        """What closes goes through Close, where a result is asked for; here stand the ways of being open."""
        shown = [code for code in STATUSES if code not in CLOSED and code != self.view.status]
        named = [(code, f"{ICONS[code]} {status_word(code, self.book, self.ctx.language)}") for code in shown]
        return [*rows([self.button(text, "setstate", code) for code, text in named], 2), [self.press("back")]]

    def results(self, menu: TicketMenu) -> list[Row]:
        choices = [
            self.button(result_word(result.code, result.title, self.ctx.language), "result", str(result.id))
            for result in self.book.results.values()
        ]
        return [*self._page(choices, menu.page, "close"), [self.press("back")]]

    def closing(self, menu: TicketMenu) -> list[Row]:
        result = str(menu.result or 0)
        plain = self.button(self.label("no_comment"), "finish", result, ButtonStyle.SUCCESS)
        return [[self.button(self.label("with_comment"), "finishby", result), plain], [self.press("back")]]

    def snooze(self, _: TicketMenu) -> list[Row]:
        def choice(arg: str) -> InlineKeyboardButton:
            return self.button(self.label(f"snooze_{arg}"), "snooze", arg)

        return [[choice("30m"), choice("2h")], [choice("open")], [choice("custom"), self.press("back")]]

    def others(self, _: TicketMenu) -> list[Row]:
        opens = [
            ticket_button(self.label("numbered", each), TicketPress(op="open", ticket=each))
            for each in self.view.others[:20]
        ]
        return [*rows(opens, 3), [self.press("back")]]

    def block(self, _: TicketMenu) -> list[Row]:
        return [[self.press("blockyes", ButtonStyle.DANGER)], [self.press("back")]]

    def history(self, _: TicketMenu) -> list[Row]:
        return [[self.press("contact"), self.press("back")]]

    def press(self, op: str, style: ButtonStyle | None = None) -> InlineKeyboardButton:
        return self.button(self.label(op), op, style=style)

    def button(
        self, text: str, op: str, arg: str | None = None, style: ButtonStyle | None = None
    ) -> InlineKeyboardButton:
        return ticket_button(text, TicketPress(op=op, ticket=self.view.id, arg=arg), style)

    def label(self, code: str, num: int = 0) -> str:
        return render_plain("cards/ticket_buttons.j2", self.ctx.language, code=code, num=num)

    def _topic(self, topic: Topic) -> InlineKeyboardButton:
        has_more = any(each.parent_id == topic.id for each in self.book.topics.values())
        return self.button(
            f"{topic.title} ›" if has_more else topic.title, "topic" if has_more else "settopic", str(topic.id)
        )

    def _page(self, choices: Sequence[InlineKeyboardButton], page: int, op: str, before: str = "") -> list[Row]:
        pages = max(1, -(-len(choices) // CHOICES_A_PAGE))
        page = min(max(page, 0), pages - 1)
        shown = choices[page * CHOICES_A_PAGE : (page + 1) * CHOICES_A_PAGE]
        previous = [self.button("‹", op, f"{before}{page - 1}")] if page else []
        following = [self.button("›", op, f"{before}{page + 1}")] if page + 1 < pages else []
        return [*rows(shown, 2), [*previous, *following]]

    def _number(self, number: str) -> InlineKeyboardButton:
        # Where the number is in plain sight there is nothing to reveal: one tap copies it.
        return self.press("number") if self.ctx.mask else copy_button(self.label("copy"), number)


def _groups(book: TeamBook) -> list[str]:
    found = {group for member in book.members.values() for group in member.groups}
    return sorted(found | {line.group for line in book.lines.values() if line.group})


_MENUS: dict[str, Callable[[_Board, TicketMenu], Sequence[Row]]] = {
    "more": _Board.more,
    "topic": _Board.topics,
    "transfer": _Board.transfer,
    "groups": _Board.groups,
    "status": _Board.statuses,
    "close": _Board.results,
    "closing": _Board.closing,
    "later": _Board.snooze,
    "others": _Board.others,
    "block": _Board.block,
    "history": _Board.history,
}
