"""Reports as files and pictures in a chat; one that says what another said before goes out by Telegram's own id of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final, TypeAlias

from followup.notices.files_store import known_file
from followup.reports.actions import build
from followup.reports.selection import Selection
from followup.reports.shape import Report, to_json
from followup.teams import store as teams
from followup.teams.desk import Desk
from messenger.content import Readers
from messenger.outgoing import Outgoing
from messenger.render import render
from messenger.report_files import FileStyle, report_csv, report_file_name, report_xlsx, style_of_form
from messenger.report_pictures import Asked, draw, table_picture
from messenger.report_steps import with_names
from messenger.report_words import fixed_words, moment_words, period_words
from storage.rows import Row

ReportLetter: TypeAlias = Callable[[object, Readers, Row], Awaitable[Outgoing | None]]


async def _report_file(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """The whole report as asked for in the payload: ``chosen``, ``format``, ``columns`` of a table's picture."""
    payload, language = row["payload"], readers.book.policy.language
    desk = Desk(readers.c, readers.book, readers.now)
    chosen = Selection.from_json(payload["chosen"])
    chosen = chosen.with_table() if payload["format"] in ("csv", "xlsx") else chosen
    report = with_names(await build(desk, chosen), readers.book)
    titles = await teams.reason_titles(readers.c, readers.book.id)
    columns = tuple(payload.get("table_columns") or ())
    written = style_of_form(language, payload.get("csv") or {})
    style = replace(written, mask=readers.mask, titles=titles, columns=columns, address=readers.address)
    key = file_key(report, style, payload)
    known = await known_file(readers.c, readers.book.id, key)
    body = b"" if known else await asyncio.to_thread(_made, report, style, payload)
    kind, text = payload["format"], _caption(report, language)
    if kind.startswith("png"):
        return Outgoing(text=text, photo=body, file_key=key, file_id=known)
    document = (report_file_name(report.selection, kind), body)
    return Outgoing(text=text, document=document, file_key=key, file_id=known)


def file_key(report: Report, style: FileStyle, payload: Mapping[str, Any]) -> str:
    """Equal for files that say the same, at whatever moment they are asked for."""
    said = to_json(report) | {"as_of": None}
    looks = (style.language, style.mask, sorted(style.titles.items()), payload["format"], payload.get("columns"))
    written = (style.columns, style.separator, style.encoding, style.timezone, style.address)
    windows = [(window.begins_at.isoformat(), str(window.ends_at)) for window in report.windows]
    everything = json.dumps([said, looks, written, windows, report.series], default=str, sort_keys=True)
    return sha256(everything.encode(errors="surrogatepass")).hexdigest()


def _made(report: Report, style: FileStyle, payload: Mapping[str, Any]) -> bytes:
    kind, _, picture = payload["format"].partition(".")
    if kind == "csv":
        return report_csv(report, style)
    if kind == "xlsx":
        return report_xlsx(report, style)
    if picture == "table":
        return table_picture(Asked(report=report, language=style.language), tuple(payload.get("columns") or ()))
    return draw(picture, report, style.language)


def _caption(report: Report, language: str) -> str:
    return render(
        "reports/report_caption.j2",
        language,
        title=fixed_words(language)["kinds"][report.selection.kind],
        period=period_words(report.selection, language),
        as_of=moment_words(report.as_of, report.timezone, language),
    )


REPORT_LETTERS: Final[Mapping[str, ReportLetter]] = {"report_file": _report_file}
