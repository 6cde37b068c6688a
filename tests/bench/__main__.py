"""`make bench`: every figure of the delivery law as a ratio of one run. ARGS: parts, --quick, --only sqlite|postgres."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import time
from collections.abc import Awaitable, Callable

import uvloop

from tests.bench import events, failover, history, hooks, latency, memory, pace, presses, reports, ticket_reports, year
from tests.bench.ground import BACKENDS, OURS, THEIRS, Ground, durability, ground, stolen_seconds
from tests.bench.results import Result, table

PARTS: dict[str, Callable[[Ground, str], Awaitable[list[Result]]]] = {
    "hooks": hooks.measure,
    "events": events.measure,
    "latency": latency.measure,
    "pace": pace.measure,
    "presses": presses.measure,
    "failover": failover.measure,
    "memory": memory.measure,
    "year": year.measure,
    "reports": reports.measure,
    "tickets": ticket_reports.measure,
    "history": history.measure,
}


async def main() -> int:
    asked = _arguments()
    results: list[Result] = []
    async with ground(is_quick=asked.quick) as found:
        print(await _about(found))
        for name in asked.parts or PARTS:
            for backend in asked.only or BACKENDS:
                results += await _measured(name, found, backend)
    print(f"\n{table(results)}")
    return 0 if all(result.is_reached for result in results) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all without any")
    parser.add_argument("--quick", action="store_true", help="smaller sizes: at most a minute and a half")
    parser.add_argument("--only", action="append", choices=BACKENDS, help="one of the databases")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}: expected {', '.join(PARTS)}")
    return asked


async def _measured(name: str, found: Ground, backend: str) -> list[Result]:
    """What one part found; told beside it is how much of the machine others had meanwhile."""
    began, stolen = time.perf_counter(), stolen_seconds()
    results = await PARTS[name](found, backend)
    seconds = time.perf_counter() - began
    share = (stolen_seconds() - stolen) / seconds / (os.cpu_count() or 1)
    print(*(f"{each.line}  ({seconds:.0f} s, {share:.0%} stolen)" for each in results), sep="\n", flush=True)
    return results


async def _about(found: Ground) -> str:
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, PostgreSQL: {await durability(found)}\n"
        f"{os.cpu_count()} cores; measured on core {OURS}, loaded from core {THEIRS}; load average before: {load}"
    )


if __name__ == "__main__":
    raise SystemExit(uvloop.run(main()))
