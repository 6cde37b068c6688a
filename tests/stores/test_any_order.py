"""D17, promise 2: a client's events in any order, any number of times, in any batches give the same calls and cases."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup.calls.events import CallEvent
from storage.engine import Database
from tests.stores.any_order import SALES, SECOND, START, Receiver, Story, stories
from tests.stores.any_order_told import stored

_QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@st.composite
def arrivals(draw, story: Story) -> list[tuple]:
    """The story's events shuffled, some of them twice or three times, cut into batches."""
    again = draw(st.lists(st.sampled_from(story.events), max_size=6))
    events = draw(st.permutations([*story.events, *again]))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(events) - 1)), max_size=len(events))))
    edges = [0, *cuts, len(events)]
    return [tuple(events[begin:end]) for begin, end in itertools.pairwise(edges) if begin < end]


async def compare(database: Database, story: Story, batches: list[tuple], joined_before: int) -> None:
    """One team hears everything at once; the other bit by bit, and learns somewhere on the way whose the numbers are."""
    name = uuid.uuid4().hex
    one, other = Receiver(database, f"one {name}"), Receiver(database, f"other {name}")
    for receiver in (one, other):
        await receiver.found(story)
    if story.is_merged:
        await one.joins()
    await one.hears(story.events)
    for number, batch in enumerate(batches):
        if story.is_merged and number == joined_before:
            await other.joins()
        await other.hears(batch, START + timedelta(days=number * 120 // len(batches)))
    if story.is_merged and joined_before >= len(batches):
        await other.joins()
    for receiver in (one, other):
        await receiver.expires()
    assert await stored(one) == await stored(other)
    if story.is_merged:
        await one.separates()
        await other.separates()
        assert await stored(one) == await stored(other)


@pytest.fixture
def check(database_url):
    """Runs one example; all examples of a test share a database, each has teams of its own."""
    with asyncio.Runner() as runner:
        database = Database(database_url)
        yield lambda *example: runner.run(compare(database, *example))
        runner.run(database.dispose())


def _example(data) -> tuple:
    story = data.draw(stories())
    batches = data.draw(arrivals(story))
    return story, batches, data.draw(st.integers(0, len(batches)))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@settings(max_examples=30, suppress_health_check=_QUIET)
@given(data=st.data())
@pytest.mark.timeout(300)
def test_any_order_gives_the_same_calls_and_cases(check, data):
    check(*_example(data))


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@settings(max_examples=5, suppress_health_check=_QUIET)
@given(data=st.data())
@pytest.mark.timeout(300)
def test_any_order_gives_the_same_calls_and_cases_on_postgres(check, data):
    check(*_example(data))


async def test_a_contact_without_tickets_takes_over_the_ticket_of_the_one_that_joins_it(database):
    """Found by the test above: who joins brings the ticket, who leaves takes it along."""
    receiver = Receiver(database, "one")
    story = Story(events=(), acts=(), settings=((),), is_merged=True)
    await receiver.found(story)
    start = START + timedelta(hours=3)
    miss = CallEvent(call_key="c", direction="in", client=SECOND, line=SALES, started_at=start, ended_at=start)
    await receiver.hears([miss])
    for change in (receiver.joins, receiver.separates):
        await change()
        (ticket,) = (await stored(receiver))["tickets"]
        assert ticket["origin_key"] == "c"
