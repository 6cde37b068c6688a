"""Long polling that stores before it confirms: the next offset is only said when the updates are on disk (promise 19)."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any, Protocol

import aiohttp
import structlog

log = structlog.get_logger()

KINDS = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
_LONG = 25  # seconds that Telegram holds an empty poll
_MOST_PATIENT = 5.0  # a press wants its answer within 150 s


class Keeps(Protocol):
    """Where updates are stored; returns when they are committed."""

    async def append(self, body: Mapping[str, Any]) -> None:
        """Store one update; one that is known is no error."""
        ...


class TurnedAway(ValueError):
    """Telegram has answered, but with no updates; ``retry_after`` are the seconds it wants to be left alone for."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        super().__init__(f"{body.get('error_code')} {body.get('description')}")
        self.retry_after = float((body.get("parameters") or {}).get("retry_after") or 0)


class Poller:
    """Asks one bot's updates and hands them on."""

    def __init__(self, api_url: str, token: str, keeper: Keeps) -> None:
        self._url = f"{api_url.rstrip('/')}/bot{token}/getUpdates"
        self._keeper = keeper
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> None:
        """Until cancelled. Raw JSON, not aiogram's models: one update that cannot be read must not stop the others."""
        timeout = aiohttp.ClientTimeout(total=_LONG + 15)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                await self._once(session)

    async def take(self, session: aiohttp.ClientSession, *, wait: int = _LONG) -> int:
        """One poll: what came is stored, and confirmed by the next one; how many there were."""
        found = await self._ask(session, wait)
        async with asyncio.TaskGroup() as group:
            for update in found:
                group.create_task(self._keeper.append(update))
        if found:
            self._offset = max(update["update_id"] for update in found) + 1
        return len(found)

    async def _once(self, session: aiohttp.ClientSession) -> None:
        try:
            await self.take(session)
            self._failures = 0
        except (TimeoutError, aiohttp.ClientError, ValueError, KeyError, ExceptionGroup) as error:
            await self._wait(error)

    async def _ask(self, session: aiohttp.ClientSession, wait: int) -> list[dict[str, Any]]:
        asked = {"timeout": str(wait), "allowed_updates": json.dumps(KINDS)}
        if self._offset is not None:
            asked["offset"] = str(self._offset)
        async with session.post(self._url, data=asked) as answer:
            body = await answer.json(content_type=None)
        if not body.get("ok"):
            raise TurnedAway(body)
        found: list[dict[str, Any]] = body["result"]
        return found

    async def _wait(self, error: BaseException) -> None:
        """Telegram is not there: ask again, ever more slowly, with jitter."""
        self._failures += 1
        pause = pause_after(self._failures, error)
        log.warning("polling failed", why=f"{type(error).__name__}: {error}"[:200], again_in=round(pause, 1))
        await asyncio.sleep(pause)


def pause_after(failures: int, error: BaseException) -> float:
    """Seconds until the next poll, after so many failures in a row; what Telegram itself asks for is kept."""
    own: float = min(_MOST_PATIENT, 0.5 * 2 ** min(failures, 6)) * (0.5 + random.random())  # noqa: S311 - jitter
    return max(own, error.retry_after) if isinstance(error, TurnedAway) else own
