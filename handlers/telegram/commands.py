"""Commands: what a person types with a slash."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from html import escape
from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from followup.digests.figures import today
from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.notices.store import Place
from followup.teams.book import Member
from followup.teams.desk import Desk
from handlers.telegram.front import Caller, Front
from handlers.telegram.reports import report_command
from handlers.telegram.tickets_lists import find_command, mine_command, tickets_command
from handlers.telegram.visits import open_screen
from messenger import letters as say
from messenger.answers import refusal

_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?")
_PROCESSED = frozenset({"processed", "done", "обработанные", "опрацьовані"})
Do = Callable[[Desk, notices.Chat, Member, str], Awaitable[None]]


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="commands")
    routes.message.register(_command(_missed), Command("missed"))
    routes.message.register(_command(report_command), Command("report"))
    routes.message.register(_command(tickets_command), Command("tickets"))
    routes.message.register(_command(mine_command), Command("mine"))
    routes.message.register(_command(find_command), Command("find"))
    routes.message.register(_command(_digest), Command("digest"))
    routes.message.register(_command(_selftest), Command("selftest"))
    routes.message.register(_command(_settings), Command("settings"))
    routes.message.register(_command(_help), Command("help"))
    routes.message.register(on_start, Command("start"))
    return routes


def _command(do: Do) -> Callable[..., Awaitable[None]]:
    """Run a command for every team that the caller and the chat share; strangers are told how to get in."""

    async def run(_: Message, command: CommandObject, caller: Caller, front: Front) -> None:
        await _meet(caller, front)
        teams = teams_here(caller)
        for team_id, place in teams:
            try:
                async with front.desk(team_id) as desk:
                    chat = await notices.ensure_chat(desk.c, team_id, place)
                    await do(desk, chat, caller.member_of(desk.book), command.args or "")
            except FollowupError as error:
                await refuse(front, team_id, place, error)
        if not teams:
            await turn_away(caller, front)

    return run


async def refuse(front: Front, team_id: int, place: Place, error: FollowupError) -> None:
    async with front.desk(team_id) as desk:
        chat = await notices.ensure_chat(desk.c, team_id, place)
        text = escape(refusal(error, desk.book.policy.language, now=desk.now), quote=False)
        await _say(desk, chat, "words", {"text": text})


def teams_here(caller: Caller) -> list[tuple[int, Place]]:
    """In private: all teams of the person. In a group: the teams at home there that he belongs to."""
    mine = dict(caller.memberships)
    if caller.is_private:
        return [(team, Place(caller.chat_id, 0, "private", member)) for team, member in mine.items()]
    here = dict.fromkeys(chat.team_id for chat in caller.chats if chat.team_id in mine)
    return [(team, Place(caller.chat_id, caller.thread_id)) for team in here]


async def _meet(caller: Caller, front: Front) -> None:
    """Whoever writes in private can be written to from now on."""
    if not caller.is_private:
        return
    for team_id, member_id in caller.memberships:
        async with front.desk(team_id) as desk:
            place = Place(caller.chat_id, 0, "private", member_id)
            await notices.ensure_chat(desk.c, team_id, place)


async def turn_away(caller: Caller, front: Front) -> None:
    """A stranger is told his id, which an owner needs to let him in; a group without a team, its own."""
    context = _strangers_context(caller, front)
    if caller.is_private or caller.chats:
        outgoing = say.not_member(caller.telegram_id, context)
    else:
        outgoing = say.added_to_group(caller.chat_id, context, is_connected=False)
    await front.gateway.send(caller.chat_id, caller.thread_id, outgoing)


def _strangers_context(caller: Caller, front: Front, title: str = "") -> say.LetterContext:
    return say.LetterContext(
        language=caller.language, timezone="UTC", mask=True, team_name=title, now=front.clock.now()
    )


async def on_start(message: Message, caller: Caller, front: Front) -> None:
    """The bot's first minutes: what to do next, by role and chat."""
    del message
    await _meet(caller, front)
    teams = teams_here(caller)
    if not teams and caller.is_private:
        stranger = say.start_stranger(caller.telegram_id, _strangers_context(caller, front))
        await front.gateway.send(caller.chat_id, 0, stranger)
        return
    if not teams:
        await turn_away(caller, front)
        return
    names, role = [], ""
    async with front.database.read() as c:
        for team_id, _ in teams:
            book = await front.shelf.book(c, team_id)
            names.append(book.name)
            role = role or caller.member_of(book).role
    team_id, place = teams[0]
    async with front.desk(team_id) as desk:
        chat = await notices.ensure_chat(desk.c, team_id, place)
        about = {"what": "start", "role": role, "name": caller.name, "teams": names}
        await _say(desk, chat, "hello", about)


async def _say(desk: Desk, chat: notices.Chat, kind: str, payload: dict[str, Any]) -> None:
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=chat.id,
        kind=kind,
        at=desk.now,
        payload=payload,
        priority=priorities.ANSWER,
    )
    await notices.add_letter(desk.c, letter)


async def _missed(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    words = args.lower().split()
    params: dict[str, Any] = {"tab": "processed" if _PROCESSED & set(words) else "open"}
    day = next((day for word in words if (day := _day(word, today(desk)))), None)
    await open_screen(desk, chat, member, "missed", params | {"day": day.isoformat() if day else None})


def _day(word: str, this_day: date) -> date | None:
    match = _DAY.fullmatch(word)
    try:
        if match:
            return date(int(match[3] or this_day.year), int(match[2]), int(match[1]))
        return date.fromisoformat(word)
    except ValueError:
        return None


async def _digest(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    """Today so far, for whoever asks; the evening's digest still comes."""
    del member
    day = _day(args.strip(), today(desk)) or today(desk)
    await _say(desk, chat, "digest", {"day": min(day, today(desk)).isoformat(), "digest_id": None, "due_at": None})


async def _selftest(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    del args
    await open_screen(desk, chat, member, "selftest", {"step": "sent"})


async def _settings(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    del args
    if not member.may_lead:
        raise FollowupError("team_only_head")
    await open_screen(desk, chat, member, "settings", {})


async def _help(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    del args
    await _say(desk, chat, "hello", {"what": "help", "role": member.role})
