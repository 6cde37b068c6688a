"""A day's numbers, taken from the reports at the moment they are asked for (D16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from followup.clients import store as clients
from followup.digests import store
from followup.digests.numbers import (
    DayFigures,
    DigestNumbers,
    HourFigures,
    OpenCase,
    PersonFigures,
    TicketFigures,
)
from followup.health.actions import blind_windows
from followup.hours import local_date, local_day
from followup.reports.actions import build_stretch
from followup.reports.calls import Parts
from followup.reports.selection import KINDS, NOT_ASSIGNED
from followup.teams.desk import Desk

LATE_AFTER = timedelta(hours=1)
_OPEN_LISTED = 10
_RETURNED = ("called_out", "called_in")
_BY_HAND = ("manual", "merged", "blocked")
_Reports = Mapping[str, Parts]


async def digest_numbers(desk: Desk, day: date, due_at: datetime | None = None) -> DigestNumbers:
    """All numbers of a local day; for today, so far. ``due_at``: when the scheduled digest should have gone out."""
    zone = desk.book.policy.timezone
    span = local_day(day, zone)
    is_whole = span[1] <= desk.now or due_at is not None
    so_far = (span[0], min(span[1], desk.now))  # today is compared with as much of the day a week before
    before = await day_figures(desk, _week_before(so_far, zone))
    reports = await _reports(desk, span)
    left_clients, left_calls = await store.open_now(desk.c, desk.book.id)
    return DigestNumbers(
        day=day,
        as_of=desk.now,
        timezone=zone,
        team_name=desk.book.name,
        is_whole=is_whole,
        is_late=due_at is not None and desk.now - due_at > LATE_AFTER,
        figures=await _figures(desk, span, reports),
        before=before if before.calls or before.orders else None,
        people=_people(reports),
        hours=_hours(reports),
        left_open=await _left_open(desk),
        left_open_clients=left_clients,
        left_open_calls=left_calls,
        windows=await blind_windows(desk, span),
        tickets=await _tickets(desk, span, reports),
    )


def _week_before(span: store.Span, timezone: str) -> store.Span:
    """The same wall-clock stretch of the same weekday a week earlier, whatever the clocks did in between."""
    zone, week = ZoneInfo(timezone), timedelta(days=7)
    begins, ends = ((moment.astimezone(zone) - week).astimezone(ZoneInfo("UTC")) for moment in span)
    return begins, ends


async def day_figures(desk: Desk, span: store.Span) -> DayFigures:
    """The totals of one stretch of a day."""
    return await _figures(desk, span, await _reports(desk, span))


async def _reports(desk: Desk, span: store.Span) -> _Reports:
    return {kind: await build_stretch(desk, kind, span) for kind in KINDS}


async def _figures(desk: Desk, span: store.Span, reports: _Reports) -> DayFigures:
    """The reports' own figures: a digest counts nothing that a report counts."""
    _, _, team, _ = reports["team"]
    return DayFigures(
        **_of_calls(reports),
        **_of_missed(reports),
        **_of_orders(reports),
        attempts=team["attempts"],
        first_attempt_median=team["first_attempt_seconds"]["median"],
        contact_median=team["contact_seconds"]["median"],
        messages=await store.message_count(desk.c, desk.book.id, span),
    )


def _of_calls(reports: _Reports) -> dict[str, Any]:
    _, _, total, series = reports["calls"]
    answered = sum(day["in"].get("successful", 0) for day in series["days"])
    names = {"calls": "total", "incoming": "incoming", "outgoing": "outgoing", "unknown": "unknown"}
    return {name: total[column] for name, column in names.items()} | {"answered": answered}


def _of_missed(reports: _Reports) -> dict[str, Any]:
    """R20: who only ordered a callback did not fail to get through: that is counted with the orders."""
    _, _, total, series = reports["missed"]
    reasons = {word: number for word, number in total["reasons"].items() if number}
    counted = {"missed": total["calls"]["total"], "hidden": series["hidden"], "clients": total["clients"]}
    return {**counted, **series["clients"], "reasons": reasons}


def _of_orders(reports: _Reports) -> dict[str, Any]:
    """P3–P5."""
    _, _, total, _ = reports["callbacks"]
    states = {f"orders_{state}": total[state] for state in ("successful", "unsuccessful", "pending")}
    return {"orders": total["total"], **states}


async def _tickets(desk: Desk, span: store.Span, reports: _Reports) -> TicketFigures | None:
    """Only of a team that works on tickets by hand, lets the fan give them out, or answers clients in writing."""
    policy = desk.book.policy
    if not (policy.ticket_fan or policy.text_channel or await store.works_on_tickets(desk.c, desk.book.id)):
        return None
    _, _, created, _ = reports["tickets"]
    _, _, closed, _ = await build_stretch(desk, "tickets", span, {"basis": "closed"})
    count, waiting_since = await store.open_tickets(desk.c, desk.book.id)
    return TicketFigures(created=created["created"], closed=closed["closed"], open=count, waiting_since=waiting_since)


def _people(reports: _Reports) -> tuple[PersonFigures, ...]:
    """R22: what each one closed, proven by a call or claimed by hand, and how often he tried."""
    rows, keys, _, _ = reports["team"]
    whose = [row for row, key in zip(rows, keys, strict=True) if key != NOT_ASSIGNED]
    people = [_person(row) for row in whose if row["closed"] or row["attempts"]]
    return tuple(sorted(people, key=lambda person: (-person.proven, -person.claimed, person.name)))


def _person(row: Mapping[str, Any]) -> PersonFigures:
    return PersonFigures(
        name=row["manager"] or "?",
        proven=row["proven"],
        claimed=row["claimed"],
        attempts=row["attempts"],
        contact_median=row["contact_seconds"]["median"],
    )


def _hours(reports: _Reports) -> tuple[HourFigures, ...]:
    _, _, _, series = reports["missed"]
    return tuple(_hour(each) for each in series["hours"])


def _hour(fates: Mapping[str, int]) -> HourFigures:
    def count(words: Iterable[str]) -> int:
        return sum(fates.get(word, 0) for word in words)

    return HourFigures(
        hour=fates["hour"], returned=count(_RETURNED), by_hand=count(_BY_HAND), open=count(("open", "expired"))
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


def today(desk: Desk) -> date:
    """The team's local date."""
    return local_date(desk.now, desk.book.policy.timezone)
