"""A simulated year of ten thousand teams, on rows and CPU measured in this run: what docs/operate.md plans by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from heapq import merge
from typing import Final

import numpy as np

from tests.bench.ground import Ground
from tests.bench.results import Result
from tests.bench.year_day import DAY, Day, due_at, written
from tests.bench.year_load import Load, rows_after_a_year, year
from tests.bench.year_market import PLACES, POSTS_A_CALL, Market, Teams, draw_teams
from tests.bench.year_queue import Message, Queue, Sent
from tests.bench.year_space import Space, measured

BOTS: Final = (1, 2, 5, 10)
KINDS: Final = ("first alert", "missed again", "morning list", "escalation", "reminder", "edit", "answer", "digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """CPU seconds by which the simulation plans: found by this benchmark on 2026-11-22, so that a seed says the same."""

    door: float = 0.00065  # a request, as `hooks` found
    alone: float = 0.012  # an event that is its team's only one: the worker's part
    server: float = 0.005  # PostgreSQL's part of it
    picture: float = 0.09  # a digest counted and drawn by the one sender


async def measure(ground: Ground, backend: str) -> list[Result]:
    """One company on SQLite; a hundred and ten thousand teams on PostgreSQL, and their day in Telegram."""
    space = await measured(ground, backend)
    print(_measured(space, backend))
    if backend == "sqlite":
        sizes = [_company(calls) for calls in (40.0, 400.0)]
        print(_tables(space, {"40 calls a day": sizes[0], "400 calls a day": sizes[1]}))
        return [_disk("a year of one company, 40 calls a day", backend, space, sizes[0])]
    market, costs = Market(teams=ground.either(10_000, 1_000)), Costs()
    teams = draw_teams(market)
    load = year(market, teams)
    hundred = replace(market, teams=100)
    some = rows_after_a_year(hundred, year(hundred, draw_teams(hundred)))
    rows = rows_after_a_year(market, load)
    print(_about(market, teams, load, costs))
    print(_tables(space, {"100 teams": some, f"{market.teams:,} teams": rows}))
    return [_disk(f"a year of {market.teams:,} teams", backend, space, rows), *_telegram(market, teams, load, costs)]


def _company(calls: float) -> Mapping[str, float]:
    market = Market(teams=1, median_calls=calls, sigma=0.0)
    return rows_after_a_year(market, year(market, draw_teams(market)))


def _measured(space: Space, backend: str) -> str:
    ours, server = (1000 * each for each in space.alone)
    many = 1000 * sum(space.batch)
    return (
        f"\n{backend}: CPU of an event alone {ours:.1f} ms and {server:.1f} ms of the server, "
        f"among many of its team {many:.2f} ms in all; of a digest with its picture {1000 * space.picture:.0f} ms"
    )


def _tables(space: Space, sizes: Mapping[str, Mapping[str, float]]) -> str:
    names = list(sizes)
    heads = "".join(f" rows, {name} | size |" for name in names)
    lines = [f"\n| table | bytes a row | of them indexes |{heads}", "|---|---|---|" + "---|---|" * len(names)]
    for table in sorted(space.a_row, key=lambda each: -space.a_row[each] * sizes[names[-1]][each]):
        cells = "".join(f" {_count(sizes[n][table])} | {_bytes(sizes[n][table] * space.a_row[table])} |" for n in names)
        lines.append(f"| `{table}` | {space.a_row[table]:,.0f} | {space.in_indexes[table]:,.0f} |{cells}")
    sums = "".join(f" {_count(sum(sizes[n].values()))} | {_bytes(_weight(space, sizes[n]))} |" for n in names)
    return "\n".join([*lines, f"| all | | |{sums}"])


def _weight(space: Space, rows: Mapping[str, float]) -> float:
    return sum(rows[table] * space.a_row[table] for table in rows)


def _count(number: float) -> str:
    return f"{number / 1e6:,.1f} M" if number >= 1e6 else f"{number:,.0f}"


def _bytes(number: float) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.1f} MB"


def _disk(what: str, backend: str, space: Space, rows: Mapping[str, float]) -> Result:
    calls = space.a_row["calls"] * rows["calls"]
    return Result(
        what=what,
        backend=backend,
        figure=_bytes(_weight(space, rows)),
        floor=f"calls alone {_bytes(calls)}",
        ratio=_weight(space, rows) / calls,
        reach="told",
        is_reached=True,
        more=f"{_count(rows['calls'])} calls, {_count(rows['cases'])} cases; requests 30 days, cards and letters 90",
    )


def _about(market: Market, teams: Teams, load: Load, costs: Costs) -> str:
    mean, minute = load.requests.mean() / 60, load.requests.max() / 60
    sizes = np.percentile(teams.calls, (50, 90, 99, 100))
    moscow = sum(each.share for each in PLACES if each.zone in ("Europe/Moscow", "Europe/Kyiv"))
    cores = [f"{rate * cost:.2f}" for rate in (mean, minute) for cost in (costs.door, costs.alone, costs.server)]
    lines = (
        (
            f"\nSeed {market.seed}, {market.teams:,} teams; first-hand calls of a team and working day: log-normal, "
            f"median {market.median_calls:.0f}, sigma {market.sigma}: mean {teams.calls.mean():.0f}, "
            f"p50 {sizes[0]:.0f}, p90 {sizes[1]:.0f}, p99 {sizes[2]:.0f}, largest {sizes[3]:,.0f}"
        ),
        (
            f"{_count(float(load.calls.sum()))} first-hand calls and {_count(load.calls.sum() * market.calls_a_call)} calls "
            f"in all; {POSTS_A_CALL:.1f} requests a call; {moscow:.0%} of the teams in Moscow's and Kyiv's zones"
        ),
        (
            f"requests: mean {mean:.1f}/s, busiest minute {load.busiest_minute:%Y-%m-%d %H:%M} UTC {minute:.0f}/s, "
            f"busiest second {load.busiest_second}"
        ),
        (
            f"cores, mean: web {cores[0]}, worker {cores[1]}, PostgreSQL {cores[2]}; "
            f"busiest minute: web {cores[3]}, worker {cores[4]}, PostgreSQL {cores[5]}"
        ),
        (
            f"by CPU ms: request {1000 * costs.door}, event {1000 * costs.alone:.0f} and {1000 * costs.server:.0f} of the "
            f"server, digest {1000 * costs.picture:.0f}"
        ),
    )
    return "\n".join(lines)


def _telegram(market: Market, teams: Teams, load: Load, costs: Costs) -> list[Result]:
    messages = Day(market, teams, load.busiest_day).messages()
    print(_traffic(messages, f"{load.busiest_day:%A %Y-%m-%d} UTC"))
    print("\n| bots | messages each | what | waits p50 | p99 | at most | most waiting | last digest, minutes after |")
    print("|---|---|---|---|---|---|---|---|")
    found = [_with_bots(messages, bots, costs) for bots in BOTS]
    print(*(line for each in found for line in each.lines), sep="\n", flush=True)
    return [_first_alerts(found[0], market), _digests(found[0], market)]


def _traffic(messages: list[Message], day: str) -> str:
    by_kind: dict[str, list[float]] = defaultdict(list)
    for message in messages:
        by_kind[message.kind].append(message.at)
        by_kind["all"].append(message.at)
    lines = [f"\n{day}\n\n| message | of the day | mean a minute | busiest minute |", "|---|---|---|---|"]
    for kind in (*KINDS, "picture", "all"):
        minutes = np.bincount((np.array(by_kind[kind] or [0.0]) // 60).astype(int))
        lines.append(f"| {kind} | {len(by_kind[kind]):,} | {len(by_kind[kind]) * 60 / DAY:.1f} | {minutes.max():,} |")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Served:
    """What one of so many bots did that day."""

    bots: int
    alerts: tuple[float, float, float]
    last_digest: float  # minutes
    lines: list[str]


def _with_bots(messages: list[Message], bots: int, costs: Costs) -> Served:
    """Bots are installations of their own, and alike: one of them stands for all."""
    mine = [each for each in messages if (abs(each.chat) - 1) % bots == 0]
    queue = Queue()
    sent = list(queue.run(written(mine, costs.picture)))
    waits: dict[str, list[float]] = defaultdict(list)
    for each in sent:
        waits[each.message.kind].append(each.at - due_at(each.message))
    last = max(waits["picture"]) / 60
    lines = [f"| {bots} | {len(mine):,} | {kind} | {_waits(waits[kind])} | | |" for kind in KINDS]
    lines[0] = f"| {bots} | {len(mine):,} | {KINDS[0]} | {_waits(waits[KINDS[0]])} | {_most(sent):,} | {last:.1f} |"
    alerts = _percentiles(waits["first alert"])
    return Served(bots, alerts, last, lines)


def _percentiles(waits: list[float]) -> tuple[float, float, float]:
    p50, p99, most = np.percentile(waits or [0.0], (50, 99, 100))
    return float(p50), float(p99), float(most)


def _waits(waits: list[float]) -> str:
    return " | ".join(f"{each:.1f} s" for each in _percentiles(waits))


def _most(sent: Iterable[Sent]) -> int:
    """The longest queue."""
    sent = list(sent)
    comes, goes = sorted((each.message.at, 1) for each in sent), sorted((each.at, -1) for each in sent)
    waiting = most = 0
    for _, step in merge(comes, goes):
        waiting += step
        most = max(most, waiting)
    return most


def _first_alerts(served: Served, market: Market) -> Result:
    p50, p99, most = served.alerts
    return Result(
        what=f"first alerts of {market.teams:,} teams, one bot",
        backend="simulated",
        figure=f"p50 {p50:.1f} s, p99 {p99:.1f} s",
        floor="30/s",
        ratio=None,
        reach="p99 ≤ 2 s",
        is_reached=p99 <= 2,
        more=f"at most {most:.0f} s; the busiest day of the year",
    )


def _digests(served: Served, market: Market) -> Result:
    together = sum(each.share for each in PLACES if each.zone in ("Europe/Moscow", "Europe/Kyiv")) * market.teams
    floor = 2 * together / 30 / 60
    return Result(
        what="18:30: the last digest is out, one bot",
        backend="simulated",
        figure=f"{served.last_digest:.1f} min",
        floor=f"30/s: {floor:.1f} min",
        ratio=served.last_digest / floor,
        reach="≤ 30 min",
        is_reached=served.last_digest <= 30,
        more="text and picture, most teams in one zone",
    )
