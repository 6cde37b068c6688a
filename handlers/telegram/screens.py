"""Lists that a person pages through: the queue, the settings, the self-test. What they show is stored, not remembered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import structlog
from aiogram import Router
from aiogram.types import CallbackQuery

from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.teams import actions as teams
from followup.teams.desk import Desk
from handlers.telegram.duty import DUTY_OPS
from handlers.telegram.front import Caller, Front
from handlers.telegram.reports import REPORT_OPS
from handlers.telegram.showing import show_card, show_ticket
from handlers.telegram.tickets_lists import TICKET_SCREEN_OPS
from handlers.telegram.tickets_settings import DIRECTORY_OPS
from handlers.telegram.visits import Op, Visit, open_screen, refresh, show, turn_page
from messenger.answers import refusal, toast
from messenger.buttons import ScreenPress, id_in, unpacked
from messenger.letters import NEW_SCREEN
from messenger.render import LANGUAGES

log = structlog.get_logger()

_SHOWN = {"open": show_card, "ticket": show_ticket}  # a case, a ticket: by a number of the screen
_MENUS = {"none": None, "lines": "lines", "export": "export", "reasons": "reasons"}
_DIRECTORIES = ("topics", "results", "statuses", "fan")
Params = dict[str, Any]


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="screens")
    routes.callback_query.register(on_press, ScreenPress.filter())
    return routes


async def on_press(query: CallbackQuery, callback_data: ScreenPress, caller: Caller, front: Front) -> None:
    """Answer in words whatever happens."""
    language = caller.language
    try:
        team_id = await _team_of(front, caller, callback_data, query)
        gone: tuple[int, int] | None = None
        async with front.desk(team_id) as desk:
            language = desk.book.policy.language
            if callback_data.op in _SHOWN and callback_data.arg:
                shows = _SHOWN[callback_data.op]
                gone = await shows(desk, _here(desk, caller), id_in(callback_data.arg) or 0)
                kind = None
            else:
                kind = await _do(desk, caller, callback_data, query)
    except FollowupError as refused:
        log.info("press refused", op=callback_data.op, why=refused.key, who=caller.telegram_id)
        await front.gateway.answer(query.id, refusal(refused, language, now=front.clock.now()), alert=True)
        return
    await front.gateway.answer(query.id, toast(kind, language) if kind else None)
    if gone is not None:
        await front.gateway.delete(*gone)


def _here(desk: Desk, caller: Caller) -> notices.Chat:
    caller.member_of(desk.book)
    return caller.chat_of(desk.book.id)


async def _team_of(front: Front, caller: Caller, press: ScreenPress, query: CallbackQuery) -> int:
    """Whose screen it is: a stored screen's team, or for a button without one the team of the chat."""
    mine = [team_id for team_id, _ in caller.memberships]
    async with front.database.read() as c:
        if press.screen != NEW_SCREEN:
            screen = await screens.screen(c, press.screen, mine)
            if screen is not None:
                return int(screen["team_id"])
        elif query.message is not None:
            letter = await notices.letter_shown_as(c, caller.chat_id, query.message.message_id)
            card = await notices.card_shown_as(c, caller.chat_id, query.message.message_id)
            found = letter or card
            if found is not None and found["team_id"] in mine:
                return int(found["team_id"])
    raise FollowupError("not_yours")


async def _do(desk: Desk, caller: Caller, press: ScreenPress, query: CallbackQuery) -> str | None:
    member, chat = caller.member_of(desk.book), caller.chat_of(desk.book.id)
    if press.op == "queue":
        await open_screen(desk, chat, member, "missed", {})
        return None
    screen_id = press.screen
    if press.screen == NEW_SCREEN and query.message is not None:
        card = await notices.card_shown_as(desk.c, caller.chat_id, query.message.message_id)
        screen_id = card["subject_id"] if card is not None else NEW_SCREEN
    screen = await screens.screen(desk.c, screen_id, [desk.book.id])
    if screen is None:
        raise FollowupError("nothing_here")
    visit = Visit(desk=desk, caller=caller, member=member, chat=chat, screen=screen, arg=press.arg or "")
    op = _OPS.get((screen["kind"], press.op))
    if op is None:
        raise FollowupError("nothing_here")
    return await op(visit)


async def _tab(visit: Visit) -> None:
    await show(visit, tab="processed" if visit.arg == "processed" else "open", page=0)


async def _day(visit: Visit) -> None:
    await show(visit, day=None if visit.arg == "all" else _date(visit.arg).isoformat(), page=0)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FollowupError("nothing_here") from None


async def _line(visit: Visit) -> None:
    await show(visit, line=None if visit.arg == "all" else unpacked(visit.arg, list(visit.desk.book.lines)), page=0)


async def _menu(visit: Visit) -> None:
    if visit.arg not in _MENUS:
        raise FollowupError("nothing_here")
    await show(visit, menu=_MENUS[visit.arg])


async def _settings_menu(visit: Visit) -> None:
    if visit.arg in _DIRECTORIES:
        await show(visit, menu=visit.arg, under=None, result=None, adding=False, page=0)
    else:
        await _menu(visit)


async def _export(visit: Visit) -> None:
    """R9: the same rows as the screen, all pages of them, as a file in this chat."""
    if visit.arg not in ("csv", "xlsx"):
        raise FollowupError("nothing_here")
    letter = notices.Letter(
        team_id=visit.desk.book.id,
        chat_id=visit.chat.id,
        kind="file",
        at=visit.desk.now,
        payload={"filter": visit.screen["params"], "format": visit.arg},
        priority=priorities.FILE,
        key=f"file:{visit.caller.source_key}",
    )
    await notices.add_letter(visit.desk.c, letter)
    await show(visit)


def _head(op: Op) -> Op:
    async def checked(visit: Visit) -> str | None:
        if not visit.member.may_lead:
            raise FollowupError("team_only_head")
        return await op(visit)

    return checked


def _setting(key: str, offered: Collection[str]) -> Op:
    async def change(visit: Visit) -> str:
        if visit.arg not in offered:
            raise FollowupError("nothing_here")
        await teams.set_team(visit.desk.c, visit.desk.book.id, {key: visit.arg}, visit.desk.now)
        await show(visit)
        return "settings_saved"

    return change


async def _drop(visit: Visit) -> str:
    known = [(reason.code, reason.title) for reason in visit.desk.book.reasons]
    gone = unpacked(visit.arg, [code for code, _ in known])
    if gone is None:
        raise FollowupError("nothing_here")
    await teams.set_reasons(visit.desk.c, visit.desk.book.id, [pair for pair in known if pair[0] != gone])
    await show(visit, menu="reasons")
    return "reason_dropped"


async def _standard(visit: Visit) -> str:
    standard = [(code, None) for code in teams.DEFAULT_REASONS]
    await teams.set_reasons(visit.desk.c, visit.desk.book.id, standard)
    await show(visit, menu="reasons")
    return "settings_saved"


async def _add(visit: Visit) -> str:
    letter = notices.Letter(
        team_id=visit.desk.book.id,
        chat_id=visit.chat.id,
        kind="question",
        at=visit.desk.now,
        payload={"purpose": "title", "member_id": visit.member.id},
        priority=priorities.ANSWER,
        key=f"question:{visit.caller.source_key}",
    )
    await notices.add_letter(visit.desk.c, letter)
    return "question_sent"


async def _selftest(visit: Visit) -> None:
    await screens.change_screen(visit.desk.c, visit.desk.book.id, visit.screen["id"], {"step": "passed"})
    await notices.raise_cards(visit.desk.c, visit.desk.book.id, "screen", [visit.screen["id"]], priorities.ANSWER)


_OPS: dict[tuple[str, str], Op] = {
    **{("report", name): op for name, op in REPORT_OPS.items()},
    **TICKET_SCREEN_OPS,
    **DUTY_OPS,
    ("missed", "tab"): _tab,
    ("missed", "day"): _day,
    ("missed", "line"): _line,
    ("missed", "page"): turn_page,
    ("missed", "menu"): _menu,
    ("missed", "refresh"): refresh,
    ("missed", "export"): _export,
    **{("settings", name): _head(op) for name, op in DIRECTORY_OPS.items()},
    ("settings", "menu"): _head(_settings_menu),
    ("settings", "lang"): _head(_setting("language", LANGUAGES)),
    ("settings", "quiet"): _head(_setting("quiet", ("on", "off"))),
    ("settings", "drop"): _head(_drop),
    ("settings", "standard"): _head(_standard),
    ("settings", "add"): _head(_add),
    ("selftest", "selftest"): _selftest,
}
