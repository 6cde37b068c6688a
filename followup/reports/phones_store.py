"""Whose a call is, in SQL: by the phone and the moment, as the mappings are known today (D15)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_

from followup.reports.question import Phone, Question

Calls = Any  # the calls table, or an alias of it


def is_of(calls: Calls, question: Question, members: Iterable[int | None]) -> ColumnElement[bool]:
    """The call's manager is one of ``members``; None among them: nobody."""
    chosen = frozenset(members)
    theirs = _held(calls, (phone for phone in question.phones if phone.member_id in chosen))
    if None not in chosen:
        return theirs
    return or_(theirs, calls.c.extension.is_(None), not_(_held(calls, question.phones)))


def _held(calls: Calls, phones: Iterable[Phone]) -> ColumnElement[bool]:
    """Phones that never changed hands in one list: there may be hundreds."""
    always, others = [], []
    for phone in phones:
        if phone.begins_at is None and phone.ends_at is None:
            always.append(phone.extension)
        else:
            others.append(_held_then(calls, phone))
    return or_(calls.c.extension.in_(always) if always else false(), *others)


def _held_then(calls: Calls, phone: Phone) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [calls.c.extension == phone.extension]
    if phone.begins_at is not None:
        conditions.append(calls.c.started_at >= phone.begins_at)
    if phone.ends_at is not None:
        conditions.append(calls.c.started_at < phone.ends_at)
    return and_(*conditions)
