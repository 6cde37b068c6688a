"""Bytes a row and CPU an event, from a real database that the real intake has filled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import insert, literal, select, text, update

from followup.cases.actions import Press, dial_case, take_case
from followup.cases.tables import cases
from followup.clock import SystemClock
from followup.digests.actions import take_digest
from followup.digests.figures import digest_numbers
from followup.digests.numbers import DigestNumbers
from followup.digests.tables import digests
from followup.notices import store as notices
from followup.notices.tables import cards, letters, screens
from followup.reminders.actions import note_shown
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from handlers.inbox import InboxWorker
from jobs.cases import plan_reminders
from jobs.office import Office
from messenger.charts import digest_picture
from storage.engine import Database
from storage.tables import updates
from tests.bench.companies import Company, Days, fill, found, stored
from tests.bench.ground import KEY, Ground, cpu_seconds

TABLES: Final = (
    *("inbox", "calls", "cases", "orders", "clients", "numbers", "actions", "ledger", "reminders", "digests", "cards"),
    *("letters", "screens", "updates"),
)
_ALONE: Final = 50
# Of each, all companies together: enough for pages to be full.
_PRESSED, _DIGESTS, _SCREENS = 300, 1_000, 1_500
_NUMBERS: Final = TypeAdapter(DigestNumbers)
_SQLITE: Final = text(
    "SELECT coalesce(sum(pgsize), 0), coalesce(sum(CASE WHEN d.name = m.tbl_name THEN 0 ELSE pgsize END), 0) "
    "FROM sqlite_master m JOIN dbstat d ON d.name = m.name WHERE m.tbl_name = :name"
)
_POSTGRES: Final = text(
    "SELECT pg_total_relation_size(CAST(:name AS regclass)), pg_indexes_size(CAST(:name AS regclass))"
)


@dataclass(slots=True)
class Space:
    """Bytes a row of each table, of them in indexes, and CPU seconds of this run."""

    a_row: dict[str, float] = field(default_factory=dict)
    in_indexes: dict[str, float] = field(default_factory=dict)
    batch: tuple[float, float] = (0.0, 0.0)  # an event among many of its team: the worker's part, PostgreSQL's part
    alone: tuple[float, float] = (0.0, 0.0)  # an event that is its team's only one
    picture: float = 0.0  # a digest counted and drawn


class Filling:
    """A few thousand events, then everything that follows from them."""

    def __init__(self, ground: Ground, database: Database, companies: list[Company]) -> None:
        self._ground, self._database, self._companies = ground, database, companies
        self._clock, self._shelf = SystemClock(), Shelf()
        self._worker = InboxWorker(database, self._clock, Seal(KEY), self._shelf, lambda: None)
        self._days = Days(companies)
        self._presses = 0

    def _cpu(self) -> tuple[float, float]:
        """Ours and the server's."""
        return cpu_seconds(), 0.0 if self._database.is_sqlite else self._ground.postgres_cpu()

    async def run(self, events: int) -> Space:
        """Empty tables weigh something, too: that is subtracted."""
        empty = await _sizes(self._database)
        space = Space(batch=await self._take(events))
        await self._order(events // 10)
        alone = [await self._take(1) for _ in range(_ALONE)]
        space.alone = (sum(each[0] for each in alone) / _ALONE, sum(each[1] for each in alone) / _ALONE)
        for company in self._companies:
            await self._follow_up(company)
        await self._plan()
        await self._update(max(200, events // 10))
        space.picture = await self._draw()
        for name, (size, indexes, rows) in (await _sizes(self._database)).items():
            space.a_row[name] = (size - empty[name][0]) / max(rows, 1)
            space.in_indexes[name] = (indexes - empty[name][1]) / max(rows, 1)
        return space

    async def _take(self, count: int) -> tuple[float, float]:
        """CPU seconds an event."""
        await fill(self._database, self._days.rows(count))
        ours, theirs = self._cpu()
        done = 0
        while done < count:
            done += await self._worker.step()
        used = self._cpu()
        return (used[0] - ours) / count, (used[1] - theirs) / count

    async def _order(self, count: int) -> None:
        now = self._clock.now()
        rows = []
        for number in range(count):
            order = {"type": "order", "order_id": f"order-{number}", "widget": "site", "client": f"+38067{number:07d}"}
            order |= {"ordered_at": now.isoformat(), "topic": "Prices", "name": "Anna"}
            rows.append(stored(self._companies[number % len(self._companies)], order, now))
        await fill(self._database, rows)
        while await self._worker.step():
            pass

    async def _follow_up(self, company: Company) -> None:
        """Every open case was shown, taken and called; every day had its digest."""
        async with self._desk(company) as desk:
            await _show(desk)
            await self._press(desk)
            await self._digest(desk)
            listed = {"member_id": next(iter(desk.book.members)), "kind": "queue", "created_at": desk.now}
            listed |= {"params": {"tab": "open", "page": 1, "line": None, "day": None}, "team_id": company.team_id}
            await desk.c.execute(insert(screens), [listed] * self._share(_SCREENS))

    @asynccontextmanager
    async def _desk(self, company: Company) -> AsyncIterator[Desk]:
        async with self._database.write() as c:
            yield Desk(c, await self._shelf.book(c, company.team_id), self._clock.now())

    def _share(self, count: int) -> int:
        return count // len(self._companies)

    async def _press(self, desk: Desk) -> None:
        member = next(iter(desk.book.members.values()))
        found = (
            select(cases.c.id)
            .where(cases.c.team_id == desk.book.id, cases.c.state == "open")
            .limit(self._share(_PRESSED))
        )
        for case_id in list(await desk.c.scalars(found)):
            for act in (take_case, dial_case):
                self._presses += 1
                await act(desk, Press(case_id=case_id, member=member, source_key=f"u:{self._presses}"))

    async def _digest(self, desk: Desk) -> None:
        [chat] = await notices.chats_of(desk.c, desk.book.id, "team")
        for days in range(self._share(_DIGESTS)):
            await take_digest(desk, chat, (desk.now - timedelta(days=days)).date())
        numbers = _NUMBERS.dump_python(await digest_numbers(desk, desk.now.date()), mode="json")
        mine = digests.c.team_id == desk.book.id
        await desk.c.execute(update(digests).where(mine).values(numbers=numbers))
        said = {"state": "sent", "message_id": 1000, "shown_in": company_chat(desk), "sent_at": desk.now}
        await desk.c.execute(update(letters).where(letters.c.team_id == desk.book.id).values(said))

    async def _plan(self) -> None:
        office = Office(database=self._database, clock=self._clock, shelf=self._shelf, wake=lambda: None)
        for _ in range(8):  # 200 cases each
            await plan_reminders(office)

    async def _update(self, count: int) -> None:
        now = self._clock.now()
        rows = [{"update_id": n, "received_at": now, "body": _pressed(n), "state": "done"} for n in range(count)]
        async with self._database.write() as c:
            await c.execute(insert(updates), rows)

    async def _draw(self) -> float:
        """What the one sender spends on a digest; the first picture loads the library."""
        spent = []
        async with self._desk(self._companies[0]) as desk:
            for _ in range(4):
                used = cpu_seconds()
                digest_picture(await digest_numbers(desk, desk.now.date()), "ru")
                spent.append(cpu_seconds() - used)
        return median(spent[1:])


def company_chat(desk: Desk) -> int:
    """A Telegram chat as long as theirs are."""
    return -1_001_000_000_000 - desk.book.id


async def _show(desk: Desk) -> None:
    """As the outbox leaves a card behind it."""
    opened = select(cases.c.id).where(cases.c.team_id == desk.book.id, cases.c.state == "open")
    await note_shown(desk, list(await desk.c.scalars(opened)))
    shown: dict[str, Any] = {"shown": cards.c.wanted, "message_id": cards.c.id, "shown_in": literal(company_chat(desk))}
    shown |= {"shown_at": desk.now, "content_hash": "0" * 40}
    await desk.c.execute(update(cards).where(cards.c.team_id == desk.book.id).values(shown))


def _pressed(number: int) -> dict[str, Any]:
    """A press on a card as Telegram tells it: the message comes along."""
    person = {
        "id": 5_000_000 + number,
        "is_bot": False,
        "first_name": "Taras",
        "username": "taras_k",
        "language_code": "uk",
    }
    chat = {"id": -1_001_000_000_000, "type": "supergroup", "title": "Sales"}
    button = [{"text": "✋ Take", "callback_data": "c:123456:take", "style": "primary"}]
    message = {"message_id": 1000 + number, "date": 1_795_000_000, "chat": chat, "text": "🔴 Missed ×3 · " + "x" * 160}
    message |= {"from": person, "entities": [{"type": "bold", "offset": 0, "length": 9}] * 4}
    message |= {"reply_markup": {"inline_keyboard": [button, button, button, button]}}
    press = {"id": "1" * 18, "from": person, "chat_instance": "2" * 18, "message": message, "data": "c:123456:take"}
    return {"update_id": number, "callback_query": press}


async def _sizes(database: Database) -> dict[str, tuple[int, int, int]]:
    """Of each table: bytes with its indexes, bytes of the indexes, rows."""
    statement = _SQLITE if database.is_sqlite else _POSTGRES
    sizes = {}
    async with database.read() as c:
        for name in TABLES:
            size, indexes = (await c.execute(statement, {"name": name})).one()
            rows = await c.scalar(text(f"SELECT count(*) FROM {name}"))
            sizes[name] = (int(size), int(indexes), int(rows))
    return sizes


async def measured(ground: Ground, backend: str) -> Space:
    """Of one company on SQLite, of fifty on PostgreSQL."""
    database = Database(await ground.new(backend))
    try:
        companies = await found(database, 1 if database.is_sqlite else 50)
        return await Filling(ground, database, companies).run(ground.either(2_500, 1_500))
    finally:
        await database.dispose()
