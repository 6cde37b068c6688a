"""One question asked of many days by few statements, for SQLite: it sorts before it groups, best a day at a time.

A statement costs as much on its way to SQLite and back as looking at a day of a thousand calls. So the query of a day
is compiled once, and repeated for many days in one compound; SQLAlchemy would compile each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.reports.question import Question, Span
from storage.columns import UtcDateTime

_AT_ONCE: Final = 100
_PLACE: Final = re.compile(r":(\w+)")
_DIALECT: Final = sqlite.dialect(paramstyle="named")

# What differs from day to day in such a query: the place of the day in the period, and its span.
DAY: Final = bindparam("day", type_=Integer, required=False)
SINCE: Final = bindparam("since", type_=UtcDateTime, required=False)
UNTIL: Final = bindparam("until", type_=UtcDateTime, required=False)


class _Said(NamedTuple):
    """A query as text and its values, each name with a sign of its own."""

    text: str
    values: dict[str, Any]


async def day_by_day(c: AsyncConnection, question: Question, asked: Callable[[Span], Select[Any]]) -> list[Any]:
    """The rows of every day of the period; ``asked`` makes the query of one of them."""
    found: list[Any] = []
    days = _days(question, asked)
    for place in range(0, len(days), _AT_ONCE):
        texts, values = zip(*days[place : place + _AT_ONCE], strict=True)
        every = {name: value for own in values for name, value in own.items()}
        found += await c.exec_driver_sql(" UNION ALL ".join(texts), every)
    return found


def _days(question: Question, asked: Callable[[Span], Select[Any]]) -> Sequence[_Said]:
    """Days between the same changes of phones are asked the same."""
    known: dict[int, _Said] = {}
    found = []
    for place, span in enumerate(question.days):
        changed = sum(at < span[1] for at in question.changes)
        if changed not in known:
            known[changed] = _signed(_compiled(asked(span)), f"c{changed}")
        own = {DAY.key: place, SINCE.key: _kept(span[0]), UNTIL.key: _kept(span[1])}
        of_day = _signed(_Said(known[changed].text, own), f"d{place}")
        found.append(_Said(of_day.text, known[changed].values | of_day.values))
    return found


def _compiled(query: Select[Any]) -> _Said:
    compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    differing = (DAY.key, SINCE.key, UNTIL.key)
    values = {name: _kept(value) for name, value in compiled.params.items() if name not in differing}
    # A compound's parts may not begin with WITH.
    return _Said(f"SELECT * FROM ({compiled})", values)  # noqa: S608 - SQLAlchemy's own text, its values apart


def _signed(said: _Said, sign: str) -> _Said:
    """Names that no other part of the compound has; what only looks like a name is none of ours."""
    text = _PLACE.sub(lambda name: f"{name[0]}_{sign}" if name[1] in said.values else name[0], said.text)
    return _Said(text, {f"{name}_{sign}": value for name, value in said.values.items()})


def _kept(value: Any) -> Any:
    return UtcDateTime().process_bind_param(value, _DIALECT) if isinstance(value, datetime) else value
