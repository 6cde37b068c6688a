"""Random fortnights of tickets through the real intake and presses: the report equals the independent count."""

from __future__ import annotations

import pytest

from followup.digests.figures import digest_numbers
from followup.digests.numbers import TicketFigures
from followup.reports.actions import build
from followup.reports.selection import VALUES, selection_of
from followup.teams.desk import Desk
from followup.teams.store import load_book
from tests.reports.comparing import Comparison
from tests.reports.count import Counter
from tests.reports.facts import DAY
from tests.reports.ticket_life import live_with_tickets, ticket_fortnight

_FILTERS = (
    {"channel": ["telegram"]},
    {"channel": ["phone", "email"], "employee": ["Olga", "none"]},
    {"entry_point": ["chat", "none"]},
    {"topic": ["Delivery"]},
    {"topic": ["none", "Prices"], "group": ["sales"]},
    {"group": ["none"]},
)


async def look_at_tickets(comparison: Comparison, story, *, opens: bool) -> None:
    whole = (story.begins, story.ends)
    for by in VALUES["by"]:
        await comparison.look("tickets", whole, options={"by": by}, opens=True)
        await comparison.look("tickets", whole, options={"by": by, "basis": "closed", "clock": "working"}, opens=opens)
    await comparison.look("tickets", whole, options={"without_snooze": "yes"})
    await comparison.look("tickets", whole, options={"without_snooze": "yes", "clock": "working"}, opens=opens)
    for n in range(14):
        await comparison.look("tickets", (story.begins + n * DAY, story.begins + n * DAY), options={"by": "hour"})
    for filters in _FILTERS:
        await comparison.look("tickets", whole, filters, {"by": "employee"}, opens=True)
    await comparison.look("calls", whole, opens=True)
    await comparison.look(
        "calls", whole, None, {"hide_missed": "yes", "first_call": "yes", "by_extension": "yes"}, opens=opens
    )
    await comparison.look("calls", whole, {"manager": ["none", "Olga"]}, opens=True)


async def _all_is_equal(database, seed: int, *, opens: bool) -> None:
    story = ticket_fortnight(seed)
    lived = await live_with_tickets(database, story)
    counter = Counter(story.facts, story.now)
    comparison = Comparison(lived, counter)
    await look_at_tickets(comparison, story, opens=opens)
    assert comparison.wrong == [], f"seed {seed}: {len(comparison.wrong)} differences"
    assert await _table_differs(lived, counter, comparison) == []
    assert await _digest_differs(lived, counter, story) == []
    _is_lively(counter)


async def _table_differs(lived, counter: Counter, comparison: Comparison) -> list[str]:
    """G19–G30 of every ticket of the fortnight."""
    async with lived.database.read() as c:
        desk = Desk(c, await load_book(c, lived.team_id), lived.now)
        days = (counter.facts.local_date(min(ticket.at for ticket in counter.tickets)), lived.now.date() + DAY)
        report = await build(desk, selection_of("tickets", *days, options={"table": "yes"}))
    ours = {ticket.id: ticket for ticket in counter.tickets}
    assert report.table is not None
    rows = {comparison.keys["ticket", row["number"]]: row for row in report.table}
    wrong = [f"only one has {key}" for key in ours.keys() ^ rows.keys()]
    for key in ours.keys() & rows.keys():
        ticket, row = ours[key], rows[key]
        line = counter.facts.team.lines.get(ticket.entry_point or "", {"name": ticket.entry_point})["name"]
        counted = (ticket.channel, line, ticket.at, counter.wait(ticket, {}), counter.handling(ticket, {}))
        counted += (ticket.owner, ticket.group, ticket.result, ticket.comment)
        names = ("channel", "entry_point", "created_at", "reaction_seconds", "handling_seconds")
        told = tuple(row[name] for name in (*names, "employee", "group", "result", "comment"))
        wrong += [f"{key}: counted {counted}, told {told}"] if counted != told else []
    return wrong


async def _digest_differs(lived, counter: Counter, story) -> list[str]:
    """The digest's line of tickets, day by day."""
    wrong = []
    left = [ticket for ticket in counter.tickets if ticket.closed_at is None]
    waiting = min((ticket.at for ticket in left if ticket.reacted_at is None), default=None)
    async with lived.database.read() as c:
        desk = Desk(c, await load_book(c, lived.team_id), lived.now)
        for day in (story.begins + n * DAY for n in (0, 6, 9)):
            told = (await digest_numbers(desk, day)).tickets
            made, ended = (
                counter.tickets_report(day, day, {}, {"basis": basis}).figures[None] for basis in ("created", "closed")
            )
            counted = TicketFigures(
                created=made["created"], closed=ended["closed"], open=len(left), waiting_since=waiting
            )
            wrong += [f"{day}: counted {counted}, told {told}"] if told != counted else []
    return wrong


def _is_lively(counter: Counter) -> None:
    """A fortnight in which nothing is closed, reopened or put off would prove nothing."""
    tickets = counter.tickets
    assert sum(ticket.closed_at is not None for ticket in tickets) > 5
    assert any(len(ticket.work) > 1 or ticket.resumed_at for ticket in tickets)
    assert any(ticket.put_off for ticket in tickets)
    assert {ticket.channel for ticket in tickets} == {"phone", "telegram", "email"}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.timeout(300)
async def test_every_figure_of_tickets_and_its_list_are_those_of_the_count(database, seed, request):
    await _all_is_equal(database, seed, opens=request.config.getoption("--all"))


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.timeout(300)
async def test_every_figure_of_tickets_and_its_list_are_those_of_the_count_on_postgres(database, seed, request):
    await _all_is_equal(database, seed, opens=request.config.getoption("--all"))
