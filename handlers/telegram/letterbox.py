"""Clients: whoever is no member, or came by a team's link, writes to that team in his private chat with the bot."""

from __future__ import annotations

import structlog
from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import Message
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls import messages_store as messages
from followup.clients import accounts_store as accounts
from followup.teams import store as teams
from followup.teams.book import TeamBook
from followup.tickets import letterbox_client as letterbox
from followup.tickets import letterbox_store
from followup.tickets.answering import chat_is_lost
from followup.tickets.letterbox_entry import PREFIX, team_of_entry
from handlers.telegram.front import Caller, Front
from handlers.telegram.letterbox_reading import KINDS, UNREADABLE, kind_of, start_payload, visitor_of, words_of
from messenger.letterbox import client_letter
from messenger.letters import LetterContext

log = structlog.get_logger()


def router() -> Router:
    """Before every other: to whoever is no member a command is a text like any other."""
    routes = Router(name="letterbox")
    routes.message.register(on_link, F.chat.type == "private", ByLink())
    routes.message.register(on_words, F.chat.type == "private", FromStranger())
    return routes


def late_router() -> Router:
    """After everything that is a member's own: he may be another company's client besides."""
    routes = Router(name="letterbox of members")
    routes.message.register(on_words, F.chat.type == "private", FromMember())
    return routes


class ByLink(Filter):
    """/start with a team's own link; ``team``: whose."""

    async def __call__(self, message: Message, front: Front) -> bool | dict[str, TeamBook]:
        """A forged link, or that of a team which takes no words, is a plain /start."""
        payload = start_payload(message) or ""
        team_id = team_of_entry(front.seal, payload) if payload.startswith(PREFIX) else None
        if team_id is None:
            return False
        async with front.database.read() as c:
            book = await _listening(c, front, team_id)
        return {"team": book} if book else False


class FromStranger(Filter):
    """Words of somebody who belongs to no team, to a team that lets him write; ``team``: which."""

    async def __call__(self, message: Message, caller: Caller, front: Front) -> bool | dict[str, TeamBook]:
        """His own team, or the only one there is."""
        if caller.memberships:
            return False
        async with front.database.read() as c:
            team_id = await _his_team(c, caller, message)
            book = await _listening(c, front, team_id) if team_id is not None else None
            # Words meant for a team that takes none any more are not given to another one; /start asks anew.
            if team_id is None or (book is None and start_payload(message) is not None):
                book = await _only_team(c, front)
        return {"team": book} if book else False


class FromMember(Filter):
    """Words of a member of one company who has come to another one as a client; ``team``: the other one."""

    async def __call__(self, message: Message, caller: Caller, front: Front) -> bool | dict[str, TeamBook]:
        """Commands are a member's own, but for /stop."""
        text = message.text or ""
        if not caller.memberships or (text.startswith("/") and not _is_stop(message)):
            return False
        async with front.database.read() as c:
            team_id = await _his_team(c, caller, message)
            book = await _listening(c, front, team_id) if team_id is not None else None
        return {"team": book} if book else False


async def _his_team(c: AsyncConnection, caller: Caller, message: Message) -> int | None:
    """Whose message he answers; else to whom he has come last. Where he works he is no client."""
    own = [row for row in await accounts.accounts_of_telegram(c, caller.telegram_id) if row["consent_at"] is not None]
    own = [row for row in own if row["team_id"] not in dict(caller.memberships)]
    if not own:
        return None
    if message.reply_to_message is not None:
        answered = await messages.copied_as(c, caller.chat_id, message.reply_to_message.message_id)
        if answered is not None and answered["team_id"] in {row["team_id"] for row in own}:
            return int(answered["team_id"])
    return int(max(own, key=lambda row: row["consent_at"])["team_id"])


async def _only_team(c: AsyncConnection, front: Front) -> TeamBook | None:
    """Whoever comes without a link can mean nobody else, if there is one such team."""
    found = None
    for team_id in await letterbox_store.teams_that_may_listen(c):
        book = await _listening(c, front, team_id)
        if book is not None and found is not None:
            return None
        found = book or found
    return found


async def _listening(c: AsyncConnection, front: Front, team_id: int) -> TeamBook | None:
    if await teams.revision(c, team_id) is None:
        return None
    book = await front.shelf.book(c, team_id)
    return book if book.policy.text_channel else None


def _is_stop(message: Message) -> bool:
    return (message.text or "").partition("@")[0].strip() == "/stop"


async def on_link(message: Message, caller: Caller, front: Front, team: TeamBook) -> None:
    """He writes to this team from now on; its own people are told whose link it is."""
    del message
    if team.id in dict(caller.memberships):
        await _say_now(front, caller, team, "own_link")
        return
    async with front.desk(team.id) as desk:
        await letterbox.come_in(desk, visitor_of(caller), is_by_link=True)


async def on_words(message: Message, caller: Caller, front: Front, team: TeamBook) -> None:
    """One message of a client."""
    kind, visitor = kind_of(message), visitor_of(caller)
    if _is_stop(message):
        await _stop(caller, front, team)
    elif start_payload(message) is not None:
        async with front.desk(team.id) as desk:
            await letterbox.come_in(desk, visitor, is_by_link=False)
    elif kind in KINDS:
        async with front.desk(team.id) as desk:
            outcome = await letterbox.take_words(desk, visitor, words_of(message))
        if outcome in ("blocked", "too_fast"):
            log.info("a client is not heard", why=outcome, who=caller.telegram_id, team=team.id)
    elif kind in UNREADABLE:
        async with front.desk(team.id) as desk:
            await letterbox.say_unreadable(desk, visitor)


async def _stop(caller: Caller, front: Front, team: TeamBook) -> None:
    async with front.desk(team.id) as desk:
        chat = await letterbox.stop(desk, visitor_of(caller))
        if chat is not None:
            await chat_is_lost(desk, chat, letterbox.STOPPED)
    if chat is not None:
        await _say_now(front, caller, team, "stopped")


async def _say_now(front: Front, caller: Caller, team: TeamBook, what: str) -> None:
    """Past the outbox: to somebody whom it does not write to."""
    zone = team.policy.timezone
    context = LetterContext(
        language=caller.language, timezone=zone, mask=True, team_name=team.name, now=front.clock.now()
    )
    await front.gateway.send(caller.chat_id, 0, client_letter(what, caller.language, context))
