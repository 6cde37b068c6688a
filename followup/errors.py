"""Refusals: what a person or a script is told when the business says no."""

from __future__ import annotations

from typing import Any


class FollowupError(Exception):
    """A refusal whose ``key`` names its text in templates/refusals.j2; ``values`` fill the text."""

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.key} ({details})" if details else self.key
