"""Lists of tickets, what a search has found, a contact on one line of time: screens that people page through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from followup.errors import FollowupError
from followup.phone import mask_in_text
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.tickets.open_store import open_groups
from followup.tickets.reading import path_of, ticket_page
from followup.tickets.reading_contact import contact_page
from followup.tickets.search import find, find_contacts
from followup.tickets.views import ClientView, ContactPage, TicketFilter, TicketPage, TicketView
from messenger.buttons import ScreenPress, TicketPress, keyboard, packable, rows, screen_button, ticket_button
from messenger.dates import clock_time
from messenger.erased import erased
from messenger.filters import cut, number
from messenger.letters import LetterContext
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render, render_plain
from messenger.ticket_words import ICONS, called, channel_word, status_word

_MOST_CHOICES = 90  # of Telegram's hundred buttons

Buttons = list[InlineKeyboardButton]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a screen is shown."""

    desk: Desk
    ctx: LetterContext
    screen_id: int

    @property
    def book(self) -> TeamBook:
        """The team's."""
        return self.desk.book

    def text(self, template: str, **given: Any) -> str:
        """A template's text; every list says as of when."""
        words = {"ctx": self.ctx, "as_of": self.ctx.now, "time": clock_time(self.ctx.now, self.ctx.timezone)}
        statuses = {code: status_word(code, self.book, self.ctx.language) for code in ICONS}
        shared = {"statuses": statuses, "icons": ICONS}
        return fit(render(template, self.ctx.language, **words, **shared, **given))

    def button(
        self, text: str, op: str, arg: str | None = None, style: ButtonStyle | None = None
    ) -> InlineKeyboardButton:
        """A press on this screen."""
        return screen_button(text, ScreenPress(op=op, screen=self.screen_id, arg=arg), style)

    def label(self, code: str, **values: Any) -> str:
        """What a button says."""
        return render_plain(
            "reports/ticket_buttons.j2", self.ctx.language, code=code, **{"num": 0, "name": "", **values}
        )

    def pages(self, page: int, pages: int) -> Buttons:
        """Turning over."""
        if pages < 2:
            return []
        back = [self.button("◀", "page", str(page - 1))] if page else []
        forth = [self.button("▶", "page", str(page + 1))] if page + 1 < pages else []
        return [*back, self.button(f"{page + 1}/{pages}", "page", str(page)), *forth]

    def who(self, client: ClientView) -> str | None:
        """G21."""
        return called(client, masked=self.ctx.mask)

    def row(self, view: TicketView) -> dict[str, Any]:
        """A ticket as a line of a list shows it."""
        has_name = bool(view.client.name or view.client.account_name)
        phone = number(view.client.number, self.ctx.mask) if view.client.number and has_name else None
        return {
            "view": view,
            "who": self.who(view.client),
            "phone": phone,
            "channel": channel_word(view.channel, self.ctx.language),
            "topic": view.topic[-1] if view.topic else None,
        }


async def _list(place: Place, params: Mapping[str, Any]) -> Outgoing:
    chosen = ticket_filter(params)
    page = await ticket_page(place.desk, chosen)
    mine = place.book.member_name(chosen.owner) if chosen.owner is not None else None
    topic = " › ".join(path_of(place.book, chosen.topic)) if chosen.topic is not None else None
    given = {"rows": [place.row(view) for view in page.tickets], "page": page, "mine": mine, "topic": topic}
    menu = params.get("menu")
    if menu == "groups":
        lines = _group_menu(place, page, await open_groups(place.desk.c, place.book.id))
    elif menu == "topics":
        lines = _topic_menu(place, page)
    else:
        lines = _list_buttons(place, page)
    return Outgoing(text=place.text("reports/ticket_list.j2", **given), keyboard=keyboard(*lines))


def ticket_filter(params: Mapping[str, Any]) -> TicketFilter:
    """What a stored screen shows."""
    return TicketFilter(
        tab="text" if params.get("tab") == "text" else "voice",
        group=params.get("group"),
        topic=params.get("topic"),
        owner=params.get("owner"),
        page=params.get("page", 0),
    )


def _list_buttons(place: Place, page: TicketPage) -> list[Buttons]:
    tabs = [_tab(place, page, "voice"), _tab(place, page, "text")]
    tools = [place.button(place.label("refresh"), "refresh")]
    if place.book.topics:
        tools.insert(0, place.button(place.label("by_topic"), "menu", "topics"))
    if _groups_of(place.book):
        tools.insert(0, place.button(place.label("by_group"), "menu", "groups"))
    return [tabs, *_opens(page.tickets), place.pages(page.filter.page, page.pages), tools]


def _tab(place: Place, page: TicketPage, tab: Any) -> InlineKeyboardButton:
    text = place.label(tab, num=page.counts[tab])
    return place.button(f"• {text}" if page.filter.tab == tab else text, "tab", tab)


def _opens(tickets: Sequence[TicketView]) -> list[Buttons]:
    return rows([_open(str(at), view.id) for at, view in enumerate(tickets, start=1)], 4 if len(tickets) > 5 else 5)


def _open(text: str, ticket_id: int) -> InlineKeyboardButton:
    return ticket_button(text, TicketPress(op="open", ticket=ticket_id))


def _groups_of(book: TeamBook) -> bool:
    return any(line.group for line in book.lines.values()) or any(each.groups for each in book.members.values())


def _group_menu(place: Place, page: TicketPage, groups: Sequence[str]) -> list[Buttons]:
    every = place.button(_mark(place.label("all_groups"), page.filter.group is None), "group", "all")
    choices = [
        place.button(_mark(name, page.filter.group == name), "group", packable(name)) for name in groups[:_MOST_CHOICES]
    ]
    return [[every], *rows(choices, 2), [place.button(place.label("back"), "menu", "none")]]


def _topic_menu(place: Place, page: TicketPage) -> list[Buttons]:
    every = place.button(_mark(place.label("all_topics"), page.filter.topic is None), "topic", "0")
    named = sorted((path_of(place.book, topic_id), topic_id) for topic_id in place.book.topics)[:_MOST_CHOICES]
    choices = [
        place.button(_mark(" › ".join(path), page.filter.topic == topic_id), "topic", str(topic_id))
        for path, topic_id in named
    ]
    return [[every], *rows(choices, 2), [place.button(place.label("back"), "menu", "none")]]


def _mark(text: str, is_chosen: bool) -> str:
    return f"• {text}" if is_chosen else text


async def _found(place: Place, params: Mapping[str, Any]) -> Outgoing:
    if params.get("attach") is not None:
        return await _choosing(place, params)
    page = await find(place.desk, params["query"], params.get("page", 0))
    people = [(client, place.who(client), _phone(place, client)) for client in page.contacts]
    rows_ = [place.row(view) for view in page.tickets]
    query = mask_in_text(page.query) if place.ctx.mask else page.query
    text = place.text("reports/ticket_found.j2", page=page, rows=rows_, people=people, query=query)
    opens = [_open(str(at), view.id) for at, view in enumerate(page.tickets, start=1)]
    first = len(page.tickets) + 1
    opens += [place.button(str(at), "contact", str(each.id)) for at, each in enumerate(page.contacts, start=first)]
    return Outgoing(text=text, keyboard=keyboard(*rows(opens, 4), place.pages(page.page, page.pages)))


def _phone(place: Place, client: ClientView) -> str | None:
    has_name = bool(client.name or client.account_name)
    return number(client.number, place.ctx.mask) if client.number and has_name else None


async def _choosing(place: Place, params: Mapping[str, Any]) -> Outgoing:
    """G4: whose ticket it is; a press joins, and the same screen takes it back."""
    ticket_id, done = params["attach"], params.get("done")
    people = await find_contacts(place.desk, params["query"]) if done is None else ()
    named = [(client, place.who(client), _phone(place, client)) for client in people]
    query = mask_in_text(params["query"]) if place.ctx.mask else params["query"]
    text = place.text(
        "reports/ticket_attach.j2", people=named, query=query, ticket_id=ticket_id, is_done=done is not None
    )
    if done is not None:
        undo = place.button(place.label("undo"), "undo")
        return Outgoing(text=text, keyboard=keyboard([_open(place.label("open"), ticket_id), undo]))
    choices = [place.button(str(at), "attach", str(client.id)) for at, client in enumerate(people, start=1)]
    return Outgoing(text=text, keyboard=keyboard(*rows(choices, 4)))


async def _contact(place: Place, params: Mapping[str, Any]) -> Outgoing:
    try:
        page = await contact_page(place.desk, params["client_id"], params.get("page", 0))
    except FollowupError:
        return erased(place.ctx)
    numbers = [page.client.number, *page.client.other_numbers] if page.client.number else []
    shown = ", ".join(cut(number(each, place.ctx.mask), 40) for each in numbers[:4])
    # What he writes from leads to him as a number does: where numbers are masked it is not shown.
    writes_from = "" if place.ctx.mask else ", ".join(cut(each, 40) for each in page.client.writes_from[:4])
    given = {"who": place.who(page.client), "numbers": shown, "writes_from": writes_from}
    text = place.text("reports/ticket_history.j2", page=page, lines=_lines(place, page), **given)
    opens = [_open(place.label("numbered", num=view.id), view.id) for view in page.open_tickets[:6]]
    return Outgoing(text=text, keyboard=keyboard(*rows(opens, 3), place.pages(page.page, page.pages)))


def _lines(place: Place, page: ContactPage) -> list[tuple[Any, str | None]]:
    masked = place.ctx.mask
    return [(line, line.text and cut(mask_in_text(line.text) if masked else line.text, 120)) for line in page.lines]


TICKET_SCREENS: dict[str, Callable[[Place, Mapping[str, Any]], Awaitable[Outgoing]]] = {
    "tickets": _list,
    "found": _found,
    "contact": _contact,
}
