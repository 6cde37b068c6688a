"""Letters, written from the database when their turn comes; what is no longer true is skipped (promise 12)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases.queue_store import queue_rows
from followup.cases.reading import case_view, case_views
from followup.cases.views import CaseView
from followup.digests import store as digests
from followup.digests.figures import digest_numbers
from followup.digests.numbers import DigestNumbers
from followup.health.trouble import tell_of_lost_chat
from followup.notices import priorities
from followup.notices import store as notices
from followup.reminders.actions import note_shown
from followup.teams import store as teams
from followup.teams.desk import Desk
from followup.tickets.answering import chat_is_lost
from messenger import letters as say
from messenger.alarms import ALARMS
from messenger.charts import digest_picture
from messenger.content import Readers, StoredCards, queue_filter
from messenger.content_protocol import Skip
from messenger.digest import digest_text
from messenger.duty_screen import DUTY_LETTERS
from messenger.files import FileContext, file_name, queue_csv, queue_xlsx
from messenger.letterbox import LETTERBOX, letterbox_dead, letterbox_sent
from messenger.outgoing import Outgoing
from messenger.report_letters import REPORT_LETTERS
from messenger.ticket_alarms import TICKET_ALARMS
from messenger.ticket_letters import TICKET_LETTERS, TICKET_QUESTIONS, ticket_question
from storage.rows import Row

Write = Callable[["StoredContent", Readers, Row], Awaitable[Outgoing | None]]
_NUMBERS: TypeAdapter[DigestNumbers] = TypeAdapter(DigestNumbers)


class StoredContent(StoredCards):
    """What the outbox asks: cards and letters from the database, and what follows from having sent them."""

    async def letter(self, row: Row) -> Outgoing | Skip:
        """The message, or why there is nothing to say any more."""
        address = await self._gateway.address() if row["kind"] == "report_file" else None
        async with self._database.read() as c:
            chat = await notices.chat_by_id(c, row["team_id"], row["chat_id"])
            if chat is None:
                return Skip("the chat is gone")
            readers = Readers(c, await self._shelf.book(c, row["team_id"]), chat, self._clock.now(), address)
            outgoing = await _KINDS[row["kind"]](self, readers, row)
            before = await notices.letter_before(c, row["team_id"], row) if row["kind"] == "reminder" else None
        if outgoing is not None and before is not None:
            # One reminder a chat: the new one replaces the one before (promise 11).
            await self._gateway.delete(before["shown_in"], before["message_id"])
        return outgoing or Skip("no longer true")

    async def letter_sent(self, c: AsyncConnection, row: Row, message_id: int, now: datetime) -> None:
        """A case of the morning list has been shown: its clocks start; a client has got his answer."""
        if row["kind"] not in ("morning", "to_client"):
            return
        desk = Desk(c, await self._shelf.book(c, row["team_id"]), now)
        if row["kind"] == "morning":
            await note_shown(desk, row["payload"]["case_ids"])
        else:
            await letterbox_sent(desk, row, message_id)

    async def letter_dead(self, c: AsyncConnection, row: Row, why: str) -> None:
        """An answer that Telegram does not take: its author hears of it."""
        await letterbox_dead(Desk(c, await self._shelf.book(c, row["team_id"]), self._clock.now()), row, why)

    async def chat_lost(self, c: AsyncConnection, chat: notices.Chat, why: str) -> None:
        """Promise 5: an owner is told in his own chat that a team chat cannot be written to; an author, a client's."""
        desk = Desk(c, await self._shelf.book(c, chat.team_id), self._clock.now())
        await tell_of_lost_chat(desk, chat, why)
        await chat_is_lost(desk, chat, why)

    async def topic_lost(self, c: AsyncConnection, chat: notices.Chat, why: str) -> None:
        """An owner wonders less where the messages have gone."""
        desk = Desk(c, await self._shelf.book(c, chat.team_id), self._clock.now())
        await tell_of_lost_chat(desk, chat, why, is_topic=True)

    async def keep_snapshot(self, row: Row, numbers: DigestNumbers, parts: list[str]) -> None:
        """D16: a sent digest keeps its numbers; its picture and what did not fit follow as letters of their own."""
        stored = _NUMBERS.dump_python(numbers, mode="json")
        digest_id = row["payload"].get("digest_id")
        async with self._database.write() as c:
            if digest_id is not None:
                await digests.change_digest(c, row["team_id"], digest_id, numbers=stored)
            follow = [("digest_more", {"text": part}) for part in parts[1:]]
            if numbers.hours:
                follow.append(("digest_picture", {"numbers": stored}))
            for place, (kind, payload) in enumerate(follow):
                letter = notices.Letter(
                    team_id=row["team_id"],
                    chat_id=row["chat_id"],
                    kind=kind,
                    at=numbers.as_of,
                    payload=payload,
                    priority=priorities.DIGEST,
                    key=f"digest:{row['id']}:{place}",
                )
                await notices.add_letter(c, letter)


async def _waiting(readers: Readers, row: Row) -> list[CaseView]:
    """The cases of a list that still wait for somebody."""
    views = await case_views(readers.c, readers.book, row["payload"]["case_ids"])
    return [view for view in views if view.state == "open"]


async def _morning(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    found = await _waiting(readers, row)
    return say.morning_list(found, readers.context) if found else None


async def _reminder(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    found = [view for view in await _waiting(readers, row) if _is_unattended(view, readers.now)]
    return say.reminder(found, readers.context) if found else None


async def _escalation(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    found = [view for view in await _waiting(readers, row) if _is_unattended(view, readers.now)]
    return say.escalation(found, readers.context, _mention(row)) if found else None


def _is_unattended(view: CaseView, now: datetime) -> bool:
    return view.owner_id is None and (view.snoozed_until is None or view.snoozed_until <= now)


def _mention(row: Row) -> say.Mention | None:
    mention = row["payload"].get("mention")
    return (mention[0], mention[1]) if mention else None


async def _nudge(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    found = await _waiting(readers, row)
    is_his = bool(found) and found[0].owner_id == row["payload"]["owner_id"]
    owner = readers.book.members.get(row["payload"]["owner_id"]) if is_his else None
    return say.nudge(found[0], (owner.telegram_id, owner.name), readers.context) if owner else None


async def _returned(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    found = await _waiting(readers, row)
    if not found or found[0].owner_id is not None:
        return None
    view, owner = found[0], row["payload"]["owner"] or "?"
    if row["kind"] == "returned_head":
        return await _reply(readers, view, say.returned_head(view, owner, readers.context))
    heads = [(head[0], head[1]) for head in row["payload"]["heads"]]
    return await _reply(readers, view, say.returned(view, owner, readers.context, heads))


async def _woke(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    found = await _waiting(readers, row)
    return await _reply(readers, found[0], say.woke(found[0], readers.context)) if found else None


async def _missed_again(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    view = await case_view(readers.c, readers.book, row["case_id"])
    if view is None or view.state != "open":
        return None
    reply = await _reply(readers, view, say.missed_again(view, readers.context))
    return reply if reply.reply_to is not None else None


async def _reply(readers: Readers, view: CaseView, outgoing: Outgoing) -> Outgoing:
    """As an answer to the case's card, or to the bundle that lists it, where this chat has one."""
    card = await notices.card_of(readers.c, readers.book.id, readers.chat.id, "case", view.id)
    if card is not None and card["state"] == "bundled":
        card = await notices.card_by_id(readers.c, readers.book.id, card["bundle_id"])
    is_here = card is not None and card["shown_in"] == readers.chat.telegram_id
    return replace(outgoing, reply_to=card["message_id"]) if card is not None and is_here else outgoing


async def _transferred(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    view = await case_view(readers.c, readers.book, row["case_id"])
    return say.transferred(view, row["payload"].get("by"), readers.context) if view else None


async def _number(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    view = await case_view(readers.c, readers.book, row["case_id"])
    return say.number_letter(view, readers.context) if view else None


_QUESTIONS = {
    "reason": say.question_reason,
    "note": say.question_note,
    "snooze": say.question_snooze,
    "number": say.question_number,
}


async def _question(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    payload = row["payload"]
    asked = readers.book.members.get(payload["member_id"])
    if payload["purpose"] in say.PLAIN_QUESTIONS:
        return (
            say.plain_question(payload["purpose"], (asked.telegram_id, asked.name), readers.context) if asked else None
        )
    if payload["purpose"] in TICKET_QUESTIONS:
        return await ticket_question(readers, payload, asked) if asked else None
    view = await case_view(readers.c, readers.book, payload["case_id"])
    if view is None or asked is None or (view.state != "open" and payload["purpose"] != "number"):
        return None
    outgoing = _QUESTIONS[payload["purpose"]](view, (asked.telegram_id, asked.name), readers.context)
    return await _reply(readers, view, outgoing) if payload["purpose"] != "reason" else outgoing


async def _digest(letters: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    payload = row["payload"]
    due_at = datetime.fromisoformat(payload["due_at"]) if payload.get("due_at") else None
    desk = Desk(readers.c, readers.book, readers.now)
    numbers = await digest_numbers(desk, date.fromisoformat(payload["day"]), due_at)
    parts = digest_text(numbers, readers.book.policy.language, mask=readers.mask)
    await letters.keep_snapshot(row, numbers, parts)
    return Outgoing(text=parts[0])


async def _digest_more(_: StoredContent, _readers: Readers, row: Row) -> Outgoing | None:
    return Outgoing(text=row["payload"]["text"])


async def _digest_picture(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    numbers = _NUMBERS.validate_python(row["payload"]["numbers"])
    picture = await asyncio.to_thread(digest_picture, numbers, readers.book.policy.language)
    return Outgoing(text="", photo=picture)


async def _file(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    """R9: the rows of the screen's tab and filter, all pages of it."""
    chosen = queue_filter(row["payload"]["filter"])
    rows = await queue_rows(readers.c, readers.book, chosen, readers.now)
    policy = readers.book.policy
    context = FileContext(
        language=policy.language,
        timezone=policy.timezone,
        tab=chosen.tab,
        titles=await teams.reason_titles(readers.c, readers.book.id),
        mask=readers.mask,
    )
    extension = row["payload"]["format"]
    body = await asyncio.to_thread(queue_csv if extension == "csv" else queue_xlsx, rows, context)
    day = date.fromisoformat(chosen.day) if chosen.day else readers.now.date()
    return Outgoing(text="", document=(file_name(f"missed-{chosen.tab}", readers.book.name, day, extension), body))


async def _hello(_: StoredContent, readers: Readers, row: Row) -> Outgoing | None:
    payload = row["payload"]
    if payload["what"] == "start" and not readers.is_private:
        return say.start_group_member(readers.context)
    if payload["what"] == "start":
        return say.start_private(payload["role"], payload["name"], payload["teams"], readers.context)
    if payload["what"] == "connected":
        return say.added_to_group(readers.chat.telegram_id, readers.context, is_connected=True)
    return say.help_letter(payload["role"], "private" if readers.is_private else "group", readers.context)


async def _words(_: StoredContent, _readers: Readers, row: Row) -> Outgoing | None:
    """A refusal under somebody's own message."""
    return Outgoing(text=row["payload"]["text"], reply_to=row["payload"].get("reply_to"))


_KINDS: dict[str, Write] = {
    **ALARMS,
    **DUTY_LETTERS,
    **REPORT_LETTERS,
    **TICKET_LETTERS,
    **TICKET_ALARMS,
    **LETTERBOX,
    "morning": _morning,
    "reminder": _reminder,
    "escalation": _escalation,
    "nudge": _nudge,
    "returned": _returned,
    "returned_head": _returned,
    "woke": _woke,
    "missed_again": _missed_again,
    "transferred": _transferred,
    "number": _number,
    "question": _question,
    "digest": _digest,
    "digest_more": _digest_more,
    "digest_picture": _digest_picture,
    "file": _file,
    "hello": _hello,
    "words": _words,
}
