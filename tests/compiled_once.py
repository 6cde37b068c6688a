"""SQL is compiled once a process of the tests, not once a database: a statement means the same in every fresh copy.

SQLAlchemy keeps compiled statements with their engine, and in their key the engine's dialect. A test opens up to three
engines and closes them a second later, so without this it would compile all it asks anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import engine as storage_engine

_MOST_STATEMENTS = 10_000
_known: dict[tuple[str, bool, str | None], tuple[Any, Any]] = {}


def share() -> None:
    """From now on every `Database` of this process compiles together with those before it."""
    storage_engine.create_async_engine = _sharing


def _sharing(url: str, **how: Any) -> AsyncEngine:
    """A new engine; its dialect is the one that the first engine of this kind has asked its server about."""
    made = create_async_engine(url, query_cache_size=_MOST_STATEMENTS, **how)
    # A dialect knows to what its connections return.
    kind, own = (made.dialect.name, "module" in how, how.get("isolation_level")), made.sync_engine
    if kind in _known:
        own.dialect, own._compiled_cache = _known[kind]
    else:
        event.listen(own, "connect", lambda *_: _known.setdefault(kind, (own.dialect, own._compiled_cache)))
    return made
