"""A random fortnight of one team: what happens in it, and how a PBX tells of it — late, twice, in parts, swapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from followup.phone import is_e164
from tests.reports.facts import DAY, Change, DutySaid, Facts, Posted, Team
from tests.reports.happenings import PBX

SALES, SERVICE, UNKNOWN = "+380441112233", "+380441112244", "+380441119999"
# Spring forward on the first Sunday, fall back on the first Sunday, an ordinary fortnight.
BEGINNINGS = (date(2026, 3, 23), date(2026, 10, 19), date(2026, 6, 1))
DAYS = 14
_BEFORE = 30  # days of history: who called first, which pair was new


class Press(NamedTuple):
    """Somebody presses Handle under the case of a call, if it is open then."""

    at: datetime
    call_id: str
    by: str


class Joining(NamedTuple):
    """Two numbers turn out to be one client's."""

    at: datetime
    numbers: tuple[str, str]


@dataclass
class Fortnight:
    """Everything, in the order in which a team lives through it."""

    facts: Facts  # posts are in ``facts.posted``; what people really managed to do is added while it is lived
    begins: date
    now: datetime
    presses: list[Press] = field(default_factory=list)
    joinings: list[Joining] = field(default_factory=list)
    doings: list[Any] = field(default_factory=list)  # about tickets: see ticket_life

    @property
    def ends(self) -> date:
        return self.begins + (DAYS - 1) * DAY

    @property
    def clock_change(self) -> date:
        """The Sunday of the first week."""
        return self.begins + 6 * DAY


def fortnight(seed: int, calls: int = 140) -> Fortnight:
    """The same one for the same seed."""
    chance = Random(seed)
    begins = BEGINNINGS[seed % len(BEGINNINGS)]
    facts = Facts(_team(chance, begins))
    facts.changes = _changes(chance, facts, begins)
    people = _people(chance)
    pbx = PBX(chance, _lines(chance), [number for numbers in people for number in numbers])
    moments = [_moment(chance, facts, begins) for _ in range(calls)]
    moments += chance.sample(moments, calls // 8)  # PBXs count in whole seconds: of one instant the ids decide (X3)
    told = [_posts_of(chance, pbx.call(moment), pbx.numbers) for moment in moments]
    told += [
        _posts_of(chance, said, pbx.numbers)
        for order in range(calls // 6)
        for said in _order(chance, pbx, facts, begins, order)
    ]
    now = facts.midnight(begins + DAYS * DAY) + timedelta(hours=chance.choice([0, 9, 50, 400]))
    facts.posted = sorted((post for posts in told for post in _so_far(posts, now)), key=lambda post: post.at)
    ids = sorted({post.said["call_id"] for post in facts.posted if post.said.get("direction") in ("in", "out")})
    facts.marked = set(chance.sample(ids, len(ids) // 7))
    facts.duty = _duty(seed, facts, begins, now)
    return Fortnight(facts, begins, now, _presses(chance, facts), _joinings(chance, facts, begins, people))


def _team(chance: Random, begins: date) -> Team:
    settings = {
        "timezone": "Europe/Kyiv",
        "region": "UA",
        "hours": chance.choice(["Mo-Fr 09:00-18:00", "Mo-Su 08:00-21:00", "none"]),
        "min_talk_seconds": chance.choice(["1", "1", "5"]),
        "minutes_mode": chance.choice(["floor_sum", "floor_sum", "per_call_floor", "per_call_ceil"]),
        "first_call_days": chance.choice(["none", "2", "5", "9"]),
        "window_days": chance.choice(["31", "4"]),
        "separate_lines": chance.choice(["no", "no", "no", "yes"]),
        "order_deadline": chance.choice(["none", "none", "90"]),
    }
    site = {"name": "Site", "kind": "widget", "hours": "Mo-Fr 09:00-18:00; Sa 10:00-14:00", "off_hours_orders": True}
    shop = {"name": "Shop", "kind": "widget", "hours": None, "off_hours_orders": False, "group": "Empty"}
    lines: dict[str, dict[str, Any]] = {
        SALES: {"name": "Sales", "kind": "line", "hours": None, "off_hours_orders": True},
        SERVICE: {"name": "Service", "kind": "line", "hours": "Mo-Su 10:00-20:00", "off_hours_orders": True},
        "site": site | {"group": "Front"},
        "shop": shop,
    }
    handover = datetime.combine(begins + 5 * DAY, datetime.min.time(), UTC) + timedelta(hours=11)
    extensions = [("101", None, "Olga"), ("102", None, "Taras"), ("104", None, "Iryna"), ("101", handover, "Taras")]
    groups = {"Olga": ("Front",), "Taras": ("Front", "Back")}
    return Team("Europe/Kyiv", settings, lines, extensions, groups=groups)


def _changes(chance: Random, facts: Facts, begins: date) -> list[Change]:
    """An owner edits settings in the middle: what was before is judged by what was valid then."""

    def on(day: int) -> datetime:
        return facts.midnight(begins + day * DAY) + timedelta(hours=chance.randrange(24), minutes=7)

    site, shop, service = (facts.team.lines[key] for key in ("site", "shop", SERVICE))
    possible = [
        Change(on(5), None, {"hours": "Mo-Fr 10:00-19:00"}),
        Change(on(8), None, {"min_talk_seconds": "3"}),
        Change(on(7), SERVICE, service | {"hours": "Mo-Fr 08:00-12:00,13:00-17:00"}),
        Change(on(6), "shop", shop | {"off_hours_orders": True}),
        Change(on(9), "site", site | {"off_hours_orders": False}),
    ]
    return sorted((each for each in possible if chance.random() < 0.6), key=lambda change: change.at)


def _duty(seed: int, facts: Facts, begins: date, now: datetime) -> list[DutySaid]:
    """One team never uses duty, one has always done so, one begins in the middle; long absences and short breaks."""
    chance = Random(f"duty {seed}")
    first = (4, -_BEFORE, None)[(seed + seed // 3) % 3]
    if first is None:
        return []
    found = []
    for _ in range(45):
        day = facts.midnight(begins + chance.randrange(first, DAYS) * DAY)
        at = day + timedelta(minutes=chance.randrange(24 * 60))
        status = chance.choice(["off", "off", "off", "off", "available", "away", "away"])
        until = at + timedelta(minutes=chance.choice([15, 60, 900])) if status == "away" else None
        found.append(DutySaid(at, chance.choice(facts.team.members), status, chance.choice([until, None])))
    return sorted((said for said in found if said.at <= now), key=lambda said: said.at)


def _people(chance: Random) -> list[list[str]]:
    """A dozen clients, every third with two or three numbers."""
    numbers = iter(f"+38067{n:07d}" for n in chance.sample(range(1_000_000, 9_999_999), 40))
    return [[next(numbers) for _ in range(chance.choice([1, 1, 2, 3] if n % 3 == 0 else [1]))] for n in range(12)]


def _lines(chance: Random) -> Sequence[str | None]:
    return (SALES, SALES, SERVICE, SERVICE, UNKNOWN, None)


def _moment(chance: Random, facts: Facts, begins: date) -> datetime:
    """Mostly of the fortnight by day; also before it, round midnight, and in the hours that a clock change takes."""
    kind = chance.random()
    day = begins + chance.randrange(DAYS) * DAY
    if kind < 0.12:
        day = begins - chance.randrange(1, _BEFORE) * DAY
    midnight, second = facts.midnight(day), timedelta(seconds=1)
    if kind > 0.94:
        return facts.midnight(begins + 6 * DAY) + chance.randrange(25 * 3600) * second
    if kind > 0.84:
        return midnight - chance.randrange(1, 300) * second
    if kind > 0.80:
        return midnight + chance.choice([0, 1, 59]) * second
    return midnight + chance.randrange(7 * 3600, 21 * 3600) * second


def _order(chance: Random, pbx: PBX, facts: Facts, begins: date, number: int) -> list[dict[str, Any]]:
    """An order and the calls that serve it, or try to."""
    order = pbx.order(f"w-{number}", _moment(chance, facts, begins))
    told, at = [order], datetime.fromisoformat(order["ordered_at"])
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        at += timedelta(seconds=chance.choice([0, 40, 3_000, 30_000, 90_000, 200_000]) + chance.randrange(1, 5_000))
        if order["client"] is not None:
            called = pbx.dial(order["client"], at, order["order_id"] if chance.random() < 0.5 else None)
            told.append(called)
    return told


def _posts_of(chance: Random, said: dict[str, Any], others: Sequence[str]) -> list[Posted]:
    """How it is told: at once or days later, in one piece or two, again, the end first, of somebody else."""
    is_order = said["type"] == "order"
    begins = datetime.fromisoformat(said["ordered_at" if is_order else "started_at"]).astimezone(UTC)
    ended = datetime.fromisoformat(said.get("ended_at") or begins.isoformat()).astimezone(UTC)
    posts = [Posted(ended + _delay(chance), said)]
    if is_order and chance.random() < 0.3:
        poor = said | {"topic": None, "name": None, "wanted_at": None}
        posts.append(Posted(begins + _delay(chance), poor))
    elif not is_order and chance.random() < 0.5:
        posts.append(Posted(begins + _delay(chance), _beginning(chance, said)))
        if chance.random() < 0.3:
            posts[0] = Posted(posts[0].at, _end(chance, said))
        elif is_e164(said["client"] or "") and chance.random() < 0.1:
            posts.append(Posted(ended + _delay(chance), said | {"client": chance.choice(others)}))
    posts += [Posted(post.at + _delay(chance), post.said) for post in posts if chance.random() < 0.2]
    return posts


def _so_far(posts: list[Posted], now: datetime) -> list[Posted]:
    """What has come by now; of a call whose beginning is still on its way nothing is worth counting."""
    come = [post for post in posts if post.at <= now]
    is_whole = any({"ordered_at"} & post.said.keys() or {"started_at", "line"} <= post.said.keys() for post in come)
    return come if is_whole else []


def _delay(chance: Random) -> timedelta:
    kind = chance.random()
    longest = 60 if kind < 0.75 else 7_200 if kind < 0.92 else 260_000
    return timedelta(seconds=chance.randrange(1, longest))


def _beginning(chance: Random, said: dict[str, Any]) -> dict[str, Any]:
    """Known when it rings: who, where and when; of the phones that they ring."""
    known = ("type", "call_id", "direction", "client", "line", "started_at", "extension", "order_id")
    legs = [{name: leg[name] for name in ("extension", "rang_at")} for leg in said.get("legs") or ()]
    return {name: said[name] for name in known if name in said} | ({"legs": legs} if chance.random() < 0.5 else {})


def _end(chance: Random, said: dict[str, Any]) -> dict[str, Any]:
    """The end alone; some vendors stamp it with a beginning of its own."""
    kept = {name: value for name, value in said.items() if name not in ("client", "line", "started_at", "order_id")}
    if said.get("ended_at") is None or chance.random() < 0.5:
        return kept
    late = datetime.fromisoformat(said["started_at"]) + timedelta(seconds=chance.choice([1, 20]))
    return kept | {"started_at": late.isoformat()}


def _presses(chance: Random, facts: Facts) -> list[Press]:
    """Nobody presses before the PBX has said whose call it was; other calls of the client may still come later."""
    told = {post.said["call_id"]: post.at for post in facts.posted if post.said["type"] == "call"}
    died_at = {p.said["call_id"] for p in facts.posted if p.said.get("direction") == "in" and p.said.get("stage")}
    return [
        Press(told[key] + timedelta(minutes=chance.randrange(1, 600)), key, chance.choice(facts.team.members))
        for key in chance.sample(sorted(died_at), len(died_at) // 6)
    ]


def _joinings(chance: Random, facts: Facts, begins: date, people: list[list[str]]) -> list[Joining]:
    """Before everything, in the middle, or when all is over; one couple in four nobody ever finds out."""
    found = []
    for first, *others in people:
        for other in others:
            day = chance.choice([-_BEFORE - 5, 4, 9, DAYS + 3])
            if chance.random() < 0.75:
                found.append(Joining(facts.midnight(begins + day * DAY), (first, other)))
    return found
