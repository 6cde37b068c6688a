"""Cards that crowd in one chat are bundled before the outbox chooses what to send (promise 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import bundles_store as bundles
from followup.notices import priorities
from followup.notices import store as notices
from followup.notices.bundles_store import Crowd
from messenger.crowds import MOST_ALONE, MOST_LINES, gather, must_wait
from messenger.plan import Traffic
from storage.rows import Row

_log = structlog.get_logger(__name__)


async def crowded(c: AsyncConnection, rows: Sequence[Row], traffic: Traffic, now: datetime) -> list[Crowd]:
    """The chats where first alerts have to wait for one another; asks the database only where one may be."""
    telegram_ids = _suspects(rows)
    if not telegram_ids:
        return []
    team_ids = {row["team_id"] for row in rows if row["chat_id"] in telegram_ids}
    found = await bundles.crowds(c, team_ids, list(telegram_ids), now)
    return [
        crowd
        for crowd in found
        if (crowd.alerts > MOST_ALONE or crowd.bundles)
        and must_wait(crowd.alerts + crowd.bundles, telegram_ids[crowd.chat_id], traffic, now)
    ]


def _suspects(rows: Iterable[Row]) -> dict[int, int]:
    """Chat id → Telegram chat, where a card waits for the first time and is not alone."""
    by_chat: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_chat[row["telegram_id"]].append(row)
    return {
        row["chat_id"]: row["telegram_id"]
        for together in by_chat.values()
        for row in together
        if len(together) > 1 and row["item"] == "card" and row["priority"] == priorities.ALERT
    }


async def bundle_up(c: AsyncConnection, crowds: Iterable[Crowd], now: datetime) -> bool:
    """One message instead of many, in one transaction: what another process has bundled meanwhile is left to it."""
    has_changed = False
    for crowd in sorted(crowds, key=lambda one: one.chat_id):
        chat = await notices.chat_by_id(c, crowd.team_id, crowd.chat_id)
        if chat is not None:
            has_changed |= await _bundle(c, chat, now)
    return has_changed


async def _bundle(c: AsyncConnection, chat: notices.Chat, now: datetime) -> bool:
    await bundles.lock_chat(c, chat)
    alerts = await bundles.lone_alerts(c, chat, now)
    waiting = await bundles.open_bundle(c, chat, now)
    chosen = gather(len(alerts), max(0, MOST_LINES - waiting.lines) if waiting else 0)
    if waiting is not None and chosen.joining:
        await bundles.join_bundle(c, chat, waiting.card_id, alerts[: chosen.joining])
    begin = chosen.joining
    for size in chosen.bundles:
        await bundles.add_bundle(c, chat, alerts[begin : begin + size], now)
        begin += size
    if begin:
        _log.info("outbox: bundled", chat=chat.telegram_id, cards=begin)
    return begin > 0
