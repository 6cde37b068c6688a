"""A clock that a test or the demo may move: real, sped up, or standing still until told."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Tells the sandbox's time; jumps only forward, because nothing outside a sandbox ever goes back."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0, *, frozen: bool = False) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError("start must carry a time zone")
        self._shown_at = (start or datetime.now(UTC)).astimezone(UTC)
        self._anchor = time.monotonic()
        self._speed = 0.0 if frozen else speed
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The present moment of the sandbox, aware, in UTC."""
        return self._shown_at + timedelta(seconds=(time.monotonic() - self._anchor) * self._speed)

    @property
    def speed(self) -> float:
        """Sandbox seconds per real second; 0 stands still."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if speed < 0:
            raise ValueError("time does not run backwards")
        self._re_anchor(timedelta())
        self._speed = speed
        self._tell()

    def forward(self, span: timedelta) -> None:
        """Jump ahead and tell everybody who waits for a moment."""
        if span < timedelta():
            raise ValueError("time does not run backwards")
        self._re_anchor(span)
        self._tell()

    def add_listener(self, listener: Callable[[], None]) -> None:
        """Call `listener()` after every jump and change of speed."""
        self._listeners.append(listener)

    def remove_listener(self, listener: Callable[[], None]) -> None:
        """Stop calling `listener`."""
        self._listeners.remove(listener)

    def _re_anchor(self, span: timedelta) -> None:
        self._shown_at = self.now() + span
        self._anchor = time.monotonic()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()
