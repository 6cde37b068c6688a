"""`perezvon token`: who may ask the HTTP API about a team."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.cli_frame import AsJson, Room, Team, find_team, run, say
from followup.errors import FollowupError
from followup.teams import store as teams
from followup.teams import token_store, tokens
from followup.teams.connection_store import team_names

token = typer.Typer(no_args_is_help=True, help="Bearer tokens of the HTTP API; each opens one team.")


class ScopeName(StrEnum):
    """What a token may do."""

    READ = "read"
    WRITE = "write"


@token.command("add")
def add_token(
    team: Team,
    scope: Annotated[ScopeName, typer.Option(help="Only read, or also write.")] = ScopeName.READ,
    name: Annotated[str, typer.Option(help="What it is for.", metavar="CRM")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """A new token; it is shown this once, and only its hash is stored.

    Example: perezvon token add --team Sales --name CRM
    """

    async def work(room: Room) -> tuple[int, str]:
        async with room.database.write() as c:
            team_id = await find_team(c, team)
            return await tokens.issue(c, team_id, name, scope.value, room.clock.now())

    token_id, shown = run(work, as_json=as_json)
    say({"id": token_id, "token": shown})


@token.command("list")
def list_tokens(
    team: Annotated[str | None, typer.Option("--team", help="Only of this team.", show_default=False)] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tokens with their teams, without what they are.

    Example: perezvon token list --team Sales
    """
    rows = run(lambda room: _listed(room, team), as_json=as_json)
    if as_json:
        say({"rows": rows})
        return
    for row in rows:
        typer.echo(f"{row['id']}  {row['team']}  {row['scope']}  {row['created_at']:%d.%m.%Y} UTC  {row['name']}")


async def _listed(room: Room, team: str | None) -> list[dict[str, Any]]:
    async with room.database.read() as c:
        chosen = [await find_team(c, team)] if team else await teams.team_ids(c)
        names = await team_names(c)
        rows = [row for team_id in chosen for row in await token_store.listed(c, team_id)]
    return [{"team": names[row.pop("team_id")]} | row for row in rows]


@token.command("remove")
def remove_token(
    token_id: Annotated[int, typer.Argument(metavar="ID", help="Its id in `perezvon token list`.", min=1, max=2**52)],
    *,
    as_json: AsJson = False,
) -> None:
    """A token that opens nothing any more, from the next request on.

    Example: perezvon token remove 3
    """

    async def work(room: Room) -> None:
        async with room.database.write() as c:
            for team_id in await teams.team_ids(c):
                if await token_store.remove(c, team_id, token_id):
                    return
        raise FollowupError("no_such_token", found=token_id)

    run(work, as_json=as_json)
    if as_json:
        say({"ok": True})
    else:
        typer.echo("done")
