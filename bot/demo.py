"""`perezvon demo`: the real bot beside a Telegram look-alike and a simulated PBX, in one process, on one page.

Everything between them is real HTTP. Nothing is kept: the database lies in a temporary directory.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import get_args

import aiohttp
from pydantic import SecretStr

from bot.app import App
from bot.cli_frame import Room, open_room
from bot.logs import set_up_logs
from bot.settings import Settings
from followup.calls.verdict import MissReason
from followup.clock import SystemClock
from followup.digests.figures import digest_numbers
from followup.reports.actions import build
from followup.reports.selection import selection_of
from followup.teams import actions as teams
from followup.teams.desk import Desk
from followup.teams.directory import add_topic
from sandbox.clock import MovableClock
from sandbox.days.exchange import PhoneExchange, add_exchange_routes
from sandbox.days.ordinary_day import CLIENT, HOURS, LINES, PEOPLE, TEAM, TOPICS, ZONE, ordinary_day, working_day
from sandbox.pbx import SimulatedPbx
from sandbox.telegram_server import TelegramServer

TOKEN = "42:sandbox"  # noqa: S105 - the look-alike's, good for nothing else
_SECRET = "a secret of the simulated exchange"  # noqa: S105 - the same
_CLIENT_ID = 201  # no member: writes to the bot as any stranger would
_DAY_BEGINS = time(8, 59, 45)  # a moment before opening: the night's list is the first thing one sees


@dataclass(slots=True)
class Stage:
    """The demo as it runs."""

    clock: MovableClock
    telegram: TelegramServer
    app: App
    exchange: PhoneExchange
    team_id: int


def run(*, port: int, speed: float, browser: bool) -> None:
    """Until Ctrl-C."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(port, speed, browser=browser))


async def _run(port: int, speed: float, *, browser: bool) -> None:
    async with stage(port, speed) as played:
        sys.stdout.write(f"Perezvon sandbox: {played.telegram.url}\nCtrl-C ends it; nothing is kept.\n")
        sys.stdout.flush()
        if browser:
            await asyncio.to_thread(webbrowser.open, played.telegram.url)
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()


@asynccontextmanager
async def stage(port: int = 0, speed: float = 1.0) -> AsyncIterator[Stage]:
    """The whole theatre: people in their chats, the bot at work, the exchange with its planted day."""
    day = working_day(SystemClock().now().date())
    clock = MovableClock(datetime.combine(day, _DAY_BEGINS, ZONE), speed)
    telegram = TelegramServer(clock, token=TOKEN, limits_clock=lambda: clock.now().timestamp())
    hook, answers = _Hook(), _Answers()
    exchange = PhoneExchange(SimulatedPbx(clock, hook.post, secret=_SECRET), clock, ordinary_day(day))
    add_exchange_routes(telegram.app, exchange, answers.ask)
    await telegram.start(port=port)
    with tempfile.TemporaryDirectory(prefix="perezvon-demo-") as directory:
        settings = _settings(telegram.url, Path(directory))
        async with open_room(settings, clock) as room, aiohttp.ClientSession() as session:
            app = App(settings, room, "all")
            team_id, token = await _found(room, app, telegram)
            await app.start()
            clock.add_listener(app.works.outbox.wake)
            hook.session, hook.url = session, f"http://{app.listening}/hooks/{token}"
            answers.ask_bot = lambda: _bot_numbers(room, app, team_id, day)
            await _curtain(telegram, exchange)
            try:
                yield Stage(clock, telegram, app, exchange, team_id)
            finally:
                clock.remove_listener(app.works.outbox.wake)
                await app.stop()
                await telegram.stop()


async def _curtain(telegram: TelegramServer, exchange: PhoneExchange) -> None:
    """A client who writes opens the bot; the exchange begins its day."""
    telegram.world.say(_CLIENT_ID, _CLIENT_ID, "/start")
    await exchange.play("all")


def _settings(api_url: str, directory: Path) -> Settings:
    settings = Settings(
        bot_token=SecretStr(TOKEN),
        telegram_api_url=api_url,
        database_url=f"sqlite+aiosqlite:///{directory / 'demo.db'}",
        listen="127.0.0.1:0",
        public_url=None,
        log_level="WARNING",
    )
    set_up_logs(settings)
    return settings


@dataclass(slots=True)
class _Hook:
    """The line from the exchange to the bot; before the bot is there, the exchange is told to come again."""

    session: aiohttp.ClientSession | None = None
    url: str = ""

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        if self.session is None:
            return 503
        async with self.session.post(self.url, data=body, headers=headers) as answer:
            return answer.status


@dataclass(slots=True)
class _Answers:
    """What the bot says of the day, for the table beside the planted truth."""

    ask_bot: Callable[[], Awaitable[dict[str, int | None]]] | None = None

    async def ask(self) -> dict[str, int | None]:
        return await self.ask_bot() if self.ask_bot is not None else {}


async def _found(room: Room, app: App, telegram: TelegramServer) -> tuple[int, str]:
    """The company, its people in Telegram and in the bot, its lines and its exchange: (team id, hook token)."""
    people = _people(telegram)
    group = telegram.world.add_chat("group", title=TEAM, members=[*people.values(), telegram.world.bot.id])
    now = room.clock.now()
    settings = {"timezone": str(ZONE), "language": "en", "region": "UA", "hours": HOURS, "text_channel": "on"}
    async with room.database.write() as c:
        team_id = await teams.add_team(c, teams.NewTeam(name=TEAM, settings=settings, chat=group.id), now)
        for name, role, extension in PEOPLE:
            phones = [(extension, None)] if extension else []
            new = teams.NewMember(name=name, telegram_id=people[name], role=role, extensions=phones)  # type: ignore[arg-type]
            await teams.add_member(c, team_id, new, now)
        for number, name, kind in LINES:
            await teams.add_line(c, team_id, teams.NewLine(number=number, name=name, kind=kind), now)
        for title in TOPICS:
            await add_topic(c, team_id, title)
        new_connection = teams.NewConnection(provider="generic", name="Exchange", options={"secret": _SECRET})
        _, token = await teams.add_connection(c, team_id, new_connection, app.works.seal, now)
    return team_id, token


def _people(telegram: TelegramServer) -> dict[str, int]:
    """Everybody has said hello to the bot, so that it may write to them in private."""
    ids: dict[str, int] = {}
    for number, (name, role, _) in enumerate(PEOPLE, start=101):
        telegram.world.add_user(name, id=number, role_note=role, language_code="en")
        telegram.world.say(number, number, "/start")
        ids[name] = number
    telegram.world.add_user(CLIENT, id=_CLIENT_ID, role_note="client", language_code="en")
    return ids


async def _bot_numbers(room: Room, app: App, team_id: int, day: date) -> dict[str, int | None]:
    """The digest's own numbers under the names of the planted truth (sandbox.days.count.LABELS)."""
    async with room.database.read() as c:
        desk = Desk(c, await app.works.shelf.book(c, team_id), room.clock.now())
        figures = (await digest_numbers(desk, day)).figures
        days = (await build(desk, selection_of("calls", day, day))).series["days"]
    reached = sum(each["out"].get("successful", 0) for each in days)
    median = figures.contact_median
    return {
        **{f"missed_{reason}": figures.reasons.get(reason, 0) for reason in get_args(MissReason)},
        "calls": figures.calls,
        "incoming": figures.incoming,
        "outgoing": figures.outgoing,
        "answered": figures.answered,
        "outgoing_reached": reached,
        "missed": figures.missed,
        "missed_hidden": figures.hidden,
        "clients": figures.clients,
        "called_out": figures.called_out,
        "called_in": figures.called_in,
        "not_reached": figures.clients - figures.called_out - figures.called_in,
        "by_hand": figures.manual,
        "contact_median_minutes": median // 60 if median is not None else None,
        "orders": figures.orders,
        "orders_successful": figures.orders_successful,
    }
