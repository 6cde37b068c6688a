"""Presses under a ticket's card: each one call into the business, one toast back, at once."""

from __future__ import annotations

import structlog
from aiogram import Router
from aiogram.types import CallbackQuery

from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.desk import Desk
from followup.tickets import store
from handlers.telegram import tickets_asking as asking
from handlers.telegram import tickets_work as work
from handlers.telegram.front import Caller, Front
from handlers.telegram.menus import check_opener, close_menu
from handlers.telegram.tickets_turn import Answer, Op, Turn
from messenger.answers import refusal, toast
from messenger.buttons import TicketPress
from messenger.results import Sent

log = structlog.get_logger()

_OUT_OF_DATE = frozenset({"stale_card", "ticket_gone", "ticket_closed", "ticket_open"})
_IN_MENU: dict[str, Op] = {**work.IN_MENU, **asking.IN_MENU}
_OPS: dict[str, Op] = {**work.PLAIN, **_IN_MENU, **work.MENUS}


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="tickets")
    routes.callback_query.register(on_press, TicketPress.filter())
    return routes


async def on_press(query: CallbackQuery, callback_data: TicketPress, caller: Caller, front: Front) -> None:
    """Answer in words whatever happens; a refusal is an alert that only the presser sees."""
    language, timezone, now = caller.language, "UTC", front.clock.now()
    try:
        async with front.database.glance() as c:
            team_id = await store.team_of_ticket(c, callback_data.ticket)
        if team_id is None or team_id not in dict(caller.memberships):
            raise FollowupError("not_yours")
        async with front.desk(team_id) as desk:
            language, timezone = desk.book.policy.language, desk.book.policy.timezone
            answer = await _do(desk, caller, callback_data)
    except FollowupError as error:
        log.info("press refused", op=callback_data.op, why=error.key, who=caller.telegram_id)
        await front.gateway.answer(query.id, refusal(error, language, timezone=timezone, now=now), alert=True)
        if error.key in _OUT_OF_DATE and team_id is not None:
            await _refresh(front, team_id, callback_data.ticket)
        return
    text = toast(answer.kind, language, timezone=timezone, now=now, **answer.values) if answer.kind else answer.words
    await front.gateway.answer(query.id, text, alert=answer.is_alert)
    if answer.gone is not None and not isinstance(await front.gateway.delete(*answer.gone), Sent):
        log.info("an old card stays", chat=answer.gone[0], message=answer.gone[1])


async def _refresh(front: Front, team_id: int, ticket_id: int) -> None:
    """The press met something that is gone: the card shows what there is."""
    async with front.desk(team_id) as desk:
        await notices.raise_cards(desk.c, team_id, "ticket", [ticket_id], priorities.ANSWER)


async def _do(desk: Desk, caller: Caller, press: TicketPress) -> Answer:
    op = _OPS.get(press.op)
    member, chat = caller.member_of(desk.book), caller.chat_of(desk.book.id)
    if op is None:
        raise FollowupError("nothing_here")
    card = await notices.card_of(desk.c, desk.book.id, chat.id, "ticket", press.ticket)
    if press.op in _IN_MENU:
        check_opener(desk, card, member)
    arg = press.arg or ""
    turn = Turn(desk=desk, caller=caller, member=member, chat=chat, card=card, ticket_id=press.ticket, arg=arg)
    answer = await op(turn)
    if press.op in _IN_MENU or press.op in work.PLAIN:
        await close_menu(desk, card)
    return answer
