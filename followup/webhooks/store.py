"""The SQL of webhooks: what waits for whom, who has it in hand, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams.tables import teams, webhooks
from followup.webhooks.tables import deliveries
from storage.prepared import run, run_each
from storage.rows import Row, all_rows, all_values, one_row
from storage.upsert import insert_or_ignore

# As a word, not as a parameter: only so does a database see that its partial index holds what is asked for.
_PENDING: ColumnElement[str] = literal_column("'pending'")
_DEAD: ColumnElement[str] = literal_column("'dead'")

_earlier = deliveries.alias("earlier")
_moment = bindparam("moment", type_=deliveries.c.not_before.type)

# Built once: putting a statement together costs more than asking it.
_MINE = (deliveries.c.team_id == bindparam("of_team")) & (deliveries.c.id == bindparam("of_id"))
_IN_HAND = _MINE & (deliveries.c.claimed_until == bindparam("mine", type_=deliveries.c.claimed_until.type))
_WEBHOOK = (webhooks.c.team_id == bindparam("of_team")) & (webhooks.c.id == bindparam("of_id"))
_IS_FREE = or_(deliveries.c.claimed_until.is_(None), deliveries.c.claimed_until <= _moment)

_READY = (
    select(webhooks.c.id, webhooks.c.team_id)
    .where(webhooks.c.removed_at.is_(None), or_(webhooks.c.paused_until.is_(None), webhooks.c.paused_until <= _moment))
    .where(exists().where(deliveries.c.webhook_id == webhooks.c.id, deliveries.c.state == _PENDING))
    .order_by(webhooks.c.id)
)
_HAS_EARLIER = exists().where(
    _earlier.c.webhook_id == deliveries.c.webhook_id,
    _earlier.c.subject == deliveries.c.subject,
    _earlier.c.state == _PENDING,
    _earlier.c.id < deliveries.c.id,
)
_NEXT = (
    select(deliveries.c.id)
    .where(deliveries.c.team_id == bindparam("of_team"), deliveries.c.webhook_id == bindparam("of_webhook"))
    .where(deliveries.c.state == _PENDING, deliveries.c.not_before <= _moment, _IS_FREE, ~_HAS_EARLIER)
    .order_by(deliveries.c.id)
    .limit(bindparam("most", type_=Integer))
)
_CLAIM = (
    update(deliveries)
    .where(_MINE, deliveries.c.state == _PENDING, deliveries.c.not_before <= _moment, _IS_FREE)
    .values(claimed_until=bindparam("deadline", type_=deliveries.c.claimed_until.type))
)
_CLAIMED = (
    select(deliveries, webhooks.c.kind, webhooks.c.options, webhooks.c.failures, teams.c.name.label("team"))
    .select_from(deliveries.join(webhooks, webhooks.c.id == deliveries.c.webhook_id))
    .join(teams, teams.c.id == deliveries.c.team_id)
    .where(_MINE, webhooks.c.removed_at.is_(None))
)


async def add_deliveries(c: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what is to be told; what was written down before stays as it is."""
    await run_each(c, insert_or_ignore(c, deliveries), rows)


async def ready_webhooks(c: AsyncConnection, now: datetime) -> list[tuple[int, int]]:
    """(team, webhook) of every receiver that something waits for and that may be knocked at."""
    return [(row["team_id"], row["id"]) for row in await all_rows(c, _READY, {"moment": now})]


async def next_deliveries(c: AsyncConnection, webhook: tuple[int, int], now: datetime, most: int) -> list[int]:
    """Ids of what may leave for a (team, webhook) now: of each subject only the earliest that waits."""
    which = {"of_team": webhook[0], "of_webhook": webhook[1]}
    return await all_values(c, _NEXT, {**which, "moment": now, "most": most})


async def claim(c: AsyncConnection, team_id: int, delivery_id: int, now: datetime, until: datetime) -> Row | None:
    """Take a delivery in hand until then; None if it waits no more or somebody has it.

    The row as it is now with its webhook's ``kind``, ``options``, ``failures`` and the name of its ``team``.
    """
    which = {"of_team": team_id, "of_id": delivery_id}
    taken = await run(c, _CLAIM, {**which, "moment": now, "deadline": until})
    return await one_row(c, _CLAIMED, which) if taken == 1 else None


async def release(c: AsyncConnection, row: Mapping[str, Any], **values: Any) -> bool:
    """Write what has become of a claimed row; False if it was somebody else's by then, who has tried it himself."""
    which = {"of_team": row["team_id"], "of_id": row["id"], "mine": row["claimed_until"]}
    done = await c.execute(update(deliveries).where(_IN_HAND).values(claimed_until=None, **values), which)
    return done.rowcount == 1


async def heard(c: AsyncConnection, team_id: int, webhook_id: int) -> None:
    """The receiver answers again."""
    which = {"of_team": team_id, "of_id": webhook_id}
    await c.execute(update(webhooks).where(_WEBHOOK).values(failures=0, paused_until=None), which)


async def pause(c: AsyncConnection, team_id: int, webhook_id: int, until: datetime) -> None:
    """The receiver does not answer, or asks for patience."""
    which = {"of_team": team_id, "of_id": webhook_id}
    until_then = literal(until, webhooks.c.paused_until.type)
    longer = case((webhooks.c.paused_until > until_then, webhooks.c.paused_until), else_=until_then)
    values = {"failures": webhooks.c.failures + 1, "paused_until": longer}
    await c.execute(update(webhooks).where(_WEBHOOK).values(**values), which)


async def remove(c: AsyncConnection, team_id: int, webhook_id: int, now: datetime, error: str | None) -> bool:
    """Nothing goes there any more; False if there is no such webhook, or it was removed before."""
    which = {"of_team": team_id, "of_id": webhook_id}
    is_new = webhooks.c.removed_at.is_(None) | webhooks.c.error.is_not(None)
    done = await c.execute(update(webhooks).where(_WEBHOOK, is_new).values(removed_at=now, error=error), which)
    return done.rowcount == 1


async def drop_waiting(c: AsyncConnection, team_id: int, webhook_id: int) -> None:
    """What was not told to a receiver is not told at all."""
    mine = (deliveries.c.team_id == team_id) & (deliveries.c.webhook_id == webhook_id)
    await c.execute(delete(deliveries).where(mine, deliveries.c.state.in_(("pending", "dead"))))


async def give_up_waiting(c: AsyncConnection, team_id: int, webhook_id: int, error: str) -> None:
    """What waits for a receiver that is gone."""
    mine = (deliveries.c.team_id == team_id) & (deliveries.c.webhook_id == webhook_id)
    given_up = {"state": "dead", "error": error, "claimed_until": None}
    await c.execute(update(deliveries).where(mine, deliveries.c.state == _PENDING).values(**given_up))


async def revive(c: AsyncConnection, team_id: int, ids: Sequence[int] | None, values: Mapping[str, Any]) -> list[int]:
    """Dead deliveries of the team (all of them, or those with these ids) to live receivers wait again; their ids."""
    dead = (deliveries.c.team_id == team_id) & (deliveries.c.state == _DEAD)
    dead = dead if ids is None else dead & deliveries.c.id.in_(ids)
    is_live = exists().where(webhooks.c.id == deliveries.c.webhook_id, webhooks.c.removed_at.is_(None))
    found = list(await c.scalars(select(deliveries.c.id).where(dead, is_live).order_by(deliveries.c.id)))
    for start in range(0, len(found), 500):
        part = deliveries.c.id.in_(found[start : start + 500])
        again = update(deliveries).where(deliveries.c.team_id == team_id, part)
        await c.execute(again.values(state="pending", tries=0, error=None, claimed_until=None, **values))
    return found


async def webhooks_of(c: AsyncConnection, team_id: int) -> list[Row]:
    """The team's webhooks that are live, or that were lost without anybody asking for it; without their secrets."""
    w = webhooks
    shown = (w.c.id, w.c.team_id, w.c.kind, w.c.url, w.c.events, w.c.created_at, w.c.failures, w.c.paused_until)
    is_shown = w.c.removed_at.is_(None) | w.c.error.is_not(None)
    return await all_rows(c, select(*shown, w.c.error).where(w.c.team_id == team_id, is_shown).order_by(w.c.id))


async def deliveries_of(c: AsyncConnection, team_id: int, state: str | None, look: tuple[datetime, int]) -> list[Row]:
    """The team's newest deliveries, in one state or in all; ``look``: now, and how many. Who is sending shows as sending."""
    now, most = look
    d = deliveries
    is_sending = (d.c.state == _PENDING) & d.c.claimed_until.is_not(None) & (d.c.claimed_until > now)
    told = case((is_sending, literal_column("'sending'")), else_=d.c.state)
    mine = (d.c.team_id == team_id) if state is None else (d.c.team_id == team_id) & (told == state)
    columns = [column for column in d.c if column.name not in ("state", "key", "claimed_until")]
    return await all_rows(c, select(*columns, told.label("state")).where(mine).order_by(d.c.id.desc()).limit(most))


async def forget_deliveries(c: AsyncConnection, team_id: int, before: datetime) -> None:
    """What was told, or given up, before then; a part at each call."""
    old = (deliveries.c.team_id == team_id) & (deliveries.c.created_at < before) & (deliveries.c.state != "pending")
    ids = list(await c.scalars(select(deliveries.c.id).where(old).limit(500)))
    if ids:
        await c.execute(delete(deliveries).where(deliveries.c.team_id == team_id, deliveries.c.id.in_(ids)))


async def dead_deliveries(c: AsyncConnection) -> int:
    """How many were given up for good, of all teams."""
    return await c.scalar(select(func.count()).select_from(deliveries).where(deliveries.c.state == _DEAD)) or 0


async def lost_webhooks(c: AsyncConnection) -> int:
    """How many receivers have said that they are gone, which nobody has taken note of."""
    return await c.scalar(select(func.count()).select_from(webhooks).where(webhooks.c.error.is_not(None))) or 0


async def oldest_waiting_at(c: AsyncConnection) -> datetime | None:
    """When the event happened that has waited for its receiver the longest."""
    waiting = select(func.min(deliveries.c.created_at)).where(deliveries.c.state == _PENDING)
    oldest: datetime | None = await c.scalar(waiting)
    return oldest
