"""The world of the stories: a company, its people, its PBX, a Telegram look-alike, and time that moves when told.

Real aiogram, real HTTP to the sandbox, a real database. Nothing runs by itself: ``settle()`` lets everything that is due
happen, so a story is the same every time. A message that nobody looked at fails the story (``close``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
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
from messenger.limits import Limits
from sandbox.clock import MovableClock
from sandbox.telegram_server import TelegramServer
from storage.engine import Database

KYIV = ZoneInfo("Europe/Kyiv")
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=KYIV)
SALES, SERVICE = "+380441112233", "+380441112244"
ANNA, BORYS, VIRA = "+380671234567", "+380502223344", "+380933334455"
GROUP = -500
UNHURRIED = Limits(per_second=1000, chat_per_second=1000, group_per_minute=100_000)
_ROUNDS = 60
_BREATH = timedelta(milliseconds=2)  # between two messages of one chat, by UNHURRIED


@dataclass
class Person:
    """Somebody with Telegram: sees chats, presses, writes."""

    world: World
    id: int
    name: str
    member_id: int | None = None

    def sees(self, *parts: str, chat: int = GROUP) -> dict[str, Any]:
        """The newest message of a chat that contains every part; it counts as looked at from now on."""
        for message in reversed(self.world.messages(chat)):
            text = shown_text(message)
            if all(part in text for part in parts):
                self.world.seen.add((chat, message["message_id"], message["edits"]))
                return message
        raise AssertionError(f"{self.name} does not see {parts} in\n{self.world.transcript(chat)}")

    def does_not_see(self, part: str, chat: int = GROUP) -> None:
        """No message of the chat contains it now."""
        found = [shown_text(m) for m in self.world.messages(chat) if part in shown_text(m)]
        assert not found, f"{self.name} sees {part!r} in {found}"

    def sees_in_private(self, *parts: str) -> dict[str, Any]:
        """The same in his own chat with the bot."""
        return self.sees(*parts, chat=self.id)

    async def presses(self, button: str, *, under: str = "", chat: int = GROUP) -> str:
        """Press a button by its label under the newest message (containing ``under``) that has it; the toast."""
        for message in reversed(self.world.messages(chat)):
            if under in shown_text(message) and any(button in label for label in labels(message)):
                query = self.world.telegram.world.press(self.id, chat, message["message_id"], text=button)
                return await self.world.answer_to(query)
        raise AssertionError(f"no button {button!r} under {under!r} in\n{self.world.transcript(chat)}")

    async def forges(self, data: str, *, chat: int = GROUP) -> str:
        """Send callback data that no button has."""
        message = self.world.messages(chat)[-1]
        query = self.world.telegram.world.press(self.id, chat, message["message_id"], data=data, forge=True)
        return await self.world.answer_to(query)

    async def says(self, text: str, *, chat: int = GROUP, reply_to: dict[str, Any] | None = None) -> None:
        """Write into a chat."""
        where = {"reply_to_message_id": reply_to["message_id"]} if reply_to else {}
        self.world.telegram.world.say(self.id, chat, text, **where)
        await self.world.settle()

    async def writes(self, text: str, *, reply_to: dict[str, Any] | None = None) -> None:
        """Write to the bot in private."""
        await self.says(text, chat=self.id, reply_to=reply_to)


@dataclass
class World:
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

    # --- the PBX -----------------------------------------------------------------------------------------------------

    async def call(self, client: str | None, *, missed: bool = True, settle: bool = True, **fields: Any) -> str:
        """An inbound call that has just ended: rang 20 s at 101 and 102, nobody answered, or 101 did."""
        event = self.inbound(client, missed=missed, **fields)
        await self.post(event, settle=settle)
        return str(event["call_id"])

    def inbound(self, client: str | None, *, missed: bool = True, **fields: Any) -> dict[str, Any]:
        """The event of an inbound call that ended now."""
        ended = fields.pop("ended", self.clock.now())
        started = fields.pop("started", ended - timedelta(seconds=25 if missed else 65))
        result = "no_answer" if missed else "answered"
        legs = [
            {"extension": e, "rang_at": iso(started), "result": result}
            for e in (("101", "102") if missed else ("101",))
        ]
        event = {
            "type": "call",
            "call_id": self.new_id(),
            "direction": "in",
            "client": client,
            "line": SALES,
            "started_at": iso(started),
            "answered_at": None if missed else iso(started + timedelta(seconds=5)),
            "ended_at": iso(ended),
            "legs": legs,
            "stage": "ringing" if missed else "talk",
            "hung_up_by": "client",
        }
        return event | fields

    async def dial(self, client: str, *, reached: bool, extension: str = "102", **fields: Any) -> str:
        """An outbound call that has just ended."""
        event = self.outbound(client, reached=reached, extension=extension, **fields)
        await self.post(event)
        return str(event["call_id"])

    def outbound(self, client: str, *, reached: bool, extension: str = "102", **fields: Any) -> dict[str, Any]:
        """The event of an outbound call that ended now."""
        ended = fields.pop("ended", self.clock.now())
        started = fields.pop("started", ended - timedelta(seconds=60))
        event = {
            "type": "call",
            "call_id": self.new_id(),
            "direction": "out",
            "client": client,
            "line": SALES,
            "extension": extension,
            "started_at": iso(started),
            "answered_at": iso(started + timedelta(seconds=10)) if reached else None,
            "ended_at": iso(ended),
            "result": "answered" if reached else "no_answer",
        }
        return event | fields

    def new_id(self) -> str:
        """A call id of this story."""
        self._calls += 1
        return f"c-{self._calls}"

    async def post(self, body: Any, *, settle: bool = True, status: int = 200) -> Any:
        """Post JSON to the team's hook, signed where the connection asks for it."""
        raw = json.dumps(body).encode()
        if self.hook.startswith("/"):
            await self.works.inbox_writer.append(
                {
                    "team_id": self.team_id,
                    "connection_id": self.connection_id,
                    "received_at": self.clock.now(),
                    "method": "POST",
                    "path": "",
                    "query": {},
                    "headers": {},
                    "body": raw,
                    "state": "pending",
                }
            )
            if settle:
                await self.settle()
            return None
        async with self.http.post(self.hook, data=raw, headers=self.headers(raw)) as answer:
            told = await answer.text()
            assert answer.status == status, f"{answer.status} {told}"
        if settle:
            await self.settle()
        return json.loads(told) if told.startswith(("{", "[")) else told

    def headers(self, raw: bytes) -> dict[str, str]:
        """The signature of the generic format."""
        if self.secret is None:
            return {}
        stamp = str(int(self.clock.now().timestamp()))
        digest = hmac.new(self.secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        return {"X-Perezvon-Signature": f"t={stamp},v1={digest}"}

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
            self.clock.forward(_BREATH)
            before = await self._pulse()
            came = await self.works.poller.take(self.http, wait=0)
            await self.works.updates.step()
            await self.works.inbox.step()
            await self.works.ticker.step()
            await self.works.outbox.step()
            if not came and before == await self._pulse():
                return
        raise AssertionError("the story does not come to rest")

    async def _pulse(self) -> tuple[Any, ...]:
        async with self.database.read() as c:
            counts = [
                (await c.exec_driver_sql(query)).scalar()
                for query in (
                    "SELECT count(*) FROM inbox WHERE state = 'pending'",
                    "SELECT count(*) FROM updates WHERE state = 'pending'",
                    "SELECT count(*) FROM letters WHERE state = 'pending'",
                    "SELECT coalesce(sum(wanted), 0) FROM cards",
                    "SELECT coalesce(sum(shown), 0) FROM cards",
                    "SELECT count(*) FROM letters",
                    "SELECT count(*) FROM updates",
                    "SELECT count(*) FROM reminders WHERE done_at IS NOT NULL",
                    "SELECT count(*) FROM cases WHERE planned_version <> version",
                )
            ]
        return tuple(counts)

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


def shown_text(message: dict[str, Any]) -> str:
    """Text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def labels(message: dict[str, Any]) -> list[str]:
    """Labels of its inline buttons."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def iso(moment: datetime) -> str:
    """As a PBX sends it."""
    return moment.isoformat()


@asynccontextmanager
async def new_world(database: Database, **settings: str) -> AsyncIterator[World]:
    """A team in Kyiv on a Friday at ten: Olga and Taras, their head Iryna, Victor who only looks, and Zoya, a stranger."""
    clock = MovableClock(FRIDAY, frozen=True)
    telegram = TelegramServer(clock, limits=False)
    await telegram.start()
    seal = Seal(Fernet.generate_key().decode())
    works = build(database, clock, seal, Telegram(token="42:sandbox", api_url=telegram.url, limits=UNHURRIED))
    async with aiohttp.ClientSession() as http:
        world = World(telegram, works, clock, http)
        await _people(world)
        await _team(world, settings)
        await world.settle()
        world.look_away()
        try:
            yield world
        finally:
            await works.bot.session.close()
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
    texts = {"timezone": "Europe/Kyiv", "language": "en", "region": "UA"} | settings
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
