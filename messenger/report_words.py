"""What the figures of reports are called and mean: short title, full title, definition, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_interval
from markupsafe import Markup

from followup.health.actions import BlindWindow
from followup.reports.selection import NOT_ASSIGNED, VALUES, Kind, Selection
from followup.reports.shape import Report
from messenger.render import environment, known_language, phrase, render
from messenger.words import how_word, miss_reason, state_word

SPREAD = ("mean", "median", "p90", "n")  # D18: what a spread is printed as
NONE_YET = "none_yet"  # D18: beside them, how many have no value
TABLE: Final = "ticket_table"  # the table of tickets has columns and words of its own (G19–G30)
_PARTS = (*SPREAD, NONE_YET)
_RESULTS = ("resolved", "refused", "non_target")
_WORDS = "reports/report_words.j2"
# American English would put the month first.
_LOCALES = {"en": "en_GB", "ru": "ru", "uk": "uk"}


@dataclass(frozen=True, slots=True)
class ReportWords:
    """The words of one kind of report in one language; an unknown column is a bug and raises KeyError."""

    kind: Kind | Literal["ticket_table"]
    language: str

    def title(self, key: str) -> str:
        """The title for a table: at most 22 characters, but for the parts of a spread."""
        return self._titled(key, 0)

    def head(self, key: str) -> str:
        """What stands over the column on a phone: the title, or a shorter word where the template has one."""
        column, part = self._column(key), key.rpartition(".")[2]
        is_shortened = len(column) > 4 and (part == "mean" or part not in _PARTS)
        return column[4] if is_shortened else self.title(key)

    def long_title(self, key: str) -> str:
        """The title as the page of the definition's origin has it."""
        return self._titled(key, 1)

    def definition(self, key: str) -> str:
        """One sentence with its ID: "M22: …"."""
        column = self._column(key)
        return f"{column[2]}: {column[3]}"

    def value(self, key: str, value: Any) -> Any:
        """The value as people read it: words for codes, lists on one line; figures and moments as they are."""
        if isinstance(value, list | tuple):
            return ", ".join(str(self.value(key, each)) for each in value)
        if value is None:
            return fixed_words(self.language)["nobody_in_table" if self.kind == TABLE else "nobody"].get(key)
        word = _CODES.get(key)
        return word(value, self.language) if word else value

    def _titled(self, key: str, length: int) -> str:
        title = str(self._column(key)[length])
        part = key.rpartition(".")[2]
        return f"{title}: {fixed_words(self.language)['parts'][part]}" if part in _PARTS else title

    def _column(self, key: str) -> list[str]:
        columns = _columns(known_language(self.language))[self.kind]
        whole, _, part = key.rpartition(".")
        return columns[whole if part in _PARTS else key]


def _channel(code: str, language: str) -> str:
    return phrase("ticket_channel", language, code)


def _result(title: str, language: str) -> str:
    """Built-in results are told by their codes."""
    return phrase("ticket_result", language, title) if title in _RESULTS else title


def _hour(text: str, _: str) -> str:
    return f"{int(text):02}:00"


def _day(text: str, language: str) -> str:
    return str(format_date(date.fromisoformat(text), "d MMM y", locale=_LOCALES[known_language(language)]))


def _month(text: str, language: str) -> str:
    return str(format_date(date.fromisoformat(f"{text}-01"), "LLLL y", locale=_LOCALES[known_language(language)]))


_CODES = {
    "reason": miss_reason,
    "reasons": miss_reason,
    "state": state_word,
    "how": how_word,
    "channel": _channel,
    "result": _result,
    "day": _day,
    "week": _day,
    "month": _month,
    "hour": _hour,
}


def fixed_words(language: str) -> Mapping[str, Any]:
    """Names of kinds, filters, options and parts; what the rows nobody owns are called; the words of a file."""
    return _fixed(known_language(language))


def head_lines(report: Report, language: str, timezone: str | None = None) -> list[str]:
    """What every report prints of itself: whose, when, as of, filters, options, stretches without data (G12, D16)."""
    zone, said, chosen = timezone or report.timezone, fixed_words(language), report.selection
    spoken: Any = environment(language).get_template(_WORDS).module
    asked = (
        said["kinds"][chosen.kind],
        report.team_name,
        period_words(chosen, language),
        moment_words(report.as_of, zone, language),
        zone,
        filter_words(chosen, language),
        option_words(chosen, language),
        ", ".join(window_words(window, zone, language) for window in report.windows),
    )
    # Marked as safe, because this is no HTML: a team called "A & B" stays as it is.
    lines: list[str] = json.loads(spoken.head(*map(Markup, asked)))
    return lines


def period_words(chosen: Selection, language: str) -> str:
    """The days of a selection: "1–15 Nov 2026"."""
    begins, ends = chosen.begins, chosen.ends
    return span_of_days(begins, ends, language)


def span_of_days(begins: date, ends: date, language: str) -> str:
    """Two dates with what they share said once."""
    return format_interval(begins, ends, "yMMMd", locale=_LOCALES[known_language(language)])


def moment_words(at: datetime, timezone: str, language: str) -> str:
    """A moment with its day, as a head prints it: "22 Nov 2026, 18:30"."""
    local = at.astimezone(ZoneInfo(timezone))
    return format_datetime(local, "d MMM y, HH:mm", locale=_LOCALES[known_language(language)])


def window_words(window: BlindWindow, timezone: str, language: str) -> str:
    """A stretch without data, "since …" where it lasts."""
    begins = moment_words(window.begins_at, timezone, language)
    ends = moment_words(window.ends_at, timezone, language) if window.ends_at else None
    spoken: Any = environment(language).get_template(_WORDS).module
    return " ".join(str(spoken.window(begins, ends)).split())


def filter_words(chosen: Selection, language: str) -> str:
    """The filters as they were chosen: "Manager: Anna, Not assigned; Line: Sales"."""
    said = fixed_words(language)
    return "; ".join(
        f"{said['filters'][name]}: {', '.join(_filtered(name, value, language) for value in values)}"
        for name, values in chosen.filters.items()
    )


def option_words(chosen: Selection, language: str) -> str:
    """The options that are on, and what others are set to; that files have a table goes without saying."""
    said = fixed_words(language)
    shown = [name for name in chosen.options if name != "table" and (name in VALUES or chosen.is_on(name))]
    return "; ".join(option_value(name, chosen.option(name), said) for name in shown)


def option_value(name: str, value: str, said: Mapping[str, Any]) -> str:
    """An option as it is set: "by week"."""
    return str(said["values"][name][value] if name in VALUES else said["options"][name])


def _filtered(name: str, value: str, language: str) -> str:
    if value == NOT_ASSIGNED:
        return str(fixed_words(language)["nobody"].get(name, value))
    if name == "channel":
        return _channel(value, language)
    return miss_reason(value, language) if name == "reason" else value


@lru_cache(maxsize=3)
def _columns(language: str) -> dict[str, dict[str, list[str]]]:
    columns: dict[str, dict[str, list[str]]] = json.loads(render("reports/columns.j2", language))
    return columns


@lru_cache(maxsize=3)
def _fixed(language: str) -> dict[str, Any]:
    spoken: Any = environment(language).get_template(_WORDS).module
    words: dict[str, Any] = json.loads(spoken.fixed())
    return words
