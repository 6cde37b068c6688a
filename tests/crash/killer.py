"""Two ways to die, both by SIGKILL: at a named place, or just before the Nth time that any task goes on."""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from tests.house.source import ROOMS

Side = Literal["before", "after"]


def die() -> None:
    """No farewell: nothing is flushed, closed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)


def resolve(place: str) -> tuple[Any, str]:
    """The owner of `module:qualified.name` and the name in it; AttributeError if it is there no more."""
    module, _, path = place.partition(":")
    *outer, name = path.split(".")
    owner = functools.reduce(getattr, outer, importlib.import_module(module))
    getattr(owner, name)
    return owner, name


def wrap(place: str, side: Side, act: Callable[[], None]) -> None:
    """Let ``act`` happen whenever the place is reached, whoever has imported it under whichever name."""
    owner, name = resolve(place)
    function = getattr(owner, name)
    around = _around(function, side, act)
    setattr(owner, name, around)
    for module in [module for known, module in sys.modules.items() if known.partition(".")[0] in ROOMS]:
        for alias in [alias for alias, value in vars(module).items() if value is function]:
            setattr(module, alias, around)


def _around(function: Any, side: Side, act: Callable[[], None]) -> Any:
    @functools.wraps(function)
    async def waited(*given: Any, **named: Any) -> Any:
        if side == "before":
            act()
        result = await function(*given, **named)
        if side == "after":
            act()
        return result

    @functools.wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        if side == "before":
            act()
        result = function(*given, **named)
        if side == "after":
            act()
        return result

    return waited if inspect.iscoroutinefunction(function) else called


class Counter:
    """Counts how often tasks go on, from ``begin`` on; at ``deadly`` the process dies."""

    def __init__(self, deadly: int | None = None) -> None:
        self.deadly = deadly
        self.count = 0
        self.is_counting = False

    def begin(self) -> None:
        """The story has begun."""
        self.is_counting = True

    def tick(self) -> None:
        """A task goes on now."""
        if self.is_counting:
            self.count += 1
            if self.count == self.deadly:
                die()

    def install(self) -> None:
        """For every task that the running loop makes from now on."""

        def make(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
            return asyncio.Task(_Counted(work, self), loop=loop, **named)

        asyncio.get_running_loop().set_task_factory(make)  # type: ignore[arg-type]


class _Counted(Coroutine[Any, Any, Any]):
    """A coroutine whose every resumption is counted."""

    def __init__(self, work: Coroutine[Any, Any, Any], counter: Counter) -> None:
        self._work = work
        self._counter = counter

    def send(self, value: Any) -> Any:
        self._counter.tick()
        return self._work.send(value)

    def throw(self, *error: Any) -> Any:
        self._counter.tick()
        return self._work.throw(*error)

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Any:
        return self._work.__await__()
