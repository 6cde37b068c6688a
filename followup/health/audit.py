"""The auditor (promise 16): compares open cases, due rows and shown messages, mends gaps and counts them.

A gap is never a matter of timing: each kind is one that the ordinary work neither leaves behind nor would close by itself.
It is looked for in all teams at once, and looked at again and mended inside the team, where nobody else writes meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases import store as cases
from followup.cases.reconcile import Touched, reconcile
from followup.health import audit_store as store
from followup.notices import store as notices
from followup.reminders.actions import plan_steps, speak_up
from followup.teams import store as teams
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from storage.rows import Row

EVERY = timedelta(minutes=10)
LATE = timedelta(minutes=10)
UNKNOWN_AFTER = timedelta(hours=4)  # promise 2
DEAD_AGAIN = timedelta(days=1)
SAMPLE = 50

Find = Callable[[AsyncConnection, datetime], Awaitable[list[Row]]]
Mend = Callable[[Desk, Sequence[Row]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Look:
    """One kind of gap: how it is found in all teams, and how it is mended in one."""

    kind: str
    find: Find
    mend: Mend


async def _find_no_card(c: AsyncConnection, now: datetime) -> list[Row]:
    return await store.without_card(c, now)


async def _give_card(desk: Desk, rows: Sequence[Row]) -> int:
    """At night into the morning list, like any other miss."""
    schedule, given = desk.book.schedule_now, 0
    opening = schedule.next_opening(desk.now)
    is_night = desk.book.policy.quiet and opening is not None and opening > desk.now
    for row in rows:
        chat = await notices.chat_by_id(desk.c, desk.book.id, row["chat_id"])
        case = await cases.case_by_id(desk.c, desk.book.id, row["case_id"])
        if chat is not None and case is not None and case["state"] == "open":
            state = "held" if is_night else "live"
            given += await notices.add_card(desk.c, chat, "case", case["id"], now=desk.now, state=state)
    if is_night and given:
        await teams.set_moment(desk.c, desk.book.id, "morning_at", opening)
    return given


async def _find_stuck(c: AsyncConnection, now: datetime) -> list[Row]:
    return await store.stuck_cards(c, now, LATE)


async def _push(desk: Desk, rows: Sequence[Row]) -> int:
    return await store.push_cards(desk.c, desk.book.id, [row["id"] for row in rows], desk.now, LATE)


async def _find_unheard(c: AsyncConnection, _: datetime) -> list[Row]:
    return await store.shown_unheard(c)


async def _start_clock(desk: Desk, rows: Sequence[Row]) -> int:
    started = 0
    for row in rows:
        case = await cases.case_by_id(desk.c, desk.book.id, row["id"])
        if case is not None and case["first_shown_at"] is None:
            shown = {"first_shown_at": row["shown_at"], "planned_version": 0}
            notified_at = case["notified_at"] or row["shown_at"]
            await cases.mark(desk.c, desk.book.id, [row["id"]], notified_at=notified_at, **shown)
            started += 1
    return started


async def _find_no_steps(c: AsyncConnection, _: datetime) -> list[Row]:
    return await store.without_steps(c)


async def _plan(desk: Desk, rows: Sequence[Row]) -> int:
    """Who never works has no steps: that is no gap."""
    planned = 0
    for row in rows:
        if not await store.step_count(desk.c, desk.book.id, row["id"]):
            await cases.mark(desk.c, desk.book.id, [row["id"]], planned_version=0)
            await plan_steps(desk, [row])
            planned += bool(await store.step_count(desk.c, desk.book.id, row["id"]))
    return planned


async def _find_late_steps(c: AsyncConnection, now: datetime) -> list[Row]:
    return await store.late_steps(c, now - LATE)


async def _do_late_steps(desk: Desk, rows: Sequence[Row]) -> int:
    """Late is what has not been done in working time; steps that came due at night wait for the opening."""
    schedule, before = desk.book.schedule_now, desk.now - LATE
    if desk.book.policy.quiet and schedule.working_between(rows[0]["due_at"], desk.now) <= LATE:
        return 0
    undone = await store.undone_before(desk.c, desk.book.id, before)
    await speak_up(desk)
    return undone - await store.undone_before(desk.c, desk.book.id, before)


async def _derive_again(desk: Desk, rows: Sequence[Row]) -> int:
    """Derived anew from the same facts, a case must be what is stored."""
    changed = 0
    for row in rows:
        if not await store.has_expiring(desk.c, desk.book.id, row["client_id"], desk.now):
            touched = Touched(clients={row["client_id"]}, since=row["since"])
            changed += len(await reconcile(desk, touched))
    return changed


async def _find_dead(c: AsyncConnection, now: datetime) -> list[Row]:
    return await store.dead_cards(c, now - DEAD_AGAIN)


async def _revive(desk: Desk, rows: Sequence[Row]) -> int:
    """What Telegram refused for good may be taken another day: other words, other rights."""
    ids = [row["id"] for row in rows]
    return await store.revive_cards(desk.c, desk.book.id, ids, desk.now, desk.now - DEAD_AGAIN)


def looks(sample: Find) -> tuple[Look, ...]:
    """What is looked for, in this order: what one mends the next need not find. ``sample``: whom to derive anew."""
    return (
        Look("state", sample, _derive_again),
        Look("no_card", _find_no_card, _give_card),
        Look("unheard", _find_unheard, _start_clock),
        Look("no_steps", _find_no_steps, _plan),
        Look("late_steps", _find_late_steps, _do_late_steps),
        Look("stuck_card", _find_stuck, _push),
        Look("dead_card", _find_dead, _revive),
    )


async def mend(desk: Desk, look: Look, rows: Sequence[Row]) -> int:
    """Mend one team's gaps of one kind and count them."""
    await lock_team(desk.c, desk.book.id)
    mended = await look.mend(desk, rows)
    if mended:
        await store.count_mends(desk.c, desk.book.id, look.kind, mended, desk.now)
    return mended
