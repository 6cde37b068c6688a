"""`perezvon`: the program's commands. `import aiogram` costs seconds, so what needs it is imported by its command."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from bot import (
    cli_data,
    cli_directory,
    cli_entry,
    cli_import,
    cli_queue,
    cli_reports,
    cli_teams,
    cli_tokens,
    cli_webhooks,
)
from bot.cli_frame import AsJson, answered, say
from bot.keys import installation_key, new_key
from bot.migrations.schema import upgrade
from bot.settings import load_settings
from storage.engine import Database

app = typer.Typer(
    name="perezvon",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Nobody who called and was not answered is forgotten. Settings: PEREZVON_… variables or .env.",
)
app.add_typer(cli_teams.team, name="team")
app.add_typer(cli_teams.member, name="member")
app.add_typer(cli_teams.line, name="line")
app.add_typer(cli_directory.topic, name="topic")
app.add_typer(cli_directory.result, name="result")
app.add_typer(cli_directory.status, name="status")
app.add_typer(cli_directory.fan, name="fan")
app.command("connect")(cli_teams.connect)
app.command("missed")(cli_queue.missed)
app.command("report")(cli_reports.report)
app.command("forget")(cli_data.forget)
app.command("entry")(cli_entry.entry)
app.command("backup")(cli_data.backup)
app.add_typer(cli_tokens.token, name="token")
app.add_typer(cli_webhooks.webhook, name="webhook")
app.add_typer(cli_import.imports, name="import")
app.add_typer(cli_queue.inbox, name="inbox")
app.add_typer(cli_queue.digest, name="digest")


class Role(StrEnum):
    """What a process of `serve` does."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


@app.command()
def serve(
    role: Annotated[Role, typer.Option(help="Everything; only what comes in; or only the work.")] = Role.ALL,
    *,
    as_json: AsJson = False,
) -> None:
    """Run the bot: PBX hooks, Telegram, reminders, digests. SIGTERM finishes what was begun and ends it."""

    def work() -> int:
        settings = load_settings()
        _ = settings.token, installation_key(settings)  # said before seconds are spent on `import aiogram`
        from bot.app import serve as serve_app

        return serve_app(settings, role.value)

    code = answered(work, as_json=as_json)
    if as_json:
        say({"ok": code == 0})
    raise typer.Exit(code)


@app.command()
def migrate(*, as_json: AsJson = False) -> None:
    """Bring the schema of the database to head."""

    async def work() -> None:
        database = Database(load_settings().database_url)
        try:
            await upgrade(database)
        finally:
            await database.dispose()

    answered(lambda: asyncio.run(work()), as_json=as_json)
    if as_json:
        say({"ok": True})
    else:
        typer.echo("the schema is at head")


@app.command()
def keygen(*, as_json: AsJson = False) -> None:
    """Print a new PEREZVON_SECRET_KEY."""
    key = new_key()
    if as_json:
        say({"key": key})
    else:
        typer.echo(key)


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """Look for what keeps the bot from working: one line each, exit 1 if any fails."""
    from bot.doctor import examine

    findings = answered(lambda: asyncio.run(examine()), as_json=as_json)
    if as_json:
        say({"ok": all(each.is_fine for each in findings), "checks": [each.as_json() for each in findings]})
    else:
        for each in findings:
            typer.echo(each.as_line())
    if not all(each.is_fine for each in findings):
        raise typer.Exit(1)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the page is.", min=0, max=65535)] = 8080,
    speed: Annotated[float, typer.Option(help="Seconds of the play in a second.", min=0)] = 1.0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
    *,
    as_json: AsJson = False,
) -> None:
    """Play: the bot, a simulated PBX and a Telegram look-alike on one page."""
    del as_json  # it talks to people only
    from bot.demo import run

    run(port=port, speed=speed, browser=browser)


def main() -> None:
    """The console script."""
    app()
