"""`perezvon entry`: the link that a team's clients write to the bot by."""

from __future__ import annotations

from typing import Annotated, Any

import aiohttp
import typer

from bot.cli_frame import AsJson, Room, find_team, run, say
from bot.doctor import BotApi
from bot.keys import installation_seal
from bot.settings import Settings, SettingsError
from followup.teams import store as teams
from followup.tickets.letterbox_entry import entry_payload

_PATIENCE = aiohttp.ClientTimeout(total=10)


def entry(
    team: Annotated[str | None, typer.Option("--team", help="Only of this team.", show_default=False)] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """The link by which clients write to a team; `perezvon team set TEAM text_channel=on` opens it.

    Example: perezvon entry --team Sales
    """
    rows = run(lambda room: _entries(room, team), as_json=as_json)
    if as_json:
        say({"rows": rows})
        return
    for row in rows:
        state = "open" if row["is_open"] else "closed: text_channel is off"
        typer.echo(f"{row['team']}  {row['link'] or row['start']}  ({state})")


async def _entries(room: Room, team: str | None) -> list[dict[str, Any]]:
    seal = installation_seal(room.settings)
    name = await _bot_name(room.settings)
    async with room.database.read() as c:
        chosen = [await find_team(c, team)] if team else await teams.team_ids(c)
        books = [await teams.load_book(c, team_id) for team_id in chosen]
    rows = []
    for book in books:
        payload = entry_payload(seal, book.id)
        link = f"https://t.me/{name}?start={payload}" if name else None
        rows.append({"team": book.name, "start": payload, "link": link, "is_open": book.policy.text_channel})
    return rows


async def _bot_name(settings: Settings) -> str | None:
    """Without a token or a network the rest of the link is still true."""
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            me = await BotApi(session, settings).ask("getMe")
    except SettingsError:
        return None
    return str(me.result["username"]) if me.result else None
