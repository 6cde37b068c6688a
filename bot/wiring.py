"""Every object of the program, built by hand, top to bottom: who needs whom is read here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiogram import Bot, Dispatcher

from bot.telegram import make_bot
from followup.clock import Clock
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from handlers.inbox import InboxWorker
from handlers.telegram.front import Front
from handlers.telegram.polling import Poller
from handlers.telegram.router import build_dispatcher
from handlers.telegram.updates import UpdateKeeper, UpdateWorker
from jobs.office import Office
from jobs.timetable import Ticker
from jobs.webhooks import EventSender
from messenger.correspondence import StoredContent
from messenger.gateway import Gateway
from messenger.limits import Limits
from messenger.outbox import Outbox
from providers.crm.network import Network
from storage.bells import Bells
from storage.engine import Database
from storage.inbox import InboxWriter, UpdateWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """Which bot, at which server, how fast."""

    token: str
    api_url: str
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """The running program without its web server: what comes in, what is done with it, what goes out."""

    database: Database
    clock: Clock
    seal: Seal
    shelf: Shelf
    bells: Bells
    bot: Bot
    gateway: Gateway
    outbox: Outbox
    dispatcher: Dispatcher
    inbox_writer: InboxWriter
    inbox: InboxWorker
    wake_inbox: Callable[[int], None]
    wake_outbox: Callable[[], None]
    keeper: UpdateKeeper
    updates: UpdateWorker
    poller: Poller
    ticker: Ticker
    events: EventSender


def build(
    database: Database, clock: Clock, seal: Seal, telegram: Telegram, *, webhooks_may_be_private: bool = False
) -> Works:
    """All of it; nothing is started and no connection is opened yet."""
    shelf, bells = Shelf(), Bells(database)
    bot = make_bot(telegram.token, telegram.api_url)
    gateway = Gateway(bot)
    content = StoredContent(database, clock, shelf, gateway)
    outbox = Outbox(database, clock, gateway, content, telegram.limits)
    wake_outbox = bells.rope("outbox", outbox.wake, is_mine=lambda: outbox.is_running)
    front = Front(database=database, clock=clock, seal=seal, shelf=shelf, gateway=gateway, wake=wake_outbox)
    dispatcher = build_dispatcher(front)
    updates = UpdateWorker(database, clock, bot, dispatcher)
    wake_updates = bells.rope("updates", updates.wake, is_mine=lambda: updates.is_running)
    keeper = UpdateKeeper(UpdateWriter(database), clock, wake_updates)
    inbox = InboxWorker(database, clock, seal, shelf, wake_outbox)
    bells.hear("inbox", inbox.wake)

    def wake_inbox(team_id: int) -> None:
        if not inbox.expect(team_id):
            bells.ring("inbox")

    return Works(
        database=database,
        clock=clock,
        seal=seal,
        shelf=shelf,
        bells=bells,
        bot=bot,
        gateway=gateway,
        outbox=outbox,
        dispatcher=dispatcher,
        inbox_writer=InboxWriter(database),
        inbox=inbox,
        wake_inbox=wake_inbox,
        wake_outbox=wake_outbox,
        keeper=keeper,
        updates=updates,
        poller=Poller(telegram.api_url, telegram.token, keeper),
        ticker=Ticker(Office(database=database, clock=clock, shelf=shelf, wake=wake_outbox)),
        events=EventSender(database, clock, seal, shelf, Network(may_be_private=webhooks_may_be_private)),
    )
