"""What every command shares: an open database, one answer on stdout, a reason on stderr, an exit code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, NoReturn, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.migrations.schema import require_head, upgrade
from bot.settings import Settings, SettingsError, load_settings
from followup.clock import Clock, SystemClock
from followup.errors import FollowupError
from followup.teams import store as teams
from storage.engine import Database

T = TypeVar("T")

# These say that a command was typed wrongly; every other refusal is an answer.
_WRONG_USE: Final = frozenset({"bad_setting", "bad_hours", "bad_number", "bad_moment"})
_WORDS: Final = {
    "bad_setting": "{setting}: found {found!r}, expected {expected}",
    "bad_hours": "hours: found {found!r}, expected {expected}",
    "bad_number": "number: found {found!r}, expected a phone number or the id of a widget",
    "number_unknown": "nothing is known of this client",
    "backup_by_pg_dump": "PostgreSQL is copied by its own tool: {command}",
    "file_exists": "{found} exists already and is not overwritten",
    "not_written": "{found} cannot be written: {reason}",
    "name_taken": "{found!r} is taken, choose another name",
    "no_such_team": "there is no team {found!r}: expected the name or the id of one",
    "no_such_entry": "there is no entry {found} in this directory: `list` shows what there is",
    "no_such_member": "there is no such person who may work: `perezvon fan list` shows them",
    "last_result": "the last result stays: a ticket must be able to end",
    "too_deep": "topics may lie {expected} deep at most",
    "too_many_entries": "at most {expected} entries fit",
    "text_empty": "a name is one character at least",
    "text_too_long": "too long: {found} characters, at most {expected} fit",
    "no_such_token": "there is no token {found}: `perezvon token list` shows them",
    "no_such_delivery": "there is no dead delivery {found}: `perezvon webhook deliveries --state dead` shows them",
    "no_such_webhook": "there is no webhook {found}: `perezvon webhook list` shows them",
    "no_such_row": "inbox: no failed row has the id {found}",
    "no_team_chat": "thread: the team has no chat yet, give chat=ID as well",
    "still_failing": "{found} of the replayed rows failed again: `perezvon inbox --state failed` shows why",
    "schema_not_at_head": "the schema of the database is not the one of this program: run `perezvon migrate`",
    "schema_unknown": "the database was migrated by another version of the program: {reason}",
    "cannot_listen": "PEREZVON_LISTEN: cannot listen at {found}: {reason}",
    "database_closed": "the database cannot be opened: {reason}",
    "wrong_secret_key": "the options of a connection were encrypted with another PEREZVON_SECRET_KEY",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document on stdout.")]
Team = Annotated[str, typer.Option("--team", help="The team's name or id.", show_default=False)]


@dataclass(frozen=True, slots=True)
class Room:
    """What a command works with."""

    settings: Settings
    database: Database
    clock: Clock


def run(work: Callable[[Room], Awaitable[T]], *, as_json: bool) -> T:
    """Do ``work`` with the database open; a refusal ends the program with its reason and exit code."""

    async def with_room() -> T:
        async with open_room(load_settings()) as room:
            return await work(room)

    return answered(lambda: asyncio.run(with_room()), as_json=as_json)


def answered(work: Callable[[], T], *, as_json: bool) -> T:
    """Do ``work``; a wrong setting is exit 2, a refusal 1, a database that does not answer 1."""
    try:
        return work()
    except SettingsError as wrong:
        fail(str(wrong), 2, as_json=as_json)
    except FollowupError as refusal:
        fail(words_of(refusal), 2 if refusal.key in _WRONG_USE else 1, as_json=as_json)
    except Exception as error:
        if not is_trouble_of_database(error):
            raise
        fail(f"the database does not answer: {first_line(error)}", 1, as_json=as_json)


def fail(reason: str, code: int, *, as_json: bool = False) -> NoReturn:
    """The reason on stderr, and for scripts as the one document on stdout."""
    typer.echo(f"perezvon: {reason}", err=True)
    if as_json:
        say({"ok": False, "error": reason})
    raise typer.Exit(code)


def words_of(refusal: FollowupError) -> str:
    """A refusal as a sentence."""
    values = {"setting": refusal.values.get("key", "value")} | refusal.values
    text = _WORDS.get(refusal.key)
    return text.format_map(values) if text else str(refusal)


def is_trouble_of_database(error: Exception) -> bool:
    """Whether the database (asyncpg reports a refused login by its own classes) is to blame, not the program."""
    return isinstance(error, SQLAlchemyError | OSError) or type(error).__module__.startswith("asyncpg")


def first_line(error: Exception) -> str:
    """What a driver says, without the statement and the links that SQLAlchemy adds."""
    inner = getattr(error, "orig", None) or error
    return (str(inner).splitlines() or [type(inner).__name__])[0]


@asynccontextmanager
async def open_room(settings: Settings, clock: Clock | None = None, *, pool_size: int = 4) -> AsyncIterator[Room]:
    """The database at head: an SQLite file is made and migrated, PostgreSQL is only looked at."""
    database = Database(settings.database_url, pool_size=pool_size)
    try:
        if database.is_sqlite:
            await upgrade(database)
        else:
            await require_head(database)
        yield Room(settings, database, clock or SystemClock())
    finally:
        await database.dispose()


async def find_team(c: AsyncConnection, team: str) -> int:
    """The id of a team by name or id."""
    found = None if team.isdigit() and len(team) > 18 else await teams.team_id_of(c, team)
    if found is None:
        raise FollowupError("no_such_team", found=team)
    return found


def say(document: Any) -> None:
    """One JSON document on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(f"{value!r} has no place in JSON")


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """`key=value` texts as a dictionary; the last of equal keys holds."""
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise typer.BadParameter(f"found {text!r}, expected key=value", param_hint=option)
        found[key.strip()] = value
    return found


def local_date(text: str, option: str) -> date:
    """A date as people and scripts type it: 2026-11-22."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}, expected a date such as 2026-11-22", param_hint=option) from None
