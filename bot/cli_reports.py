"""`perezvon report`: the reports of the chat as text, files, a picture and JSON; and what is behind a figure."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from bot.cli_frame import AsJson, Room, Team, fail, find_team, pairs, run, say
from followup.errors import FollowupError
from followup.reports.actions import build, listed
from followup.reports.selection import KINDS, Selection, selection_of, values_of_option
from followup.reports.shape import Figure, ListedItem
from followup.teams import store as teams
from followup.teams.desk import Desk

_EVERYTHING: Final = 10**9
_DAY: Final = "2026-11-22"


class Form(StrEnum):
    """What a report may be written as."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PNG = "png"
    TEXT = "text"

    @property
    def is_binary(self) -> bool:
        """Whether a terminal cannot show it."""
        return self in (Form.XLSX, Form.PNG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """How a report is written: its form, the settings of CSV, which picture, the language (None: the team's), width."""

    form: Form
    style: dict[str, str]
    picture: str
    language: str | None
    width: int | None


def report(  # noqa: PLR0913 - the options of a command
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(KINDS)}.", show_default=False)],
    team: Team,
    *,
    begins: Annotated[
        str, typer.Option("--from", metavar=_DAY, help="First day of the team's calendar.", show_default=False)
    ],
    ends: Annotated[str | None, typer.Option("--to", metavar=_DAY, help="Last day; without: the first one.")] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="KEY=VALUE", help="Of one key several: any of them. manager=none: nobody's."),
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            metavar="KEY=VALUE",
            help="hide_missed, by_extension, first_call; of tickets by, basis, clock, without_snooze, table.",
        ),
    ] = None,
    form: Annotated[Form | None, typer.Option("--format", help="What to write; without: text.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; without: stdout.", dir_okay=False)
    ] = None,
    style: Annotated[
        list[str] | None,
        typer.Option("--csv", metavar="KEY=VALUE", help="separator, encoding, decimal, timezone of a CSV file."),
    ] = None,
    picture: Annotated[
        str, typer.Option(help="Of --format png: table, days, heat, curve, contact, people, closed, wait, handling.")
    ] = "table",
    language: Annotated[str | None, typer.Option(help="ru, uk or en; without: the team's.")] = None,
    opened: Annotated[
        str | None,
        typer.Option("--list", metavar="ROW:COLUMN", help="As JSON, all that a figure counts; :COLUMN of the total."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A report of the days from … to …, both included, as of now: the numbers of the chat and of the API.

    Example: perezvon report calls --team Sales --from 2026-11-01 --to 2026-11-30 --filter manager=Olga --format xlsx -o calls.xlsx

    A file for Excel in Ukrainian: --format csv --csv separator=semicolon --csv encoding=windows-1251 --csv decimal=comma
    """
    chosen = _form(form, is_json=as_json or opened is not None)
    is_seen = output is None and is_terminal()
    if chosen.is_binary and is_seen:
        fail(f"--format {chosen.value}: a terminal cannot show it, give -o FILE", 2)
    asked = (_several(filters), pairs(options or (), "--option"))
    width = shutil.get_terminal_size().columns if is_seen else None
    paper = Paper(
        form=chosen, style=pairs(style or (), "--csv"), picture=picture, language=_language(language), width=width
    )

    async def work(room: Room) -> bytes:
        selection = selection_of(kind, begins, ends or begins, *asked)
        async with room.database.read() as c:
            desk = Desk(c, await teams.load_book(c, await find_team(c, team)), room.clock.now())
            if opened is not None:
                return await _list(desk, selection, opened)
            return await _write(desk, selection, paper)

    _hand_over(run(work, as_json=as_json), output, as_json=as_json)


def is_terminal() -> bool:
    """Whether a person looks at stdout."""
    return sys.stdout.isatty()


def _form(form: Form | None, *, is_json: bool) -> Form:
    if is_json and form not in (None, Form.JSON):
        raise typer.BadParameter(f"found {form}, but --json and --list print JSON", param_hint="--format")
    return Form.JSON if is_json else form or Form.TEXT


def _language(text: str | None) -> str | None:
    if text is not None and text not in ("ru", "uk", "en"):
        raise typer.BadParameter(f"found {text!r}, expected one of ru, uk, en", param_hint="--language")
    return text


def _several(texts: Sequence[str] | None) -> dict[str, list[str]]:
    """`key=value` texts; equal keys add up."""
    found: dict[str, list[str]] = {}
    for text in texts or ():
        for key, value in pairs([text], "--filter").items():
            found.setdefault(key, []).append(value)
    return found


async def _write(desk: Desk, selection: Selection, paper: Paper) -> bytes:
    """The libraries of tables and pictures take a second to import: who asks for the version does not pay for it."""
    from bot.report_papers import as_bytes, check

    check(selection.kind, paper)
    titles = await teams.reason_titles(desk.c, desk.book.id)
    selection = selection.with_table() if paper.form in (Form.CSV, Form.XLSX) else selection
    return as_bytes(await build(desk, selection), paper, (paper.language or desk.book.policy.language, titles))


async def _list(desk: Desk, selection: Selection, opened: str) -> bytes:
    """Exactly what a figure counts, newest first."""
    row, _, column = opened.rpartition(":")
    found = await build(desk, selection)
    names = dict(zip((_name_of(each) for each in found.rows), found.row_keys, strict=True))
    if row and row not in found.row_keys and row not in names:
        raise _no_figure(opened, f"one of the rows {', '.join(map(str, names))}")
    if column not in {each.key for each in found.columns if each.opens}:
        raise _no_figure(opened, f"one of {', '.join(each.key for each in found.columns if each.opens)}")
    key = (row if row in found.row_keys else names[row]) if row else None
    behind = await listed(desk, selection, Figure(row=key, column=column), 0, _EVERYTHING)
    zone = ZoneInfo(found.timezone)
    document = {"total": behind.total, "items": [_item(item, zone) for item in behind.items]}
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()


def _name_of(row: Mapping[str, Any]) -> str:
    names = ("manager", "widget", "case_id", *values_of_option("by"))
    found = next((row[name] for name in names if row.get(name) is not None), "none")
    return f"{found}/{row['extension'] or ''}" if "extension" in row else str(found)


def _no_figure(found: str, expected: str) -> FollowupError:
    return FollowupError("bad_setting", setting="--list", found=found[:64], expected=expected[:600])


def _item(item: ListedItem, zone: ZoneInfo) -> dict[str, Any]:
    return asdict(item) | {"at": item.at.astimezone(zone).isoformat(timespec="seconds")}


def _hand_over(content: bytes, output: Path | None, *, as_json: bool) -> None:
    if output is None:
        stream = typer.get_binary_stream("stdout")
        stream.write(content)
        stream.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror or error}", 1, as_json=as_json)
    if as_json:
        say({"ok": True, "file": str(output)})
