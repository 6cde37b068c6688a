"""The dispatcher: middlewares and one router a feature, the most used first."""

from __future__ import annotations

import structlog
from aiogram import Dispatcher, Router
from aiogram.types import CallbackQuery

from followup.errors import FollowupError
from handlers.telegram import (
    cases,
    chats,
    commands,
    duty,
    finding_inline,
    forget,
    letterbox,
    letterbox_team,
    replies,
    screens,
    tickets,
    tickets_links,
)
from handlers.telegram.front import Caller, Front
from handlers.telegram.middlewares import WhoIsIt
from messenger.answers import refusal

log = structlog.get_logger()


def build_dispatcher(front: Front) -> Dispatcher:
    """All handlers of the bot. Conversations live in the database, so aiogram's own FSM is off."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.update.outer_middleware(WhoIsIt(front))
    dispatcher.include_routers(
        letterbox.router(),  # to whoever is no member a command is a text like any other
        cases.router(),
        tickets.router(),
        tickets_links.router(),
        forget.router(),
        screens.router(),
        commands.router(),
        duty.router(),
        replies.router(),
        letterbox_team.router(),
        letterbox.late_router(),
        chats.router(),
        finding_inline.router(),
        _last_resort(),
    )
    return dispatcher


def _last_resort() -> Router:
    """A button of an older version, or none of ours: answered in words like every press (promise 8)."""
    routes = Router(name="last resort")
    routes.callback_query.register(_on_unknown_press)
    return routes


async def _on_unknown_press(query: CallbackQuery, caller: Caller, front: Front) -> None:
    error = FollowupError("nothing_here" if caller.memberships else "not_yours")
    log.info("press refused", data=(query.data or "")[:64], why=error.key, who=caller.telegram_id)
    await front.gateway.answer(query.id, refusal(error, caller.language, now=front.clock.now()), alert=True)
