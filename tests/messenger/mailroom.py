"""A mailroom: the real outbox and gateway between a temporary database and a Telegram that enforces its limits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from sqlalchemy import insert, select

from followup.notices import priorities, store
from followup.notices.store import Chat, Letter, Place
from followup.notices.tables import cards, chats, letters
from followup.teams.tables import teams
from messenger.content_protocol import Rendered, Skip
from messenger.gateway import Gateway
from messenger.limits import Limits
from messenger.outbox import Outbox
from messenger.outgoing import Outgoing
from sandbox.clock import MovableClock
from sandbox.telegram_server import TelegramServer
from storage.columns import metadata
from storage.engine import Database
from tests.hanging_up import hang_up

for found in Path(store.__file__).parents[1].glob("*/tables.py"):
    import_module(f"followup.{found.parent.name}.tables")  # letters point at cases, cases at clients …

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLGA, TARAS = 101, 102
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\0\x80\x08\2\0\0\0"


@asynccontextmanager
async def telegram(clock: MovableClock) -> AsyncIterator[tuple[TelegramServer, Bot]]:
    """The look-alike, paced by the same clock, with two people, and a bot that speaks to it."""
    server = TelegramServer(clock, limits_clock=lambda: clock.now().timestamp())
    for number, name in ((OLGA, "Olga"), (TARAS, "Taras")):
        server.world.add_user(name, id=number)
        server.world.add_chat("private", id=number)
    await server.start()
    bot = Bot(server.token, session=AiohttpSession(api=TelegramAPIServer.from_base(server.url)))
    try:
        yield server, bot
    finally:
        await hang_up(bot)
        await server.stop()


@dataclass
class Desk:
    """Says of every subject and letter what a test wrote down for it, and remembers what it heard."""

    texts: dict[int, str | None] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    heard: list[tuple[Any, ...]] = field(default_factory=list)
    while_rendering: Callable[[], Any] | None = None

    async def card(self, row: dict[str, Any]) -> Rendered | None:
        text = self.texts.get(row["subject_id"], f"case {row['subject_id']}")
        if text is not None and text.startswith("bug"):
            raise RuntimeError(text)
        if self.while_rendering is not None:
            await self.while_rendering()
        return None if text is None else Rendered(Outgoing(text), row["subject_id"] not in self.closed)

    async def letter(self, row: dict[str, Any]) -> Outgoing | Skip:
        payload = row["payload"]
        return Skip("closed meanwhile") if payload.get("skip") else Outgoing(payload["text"])

    async def card_shown(self, c: Any, row: dict[str, Any], now: datetime, *, first: bool) -> None:
        self.heard.append(("shown", row["subject_id"], now, first))

    async def letter_sent(self, c: Any, row: dict[str, Any], message_id: int, now: datetime) -> None:
        self.heard.append(("sent", row["id"], message_id, now))

    async def letter_dead(self, c: Any, row: dict[str, Any], why: str) -> None:
        self.heard.append(("dead", row["id"], why))

    async def chat_lost(self, c: Any, chat: Chat, why: str) -> None:
        self.heard.append(("lost", chat.id, why))

    async def topic_lost(self, c: Any, chat: Chat, why: str) -> None:
        self.heard.append(("topic lost", chat.id, why))


@dataclass
class Mailroom:
    """What the tests of the outbox touch."""

    clock: MovableClock
    server: TelegramServer
    database: Database
    desk: Desk
    outbox: Outbox
    team_id: int

    @property
    def world(self) -> Any:
        return self.server.world

    async def group(self, title: str = "Aurora", kind: str = "group", **details: Any) -> Chat:
        made = self.world.add_chat(kind, title=title, members=[OLGA, TARAS, self.world.bot.id], **details)
        return await self.place(made.id)

    async def place(self, telegram_id: int, thread_id: int = 0) -> Chat:
        async with self.database.write() as c:
            return await store.ensure_chat(c, self.team_id, Place(telegram_id, thread_id, "team"))

    async def card(self, chat: Chat, subject_id: int = 1, **values: Any) -> None:
        async with self.database.write() as c:
            assert await store.add_card(c, chat, "case", subject_id, now=self.clock.now(), **values)

    async def change(self, subject_id: int = 1, text: str | None = None) -> None:
        """The case is another now."""
        if text is not None:
            self.desk.texts[subject_id] = text
        async with self.database.write() as c:
            await store.raise_cards(c, self.team_id, "case", [subject_id])

    async def letter(self, chat: Chat, text: str = "hello", priority: int = priorities.ANSWER, **payload: Any) -> None:
        letter = Letter(
            team_id=self.team_id,
            chat_id=chat.id,
            kind="test",
            at=self.clock.now(),
            payload={"text": text, **payload},
            priority=priority,
        )
        async with self.database.write() as c:
            await store.add_letter(c, letter)

    async def step(self, seconds: float = 0) -> None:
        """Let time pass, then one round of the outbox."""
        self.clock.forward(timedelta(seconds=seconds))
        await self.outbox.step()

    def texts(self, chat: Chat | int) -> list[str]:
        """What stands in the chat now."""
        shown = self.world.messages(chat if isinstance(chat, int) else chat.telegram_id)
        return [m.get("text") or m.get("caption") for m in shown if not m["deleted"] and m["from"]["is_bot"]
                and (m.get("text") or m.get("caption"))]  # fmt: skip

    def asked(self, *statuses: int) -> list[str]:
        """The methods the bot called, in order; with statuses only those that ended so."""
        return [r.method for r in self.world.requests if not statuses or r.status in statuses]

    async def card_row(self, subject_id: int = 1) -> dict[str, Any]:
        return (await self.rows(cards, cards.c.subject_id == subject_id))[0]

    async def chat_row(self, chat: Chat) -> dict[str, Any]:
        return (await self.rows(chats, chats.c.id == chat.id))[0]

    async def letter_rows(self) -> list[dict[str, Any]]:
        return await self.rows(letters, letters.c.id > 0)

    async def rows(self, table: Any, where: Any) -> list[dict[str, Any]]:
        async with self.database.read() as c:
            return [dict(row) for row in (await c.execute(select(table).where(where))).mappings()]


@asynccontextmanager
async def mailroom(folder: Path, limits: Limits | None = None) -> AsyncIterator[Mailroom]:
    """A frozen clock, so that only a test lets time pass."""
    clock = MovableClock(NOON, frozen=True)
    database = Database(f"sqlite+aiosqlite:///{folder / 'mail.db'}")
    async with telegram(clock) as (server, bot):
        async with database.write() as c:
            await c.run_sync(metadata.create_all)
            made = await c.execute(insert(teams).values(name="Aurora Windows", created_at=NOON))
        desk, gateway = Desk(), Gateway(bot, patience=timedelta(seconds=1))
        outbox = Outbox(database, clock, gateway, desk, limits, chance=Random(5))
        yield Mailroom(clock, server, database, desk, outbox, made.inserted_primary_key[0])
        await database.dispose()
