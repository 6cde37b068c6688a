"""`make soak`: events at a steady rate on PostgreSQL while Telegram errs and processes are killed (--minutes, --rate, --seed)."""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from storage.engine import Database
from tests.bench.companies import Company, found
from tests.bench.ground import ground
from tests.processes.fleet import HOLDS_A_LOCK, Fleet, Process
from tests.soak import verdict
from tests.soak.ledger import Ledger
from tests.soak.memory import Memory
from tests.soak.pbx import Pbx
from tests.soak.telegram import TOKEN, WatchedTelegram

NAMES = ("web-1", "worker-1", "worker-2")
COMPANIES = 120
KILLS_UNTIL = 0.65  # of the time: afterwards everybody lives long enough for its memory to be judged
_ON_ITS_WAY = 1.5  # seconds before a death in which a message may have been taken but not written down
_TO_DRAIN = 240.0


@dataclass
class Soak:
    """One run."""

    minutes: float
    rate: float
    chance: random.Random
    ledger: Ledger
    fleet: Fleet
    telegram: WatchedTelegram
    pbx: Pbx
    database: Database
    memory: Memory = field(default_factory=Memory)
    complaints: Counter[str] = field(default_factory=Counter)

    async def run(self) -> list[verdict.Check]:
        await self.fleet.whole(NAMES)
        until = time.monotonic() + 60 * self.minutes
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(each) for each in (self._troubles(), self._presses(), self._watch())]
            killing = group.create_task(self._kills(time.monotonic() + 60 * self.minutes * KILLS_UNTIL))
            await self.pbx.work(self.rate, until)
            await killing
            beside[0].cancel()
            beside[1].cancel()
            self.telegram.world.faults.clear()
            await self._drain()
            beside[2].cancel()
        found = await verdict.checks(self.database, self.pbx, self.telegram, self.ledger)
        return [*found, verdict.of_memory(self.memory)]

    async def _troubles(self) -> None:
        """About one fault in two seconds."""
        while True:
            await asyncio.sleep(self.chance.expovariate(0.5))
            self.telegram.trouble(self.chance, self.ledger)

    async def _presses(self) -> None:
        while True:
            await asyncio.sleep(self.chance.expovariate(1.0))
            self.telegram.press_something(self.chance, self.pbx.companies)

    async def _watch(self) -> None:
        """Memory every five seconds; a process that is gone is started again, as a supervisor would."""
        while True:
            self.memory.sample(self.ledger.seconds, [each for each in self.fleet.running.values() if each.is_alive])
            for process in [each for each in self.fleet.running.values() if not each.is_alive]:
                self.ledger.note("died by itself", whom=process.name, code=process.process.returncode)
                await self._revive(process)
            await asyncio.sleep(5)

    async def _kills(self, until: float) -> None:
        """Each kind of death once a round, in random order; the sender's first, as it is the worst."""
        pause = max(6.0, 60 * self.minutes / 40)
        acts = [self._kill_sender, self._kill_web, self._hang_up_locks, self._kill, self._hang_up]
        async with asyncio.TaskGroup() as reviving:
            number = 0
            while time.monotonic() + pause < until:
                await asyncio.sleep(pause * self.chance.uniform(0.7, 1.3))
                if number and number % len(acts) == 0:
                    self.chance.shuffle(acts)
                killed = await acts[number % len(acts)]()
                number += 1
                if killed is not None:
                    reviving.create_task(self._revive(killed))

    async def _kill(self, chosen: Process | None = None) -> Process | None:
        ready = [each for each in self.fleet.running.values() if each.is_alive and each.ready.is_set()]
        if not ready:
            return None
        process = chosen or self.chance.choice(ready)
        duties = sorted(process.duties)
        on_their_way = self.telegram.taken_lately(_ON_ITS_WAY) if "send" in duties else 0
        # Removed first: whoever looks must not take it for one that died by itself.
        del self.fleet.running[process.name]
        await self.fleet.kill(process)
        self.ledger.note("kill", whom=process.name, duties=duties, just_taken=on_their_way)
        self._hear(process)
        return process

    async def _kill_sender(self) -> Process | None:
        return await self._kill(self.fleet.on_duty("send"))

    async def _kill_web(self) -> Process | None:
        return await self._kill(self.fleet.on_duty("poll"))

    async def _revive(self, process: Process) -> None:
        began = self.ledger.seconds
        await self.fleet.start(process.name)
        self.ledger.note("started", whom=process.name, took=round(self.ledger.seconds - began, 1))

    async def _hang_up(self) -> None:
        await self._lose("random() < 0.3")

    async def _hang_up_locks(self) -> None:
        await self._lose(HOLDS_A_LOCK)

    async def _lose(self, condition: str) -> None:
        on_their_way = self.telegram.taken_lately(_ON_ITS_WAY)
        count = await self.fleet.hang_up(condition)
        self.ledger.note("hang up", whom="sessions of PostgreSQL", count=count, just_taken=on_their_way)

    async def _drain(self) -> None:
        """All that is owed to the chats, at Telegram's own pace."""
        self.ledger.note("drain", left=await self._waiting())
        give_up_at = time.monotonic() + _TO_DRAIN
        while await self._waiting() and time.monotonic() < give_up_at:  # noqa: ASYNC110 - their doing
            await asyncio.sleep(0.5)
        self.ledger.note("drained", left=await self._waiting())

    async def _waiting(self) -> int:
        """Presses that were not fetched yet are owed, too."""
        return len(self.telegram.world.feed.waiting()) + await verdict.waiting(self.database)

    def _hear(self, process: Process) -> None:
        for line in process.complaints:
            self.complaints[line.partition('"event": "')[2].partition('"')[0][:90]] += 1

    def show(self, checks: list[verdict.Check], seed: int) -> None:
        for process in self.fleet.running.values():
            self._hear(process)
        self.ledger.show()
        self.memory.show()
        for event, times in self.complaints.most_common(12):
            print(f"logged with a traceback ×{times}: {event}")
        verdict.show(checks, seed)


async def main() -> int:
    asked = _arguments()
    path = asked.ledger or Path(tempfile.gettempdir()) / f"perezvon-soak-{asked.seed}.jsonl"
    path.unlink(missing_ok=True)
    print(f"seed {asked.seed}, {asked.minutes:g} min at {asked.rate:g} events/s; ledger: {path}", flush=True)
    async with ground(is_quick=False) as place:
        url = await place.new("postgres")
        database = Database(url, pool_size=2)
        companies = await found(database, COMPANIES)
        telegram = WatchedTelegram(companies)
        await telegram.start()
        fleet = Fleet(place.directory, url, telegram.url, TOKEN)
        try:
            soak = Soak(asked.minutes, asked.rate, random.Random(asked.seed), Ledger(path), fleet, telegram,
                        _pbx(companies, asked.seed, fleet), database)  # fmt: skip
            checks = await soak.run()
            soak.show(checks, asked.seed)
        finally:
            await fleet.kill_all()
            await telegram.stop()
            await database.dispose()
    return 0 if all(check.is_fine for check in checks) else 1


def _pbx(companies: list[Company], seed: int, fleet: Fleet) -> Pbx:
    def addresses() -> list[str]:
        return [f"http://127.0.0.1:{port}" for name, port in fleet.ports.items() if name.startswith("web")]

    return Pbx(companies, random.Random(seed + 1), addresses)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak ARGS=…", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rate", type=float, default=50, help="events a second")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of every random choice")
    parser.add_argument("--ledger", type=Path, help="where the ledger is written")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(uvloop.run(main()))
