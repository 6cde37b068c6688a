"""A day's numbers, counted from stored facts and cases at the moment they are asked for (D16)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from followup.clients import store as clients
from followup.digests import store
from followup.digests.numbers import DayFigures, DigestNumbers, HourFigures, OpenCase, PersonFigures
from followup.health.actions import blind_windows
from followup.hours import local_date, local_day
from followup.orders.rules import Attempt, Order, order_outcome
from followup.teams.desk import Desk
from storage.rows import Row

UNKNOWN_AFTER = timedelta(hours=4)  # promise 2
LATE_AFTER = timedelta(hours=1)
_OPEN_LISTED = 10
_RETURNED = ("called_out", "called_in")
_FATES = ("called_out", "called_in", "manual", "merged", "expired", "blocked", "open")


async def digest_numbers(desk: Desk, day: date, due_at: datetime | None = None) -> DigestNumbers:
    """All numbers of a local day; for today, so far. ``due_at``: when the scheduled digest should have gone out."""
    zone = desk.book.policy.timezone
    span = local_day(day, zone)
    is_whole = span[1] <= desk.now or due_at is not None
    so_far = (span[0], min(span[1], desk.now))  # today is compared with as much of the day a week before
    before = await day_figures(desk, _week_before(so_far, zone))
    left_clients, left_calls = await store.open_now(desk.c, desk.book.id)
    return DigestNumbers(
        day=day,
        as_of=desk.now,
        timezone=zone,
        team_name=desk.book.name,
        is_whole=is_whole,
        is_late=due_at is not None and desk.now - due_at > LATE_AFTER,
        figures=await day_figures(desk, span),
        before=before if before.calls or before.orders else None,
        people=await _people(desk, span),
        hours=await _hours(desk, span),
        left_open=await _left_open(desk),
        left_open_clients=left_clients,
        left_open_calls=left_calls,
        windows=await blind_windows(desk, span),
    )


def _week_before(span: store.Span, timezone: str) -> store.Span:
    """The same wall-clock stretch of the same weekday a week earlier, whatever the clocks did in between."""
    zone, week = ZoneInfo(timezone), timedelta(days=7)
    begins, ends = ((moment.astimezone(zone) - week).astimezone(ZoneInfo("UTC")) for moment in span)
    return begins, ends


async def day_figures(desk: Desk, span: store.Span) -> DayFigures:
    """The totals of one stretch of time."""
    calls = await store.call_rows(desk.c, desk.book.id, span)
    opened = await store.opened_cases(desk.c, desk.book.id, span)
    # Who only ordered a callback did not fail to get through: that is counted with the orders.
    of_clients = [row for row in opened if row["kind"] == "client" and row["missed"]]
    fates = Counter(row["how"] or "open" for row in of_clients)
    totals = _call_totals(calls) | {fate: fates[fate] for fate in _FATES} | await _order_totals(desk, span)
    return DayFigures(
        **totals,
        unknown=await store.unknown_calls(desk.c, desk.book.id, span, desk.now - UNKNOWN_AFTER),
        clients=len(of_clients),
        first_attempt_median=_median(of_clients, "first_attempt_at"),
        contact_median=_median(of_clients, "contact_at"),
        messages=await store.message_count(desk.c, desk.book.id, span),
    )


def _call_totals(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    rows = list(rows)

    def count(**wanted: Any) -> int:
        return sum(row["calls"] for row in rows if all(row[name] == value for name, value in wanted.items()))

    reasons: Counter[str] = Counter()
    for row in rows:
        if row["outcome"] == "missed" and row["reason"]:
            reasons[row["reason"]] += row["calls"]
    return {
        "calls": sum(row["calls"] for row in rows),
        "incoming": count(direction="in"),
        "outgoing": count(direction="out"),
        "answered": count(direction="in", outcome="successful"),
        "missed": count(outcome="missed"),
        "hidden": count(outcome="missed", is_hidden=True),
        "attempts": count(direction="out", has_case=True),
        "reasons": dict(reasons),
    }


def _median(rows: Iterable[Mapping[str, Any]], column: str) -> int | None:
    """D18, X24: from the first miss of the case; cases without the moment are left out."""
    spans = [(row[column] - row["opened_at"]).total_seconds() for row in rows if row[column] is not None]
    return int(median(spans)) if spans else None


async def _people(desk: Desk, span: store.Span) -> tuple[PersonFigures, ...]:
    """R22: what each one closed, proven by a call or claimed by hand, and how often he tried."""
    closed: dict[int, list[Row]] = defaultdict(list)
    for row in await store.closed_cases(desk.c, desk.book.id, span):
        if row["closed_by"] is not None:
            closed[row["closed_by"]].append(row)
    attempts: Counter[int] = Counter()
    for row in await store.call_rows(desk.c, desk.book.id, span):
        if row["direction"] == "out" and row["has_case"] and row["member_id"] is not None:
            attempts[row["member_id"]] += row["calls"]
    people = [
        _person(desk.book.member_name(member_id), closed[member_id], attempts[member_id])
        for member_id in closed.keys() | attempts.keys()
    ]
    return tuple(sorted(people, key=lambda person: (-person.proven, -person.claimed, person.name)))


def _person(name: str | None, closed: Sequence[Row], attempts: int) -> PersonFigures:
    return PersonFigures(
        name=name or "?",
        proven=sum(row["how"] in _RETURNED for row in closed),
        claimed=sum(row["how"] == "manual" for row in closed),
        attempts=attempts,
        contact_median=_median(closed, "contact_at"),
    )


async def _hours(desk: Desk, span: store.Span) -> tuple[HourFigures, ...]:
    zone = ZoneInfo(desk.book.policy.timezone)
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for started_at, how in await store.missed_with_fate(desk.c, desk.book.id, span):
        fate = "returned" if how in _RETURNED else "by_hand" if how in ("manual", "merged", "blocked") else "open"
        counted[started_at.astimezone(zone).hour][fate] += 1
    return tuple(
        HourFigures(hour=hour, returned=fates["returned"], by_hand=fates["by_hand"], open=fates["open"])
        for hour, fates in sorted(counted.items())
    )


async def _left_open(desk: Desk) -> tuple[OpenCase, ...]:
    rows = await store.oldest_open(desk.c, desk.book.id, _OPEN_LISTED)
    numbers = await clients.numbers_of_clients(desk.c, desk.book.id, {row["client_id"] for row in rows})
    return tuple(
        OpenCase(
            client=dict(numbers[row["client_id"]]).get(row["number_id"], numbers[row["client_id"]][0][1]),
            name=row["client_name"],
            missed=row["missed"],
            attempts=row["attempts"],
            first_call_at=row["opened_at"],
            taken_by=desk.book.member_name(row["owner_id"]),
        )
        for row in rows
    )


async def _order_totals(desk: Desk, span: store.Span) -> dict[str, int]:
    """P3–P5: every order has exactly one of three states, by the calls that serve it (X28)."""
    rows = await store.order_rows(desk.c, desk.book.id, span)
    found = await store.order_attempts(desk.c, desk.book.id, rows, span[0]) if rows else []
    states = Counter(
        _order_state(desk, row, [_attempt(call) for call in found if _may_serve(call, row)]) for row in rows
    )
    return {
        "orders": len(rows),
        "orders_successful": states["successful"],
        "orders_unsuccessful": states["unsuccessful"],
        "orders_pending": states["pending"],
    }


def _may_serve(call: Row, order: Row) -> bool:
    return bool(call["order_key"] == order["order_key"] or call["number_id"] == order["number_id"])


def _attempt(call: Row) -> Attempt:
    return Attempt(
        call_key=call["call_key"],
        started_at=call["started_at"],
        order_key=call["order_key"],
        is_successful=call["outcome"] == "successful",
        contact_at=call["contact_at"],
        result=call["result"],
        hung_up_by=call["facts"].get("hung_up_by"),
    )


def _order_state(desk: Desk, row: Row, attempts: Sequence[Attempt]) -> str:
    order = Order(order_key=row["order_key"], ordered_at=row["ordered_at"])
    return order_outcome(order, attempts, row["deadline_at"], desk.now).state


def today(desk: Desk) -> date:
    """The team's local date."""
    return local_date(desk.now, desk.book.policy.timezone)
