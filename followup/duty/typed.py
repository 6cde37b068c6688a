"""What people type after /duty: "off", "away 30m", "отошёл до 15:30"."""

from __future__ import annotations

from followup.duty.rules import Status

_WORDS: dict[Status, tuple[str, ...]] = {
    "available": (
        *("available", "on", "here", "back", "доступен", "доступна", "доступний", "доступно", "на месте", "на місці"),
        *("здесь", "тут", "вернулся", "вернулась", "повернувся", "повернулась"),
    ),
    "away": ("away", "break", "отошёл", "отошел", "отошла", "перерыв", "відійшов", "відійшла", "перерва"),
    "off": ("off", "home", "не работаю", "ушёл", "ушел", "ушла", "не працюю", "пішов", "пішла"),
}
_MEANINGS = {word: status for status, words in _WORDS.items() for word in words}
_UNTIL = frozenset({"until", "till", "for", "до", "на"})


def typed_duty(text: str) -> tuple[Status, str] | None:
    """The status, and what was said of its end; None: no such word."""
    words = text.lower().split()
    for size in (2, 1):
        status = _MEANINGS.get(" ".join(words[:size]))
        if status is not None:
            rest = words[size:]
            return status, " ".join(rest[1:] if rest and rest[0] in _UNTIL else rest)
    return None
