"""`perezvon webhook`: which other programs are told of what happens, and what could not be told."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from bot.cli_frame import AsJson, Room, Team, fail, find_team, pairs, run, say
from bot.keys import installation_seal
from followup.errors import FollowupError
from followup.teams import store as teams
from followup.teams.connection_store import team_names
from followup.webhooks import actions, store
from followup.webhooks.rules import GIVE_UP_AFTER, PLAIN
from providers.crm import KINDS, shown, trouble
from storage.rows import Row

webhook = typer.Typer(no_args_is_help=True, help="Other programs that are told of cases, tickets and messages.")

_MOST_ROWS: Final = 1000
_LARGEST: Final = 2**52

AnyTeam = Annotated[str | None, typer.Option("--team", help="Only of this team.", show_default=False)]


class KindName(StrEnum):
    """Receivers that we know how to speak to."""

    PLAIN = "plain"
    MACROCRM = "macrocrm"
    AMOCRM = "amocrm"
    BITRIX24 = "bitrix24"


class StateName(StrEnum):
    """What may have become of a delivery."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    DEAD = "dead"


@webhook.command("add")
def add_webhook(  # noqa: PLR0913 - the options of a command
    url: Annotated[str, typer.Argument(help="Where events go.", metavar="URL")],
    *,
    team: Team,
    kind: Annotated[KindName, typer.Option(help="Who listens there.")] = KindName.PLAIN,
    event: Annotated[
        list[str] | None,
        typer.Option(help="What it is told; without: everything, a CRM of new tickets.", metavar="case.closed"),
    ] = None,
    option: Annotated[list[str] | None, typer.Option(help="An option of that kind.", metavar="KEY=VALUE")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell another program of what happens. The secret that signs it is shown this once.

    Example: perezvon webhook add --team Sales https://crm.example.com/hooks/perezvon --event case.closed
    """
    known = KINDS[kind.value].events
    events = event or (known if kind.value == PLAIN else known[:1])
    options = pairs(option or (), "--option")
    if wrong := trouble(kind.value, url, events, options):
        fail(wrong, 2, as_json=as_json)
    new = actions.NewWebhook(kind=kind.value, url=url, shown=shown(url), events=events, options=options)

    async def work(room: Room) -> tuple[int, str | None]:
        seal = installation_seal(room.settings)
        async with room.database.write() as c:
            return await actions.add_webhook(c, await find_team(c, team), new, seal, room.clock.now())

    webhook_id, secret = run(work, as_json=as_json)
    say({"id": webhook_id, "secret": secret})


@webhook.command("list")
def list_webhooks(team: AnyTeam = None, *, as_json: AsJson = False) -> None:
    """Who is told of what; of an address only so much as is no secret.

    Example: perezvon webhook list --team Sales
    """

    async def work(room: Room) -> list[Row]:
        return await _of_teams(room, team, store.webhooks_of)

    rows = run(work, as_json=as_json)
    if as_json:
        say({"rows": rows})
        return
    for row in rows:
        state = "lost: " + row["error"] if row["error"] else f"{row['failures']} failures in a row"
        typer.echo(f"{row['id']}  {row['team']}  {row['kind']}  {row['url']}  {','.join(row['events'])}  {state}")


@webhook.command("remove")
def remove_webhook(
    webhook_id: Annotated[
        int, typer.Argument(metavar="ID", help="Its id in `perezvon webhook list`.", min=1, max=_LARGEST)
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Tell it nothing any more; what waits for it is dropped.

    Example: perezvon webhook remove 3
    """

    async def work(room: Room) -> None:
        async with room.database.write() as c:
            for team_id in await teams.team_ids(c):
                if await actions.remove_webhook(c, team_id, webhook_id, room.clock.now()):
                    return
        raise FollowupError("no_such_webhook", found=webhook_id)

    run(work, as_json=as_json)
    if as_json:
        say({"ok": True})
    else:
        typer.echo("done")


@webhook.command("deliveries")
def list_deliveries(
    team: AnyTeam = None,
    state: Annotated[StateName | None, typer.Option(help="Only in this state.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """What was told, what waits, what was given up (dead), the newest first.

    Example: perezvon webhook deliveries --state dead
    """

    async def work(room: Room) -> list[Row]:
        now, chosen = room.clock.now(), state.value if state else None

        async def read(c: Any, team_id: int) -> list[Row]:
            return await store.deliveries_of(c, team_id, chosen, (now, _MOST_ROWS))

        return await _of_teams(room, team, read)

    rows = run(work, as_json=as_json)
    if as_json:
        say({"rows": rows})
        return
    for row in rows:
        why = f"  {row['error']}" if row["error"] else ""
        typer.echo(
            f"{row['id']}  {row['team']}  webhook {row['webhook_id']}  {row['created_at']:%d.%m %H:%M:%S} UTC  "
            f"{row['event']}  {row['subject']}  {row['state']}  tries {row['tries']}{why}"
        )


@webhook.command("replay")
def replay(
    ids: Annotated[list[int] | None, typer.Argument(help="Ids of dead deliveries; without: all of them.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell again what was given up; a running `serve` sends it.

    Example: perezvon webhook replay 17 18
    """
    found = run(lambda room: _revived(room, ids or None), as_json=as_json)
    if as_json:
        say({"replayed": len(found), "ids": found})
    else:
        typer.echo(f"{len(found)} wait to be sent again")


async def _revived(room: Room, ids: Sequence[int] | None) -> list[int]:
    now = room.clock.now()
    fresh = {"not_before": now, "give_up_at": now + GIVE_UP_AFTER}
    async with room.database.write() as c:
        found = [each for team_id in await teams.team_ids(c) for each in await store.revive(c, team_id, ids, fresh)]
        if strange := sorted(set(ids or ()) - set(found)):
            raise FollowupError("no_such_delivery", found=", ".join(map(str, strange)))
    return found


async def _of_teams(room: Room, team: str | None, read: Any) -> list[Row]:
    """Rows of one team or of all, with the team's name in the place of its id."""
    async with room.database.read() as c:
        chosen = [await find_team(c, team)] if team else await teams.team_ids(c)
        names = await team_names(c)
        rows = [row for team_id in chosen for row in await read(c, team_id)]
    return [{"team": names[row.pop("team_id")]} | row for row in rows]
