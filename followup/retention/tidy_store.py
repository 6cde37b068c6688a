"""The SQL of what grows old: letters, screens, cards, and calls where a team keeps them for a time only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.cases.tables import actions, cases
from followup.clients.tables import numbers
from followup.notices.tables import cards, letters, screens
from followup.orders.tables import orders
from followup.tickets.tables import tickets

_CHUNK: Final = 500  # a tick shall not keep others waiting


async def delete_letters(c: AsyncConnection, team_id: int, before: datetime) -> None:
    """Letters that were said, skipped or given up long ago, and the cards that took over their messages."""
    old = (letters.c.team_id == team_id) & (letters.c.created_at < before) & (letters.c.state != "pending")
    ids = list(await c.scalars(select(letters.c.id).where(old).limit(_CHUNK)))
    if ids:
        await _delete_cards(c, team_id, "letter", ids)
        await c.execute(delete(letters).where(letters.c.team_id == team_id, letters.c.id.in_(ids)))


async def delete_screens(c: AsyncConnection, team_id: int, before: datetime, kind: str | None = None) -> None:
    """Lists that nobody pages through any more; their buttons answer that they are no longer valid."""
    old = (screens.c.team_id == team_id) & (screens.c.created_at < before)
    old = old & (screens.c.kind == kind) if kind else old
    ids = list(await c.scalars(select(screens.c.id).where(old).limit(_CHUNK)))
    if ids:
        await _delete_cards(c, team_id, "screen", ids)
        await c.execute(delete(screens).where(screens.c.team_id == team_id, screens.c.id.in_(ids)))


async def delete_cards(c: AsyncConnection, team_id: int, before: datetime) -> None:
    """Cards of cases closed long ago; one that is to be edited still, or was edited lately, stays."""
    its_case = (cases.c.team_id == team_id) & (cases.c.id == cards.c.subject_id)
    is_over = exists().where(its_case, cases.c.state != "open", cases.c.closed_at < before)
    is_quiet = and_(or_(cards.c.shown_at.is_(None), cards.c.shown_at < before), cards.c.created_at < before)
    old = (cards.c.team_id == team_id) & (cards.c.subject == "case") & is_quiet & is_over
    old &= (cards.c.shown >= cards.c.wanted) | (cards.c.state == "dead")
    ids = list(await c.scalars(select(cards.c.id).where(old).limit(_CHUNK)))
    if ids:
        await c.execute(delete(cards).where(cards.c.team_id == team_id, cards.c.id.in_(ids)))


async def _delete_cards(c: AsyncConnection, team_id: int, subject: str, ids: Collection[int]) -> None:
    mine = (cards.c.team_id == team_id) & (cards.c.subject == subject) & cards.c.subject_id.in_(ids)
    await c.execute(delete(cards).where(mine))


def _is_first_of_number(call: Any, team_id: int) -> ColumnElement[bool]:
    """X3: the earliest call of its number, ties by the vendor's id."""
    other = calls.alias()
    is_earlier = (other.c.started_at < call.c.started_at) | (
        (other.c.started_at == call.c.started_at) & (other.c.call_key < call.c.call_key)
    )
    same = (other.c.team_id == team_id) & (other.c.number_id == call.c.number_id)
    return and_(call.c.number_id.is_not(None), ~exists().where(same, is_earlier))


def _has_open_ticket(team_id: int, client_id: Any, before: datetime) -> ColumnElement[bool]:
    """What an open ticket was made of is told anew with everything that happens to it."""
    mine = (tickets.c.team_id == team_id) & (tickets.c.client_id == client_id)
    return exists().where(mine, tickets.c.state == "open", tickets.c.created_at < before)


async def old_cases(c: AsyncConnection, team_id: int, before: datetime) -> list[tuple[int, list[str]]]:
    """(id, fact keys) of cases that were over before then.

    Save those with a number's first call, with an order, or of a client whose ticket has been open since.
    """
    own = calls.alias()
    mine = (own.c.team_id == team_id) & (own.c.case_id == cases.c.id)
    has_first = exists().where(mine, _is_first_of_number(own, team_id))
    has_order = exists().where(orders.c.team_id == team_id, orders.c.case_id == cases.c.id)
    is_old = (cases.c.state != "open") & (cases.c.closed_at < before) & (cases.c.last_missed_at < before)
    query = select(cases.c.id, cases.c.fact_keys, cases.c.state, cases.c.how).where(
        cases.c.team_id == team_id,
        is_old,
        ~has_first,
        ~has_order,
        ~_has_open_ticket(team_id, cases.c.client_id, before),
    )
    # The facts of a withdrawn or merged case have long been another one's.
    return [
        (row.id, row.fact_keys if _has_facts(row) else [])
        for row in await c.execute(query.order_by(cases.c.id).limit(_CHUNK))
    ]


def _has_facts(case: Any) -> bool:
    return bool(case.state == "closed" and case.how != "merged")


async def delete_cases(c: AsyncConnection, team_id: int, ids: Collection[int]) -> None:
    """Cases whole: with their calls and cards; letters and due steps go with them."""
    if ids:
        await c.execute(delete(calls).where(calls.c.team_id == team_id, calls.c.case_id.in_(ids)))
        await _delete_cards(c, team_id, "case", ids)
        await c.execute(delete(cases).where(cases.c.team_id == team_id, cases.c.id.in_(ids)))


async def delete_acts(c: AsyncConnection, team_id: int, ids: Collection[int]) -> None:
    """What people did about a case that is gone; a blacklist is for ever."""
    acts = (actions.c.team_id == team_id) & actions.c.id.in_(ids) & actions.c.kind.not_in(("block", "unblock"))
    await c.execute(delete(actions).where(acts))


async def delete_free_calls(c: AsyncConnection, team_id: int, before: datetime) -> None:
    """Calls of no case, save the first of each number and open tickets'; calls that never began, by their last word."""
    is_old = (calls.c.started_at < before) | (calls.c.started_at.is_(None) & (calls.c.last_event_at < before))
    free = (calls.c.team_id == team_id) & calls.c.case_id.is_(None) & is_old
    own = (numbers.c.team_id == team_id) & (numbers.c.id == calls.c.number_id)
    owner = select(numbers.c.client_id).where(own).correlate(calls).scalar_subquery()
    kept = or_(_is_first_of_number(calls, team_id), _has_open_ticket(team_id, owner, before))
    ids = list(await c.scalars(select(calls.c.id).where(free, ~kept).limit(_CHUNK)))
    if ids:
        await c.execute(delete(calls).where(calls.c.team_id == team_id, calls.c.id.in_(ids)))
