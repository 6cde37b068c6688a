"""R21: a digest says of a day what the reports' JSON says of it, whatever the fortnight was like."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from followup.digests.figures import digest_numbers
from followup.digests.numbers import DigestNumbers
from followup.reports.actions import build
from followup.reports.selection import KINDS, selection_of
from followup.reports.shape import to_json
from followup.teams.desk import Desk
from followup.teams.store import load_book
from tests.reports.facts import DAY
from tests.reports.fortnight import fortnight
from tests.reports.lived import live

_FATES = ("called_out", "called_in", "manual", "merged", "expired", "blocked", "open")


def told(numbers: DigestNumbers) -> dict[str, Any]:
    day = numbers.figures
    names = ("calls", "incoming", "outgoing", "unknown", "missed", "hidden", "clients", "reasons", *_FATES)
    orders = ("orders", "orders_successful", "orders_unsuccessful", "orders_pending")
    found = {name: getattr(day, name) for name in (*names, *orders, "attempts")}
    people = {(p.name, p.proven, p.claimed, p.attempts, p.contact_median) for p in numbers.people}
    return found | {"times": (day.first_attempt_median, day.contact_median), "people": people}


def reported(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    calls, missed, orders, team = (documents[kind]["total"] for kind in ("calls", "missed", "callbacks", "team"))
    of_clients = Counter(row["how"] or "open" for row in documents["missed"]["rows"] if row["client"])
    hidden = sum(row["missed"] for row in documents["missed"]["rows"] if not row["client"])
    people = [row for row in documents["team"]["rows"] if row["manager"] and (row["closed"] or row["attempts"])]
    return {
        "calls": calls["total"],
        **{name: calls[name] for name in ("incoming", "outgoing", "unknown")},
        "missed": missed["calls"]["total"],
        "hidden": hidden,
        "clients": missed["clients"],
        "reasons": {word: number for word, number in missed["reasons"].items() if number},
        **{fate: of_clients[fate] for fate in _FATES},
        "orders": orders["total"],
        **{f"orders_{state}": orders[state] for state in ("successful", "unsuccessful", "pending")},
        "attempts": team["attempts"],
        "times": (team["first_attempt_seconds"]["median"], team["contact_seconds"]["median"]),
        "people": {
            (row["manager"], row["proven"], row["claimed"], row["attempts"], row["contact_seconds"]["median"])
            for row in people
        },
    }


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.timeout(300)
async def test_a_digest_says_what_the_reports_say(database, seed):
    story = fortnight(seed)
    lived = await live(database, story)
    busy = 0
    async with database.read() as c:
        desk = Desk(c, await load_book(c, lived.team_id), lived.now)
        for day in (story.begins + n * DAY for n in range(14)):
            documents = {kind: to_json(await build(desk, selection_of(kind, day, day))) for kind in KINDS}
            numbers = await digest_numbers(desk, day)
            assert told(numbers) == reported(documents), f"seed {seed}, {day}"
            busy += numbers.figures.clients
    assert busy
