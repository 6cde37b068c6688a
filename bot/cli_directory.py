"""`perezvon topic | result | status | fan`: what tickets are about, how they end, what their statuses are called, whose turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli_frame import AsJson, Room, Team, find_team, run, say
from followup.teams import directory
from followup.teams.book import TeamBook
from followup.teams.store import load_book
from followup.tickets import renaming
from followup.tickets.fan_weights import set_weight, weights_of
from followup.tickets.reading import path_of
from followup.tickets.statuses import STATUSES

T = TypeVar("T")

topic = typer.Typer(no_args_is_help=True, help="What tickets may be about: a tree.")
result = typer.Typer(no_args_is_help=True, help="How tickets may end.")
status = typer.Typer(no_args_is_help=True, help="What the nine statuses of a ticket are called.")
fan = typer.Typer(no_args_is_help=True, help="Who is given new tickets in turn, and how many of them.")

_LARGEST = 2**52
Id = Annotated[int, typer.Argument(help="Its id, as `list` shows it.", min=1, max=_LARGEST)]
Title = Annotated[str, typer.Argument(help="What people call it.")]


class End(StrEnum):
    """Statuses that a result may close with."""

    DONE = "done"
    REFUSED = "refused"
    NON_TARGET = "non_target"


class StatusCode(StrEnum):
    """The nine."""

    UNSORTED = "unsorted"
    CHECK = "check"
    SELECTION = "selection"
    BOOKING = "booking"
    DEAL = "deal"
    DONE = "done"
    POSTPONED = "postponed"
    REFUSED = "refused"
    NON_TARGET = "non_target"


@topic.command("add")
def add_topic(
    title: Title,
    *,
    team: Team,
    parent: Annotated[int | None, typer.Option(help="The topic it is under.", min=1, max=_LARGEST)] = None,
    sla: Annotated[int | None, typer.Option(help="Minutes within which the client is to be answered.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a topic; prints its id."""

    async def work(c: AsyncConnection, team_id: int) -> int:
        return await directory.add_topic(c, team_id, title, parent=parent, sla=sla)

    say({"id": _in_team(team, work, as_json=as_json)})


@topic.command("set")
def set_topic(
    topic_id: Id,
    *,
    team: Team,
    title: Annotated[str | None, typer.Option(help="Another name.")] = None,
    sla: Annotated[int | None, typer.Option(help="Minutes; 0: as the topic above says, or the team.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rename a topic, or change how long its clients may wait."""

    async def work(c: AsyncConnection, team_id: int) -> None:
        if title is not None:
            await renaming.rename_topic(c, team_id, topic_id, title)
        if sla is not None:
            await directory.set_topic_sla(c, team_id, topic_id, sla or None)

    _in_team(team, work, as_json=as_json)
    _done(as_json=as_json)


@topic.command("retire")
def retire_topic(topic_id: Id, *, team: Team, as_json: AsJson = False) -> None:
    """Offer it no more, nor anything under it; tickets keep what they have."""

    async def work(c: AsyncConnection, team_id: int) -> None:
        await directory.retire_topic(c, team_id, topic_id)

    _in_team(team, work, as_json=as_json)
    _done(as_json=as_json)


@topic.command("list")
def list_topics(*, team: Team, as_json: AsJson = False) -> None:
    """Show the tree."""

    def rows(book: TeamBook) -> list[dict[str, Any]]:
        known = [(path_of(book, each.id), each) for each in book.topics.values()]
        return [
            {"id": each.id, "parent": each.parent_id, "path": list(path), "sla_minutes": each.sla_minutes}
            for path, each in sorted(known, key=lambda pair: pair[0])
        ]

    found = _of_book(team, rows, as_json=as_json)
    _show(found, lambda row: f"{row['id']:>6}  {' › '.join(row['path'])}{_sla(row)}", as_json=as_json)


def _sla(row: dict[str, Any]) -> str:
    return f"  ({row['sla_minutes']} min)" if row["sla_minutes"] else ""


@result.command("add")
def add_result(
    title: Title,
    *,
    team: Team,
    status: Annotated[End, typer.Option(help="The status a ticket closes with.")] = End.DONE,
    as_json: AsJson = False,
) -> None:
    """Add a way for tickets to end; prints its id."""

    async def work(c: AsyncConnection, team_id: int) -> int:
        return await directory.add_result(c, team_id, title, status.value)

    say({"id": _in_team(team, work, as_json=as_json)})


@result.command("rename")
def rename_result(result_id: Id, title: Title, *, team: Team, as_json: AsJson = False) -> None:
    """Call it otherwise."""

    async def work(c: AsyncConnection, team_id: int) -> None:
        await directory.rename_result(c, team_id, result_id, title)

    _in_team(team, work, as_json=as_json)
    _done(as_json=as_json)


@result.command("retire")
def retire_result(result_id: Id, *, team: Team, as_json: AsJson = False) -> None:
    """Offer it no more; tickets keep what they ended with."""

    async def work(c: AsyncConnection, team_id: int) -> None:
        await directory.retire_result(c, team_id, result_id)

    _in_team(team, work, as_json=as_json)
    _done(as_json=as_json)


@result.command("list")
def list_results(*, team: Team, as_json: AsJson = False) -> None:
    """Show them in their order."""

    def rows(book: TeamBook) -> list[dict[str, Any]]:
        return [
            {"id": each.id, "code": each.code, "title": each.title, "status": each.status}
            for each in book.results.values()
        ]

    found = _of_book(team, rows, as_json=as_json)
    _show(found, lambda row: f"{row['id']:>6}  {row['title'] or row['code']}  ({row['status']})", as_json=as_json)


@status.command("set")
def name_status(
    code: StatusCode,
    title: Annotated[str | None, typer.Argument(help="The team's own name; without: the built-in one.")] = None,
    *,
    team: Team,
    as_json: AsJson = False,
) -> None:
    """Call a status otherwise."""

    async def work(c: AsyncConnection, team_id: int) -> None:
        await renaming.name_status(c, team_id, code.value, title)

    _in_team(team, work, as_json=as_json)
    _done(as_json=as_json)


@status.command("list")
def list_statuses(*, team: Team, as_json: AsJson = False) -> None:
    """Show the nine and their names."""

    def rows(book: TeamBook) -> list[dict[str, Any]]:
        return [{"code": code, "title": book.status_titles.get(code)} for code in STATUSES]

    _show(
        _of_book(team, rows, as_json=as_json), lambda row: f"{row['code']:<10}  {row['title'] or ''}", as_json=as_json
    )


@fan.command("set")
def set_fan(
    member: Annotated[int, typer.Argument(help="The person's id, as `fan list` shows it.", min=1, max=_LARGEST)],
    weight: Annotated[int, typer.Argument(help="0: gets none; 2: twice as many as whoever has 1.")],
    *,
    team: Team,
    as_json: AsJson = False,
) -> None:
    """How many of the new tickets a person gets. Whether there is a fan: perezvon team set TEAM ticket_fan=on."""

    async def work(c: AsyncConnection, team_id: int) -> None:
        await set_weight(c, await load_book(c, team_id), member, weight)

    _in_team(team, work, as_json=as_json)
    _done(as_json=as_json)


@fan.command("list")
def list_fan(*, team: Team, as_json: AsJson = False) -> None:
    """Show who takes part."""

    async def work(c: AsyncConnection, team_id: int) -> list[dict[str, Any]]:
        book = await load_book(c, team_id)
        weights = await weights_of(c, book)
        return [{"member": each, "name": book.member_name(each), "weight": weights[each]} for each in sorted(weights)]

    found = _in_team(team, work, as_json=as_json)
    _show(found, lambda row: f"{row['member']:>6}  {row['name']}  {row['weight']}", as_json=as_json)


def _in_team(team: str, work: Callable[[AsyncConnection, int], Awaitable[T]], *, as_json: bool) -> T:
    async def in_room(room: Room) -> T:
        async with room.database.write() as c:
            return await work(c, await find_team(c, team))

    return run(in_room, as_json=as_json)


def _of_book(team: str, rows: Callable[[TeamBook], list[dict[str, Any]]], *, as_json: bool) -> list[dict[str, Any]]:
    async def work(c: AsyncConnection, team_id: int) -> list[dict[str, Any]]:
        return rows(await load_book(c, team_id))

    return _in_team(team, work, as_json=as_json)


def _show(rows: list[dict[str, Any]], line: Callable[[dict[str, Any]], str], *, as_json: bool) -> None:
    if as_json:
        say(rows)
    else:
        for row in rows:
            typer.echo(line(row))


def _done(*, as_json: bool) -> None:
    if as_json:
        say({"ok": True})
    else:
        typer.echo("done")
