"""`perezvon forget | backup`: what the database holds of people, and a copy of it."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import shlex
import sqlite3
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.engine import make_url

import followup
from bot.cli_frame import AsJson, Room, answered, find_team, run, say
from bot.keys import installation_seal
from bot.migrations.schema import upgrade
from bot.settings import PREFIX, Settings, load_settings
from followup.errors import FollowupError
from followup.retention import actions as retention
from followup.teams import store as teams
from followup.teams.desk import Desk
from followup.teams.shelf import Shelf
from storage.backup import copy_file
from storage.engine import Database
from storage.retention import overwrite_freed


def forget(
    number: Annotated[
        str,
        typer.Argument(
            help="His number in any spelling; of who only writes @username, tg:ID or CHANNEL:ACCOUNT.",
            show_default=False,
            metavar="CLIENT",
        ),
    ],
    team: Annotated[str | None, typer.Option("--team", help="Only in this team; without: in all of them.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Erase a client at his request; the receipt names what nobody can erase."""
    receipt = run(lambda room: _forget(room, number, team), as_json=as_json)
    if as_json:
        say(receipt.as_json())
    else:
        _show(receipt)


async def _forget(room: Room, text: str, team: str | None) -> retention.Receipt:
    _know_every_table()
    seal, shelf = installation_seal(room.settings), Shelf()
    async with room.database.read() as c:
        chosen = [await find_team(c, team)] if team else await teams.team_ids(c)
    receipt: retention.Receipt | None = None
    for team_id in chosen:
        async with room.database.write() as c:
            desk = Desk(c, await shelf.book(c, team_id), room.clock.now())
            found = await retention.forget(desk, seal, text)
        if found is not None and receipt is not None:
            receipt.add(found)
        receipt = receipt or found
    if receipt is None:
        raise FollowupError("number_unknown")
    await overwrite_freed(room.database)
    return receipt


def _know_every_table() -> None:
    """What no command has imported would not be looked through."""
    for package in pkgutil.iter_modules(followup.__path__, "followup."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.tables"):
            importlib.import_module(f"{package.name}.tables")


def _show(receipt: retention.Receipt) -> None:
    told = receipt.as_json()
    typer.echo(f"erased in {', '.join(told['teams'])}; the keyed hash is {told['number_hash']}")
    for table, count in told["rows"].items():
        typer.echo(f"  {table}: {count}")
    typer.echo(f"  messages that `serve` edits: {told['messages_edited']}")
    for item in told["not_erased"]:
        typer.echo(f"  cannot be erased: {item['what']} {item['message_id']} in chat {item['chat']} ({item['team']})")
    typer.echo("Back-ups made before, and logs of your PBX, still hold the number.")


def backup(
    file: Annotated[Path, typer.Argument(help="Where to; nothing is overwritten.", show_default=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Copy the SQLite database while the bot runs; the key that opens the PBXs' passwords is not in it."""
    told = answered(lambda: asyncio.run(_backup(load_settings(), file)), as_json=as_json)
    if as_json:
        say(told)
        return
    typer.echo(f"{told['file']}: {told['bytes']} bytes")
    typer.echo(f"The key is not in it. Without the key nobody opens the PBXs' passwords: keep {told['key']} elsewhere.")


async def _backup(settings: Settings, file: Path) -> dict[str, Any]:
    source = settings.database_file
    if source is None:
        raise FollowupError("backup_by_pg_dump", command=_pg_dump(settings, file))
    if not source.exists():
        await _create(settings)
    # The schema stays as it is: a copy is what one wants before an update.
    try:
        size = await copy_file(source, file)
    except FileExistsError:
        raise FollowupError("file_exists", found=str(file)) from None
    except sqlite3.Error as error:
        raise FollowupError("database_closed", reason=f"{source}: {error}") from None
    except OSError as error:
        raise FollowupError("not_written", found=str(file), reason=error.strerror) from None
    return {"ok": True, "file": str(file), "bytes": size, "key": _where_the_key_is(settings, source)}


async def _create(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        await upgrade(database)
    finally:
        await database.dispose()


def _where_the_key_is(settings: Settings, source: Path) -> str:
    return f"{PREFIX}SECRET_KEY" if settings.secret_key is not None else str(source.with_name(f"{source.name}.key"))


def _pg_dump(settings: Settings, file: Path) -> str:
    """The command to type; the password is asked for or comes from ~/.pgpass."""
    url = make_url(settings.database_url).set(drivername="postgresql", password=None)
    return f"pg_dump --format=custom --file={shlex.quote(str(file))} {shlex.quote(url.render_as_string())}"
