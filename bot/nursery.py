"""Background work: started here, awaited here, and never lost without a word."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Nursery:
    """The tasks of one process. One that dies of a bug raises ``is_broken``: the process ends and is started anew."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.broken = asyncio.Event()

    @property
    def is_broken(self) -> bool:
        """Whether a task died that should have gone on."""
        return self.broken.is_set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Begin ``work``; its end is looked at whatever it is."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("%s died of a bug", task.get_name(), exc_info=error)
            self.broken.set()

    async def finish(self, patience: float) -> None:
        """Wait for work that was told to stop; what has not by then is cancelled."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def cancel(self, name: str) -> None:
        """End work that has nothing to finish."""
        for task in self._tasks:
            if task.get_name() == name:
                task.cancel()
