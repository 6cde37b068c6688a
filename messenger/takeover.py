"""One sender after another: nothing is left in a dead one's hands, and Telegram's limits hold for both together."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from followup.clock import Clock
from followup.notices import queue_store
from followup.notices.takeover_store import in_hand, sent_since
from messenger.limits import History
from storage.engine import Database

_LOOK_EVERY: Final = 0.1  # seconds
_REMEMBERED: Final = timedelta(minutes=1)  # the longest span of a limit


async def take_over(database: Database, clock: Clock, history: History, patience: float) -> None:
    """Who only lost the lock may still be ending what he began: he has ``patience`` seconds to write it down."""
    await _all_written_down(database, patience)
    now = clock.now()
    async with database.write() as c:
        left = await in_hand(c)
        sent = await sent_since(c, now - _REMEMBERED)
        await queue_store.release_all(c)
    # Of what was in hand some may have reached Telegram: it counts as if all had, just now.
    history.recall([*sent, *((telegram_id, now) for telegram_id in left)])


async def _all_written_down(database: Database, patience: float) -> None:
    for _ in range(round(patience / _LOOK_EVERY)):
        if not await _is_any_in_hand(database):
            return
        await asyncio.sleep(_LOOK_EVERY)


async def _is_any_in_hand(database: Database) -> bool:
    async with database.read() as c:
        return bool(await in_hand(c))
