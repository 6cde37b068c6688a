"""Answers to the bot's questions. The question itself is a stored letter, so a restart in between changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from html import escape

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import Message
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases import actions, merging
from followup.cases.actions import Press, checked_text
from followup.cases.later import parse_later
from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.teams import actions as teams
from followup.teams.desk import Desk
from followup.tickets.attaching import follow_joined_case
from followup.tickets.follow import follow_case
from handlers.telegram.front import Caller, Front
from handlers.telegram.reports import days_typed
from handlers.telegram.tickets_replies import TICKET_PURPOSES
from handlers.telegram.tickets_settings import DIRECTORY_PURPOSES
from messenger.answers import refusal
from messenger.words import ANOTHER_REASON
from storage.rows import Row

_ANSWER_WITHIN = timedelta(minutes=10)  # a plain text in private answers a question asked this recently
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A person's words to a question."""

    desk: Desk
    press: Press
    question: Row
    text: str


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="replies")
    routes.message.register(on_answer, F.text | F.caption | F.reply_to_message, AnswersQuestion())
    return routes


class AnswersQuestion(Filter):
    """Finds the question that a message answers: the one it replies to, or in private the last one asked."""

    async def __call__(self, message: Message, caller: Caller, front: Front) -> bool | dict[str, Row]:
        """The question's row, or False: the message is none of the bot's business."""
        async with front.database.read() as c:
            question = await _question_of(c, message, caller, front)
        is_question = question is not None and question["kind"] == "question"
        return {"question": question} if question is not None and is_question else False


async def _question_of(c: AsyncConnection, message: Message, caller: Caller, front: Front) -> Row | None:
    if message.reply_to_message is not None:
        return await notices.letter_shown_as(c, caller.chat_id, message.reply_to_message.message_id)
    if not caller.is_private or (message.text or "").startswith("/"):
        return None
    since = front.clock.now() - _ANSWER_WITHIN
    return await notices.last_question(c, [chat.id for chat in caller.chats], since)


async def on_answer(message: Message, caller: Caller, front: Front, question: Row) -> None:
    """Do what the question was about; a refusal is written under the answer and the question stays open."""
    text = message.text or message.caption or ""
    try:
        async with front.desk(question["team_id"]) as desk:
            await _answer(desk, caller, question, text)
    except FollowupError as error:
        await _refuse(message, caller, front, (question, error))
        return
    await front.gateway.delete(question["shown_in"], question["message_id"])


async def _answer(desk: Desk, caller: Caller, question: Row, text: str) -> None:
    member, asked = caller.member_of(desk.book), question["payload"]["member_id"]
    if member.id != asked:
        raise FollowupError("question_of_other", name=desk.book.member_name(asked))
    if question["payload"].get("answered"):
        raise FollowupError("question_answered")
    press = Press(case_id=question["payload"].get("case_id", 0), member=member, source_key=caller.source_key)
    await _PURPOSES[question["payload"]["purpose"]](Reply(desk=desk, press=press, question=question, text=text))
    if "case_id" in question["payload"]:
        await follow_case(desk, question["payload"]["case_id"])
    payload = question["payload"] | {"answered": True}
    await notices.change_letter(desk.c, desk.book.id, question["id"], payload=payload)


async def _reason(reply: Reply) -> None:
    await actions.handle_case(reply.desk, reply.press, ANOTHER_REASON, reply.text)


async def _note(reply: Reply) -> None:
    await actions.note_case(reply.desk, reply.press, reply.text)


async def _snooze(reply: Reply) -> None:
    until = parse_later(reply.text, reply.desk.now, reply.desk.book.policy.timezone)
    await actions.snooze_case(reply.desk, reply.press, until)


async def _number(reply: Reply) -> None:
    await merging.join_number(reply.desk, reply.press, reply.text)
    await follow_joined_case(reply.desk, reply.press.case_id)


async def _title(reply: Reply) -> None:
    """A new Handle reason; its code is its number, its title what was typed."""
    if not reply.press.member.may_lead:
        raise FollowupError("team_only_head")
    title = checked_text(reply.text)
    if len(title) > _LONGEST_TITLE:
        raise FollowupError("text_too_long", found=len(title), expected=_LONGEST_TITLE)
    book = reply.desk.book
    known = [(reason.code, reason.title) for reason in book.reasons]
    await teams.set_reasons(reply.desk.c, book.id, [*known, (f"own{reply.question['id']}", title)])
    await screens.raise_screens(reply.desk.c, book.id, "settings")


async def _period(reply: Reply) -> None:
    """The days of a report, typed."""
    screen_id, team_id = reply.question["payload"]["screen_id"], reply.desk.book.id
    screen = await screens.screen(reply.desk.c, screen_id, [team_id])
    if screen is None:
        raise FollowupError("nothing_here")
    params = {**screen["params"], **days_typed(reply.desk, screen["params"], reply.text)}
    await screens.change_screen(reply.desk.c, team_id, screen_id, params)
    await notices.raise_cards(reply.desk.c, team_id, "screen", [screen_id], priorities.ANSWER)


_PURPOSES: dict[str, Callable[[Reply], Awaitable[None]]] = {
    "reason": _reason,
    "note": _note,
    "snooze": _snooze,
    "number": _number,
    "title": _title,
    "period": _period,
    **TICKET_PURPOSES,
    **DIRECTORY_PURPOSES,
}


async def _refuse(message: Message, caller: Caller, front: Front, why: tuple[Row, FollowupError]) -> None:
    question, error = why
    async with front.desk(question["team_id"]) as desk:
        policy = desk.book.policy
        text = refusal(error, policy.language, timezone=policy.timezone, now=desk.now)
        letter = notices.Letter(
            team_id=desk.book.id,
            chat_id=question["chat_id"],
            kind="words",
            at=desk.now,
            payload={"text": escape(text, quote=False), "reply_to": message.message_id},
            priority=priorities.ANSWER,
            key=f"refusal:{caller.source_key}",
        )
        await notices.add_letter(desk.c, letter)
