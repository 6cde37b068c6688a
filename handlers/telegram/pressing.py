"""A press under a card: looked up, done in one transaction, answered in words whatever happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog
from aiogram.types import CallbackQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk
from handlers.telegram.front import Caller, Front
from handlers.telegram.menus import check_opener, close_menu
from messenger.answers import refusal, toast
from messenger.results import Sent
from storage.rows import Row

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """A toast: its kind and what fills it, or ready ``words``; ``gone`` is an old message that the new card replaces."""

    kind: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    is_alert: bool = False
    words: str | None = None
    gone: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One press, looked up: whose, about what, in which chat, under which card."""

    desk: Desk
    caller: Caller
    member: Member
    chat: notices.Chat
    card: Row | None
    id: int
    arg: str


T = TypeVar("T", bound=Turn)
Op = Callable[[T], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKind(Generic[T]):
    """What a card is about, and what its buttons do.

    ``in_menu``: only for who opened the menu; these and ``plain`` close it. ``after`` follows them in the same
    transaction. A refusal that is ``out_of_date`` says that the card is: it is shown anew.
    """

    name: notices.Subject
    turn: type[T]
    team_of: Callable[[AsyncConnection, int], Awaitable[int | None]]
    plain: Mapping[str, Op[T]]
    in_menu: Mapping[str, Op[T]]
    others: Mapping[str, Op[T]]
    out_of_date: frozenset[str]
    after: Callable[[T], Awaitable[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """What the button says of itself."""

    op: str
    id: int
    arg: str | None


async def respond(query: CallbackQuery, pressed: Pressed, caller: Caller, front: Front, subject: CardKind[T]) -> None:
    """Answer in words whatever happens; a refusal is an alert that only the presser sees."""
    language, timezone, now = caller.language, "UTC", front.clock.now()
    try:
        async with front.database.glance() as c:
            team_id = await subject.team_of(c, pressed.id)
        if team_id is None or team_id not in dict(caller.memberships):
            raise FollowupError("not_yours")
        async with front.desk(team_id) as desk:
            language, timezone = desk.book.policy.language, desk.book.policy.timezone
            answer = await _do(desk, caller, pressed, subject)
    except FollowupError as error:
        log.info("press refused", op=pressed.op, why=error.key, who=caller.telegram_id)
        await front.gateway.answer(query.id, refusal(error, language, timezone=timezone, now=now), alert=True)
        if error.key in subject.out_of_date and team_id is not None:
            await _refresh(front, team_id, subject.name, pressed.id)
        return
    text = toast(answer.kind, language, timezone=timezone, now=now, **answer.values) if answer.kind else answer.words
    await front.gateway.answer(query.id, text, alert=answer.is_alert)
    if answer.gone is not None and not isinstance(await front.gateway.delete(*answer.gone), Sent):
        log.info("an old card stays", chat=answer.gone[0], message=answer.gone[1])


async def _refresh(front: Front, team_id: int, subject: notices.Subject, subject_id: int) -> None:
    """The press met something that is gone: the card shows what there is."""
    async with front.desk(team_id) as desk:
        await notices.raise_cards(desk.c, team_id, subject, [subject_id], priorities.ANSWER)


async def _do(desk: Desk, caller: Caller, pressed: Pressed, subject: CardKind[T]) -> Answer:
    op = {**subject.plain, **subject.in_menu, **subject.others}.get(pressed.op)
    member, chat = caller.member_of(desk.book), caller.chat_of(desk.book.id)
    if op is None:
        raise FollowupError("nothing_here")
    card = await notices.card_of(desk.c, desk.book.id, chat.id, subject.name, pressed.id)
    if pressed.op in subject.in_menu:
        check_opener(desk, card, member)
    arg = pressed.arg or ""
    turn = subject.turn(desk=desk, caller=caller, member=member, chat=chat, card=card, id=pressed.id, arg=arg)
    answer = await op(turn)
    if pressed.op in subject.in_menu or pressed.op in subject.plain:
        if subject.after is not None:
            await subject.after(turn)
        await close_menu(desk, card)
    return answer
