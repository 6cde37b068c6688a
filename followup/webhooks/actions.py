"""What happens is written down for other programs, in the transaction in which it happens."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams import store as teams
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.teams.tables import webhooks
from followup.webhooks import store
from followup.webhooks.rules import GIVE_UP_AFTER, PLAIN, EventKind, delivery_key, subject_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event. ``key`` is `<noun>:<id>:<which change of it>`: said once, and in order with others of `<noun>:<id>`."""

    kind: EventKind
    key: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """What `perezvon webhook add` is told; ``shown`` is the address without what may be a secret in it."""

    kind: str
    url: str
    shown: str
    events: Sequence[str]
    options: Mapping[str, str] = field(default_factory=dict)


def is_heard(book: TeamBook, *kinds: EventKind) -> bool:
    """Whether anybody wants to hear of any of these: what nobody hears need not be put together."""
    return any(not listener.events.isdisjoint(kinds) for listener in book.webhooks)


async def emit(desk: Desk, kind: EventKind, payload: Mapping[str, Any], key: str) -> None:
    """Tell every program that wants to hear of it; costs nothing where nobody does. The payload is plain JSON."""
    await emit_all(desk, [Happening(kind=kind, key=key, payload=payload)])


async def emit_all(desk: Desk, happenings: Sequence[Happening]) -> None:
    """The same of several events, in their order."""
    if desk.book.webhooks:
        rows = [row for happening in happenings for row in _rows(desk, happening)]
        await store.add_deliveries(desk.c, rows)


def _rows(desk: Desk, happening: Happening) -> list[dict[str, Any]]:
    """One delivery for each that listens; all of one event carry its id."""
    same = {
        "team_id": desk.book.id,
        "event_id": str(uuid.uuid4()),
        "event": happening.kind,
        "subject": subject_of(happening.key),
        "payload": dict(happening.payload),
        "state": "pending",
        "not_before": desk.now,
        "give_up_at": desk.now + GIVE_UP_AFTER,
        "tries": 0,
        "created_at": desk.now,
    }
    return [
        same | {"webhook_id": listener.id, "key": delivery_key(listener.kind, happening.kind, happening.key)}
        for listener in desk.book.webhooks
        if happening.kind in listener.events
    ]


async def add_webhook(
    c: AsyncConnection, team_id: int, new: NewWebhook, seal: Seal, now: datetime
) -> tuple[int, str | None]:
    """Another program to tell from now on: (id, the secret that signs what a plain one gets)."""
    secret = (new.options.get("secret") or secrets.token_urlsafe(32)) if new.kind == PLAIN else None
    options = dict(new.options) | {"url": new.url} | ({"secret": secret} if secret else {})
    values = {"team_id": team_id, "kind": new.kind, "url": new.shown, "events": sorted(new.events)}
    sealed = {"options": seal.close(options), "created_at": now, "failures": 0}
    webhook_id = await teams.add_row(c, webhooks, values | sealed)
    await teams.touch(c, team_id)
    return webhook_id, secret


async def remove_webhook(c: AsyncConnection, team_id: int, webhook_id: int, now: datetime) -> bool:
    """Nothing is told to it any more; False if the team has no such webhook."""
    if not await store.remove(c, team_id, webhook_id, now, None):
        return False
    await store.drop_waiting(c, team_id, webhook_id)
    await teams.touch(c, team_id)
    return True


async def lose_webhook(c: AsyncConnection, team_id: int, webhook_id: int, now: datetime, error: str) -> None:
    """The receiver says that it is gone (410): what waits for it is given up, and its owner is to see that."""
    await store.remove(c, team_id, webhook_id, now, error)
    await store.give_up_waiting(c, team_id, webhook_id, error)
    await teams.touch(c, team_id)
