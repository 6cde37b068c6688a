"""`perezvon team | member | line | connect`: what an installation knows of its companies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from bot.cli_frame import AsJson, Room, Team, fail, find_team, pairs, run, say
from bot.keys import installation_seal
from followup.errors import FollowupError
from followup.notices.store import chats_of
from followup.teams import actions
from followup.teams import store as teams
from providers import PROVIDERS
from providers.contract import Provider

team = typer.Typer(no_args_is_help=True, help="Teams: a company or brand with its people, lines, chat and settings.")
member = typer.Typer(no_args_is_help=True, help="People of a team.")
line = typer.Typer(no_args_is_help=True, help="Numbers and widgets that clients come through.")

_LARGEST: Final = 2**52
_RATE_LIMIT: Final = "rate_limit"


class RoleName(StrEnum):
    """Roles as the command line takes them."""

    OWNER = "owner"
    HEAD = "head"
    MANAGER = "manager"
    VIEWER = "viewer"


class LineKind(StrEnum):
    """Kinds of lines as the command line takes them."""

    LINE = "line"
    WIDGET = "widget"


class YesNo(StrEnum):
    """A switch as the command line takes it."""

    YES = "yes"
    NO = "no"


@team.command("add")
def add_team(  # noqa: PLR0913 - the options of a command
    name: Annotated[str, typer.Argument(help="A name that no other team has.")],
    *,
    timezone: Annotated[str, typer.Option(help="IANA name of the team's zone.", metavar="Europe/Kyiv")] = "UTC",
    language: Annotated[str, typer.Option(help="ru, uk or en.")] = "en",
    region: Annotated[str, typer.Option(help="Country whose numbers are written without a code.")] = "UA",
    hours: Annotated[
        str | None, typer.Option(help='Working hours, such as "Mo-Fr 09:00-18:00; PH off"; without: always open.')
    ] = None,
    digest_at: Annotated[str, typer.Option(help="When the day's digest is sent, local time.")] = "18:30",
    chat: Annotated[
        int | None, typer.Option(help="Telegram id of the team's chat.", min=-_LARGEST, max=_LARGEST)
    ] = None,
    thread: Annotated[int, typer.Option(help="Topic in that chat.", min=0, max=_LARGEST)] = 0,
    settings: Annotated[list[str] | None, typer.Option("--set", help="Any other setting.", metavar="KEY=VALUE")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a team; prints its id."""
    named = {"timezone": timezone, "language": language, "region": region, "digest_at": digest_at}
    if hours is not None:
        named["hours"] = hours
    new = actions.NewTeam(name=name, settings=named | pairs(settings or (), "--set"), chat=chat, thread=thread)

    async def work(room: Room) -> int:
        async with room.database.write() as c:
            return await actions.add_team(c, new, room.clock.now())

    say({"id": run(work, as_json=as_json)})


@team.command("set")
def set_team(
    team: Annotated[str, typer.Argument(help="The team's name or id.")],
    changes: Annotated[
        list[str],
        typer.Argument(help="Settings, and chat=ID thread=N to move the team's messages.", metavar="KEY=VALUE…"),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Change settings of a team from now on; what happened before is judged by what was valid then."""
    found = pairs(changes, "KEY=VALUE")
    place = {key: _whole(key, found.pop(key)) for key in ("chat", "thread") if key in found}

    async def work(room: Room) -> None:
        async with room.database.write() as c:
            team_id = await find_team(c, team)
            if found:
                await actions.set_team(c, team_id, found, room.clock.now())
            if place:
                chat = place.get("chat") or await _present_chat(c, team_id)
                await actions.connect_chat(c, team_id, chat, place.get("thread", 0))

    run(work, as_json=as_json)
    _done(as_json=as_json)


def _whole(key: str, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = _LARGEST + 1
    if not -_LARGEST <= number <= _LARGEST or (key == "chat" and not number) or (key == "thread" and number < 0):
        expected = "the Telegram id of a chat" if key == "chat" else "the number of a topic"
        raise typer.BadParameter(f"found {key}={text}, expected {expected}", param_hint="KEY=VALUE")
    return number


async def _present_chat(c: Any, team_id: int) -> int:
    chats = await chats_of(c, team_id, "team")
    if not chats:
        raise FollowupError("no_team_chat")
    return chats[0].telegram_id


@member.command("add")
def add_member(  # noqa: PLR0913 - the options of a command
    name: Annotated[str, typer.Argument(help="What colleagues call this person.")],
    *,
    team: Team,
    telegram: Annotated[int, typer.Option(help="His Telegram id.", min=1, max=_LARGEST, show_default=False)],
    role: Annotated[RoleName, typer.Option(help="What he may do.")] = RoleName.MANAGER,
    extension: Annotated[
        list[str] | None,
        typer.Option(
            help="A phone of his, from a date on (a date begins at the team's midnight).", metavar="101[@DATE]"
        ),
    ] = None,
    group: Annotated[list[str] | None, typer.Option(help="A group whose lines he serves.", metavar="NAME")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a person; adding one again changes his name, role, phones and groups. Prints the id."""

    async def work(room: Room) -> int:
        async with room.database.write() as c:
            team_id = await find_team(c, team)
            zone = ZoneInfo((await teams.load_book(c, team_id)).policy.timezone)
            new = actions.NewMember(
                name=name,
                telegram_id=telegram,
                role=role.value,
                extensions=[_mapping(text, zone) for text in extension or ()],
                groups=group or (),
            )
            return await actions.add_member(c, team_id, new, room.clock.now())

    say({"id": run(work, as_json=as_json)})


def _mapping(text: str, zone: ZoneInfo) -> tuple[str, datetime | None]:
    """`101` or `101@2026-11-01` or `101@2026-11-01T10:00`: the phone and the moment it is his from."""
    number, at, moment = text.partition("@")
    if not number.strip():
        raise FollowupError("bad_setting", setting="--extension", found=text, expected="101 or 101@2026-11-01")
    return number.strip(), _moment(text, moment, zone) if at else None


def _moment(text: str, moment: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(moment.strip())
    except ValueError:
        raise FollowupError(
            "bad_setting", setting="--extension", found=text, expected="a date such as 101@2026-11-01"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


@line.command("add")
def add_line(  # noqa: PLR0913 - the options of a command
    number: Annotated[str, typer.Argument(help="A number in any spelling, or the id of a widget.")],
    *,
    team: Team,
    name: Annotated[str, typer.Option(help="What people call it.", show_default=False)],
    kind: Annotated[LineKind, typer.Option(help="A number, or a widget that takes callback orders.")] = LineKind.LINE,
    hours: Annotated[str | None, typer.Option(help="Its own working hours; without: the team's.")] = None,
    off_hours_orders: Annotated[YesNo, typer.Option(help="Takes orders out of hours?")] = YesNo.YES,
    group: Annotated[str | None, typer.Option(help="The group that serves it.")] = None,
    tickets: Annotated[
        YesNo | None, typer.Option(help="Do its calls make tickets? Without: as it was, at first yes.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a line; adding one again changes it from now on. Prints the id."""
    new = actions.NewLine(
        number=number,
        name=name,
        kind=kind.value,
        hours=hours,
        takes_off_hours_orders=off_hours_orders is YesNo.YES,
        group=group,
        makes_tickets=None if tickets is None else tickets is YesNo.YES,
    )

    async def work(room: Room) -> int:
        async with room.database.write() as c:
            return await actions.add_line(c, await find_team(c, team), new, room.clock.now())

    say({"id": run(work, as_json=as_json)})


def connect(
    provider: Annotated[str, typer.Argument(help=f"One of {', '.join(PROVIDERS)}.")],
    *,
    team: Team,
    name: Annotated[str | None, typer.Option(help="What people call this PBX; without: the provider's name.")] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(help="An option of the provider, or rate_limit (requests/s, 0: none).", metavar="KEY=VALUE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a PBX talk to us; prints the address to enter in its cabinet."""
    dialect = PROVIDERS.get(provider)
    if dialect is None:
        fail(f"found provider {provider!r}, expected one of {', '.join(PROVIDERS)}", 2, as_json=as_json)
    options = pairs(option or (), "--option")
    if trouble := _trouble(dialect, options):
        fail(trouble, 2, as_json=as_json)
    new = actions.NewConnection(provider=provider, name=name or provider, options=options)

    async def work(room: Room) -> dict[str, Any]:
        seal = installation_seal(room.settings)
        async with room.database.write() as c:
            team_id = await find_team(c, team)
            connection_id, token = await actions.add_connection(c, team_id, new, seal, room.clock.now())
        path = f"/hooks/{token}"
        return {"id": connection_id, "hook_path": path, "hook_url": room.settings.base_url + path}

    say(run(work, as_json=as_json))


def _trouble(dialect: Provider, options: Mapping[str, str]) -> str | None:
    """What is wrong with the options, as one sentence."""
    known = [each.name for each in dialect.options]
    missing = [each.name for each in dialect.options if each.required and not options.get(each.name, "").strip()]
    if missing:
        return f"{dialect.name}: missing --option {', '.join(f'{name}=…' for name in missing)}"
    if strange := [name for name in options if name not in (*known, _RATE_LIMIT)]:
        return f"{dialect.name}: found option {', '.join(strange)}, expected {', '.join((*known, _RATE_LIMIT))}"
    limit = options.get(_RATE_LIMIT, "0")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        return f"{_RATE_LIMIT}: found {limit!r}, expected requests a second, or 0 for no limit"
    return _trouble_of_zone(options.get("timezone"))


def _trouble_of_zone(name: str | None) -> str | None:
    try:
        if name:
            ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return f"timezone: found {name!r}, expected an IANA name such as Europe/Kyiv"
    return None


def _done(*, as_json: bool) -> None:
    if as_json:
        say({"ok": True})
    else:
        typer.echo("done")
