"""What a person asks of reports in one line: a kind, a period, how often; in any of the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from followup.errors import FollowupError
from followup.reports.periods import Days, days_of, finished_days, period_of
from followup.reports.rhythms import Rhythm, begins_at, rhythm_of
from followup.reports.selection import Kind, Selection, selection_of

_KINDS: Mapping[Kind, frozenset[str]] = {
    "calls": frozenset({"calls", "call", "звонки", "звонков", "звонкам", "дзвінки", "дзвінків", "дзвінкам"}),
    "missed": frozenset(
        {"missed", "пропущенные", "пропущенных", "пропущенным", "пропущені", "пропущених", "пропущеним"}
    ),
    "callbacks": frozenset(
        {"callbacks", "callback", "orders", "заказы", "заказов", "заказам", "обратные", "замовлення", "замовлень"}
    ),
    "tickets": frozenset(
        *[{"tickets", "ticket", "обращения", "обращений", "обращениям", "звернення", "звернень", "зверненнями"}]
    ),
    "team": frozenset(
        {"team", "команда", "команды", "команде", "команди", "команді", "managers", "менеджеры", "менеджери"}
    ),
}
_LISTS = frozenset({"schedules", "schedule", "расписание", "расписания", "розклад", "розклади"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A report asked for; ``period`` is one of ``periods``, ``rhythm`` says that it shall come by itself."""

    kind: Kind
    period: str
    rhythm: Rhythm | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def days(self, today: date) -> Days:
        """Its first and last date; one that comes by itself tells of days that are over."""
        return finished_days(self.period, today) if self.rhythm else days_of(self.period, today)

    def selection(self, today: date) -> Selection:
        """As a question to the reports, asked today."""
        return selection_of(self.kind, *self.days(today), self.filters, self.options)

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` reads back; the rhythm is kept beside."""
        filters = {name: list(values) for name, values in self.filters.items()}
        return {"kind": self.kind, "period": self.period, "filters": filters, "options": dict(self.options)}

    @staticmethod
    def from_json(stored: Mapping[str, Any], rhythm: Rhythm | None = None) -> Wish:
        """A stored wish."""
        filters = {name: tuple(values) for name, values in stored["filters"].items()}
        return Wish(
            kind=stored["kind"], period=stored["period"], rhythm=rhythm, filters=filters, options=stored["options"]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What stands after /report: nothing, a kind, a whole wish, or the question for what comes by itself."""

    kind: Kind | None = None
    wish: Wish | None = None
    is_list: bool = False


def command_of(text: str, today: date) -> Command:
    """What the words ask for; a refusal names what is understood."""
    words = [word.replace("ё", "е").replace("'", "").replace("ʼ", "").replace("’", "") for word in text.lower().split()]
    words = [word.strip(",;") for word in words]
    if words and set(words) <= _LISTS:
        return Command(is_list=True)
    kinds = [kind for kind, names in _KINDS.items() if names & set(words)]
    # "пропущенные звонки", "заказы звонков": the other word says which calls.
    kind = next((each for each in kinds if each != "calls" or len(kinds) == 1), None)
    left = [word for word in words if not any(word in names for names in _KINDS.values())]
    if kind is None or len(kinds) > 2 or (len(kinds) == 2 and "calls" not in kinds):
        if not words:
            return Command()
        raise FollowupError("bad_report", found=text[:40])
    return Command(kind=kind, wish=_wish(kind, left, text, today))


def _wish(kind: Kind, words: list[str], text: str, today: date) -> Wish | None:
    place = begins_at(words)
    rhythm = rhythm_of(words[place:]) if place is not None else None
    said = " ".join(words[:place])
    if place is not None and rhythm is None:
        raise FollowupError("bad_rhythm", found=" ".join(words[place:])[:40])
    period = period_of(said, today) if said else None
    if said and period is None:
        raise FollowupError("bad_report", found=text[:40])
    if rhythm is not None:
        return Wish(kind=kind, period=_of_rhythm(period, rhythm), rhythm=rhythm)
    return Wish(kind=kind, period=period) if period else None


def _of_rhythm(period: str | None, rhythm: Rhythm) -> str:
    """What comes once a month is of the month before, unless something else was said."""
    if rhythm.month_day is not None:
        return "last_month" if period in (None, "days30") else period
    return period or ("yesterday" if rhythm.is_daily else "days7")
