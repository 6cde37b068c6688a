"""A post office for the fault matrix: every kind of message, in a chat of its own for each fault."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from aiogram.types import ForceReply
from sqlalchemy import insert

from followup.notices import priorities, store
from followup.notices.store import Chat, Letter
from followup.teams.tables import teams
from messenger.content_protocol import Skip
from messenger.gateway import Gateway
from messenger.outbox import Outbox
from messenger.outgoing import Outgoing
from sandbox.clock import MovableClock
from sandbox.faults import Fault
from storage.engine import Database
from tests.messenger.listing import list_bundles
from tests.messenger.mailroom import NOON, PNG, Desk, Mailroom, telegram

LETTERS = {
    "reminder": priorities.REMINDER,
    "escalation": priorities.ESCALATION,
    "digest": priorities.DIGEST,
    "picture": priorities.DIGEST,
    "file": priorities.FILE,
    "question": priorities.ANSWER,
}
CARDS = ("alert", "edit", "bundle", "bundle_edit", "screen")
KINDS = (*CARDS, *LETTERS)
EDITS = ("edit", "bundle_edit")
BARE = ("picture", "file")  # nothing to be sent plain


class Clerk(Desk):
    """Says of a letter what its kind asks for."""

    async def letter(self, row: dict[str, Any]) -> Outgoing | Skip:
        text, kind = row["payload"]["text"], row["kind"]
        if kind == "picture":
            return Outgoing("", photo=PNG)
        if kind == "file":
            return Outgoing("", document=("missed.csv", text.encode()))
        return Outgoing(text, keyboard=ForceReply(selective=True) if kind == "question" else None)

    async def topic_lost(self, c: Any, chat: Chat, why: str) -> None:
        self.heard.append(("topic", chat.id, why))


@dataclass(kw_only=True)
class Case:
    """One fault and one message in one chat."""

    fault: str
    kind: str
    number: int
    chat: Chat
    ids: list[int]  # where the messages may stand: the chat, and what it became
    strikes: list[Fault] = field(default_factory=list)
    asked_before: int = 0
    text: str = ""

    def letter(self, now: datetime) -> Letter:
        return Letter(
            team_id=self.chat.team_id,
            chat_id=self.chat.id,
            kind=self.kind,
            at=now,
            payload={"text": self.text},
            priority=LETTERS[self.kind],
        )


class Post(Mailroom):
    """Sends one message of a kind into a chat, and tells what came of it."""

    async def prepare(self, case: Case) -> None:
        """What has to stand in the chat before the fault strikes."""
        numbers = self._numbers(case)
        case.text = " | ".join(f"case {number}" for number in numbers)
        if case.kind in EDITS:
            for number in numbers:
                await self.card(case.chat, number)

    async def hand_in(self, case: Case) -> None:
        """The message that meets the fault."""
        case.asked_before = self.asked_of(case)
        if case.kind in LETTERS:
            async with self.database.write() as c:
                await store.add_letter(c, case.letter(self.clock.now()))
        elif case.kind in EDITS:
            await self.change(self._numbers(case)[0], f"changed {case.number}")
            case.text = case.text.replace(f"case {self._numbers(case)[0]}", f"changed {case.number}", 1)
        elif case.kind == "screen":
            async with self.database.write() as c:
                await store.add_card(
                    c, case.chat, "screen", case.number, now=self.clock.now(), priority=priorities.ANSWER
                )
        else:
            for number in self._numbers(case):
                await self.card(case.chat, number)

    def _numbers(self, case: Case) -> list[int]:
        is_crowd = case.kind.startswith("bundle")
        return [case.number * 10 + place for place in range(7)] if is_crowd else [case.number]

    def asked_of(self, case: Case) -> int:
        """How many requests named the chat; one that hangs is noted when it ends, so it is counted by its fault."""
        hanging = sum(fault.used for fault in case.strikes if fault.kind.startswith("hang"))
        return hanging + sum(request.chat_id in {str(each) for each in case.ids} for request in self.world.requests)

    def delivered(self, case: Case) -> int:
        """How many messages show it now."""
        shown = [m for each in case.ids for m in self.world.messages(each) if not m["deleted"] and m["from"]["is_bot"]]
        wanted = {"picture": "photo", "file": "document"}.get(case.kind)
        return sum(bool(m.get(wanted)) if wanted else m.get("text") == case.text for m in shown)

    async def passes(self, *spans: float) -> None:
        """Time passes, and the outbox looks after each span."""
        for span in spans:
            await self.step(span)


@asynccontextmanager
async def post_office(database: Database) -> AsyncIterator[Post]:
    """The real outbox and gateway over a migrated database; a frozen clock."""
    clock = MovableClock(NOON, frozen=True)
    async with telegram(clock) as (server, bot):
        async with database.write() as c:
            made = await c.execute(insert(teams).values(name="Aurora Windows", created_at=NOON, revision=0))
        desk, gateway = Clerk(), Gateway(bot, patience=timedelta(seconds=1), upload_patience=timedelta(seconds=1))
        outbox = Outbox(database, clock, gateway, desk, chance=Random(5))
        post = Post(clock, server, database, desk, outbox, made.inserted_primary_key[0])
        list_bundles(post)
        yield post
