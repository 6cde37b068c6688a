"""The SQL of very first calls (X3): found by their numbers' moments, judged in the index that reports are counted from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, ColumnElement, Subquery, case, exists, false, func, select, true

from followup.calls.tables import calls
from followup.clients.tables import numbers
from followup.reports.moments_store import bytewise
from followup.reports.plans_store import either, for_postgres, materialized
from followup.reports.question import Question, Span

DIRECTIONS = ("in", "out")


def very_firsts(question: Question, span: Span, fits: ColumnElement[bool], *columns: ColumnElement[Any]) -> Subquery:
    """Clients' earliest calls in either direction over all their numbers; of one instant the least key.

    Those that begin in the span and fit: id, moment and what else is asked, all of it said of ``calls``. What fits is
    looked at in the same row that was found: to look each of them up anew would cost more than to find them.
    """
    begun = _begun(question, span)
    joined = begun.join(calls, (calls.c.number_id == begun.c.id) & (calls.c.started_at == begun.c.first_call_at))
    asked = (calls.c.id, calls.c.started_at, begun.c.client_id, fits.label("is_fit"), *columns)
    found = select(*asked).select_from(joined).where(calls.c.team_id == question.book.id, *_within(span))
    firsts = materialized(found)
    again = firsts.alias()
    tied = select(again.c.client_id).group_by(again.c.client_id).having(func.count() > 1)
    # Keys stand in the rows themselves, which are read of those alone that began together.
    is_least = case((firsts.c.client_id.not_in(tied), true()), else_=firsts.c.id == _least(question, firsts))
    return select(firsts).where(firsts.c.is_fit, is_least).subquery()


def _within(span: Span) -> tuple[ColumnElement[bool], ...]:
    """Numbers begin in the span, so their first calls do; PostgreSQL has to be told, and reads no others."""
    in_span = for_postgres((calls.c.started_at >= span[0]) & (calls.c.started_at < span[1]))
    is_external = calls.c.direction.in_(DIRECTIONS)
    # Left to itself SQLite would go to a moment twice, by the index, for either direction.
    return in_span, either(case((is_external, true()), else_=false()), is_external)


def _begun(question: Question, span: Span) -> CTE:
    """The numbers that began in the span, where no other number of the client began sooner."""
    own, other = numbers.alias("own"), numbers.alias("other")
    within = (own.c.team_id == question.book.id, own.c.first_call_at >= span[0], own.c.first_call_at < span[1])
    # That it is another number SQLite sees in its index, and of a client with one number it reads no row.
    is_sooner = (other.c.id != own.c.id) & (other.c.first_call_at < own.c.first_call_at)
    same_team = for_postgres(other.c.team_id == question.book.id)
    sooner = exists().where(other.c.client_id == own.c.client_id, is_sooner, same_team).correlate(own)
    return materialized(select(own.c.id, own.c.client_id, own.c.first_call_at).where(*within, ~sooner))


def _least(question: Question, firsts: CTE) -> ColumnElement[int]:
    """Of the calls of a client that began at one instant."""
    tied, call = numbers.alias("tied"), calls.alias("first")
    at_once = (call.c.started_at == firsts.c.started_at, call.c.direction.in_(DIRECTIONS))
    query = select(call.c.id).select_from(tied.join(call, call.c.number_id == tied.c.id))
    query = query.where(tied.c.client_id == firsts.c.client_id, call.c.team_id == question.book.id, *at_once)
    return query.order_by(bytewise(call.c.call_key), call.c.id).limit(1).correlate(firsts).scalar_subquery()
