"""One writer a team at a time, and one worker at its inbox."""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Transaction, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams.tables import teams
from storage import inbox
from storage.prepared import fetch
from storage.rows import Row, all_rows

# Built once: putting a statement together costs more than asking it.
_IS_TEAM = teams.c.id == bindparam("of_team")
_LOCK = select(teams.c.id).where(_IS_TEAM).with_for_update(key_share=True)
_TURN = select(func.pg_try_advisory_xact_lock(bindparam("turn", type_=BigInteger)).label("is_ours")).cte("turn")
_LOCK_IN_TURN = (
    select(teams.c.id, teams.c.revision)
    .join_from(teams, _TURN, _TURN.c.is_ours)
    .where(_IS_TEAM)
    .with_for_update(key_share=True, of=teams)
    .cte("team")
)
_TAKE_IN_TURN = inbox.TAKE.where(_LOCK_IN_TURN.c.id == inbox.OF_TEAM).returning(_LOCK_IN_TURN.c.revision)
# The high half of a PostgreSQL advisory lock: the turn of one team's inbox.
_TURN_OF_TEAM: Final = 0x1B0C << 40
_LOCKED: WeakKeyDictionary[Transaction, set[int]] = WeakKeyDictionary()  # transaction → teams it holds


async def lock_team(c: AsyncConnection, team_id: int) -> None:
    """One writer a team at a time; on SQLite the transaction itself is that lock. Asked for once a transaction."""
    if c.dialect.name == "postgresql" and team_id not in (locked := _locked(c)):
        await fetch(c, _LOCK, {"of_team": team_id})
        locked.add(team_id)


async def take_turn(c: AsyncConnection, team_id: int, now: datetime) -> tuple[int | None, list[Row]]:
    """The same lock for who works on the team's inbox, with the rows he has taken; none if another process does.

    The revision of the team's book comes first, where it is told with the lock.
    """
    if c.dialect.name != "postgresql":
        return None, await inbox.take(c, team_id, now)
    which = {"of_team": team_id, "turn": _TURN_OF_TEAM + team_id, "most": inbox.LARGEST_BATCH, "now": now}
    rows = sorted(await all_rows(c, _TAKE_IN_TURN, which), key=itemgetter("id"))
    if rows:
        _locked(c).add(team_id)
    return rows[0]["revision"] if rows else None, rows


def _locked(c: AsyncConnection) -> set[int]:
    """The teams that its transaction holds. What a savepoint locked is let go with it."""
    own = c.sync_connection
    transaction = (own.get_nested_transaction() or own.get_transaction()) if own is not None else None
    return _LOCKED.setdefault(transaction, set()) if transaction is not None else set()
