"""What a card or a letter says when its turn comes: always the stored truth of that moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases.actions import may_reopen
from followup.cases.queue_store import queue_page
from followup.cases.reading import case_view, case_views, history
from followup.cases.reconcile import REOPEN_WITHIN
from followup.cases.store import cases_by_id
from followup.cases.views import QueueFilter
from followup.clock import Clock
from followup.health import store as health
from followup.notices import priorities, queue_store
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.notices.bundles_store import bundled_cases
from followup.reminders.actions import note_shown
from followup.teams import store as teams
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.teams.shelf import Shelf
from messenger.bundle_screen import bundle_card
from messenger.chats import ChatContext, MemberChoice, Menu, ReasonChoice
from messenger.content_protocol import Rendered
from messenger.duty_screen import duty_message, handover_message
from messenger.erased import erased, erased_letter, forget_screen
from messenger.gateway import Gateway
from messenger.letterbox import changed_copy
from messenger.letters import LetterContext, selftest
from messenger.outgoing import Outgoing
from messenger.queue_screen import QueueContext, queue_screen
from messenger.report_content import report_message
from messenger.screens import case_card
from messenger.settings_screen import settings_screen
from messenger.ticket_content import ticket_message
from messenger.ticket_directories import ticket_screen
from messenger.ticket_screens import Place as TicketPlace
from storage.engine import Database
from storage.rows import Row


@dataclass(frozen=True, slots=True)
class Readers:
    """What every rendering needs: one consistent view of the database, the team's book, the chat, the moment.

    ``address``: the bot's user name, where links to it may be wanted and Telegram has told it.
    """

    c: AsyncConnection
    book: TeamBook
    chat: notices.Chat
    now: datetime
    address: str | None = None

    @property
    def is_private(self) -> bool:
        """Telegram's private chats have positive ids."""
        return self.chat.telegram_id > 0

    @property
    def mask(self) -> bool:
        """Numbers are masked in groups, everywhere, or nowhere: the team's choice."""
        chosen = self.book.policy.mask_numbers
        return chosen == "always" or (chosen == "groups" and not self.is_private)

    @property
    def context(self) -> LetterContext:
        """The same for letters."""
        policy = self.book.policy
        return LetterContext(
            language=policy.language,
            timezone=policy.timezone,
            mask=self.mask,
            team_name=self.book.name,
            now=self.now,
        )


class StoredCards:
    """Cards of cases and screens, rendered from the database."""

    def __init__(self, database: Database, clock: Clock, shelf: Shelf, gateway: Gateway) -> None:
        self._database = database
        self._clock = clock
        self._shelf = shelf
        self._gateway = gateway

    async def card(self, row: Row) -> Rendered | None:
        """The card as it has to stand now; None if there is nothing to show (any more)."""
        is_screen = row["subject"] == "screen"
        address = await self._gateway.address() if is_screen else None  # no network inside a transaction
        # A screen may be a report: too long a question for a glance.
        async with self._database.read() if is_screen else self._database.glance() as c:
            book = await self._shelf.book(c, row["team_id"], row["revision"])
            readers = Readers(c, book, queue_store.chat_of(row), self._clock.now(), address)
            return await _SUBJECTS[row["subject"]](readers, row)

    async def card_shown(self, c: AsyncConnection, row: Row, now: datetime, *, first: bool) -> None:
        """Promise 11: the clocks of a case start with its first shown alert."""
        desk = Desk(c, await self._shelf.book(c, row["team_id"]), now)
        if row["subject"] == "case":
            await _case_shown(desk, row, first=first)
        elif row["subject"] == "bundle":
            await note_shown(desk, row["names"])
        elif first and row["subject"] == "screen":
            await _screen_shown(desk, row)


async def _case(readers: Readers, row: Row) -> Rendered | None:
    view = await case_view(readers.c, readers.book, row["subject_id"])
    was_asked_for = row["priority"] == priorities.ANSWER
    if view is None or (view.state != "open" and row["message_id"] is None and not was_asked_for):
        return None  # promise 12: what is no longer true is not sent
    if view.is_erased:
        return Rendered(erased(readers.context), is_open=False)
    menu = await _menu(readers, row)
    shown = await history(readers.c, readers.book, view.id) if menu and menu.kind == "history" else ()
    policy = readers.book.policy
    chat = ChatContext(
        kind="private" if readers.is_private else "team",
        language=policy.language,
        timezone=policy.timezone,
        mask=readers.mask,
        sla=policy.sla,
        reasons=await _reasons(readers),
        members=tuple(MemberChoice(m.id, m.name) for m in readers.book.members.values() if m.may_work),
        history=shown,
    )
    return Rendered(case_card(view, chat, menu, readers.now), is_open=view.state == "open")


async def _menu(readers: Readers, row: Row) -> Menu | None:
    menu = row["menu"]
    if not menu or row["menu_until"] is None or row["menu_until"] <= readers.now:
        return None
    return Menu(menu["kind"], menu.get("page", 0), readers.book.member_name(menu["opener"]))


async def _reasons(readers: Readers) -> tuple[ReasonChoice, ...]:
    return tuple(ReasonChoice(reason.code, reason.title) for reason in readers.book.reasons)


async def _bundle(readers: Readers, row: Row) -> Rendered | None:
    """Promise 12: who was reached before the chat was told of him is not told of; who was forgotten is not named."""
    ids = await bundled_cases(readers.c, readers.book.id, row["id"])
    known = {case["id"] for case in await cases_by_id(readers.c, readers.book.id, ids) if case["first_shown_at"]}
    found = [view for view in await case_views(readers.c, readers.book, ids) if not view.is_erased]
    views = [view for view in found if view.state == "open" or view.id in known]
    if not views and row["message_id"] is None:
        return None
    is_open = any(view.state == "open" for view in views)
    return Rendered(bundle_card(views, readers.context), is_open=is_open, names=tuple(view.id for view in views))


_DUTY = {"duty": duty_message, "handover": handover_message}


async def _screen(readers: Readers, row: Row) -> Rendered | None:
    screen = await screens.screen(readers.c, row["subject_id"], [row["team_id"]])
    if screen is None:
        return None
    if screen["kind"] in _DUTY:
        desk = Desk(readers.c, readers.book, readers.now)
        return Rendered(await _DUTY[screen["kind"]](desk, readers.context, screen), is_open=True)
    return await _other_screen(readers, row, screen)


async def _other_screen(readers: Readers, row: Row, screen: Row) -> Rendered:
    kind, params = screen["kind"], screen["params"]
    if kind == "missed":
        return Rendered(await _queue(readers, screen["id"], params), is_open=True)
    if kind == "report":
        has_tables = (row["capabilities"] or {}).get("rich") is not False
        shows = {"mask": readers.mask, "has_tables": has_tables, "address": readers.address}
        desk = Desk(readers.c, readers.book, readers.now)
        return Rendered(await report_message(desk, readers.chat, screen, shows), is_open=True)
    desk = Desk(readers.c, readers.book, readers.now)
    place = TicketPlace(desk=desk, ctx=readers.context, screen_id=screen["id"])
    shown = await ticket_screen(place, screen)
    return Rendered(shown, is_open=True) if shown is not None else _form(readers, screen)


def _form(readers: Readers, screen: Row) -> Rendered:
    kind, params = screen["kind"], screen["params"]
    if kind == "forget":
        return Rendered(forget_screen(screen["id"], params, readers.context), is_open=False)
    if kind == "selftest":
        return Rendered(selftest(params["step"], readers.context), is_open=True)
    return Rendered(settings_screen(readers.book, readers.context, screen["id"], params.get("menu")), is_open=True)


async def _letter(readers: Readers, row: Row) -> Rendered | None:
    """A letter whose client was forgotten, or that said what was edited since; one that is deleted is not sent anew."""
    if row["message_id"] is None:
        return None
    letter = await notices.letter_by_id(readers.c, row["team_id"], row["subject_id"])
    if letter is not None and (changed := await changed_copy(readers, letter)) is not None:
        return Rendered(changed, is_open=False)
    text = await erased_letter(readers, letter) if letter else None
    return Rendered(text or erased(readers.context), is_open=False)


_SUBJECTS: dict[str, Callable[[Readers, Row], Awaitable[Rendered | None]]] = {
    "case": _case,
    "screen": _screen,
    "bundle": _bundle,
    "letter": _letter,
    "ticket": ticket_message,
}


async def _queue(readers: Readers, screen_id: int, params: Mapping[str, Any]) -> Outgoing:
    chosen = queue_filter(params)
    page = await queue_page(readers.c, readers.book, chosen, readers.now)
    policy = readers.book.policy
    context = QueueContext(
        language=policy.language,
        timezone=policy.timezone,
        mask=readers.mask,
        screen_id=screen_id,
        team_name=readers.book.name,
        window=policy.window,
        titles=await teams.reason_titles(readers.c, readers.book.id),
        menu=params.get("menu"),
        silent_since=await health.silent_since(readers.c, readers.book.id),
    )
    return queue_screen(page, context)


def queue_filter(params: Mapping[str, Any]) -> QueueFilter:
    """What a stored screen shows."""
    return QueueFilter(
        tab=params.get("tab", "open"), day=params.get("day"), line=params.get("line"), page=params.get("page", 0)
    )


async def _case_shown(desk: Desk, row: Row, *, first: bool) -> None:
    """Reopen stands under a closed card for five minutes: then the card is changed once more."""
    ids = [row["subject_id"]]
    found = await (note_shown(desk, ids) if first else cases_by_id(desk.c, desk.book.id, ids))
    case = found[0] if found else None
    if case is not None and case["state"] == "closed" and may_reopen(case, desk.now):
        until = case["closed_at"] + REOPEN_WITHIN + timedelta(seconds=1)
        await notices.change_buttons_at(desk.c, desk.book.id, row["id"], until)


async def _screen_shown(desk: Desk, row: Row) -> None:
    """The self-test edits what it has sent."""
    screen = await screens.screen(desk.c, row["subject_id"], [desk.book.id])
    if screen is not None and screen["kind"] == "selftest" and screen["params"]["step"] == "sent":
        await screens.change_screen(desk.c, desk.book.id, screen["id"], {"step": "edited"})
        await notices.raise_card(desk.c, desk.book.id, row["id"])
