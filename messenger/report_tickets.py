"""The steps that only a report of tickets has: how to group it, its table's columns, how its file is written."""

from __future__ import annotations

from followup.reports.ticket_rows import TABLE as COLUMNS
from messenger.outgoing import Outgoing
from messenger.report_steps import Shown
from messenger.report_words import TABLE, ReportWords


async def choices(shown: Shown) -> Outgoing:
    """How to group a report of tickets (G13)."""
    return Outgoing(text=shown.text("choices"), keyboard=shown.keys.choices(shown.chosen, "by"))


async def table(shown: Shown) -> Outgoing:
    """G18: which columns the table of tickets has in files."""
    words, chosen = ReportWords(TABLE, shown.language), shown.params.get("table_columns")
    every = [(column.key, words.title(column.key)) for column in COLUMNS]
    on = chosen or [key for key, _ in every]
    return Outgoing(text=shown.text("table"), keyboard=shown.keys.columns(every, on, "tcolumn"))


async def csv_form(shown: Shown) -> Outgoing:
    """G31: the settings of a file, before it is made."""
    return Outgoing(text=shown.text("csv"), keyboard=shown.keys.csv(shown.params.get("csv") or {}))
