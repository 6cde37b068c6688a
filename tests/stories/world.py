"""The world of the stories: a company, its people, its PBX, a Telegram look-alike, and time that moves when told.

Real aiogram, real HTTP to the sandbox, a real database. Nothing runs by itself: ``settle()`` lets everything that is due
happen, so a story is the same every time. A message that nobody looked at fails the story (``close``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from cryptography.fernet import Fernet

from bot.wiring import Telegram, Works, build
from followup.teams import actions as teams
from followup.teams.seal import Seal
from jobs.timetable import TIMETABLE, Job
from messenger.limits import Limits
from sandbox.clock import MovableClock
from sandbox.telegram_server import TelegramServer
from storage.engine import Database
from tests.hanging_up import hang_up
from tests.stories.exchange import ANNA, BORYS, SALES, SERVICE, VIRA, Exchange, iso
from tests.stories.founding import found_once
from tests.stories.people import GROUP, Person, labels, shown_text

__all__ = [
    "ANNA",
    "BORYS",
    "FRIDAY",
    "GROUP",
    "KYIV",
    "SALES",
    "SERVICE",
    "UNHURRIED",
    "VIRA",
    "Person",
    "World",
    "iso",
    "kyiv",
    "labels",
    "new_world",
    "shown_text",
]

KYIV = ZoneInfo("Europe/Kyiv")
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=KYIV)
UNHURRIED = Limits(per_second=1000, chat_per_second=1000, group_per_minute=100_000)
_ROUNDS = 60
_SELDOM, _NEVER = timedelta(seconds=30), datetime.min.replace(tzinfo=UTC)
_PULSE = """
    SELECT (SELECT count(*) FROM inbox WHERE state = 'pending'), (SELECT count(*) FROM updates WHERE state = 'pending'),
           (SELECT count(*) FROM letters WHERE state = 'pending'), (SELECT count(*) FROM letters),
           (SELECT coalesce(sum(wanted), 0) FROM cards), (SELECT coalesce(sum(shown), 0) FROM cards),
           (SELECT count(*) FROM updates), (SELECT count(*) FROM reminders WHERE done_at IS NOT NULL),
           (SELECT count(*) FROM cases WHERE planned_version <> version)
"""
_SEAL = Seal(Fernet.generate_key().decode())
_BREATH = timedelta(milliseconds=2)  # between two messages of one chat, by UNHURRIED


@dataclass
class World(Exchange):
    """Everything of one story."""

    telegram: TelegramServer
    works: Works
    clock: MovableClock
    http: aiohttp.ClientSession
    team_id: int = 0
    hook: str = ""
    connection_id: int = 0
    secret: str | None = None
    people: dict[str, Person] = field(default_factory=dict)
    seen: set[tuple[int, int, int]] = field(default_factory=set)
    _calls: int = 0
    _looked_at: dict[Job, datetime] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Where the truth is."""
        return self.works.database

    @property
    def olga(self) -> Person:
        """A manager, extension 101."""
        return self.people["Olga"]

    @property
    def taras(self) -> Person:
        """A manager, extension 102."""
        return self.people["Taras"]

    @property
    def iryna(self) -> Person:
        """The head."""
        return self.people["Iryna"]

    @property
    def victor(self) -> Person:
        """May look, not act."""
        return self.people["Victor"]

    @property
    def zoya(self) -> Person:
        """A stranger to the team, though somebody let her into the group."""
        return self.people["Zoya"]

    # --- time --------------------------------------------------------------------------------------------------------

    async def forward(self, **span: float) -> None:
        """Let time pass, then let happen what became due."""
        self.clock.forward(timedelta(**span))
        await self.settle()

    async def until(self, moment: datetime) -> None:
        """Let time pass up to a moment."""
        self.clock.forward(moment - self.clock.now())
        await self.settle()

    async def settle(self) -> None:
        """Everything that can happen now happens: updates are done, due jobs run, messages leave."""
        for _ in range(_ROUNDS):
            before = await self._come_to_rest()
            await self.works.ticker.step(self._jobs())
            if before == await self._pulse():
                return
        raise AssertionError("the story does not come to rest")

    def _jobs(self) -> Sequence[Job]:
        """What looks twice a minute or seldomer does so here, too; all else looks whenever anything happened."""
        now = self.clock.now()
        due = [job for job in TIMETABLE if job.every < _SELDOM or now - self._looked_at.get(job, _NEVER) >= job.every]
        self._looked_at |= dict.fromkeys(due, now)
        return due

    async def _come_to_rest(self) -> tuple[Any, ...]:
        """Until nothing comes in and nothing goes out, and the pulse then; time's own jobs are looked at afterwards."""
        now = await self._pulse()
        for _ in range(_ROUNDS):
            before = now
            self.clock.forward(_BREATH)
            came = await self.works.poller.take(self.http, wait=0)
            await self.works.updates.step()
            await self.works.inbox.step()
            await self.works.outbox.step()
            now = await self._pulse()
            if not came and before == now:
                return now
        raise AssertionError("messages come and go without end")

    async def _pulse(self) -> tuple[Any, ...]:
        async with self.database.glance() as c:
            return tuple((await c.exec_driver_sql(_PULSE)).one())

    async def restart(self) -> None:
        """The process ends and another one begins: same database, same key, same bot; nothing in memory is left."""
        before = self.works
        await hang_up(before.bot)
        await before.database.dispose()
        address = Telegram(token="42:sandbox", api_url=self.telegram.url, limits=UNHURRIED)
        self.works = build(Database(before.database.url), self.clock, before.seal, address)

    # --- Telegram ----------------------------------------------------------------------------------------------------

    def messages(self, chat: int = GROUP) -> list[dict[str, Any]]:
        """What stands in a chat now, oldest first: the bot's messages that nobody deleted."""
        bot = self.telegram.world.bot.id
        known = self.telegram.world.messages(chat) if chat in self.telegram.world.chats else []
        return [m for m in known if not m["deleted"] and m.get("from", {}).get("id") == bot]

    def transcript(self, chat: int = GROUP) -> str:
        """For people who read a failed story."""
        return "\n---\n".join(f"{shown_text(m)}\n{labels(m)}" for m in self.messages(chat)) or "(empty)"

    async def answer_to(self, query: str) -> str:
        """The toast of a press; a press without an answer fails the story (promise 8)."""
        await self.settle()
        answers = self.telegram.world.answers(callback_query_id=query)
        assert len(answers) == 1, f"{len(answers)} answers to one press"
        return answers[0].text or ""

    def unseen(self) -> list[str]:
        """Messages of the team's chat and of its people that no one in the story looked at in their present form."""
        places = [GROUP, *(person.id for person in self.people.values())]
        return [
            shown_text(m)
            for place in places
            for m in self.messages(place)
            if (place, m["message_id"], m["edits"]) not in self.seen
        ]

    def look_away(self) -> None:
        """Whatever stands there now is of no interest to the story."""
        for place in [GROUP, *(person.id for person in self.people.values())]:
            self.seen |= {(place, m["message_id"], m["edits"]) for m in self.messages(place)}


@asynccontextmanager
async def new_world(database: Database, **settings: str) -> AsyncIterator[World]:
    """A team in Kyiv on a Friday at ten: Olga and Taras, their head Iryna, Victor who only looks, and Zoya, a stranger."""
    clock = MovableClock(FRIDAY, frozen=True)
    telegram = TelegramServer(clock, limits=False)
    await telegram.start()
    works = build(database, clock, _SEAL, Telegram(token="42:sandbox", api_url=telegram.url, limits=UNHURRIED))
    async with aiohttp.ClientSession() as http:
        world = World(telegram, works, clock, http)
        await _people(world)
        await found_once(world, settings, _team)
        await world.settle()
        world.look_away()
        try:
            yield world
        finally:
            await hang_up(world.works.bot)
            await world.works.database.dispose()
            await telegram.stop()


async def _people(world: World) -> None:
    for number, name in enumerate(("Olga", "Taras", "Iryna", "Victor", "Zoya"), start=1001):
        user = world.telegram.world.add_user(name, id=number, language_code="en")
        world.people[name] = Person(world, user.id, name)
    everyone = [person.id for person in world.people.values()]
    world.telegram.world.add_chat(
        "group", id=GROUP, title="Sales team", members=[*everyone, world.telegram.world.bot.id]
    )


_ROLES = {"Olga": ("manager", "101"), "Taras": ("manager", "102"), "Iryna": ("head", "103"), "Victor": ("viewer", None)}


async def _team(world: World, settings: dict[str, str]) -> None:
    # Few stories are about a PBX that says nothing for hours; those that are name their own minutes.
    quiet = {"silence_minutes": "365d"}
    texts = {"timezone": "Europe/Kyiv", "language": "en", "region": "UA"} | quiet | settings
    now = world.clock.now()
    async with world.database.write() as c:
        world.team_id = await teams.add_team(c, teams.NewTeam(name="Aurora", settings=texts, chat=GROUP), now)
        for name, (role, extension) in _ROLES.items():
            phones: Sequence[tuple[str, datetime | None]] = [(extension, None)] if extension else []
            new = teams.NewMember(name=name, telegram_id=world.people[name].id, role=role, extensions=phones)  # type: ignore[arg-type]
            world.people[name].member_id = await teams.add_member(c, world.team_id, new, now)
        for number, name in ((SALES, "Sales"), (SERVICE, "Service")):
            await teams.add_line(c, world.team_id, teams.NewLine(number=number, name=name), now)
        widget = teams.NewLine(number="site", name="Site", kind="widget")
        await teams.add_line(c, world.team_id, widget, now)
        new_connection = teams.NewConnection(provider="generic", name="PBX", options={})
        world.connection_id, token = await teams.add_connection(c, world.team_id, new_connection, world.works.seal, now)
    world.hook = f"/hooks/{token}"


def kyiv(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on the team's wall clock, in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=KYIV).astimezone(UTC)
