"""`perezvon import calls`: what a PBX remembers from before we came."""

from __future__ import annotations

import gc
import itertools
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.cli_frame import AsJson, Room, Team, find_team, run, say
from bot.history_file import BadLine, calls_in
from bot.keys import installation_seal
from followup.calls.events import CallEvent
from followup.errors import FollowupError
from followup.intake import take_history
from followup.teams import actions
from followup.teams import store as teams
from followup.teams.desk import Desk
from storage.vast import counted_anew

imports = typer.Typer(no_args_is_help=True, help="History from files.")

# Short enough that a running bot never waits long for its turn to write.
_CHUNK: Final = 1_000
_SORTED: Final = 64  # chunks: so many calls are held in memory, about 60 MB
_COUNTED: Final = frozenset(4**power for power in range(12))  # chunks after which there is four times as much
_OWN_NAME: Final = "import"
_GROWING: Final = ("calls", "cases", "clients", "numbers")


@dataclass(slots=True)
class Imported:
    """What came of a file."""

    calls: int = 0
    bad: list[BadLine] = field(default_factory=list)


@imports.command("calls")
def import_calls(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)],
    team: Team,
    connection: Annotated[
        str | None,
        typer.Option(
            help="Name or id of the connection the calls belong to; without: the only generic one, or its own."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Calls of the past from CSV or JSON lines of the generic format; no chat is told of them.

    Calls are written a thousand at a time, each thousand with its cases in one transaction. Repeats are harmless: an
    import that was killed is simply run again. Bad lines are listed with their number and reason and left out; exit 1
    says that there were some.
    """
    # Half a million small objects a minute, none of them in a cycle: the collector would look at them in vain.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    with file.open("rb") as opened:
        imported = run(lambda room: _import(room, opened, team, connection), as_json=as_json)
    for bad in imported.bad:
        typer.echo(f"line {bad.line}: {bad.reason}", err=True)
    if as_json:
        say({"ok": not imported.bad, "calls": imported.calls, "bad": [asdict(bad) for bad in imported.bad]})
    else:
        typer.echo(f"{imported.calls} calls imported, {len(imported.bad)} lines left out")
    raise typer.Exit(1 if imported.bad else 0)


async def _import(room: Room, file: BinaryIO, team: str, connection: str | None) -> Imported:
    async with room.database.write() as c:
        team_id = await find_team(c, team)
        connection_id = await _connection(c, room, team_id, connection)
        book = await teams.load_book(c, team_id)
    imported = Imported()
    with _progress(file) as tick:
        for number, events in enumerate(_chunks(file, imported), start=1):
            async with room.database.write() as c:
                await take_history(Desk(c, book, room.clock.now()), connection_id, events)
                if number in _COUNTED:
                    await counted_anew(c, *_GROWING)
            imported.calls += len(events)
            tick(imported.calls)
    return imported


async def _connection(c: Any, room: Room, team_id: int, wanted: str | None) -> int:
    """Whose calls these are: a repeat is known by its connection and call id."""
    known = await teams.connections_of(c, team_id)
    if wanted is not None:
        chosen = [each.id for each in known if wanted in (each.name, str(each.id))]
    else:
        chosen = [each.id for each in known if each.provider == "generic"]
        if not chosen:
            new = actions.NewConnection(provider="generic", name=_OWN_NAME)
            return (await actions.add_connection(c, team_id, new, installation_seal(room.settings), room.clock.now()))[
                0
            ]
    if len(chosen) != 1:
        names = ", ".join(f"{each.id} ({each.name})" for each in known) or "none yet: run `perezvon connect`"
        raise FollowupError("bad_setting", setting="--connection", found=wanted or "", expected=f"one of {names}")
    return chosen[0]


def _chunks(file: BinaryIO, imported: Imported) -> Iterator[Sequence[CallEvent]]:
    """Calls of one client side by side, as far as memory allows: his cases are derived once, not with each call."""
    good = _told(file, imported)
    while events := list(itertools.islice(good, _SORTED * _CHUNK)):
        events.sort(key=lambda event: event.client or "")
        for at in range(0, len(events), _CHUNK):
            yield events[at : at + _CHUNK]


def _told(file: BinaryIO, imported: Imported) -> Iterator[CallEvent]:
    for _, found in calls_in(file):
        if isinstance(found, BadLine):
            imported.bad.append(found)
        else:
            yield found


@contextmanager
def _progress(file: BinaryIO) -> Iterator[Any]:
    """A bar on stderr where somebody looks at it."""
    columns = (TextColumn("{task.fields[calls]} calls"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=os.fstat(file.fileno()).st_size, calls=0)
        yield lambda calls: bar.update(task, completed=file.tell(), calls=calls)
