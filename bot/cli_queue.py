"""`perezvon missed | inbox | digest`: what waits for people, and what waits for the program."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from bot.cli_frame import AsJson, Room, Team, answered, fail, find_team, local_date, run, say
from bot.keys import installation_seal
from bot.settings import load_settings
from followup.cases.outside import queue_json
from followup.cases.queue_store import queue_rows
from followup.cases.views import QueueFilter, QueueRow
from followup.errors import FollowupError
from followup.teams import store as teams
from followup.teams.book import TeamBook
from followup.teams.connection_store import team_names
from followup.teams.shelf import Shelf
from handlers.inbox import InboxWorker
from storage import inbox as rows_of_inbox
from storage.rows import Row

inbox = typer.Typer(help="What PBXs sent and the program could not read, or has not read yet.")
digest = typer.Typer(no_args_is_help=True, help="The day's digest.")

_MOST_ROWS: Final = 1000
_SHOWN_BODY: Final = 2000


class TabName(StrEnum):
    """Tabs of the queue."""

    OPEN = "open"
    PROCESSED = "processed"


class RowState(StrEnum):
    """Rows of the inbox that are not done."""

    PENDING = "pending"
    FAILED = "failed"


def missed(
    team: Team,
    tab: Annotated[TabName, typer.Option(help="Clients who wait, or those who were dealt with.")] = TabName.OPEN,
    day: Annotated[
        str | None, typer.Option("--date", help="Only with a missed call of this local day.", metavar="2026-11-22")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """The queue of unprocessed missed calls: all rows, never paged."""
    chosen = QueueFilter(tab=tab.value, day=local_date(day, "--date").isoformat() if day else None)

    async def work(room: Room) -> tuple[TeamBook, list[QueueRow]]:
        async with room.database.read() as c:
            book = await teams.load_book(c, await find_team(c, team))
            return book, await queue_rows(c, book, chosen, room.clock.now())

    book, rows = run(work, as_json=as_json)
    if as_json:
        zone = ZoneInfo(book.policy.timezone)
        say({"team": book.name, "tab": tab.value, "rows": [queue_json(row, zone, tab.value) for row in rows]})
    else:
        _show_queue(book, rows)


def _show_queue(book: TeamBook, rows: Sequence[QueueRow]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    zone = ZoneInfo(book.policy.timezone)
    table = Table(
        "case", "client", "lines", "reason", "first call", "×", "attempts", "waiting", "state", title=book.name
    )
    for row in rows:
        client = " ".join(part for part in (row.client or "hidden", row.name) if part)
        who = row.closed_by if row.state == "closed" else row.taken_by
        state = " ".join(filter(None, (row.how or row.state, who)))
        table.add_row(
            *(str(row.case_id), escape(client), escape(", ".join(row.lines)), row.reason or ""),
            *(f"{row.first_call_at.astimezone(zone):%d.%m %H:%M}", str(row.missed), str(row.attempts)),
            *(f"{row.waiting_seconds // 60} min", escape(state)),
        )
    Console().print(table)


@inbox.callback(invoke_without_command=True)
def list_inbox(
    context: typer.Context,
    state: Annotated[RowState | None, typer.Option(help="Only rows in this state.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Rows that are pending or failed, with the reason; `inbox replay` has them done again."""
    if context.invoked_subcommand is not None:
        return
    states = [state.value] if state else [each.value for each in RowState]

    async def work(room: Room) -> tuple[dict[str, int], list[dict[str, Any]]]:
        async with room.database.read() as c:
            rows = await rows_of_inbox.listed(c, states, _MOST_ROWS)
            names = await team_names(c)
            return await rows_of_inbox.counts(c), [_row_json(row, names) for row in rows]

    counts, rows = run(work, as_json=as_json)
    if as_json:
        say({**counts, "rows": rows})
        return
    typer.echo(f"pending {counts['pending']}, failed {counts['failed']}")
    for row in rows:
        typer.echo(
            f"{row['id']}  {row['team']}  {row['received_at']:%d.%m %H:%M:%S} UTC  {row['error'] or row['state']}"
        )


def _row_json(row: Row, names: dict[int, str]) -> dict[str, Any]:
    """A row for people and scripts; headers may hold secrets and stay in the database."""
    shown = {name: row[name] for name in ("id", "connection_id", "received_at", "state", "error", "method", "path")}
    body = row["body"][:_SHOWN_BODY].decode(errors="replace")
    return shown | {"team": names.get(row["team_id"]), "body": body, "bytes": len(row["body"])}


@inbox.command("replay")
def replay(
    ids: Annotated[list[int] | None, typer.Argument(help="Ids of failed rows; without: all of them.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Do failed rows again, now; repeats are harmless."""
    rows = run(lambda room: _replay(room, ids or None), as_json=as_json)
    failed = [row for row in rows if row["state"] == "failed"]
    if as_json:
        say({"replayed": len(rows), "failed": len(failed), "rows": rows})
    else:
        typer.echo(f"replayed {len(rows)}, failed again {len(failed)}")
    if failed:
        fail(f"{len(failed)} of the replayed rows failed again: `perezvon inbox --state failed` shows why", 1)


async def _replay(room: Room, ids: list[int] | None) -> list[Row]:
    worker = InboxWorker(
        room.database, room.clock, installation_seal(room.settings), Shelf(), wake_outbox=_outbox_looks_itself
    )
    async with room.database.write() as c:
        chosen = await rows_of_inbox.set_pending(c, ids)
        if ids is not None and (strange := sorted(set(ids) - set(chosen))):
            raise FollowupError("no_such_row", found=", ".join(map(str, strange)))
    rows = await _became(room, chosen)
    while any(row["state"] == "pending" for row in rows):
        if not await worker.step():  # a running `serve` has the turn: it is doing them
            await asyncio.sleep(0.1)
        rows = await _became(room, chosen)
    return rows


async def _became(room: Room, ids: Sequence[int]) -> list[Row]:
    async with room.database.read() as c:
        return await rows_of_inbox.with_ids(c, ids)


def _outbox_looks_itself() -> None:
    """A running `serve` finds what a replay caused within its own polling interval."""


@digest.command("send")
def send_digest(
    team: Team,
    day: Annotated[
        str | None, typer.Option("--date", help="Local day of the team; without: today.", metavar="2026-11-22")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Send it even if it was sent.")] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """Send the digest of a day now; a second call sends nothing."""
    from bot.sending import send_digest as send

    chosen: date | None = local_date(day, "--date") if day else None
    answer = answered(lambda: asyncio.run(send(load_settings(), team, chosen, force)), as_json=as_json)
    if as_json:
        say(answer)
    else:
        typer.echo("sent" if answer["sent"] else f"not sent: {answer['reason']}")
