"""What the stories of clients who write share: a company that lets them, and people who come to its bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select

from followup.calls.tables import messages
from followup.clients.tables import accounts
from followup.teams import actions as teams
from followup.tickets.letterbox_entry import entry_payload
from followup.tickets.tables import tickets
from storage.engine import Database
from storage.rows import all_rows
from tests.stories.world import Person, World, new_world

OTHER_GROUP = -700


@asynccontextmanager
async def letterbox(database: Database, **settings: str) -> AsyncIterator[World]:
    """A world whose team takes words from clients; a message that nobody looked at fails the story."""
    async with new_world(database, text_channel="on", **settings) as world:
        yield world
        assert not world.unseen(), "\n---\n".join(["nobody looked at:", *world.unseen()])


def client(world: World, name: str = "Marta", *, language: str = "en") -> Person:
    """Somebody with Telegram who belongs to no team."""
    user = world.telegram.world.add_user(name, language_code=language)
    world.people[name] = Person(world, user.id, name)
    return world.people[name]


async def sends(person: Person, kind: str, *, chat: int | None = None, **content: Any) -> dict[str, Any]:
    """A sticker, a picture…, to the bot or into a chat; the message."""
    look_alike = person.world.telegram.world
    reply = content.pop("reply_to", None)
    where = {"reply_to_message_id": reply["message_id"]} if reply else {}
    sent = look_alike.send(person.id, chat or person.id, kind, **where, **content)
    await person.world.settle()
    return next(m for m in look_alike.messages(sent.chat_id) if m["message_id"] == sent.id)


async def edits(person: Person, text: str, *, chat: int | None = None) -> None:
    """His last message in a chat says something else now."""
    look_alike = person.world.telegram.world
    own = [m for m in look_alike.messages(chat or person.id) if m["from"]["id"] == person.id]
    look_alike.edit(person.id, chat or person.id, own[-1]["message_id"], text)
    await person.world.settle()


async def greeted(person: Person, text: str = "Hello, is it open?") -> None:
    """He writes for the first time; what he reads first is of no interest here."""
    await person.writes(text)
    person.sees_in_private("/stop")


async def stored(world: World) -> list[dict[str, Any]]:
    """Every message, in order of arrival."""
    async with world.database.read() as c:
        return await all_rows(c, select(messages).order_by(messages.c.id))


async def account_rows(world: World) -> list[dict[str, Any]]:
    """Every account."""
    async with world.database.read() as c:
        return await all_rows(c, select(accounts).order_by(accounts.c.id))


async def ticket_rows(world: World) -> list[dict[str, Any]]:
    """Every ticket."""
    async with world.database.read() as c:
        return await all_rows(c, select(tickets).order_by(tickets.c.id))


def link(world: World, team_id: int | None = None) -> str:
    """What a client presses Start with."""
    return f"/start {entry_payload(world.works.seal, team_id or world.team_id)}"


async def borealis(world: World, *people: str, **settings: str) -> int:
    """Another company with the same bot, in a group of its own; ``people`` manage there."""
    ids = [world.people[name].id for name in people]
    world.telegram.world.add_chat("group", id=OTHER_GROUP, title="Borealis", members=[*ids, 42])
    texts = {"timezone": "Europe/Kyiv", "language": "en", "region": "UA", "silence_minutes": "365d"} | settings
    now = world.clock.now()
    async with world.database.write() as c:
        team = await teams.add_team(c, teams.NewTeam(name="Borealis", settings=texts, chat=OTHER_GROUP), now)
        for name in people:
            new = teams.NewMember(name=name, telegram_id=world.people[name].id, role="manager", extensions=[])
            await teams.add_member(c, team, new, now)
    await world.settle()
    return team
