"""What the stories of presses share: presses that are not waited for, answers with more than text, buttons, cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from followup.cases.tables import cases
from followup.notices.tables import cards
from sandbox.views import message_view
from tests.stories.world import GROUP, Person, World, labels, shown_text


def press_now(person: Person, button: str, *, under: str = "", chat: int = GROUP) -> str:
    """Press and do not wait; the query's id for ``World.answer_to``."""
    world = person.world
    for message in reversed(world.messages(chat)):
        if under in shown_text(message) and any(button in label for label in labels(message)):
            return world.telegram.world.press(person.id, chat, message["message_id"], text=button)
    raise AssertionError(f"no button {button!r} in\n{world.transcript(chat)}")


def toasts(world: World, query: str) -> list[str]:
    """Every answer to a press, as text."""
    return [answer.text or "" for answer in world.telegram.world.answers(callback_query_id=query)]


def has_button(message: dict[str, Any], button: str) -> bool:
    """Is there such a button under it?"""
    return any(button in label for label in labels(message))


def standing(world: World, chat: int = GROUP) -> list[dict[str, Any]]:
    """What stands in a chat, but for the greeting."""
    return [message for message in world.messages(chat) if not shown_text(message).startswith("👋")]


def data_of(message: dict[str, Any], button: str) -> str:
    """What a button sends."""
    rows = message["reply_markup"]["inline_keyboard"]
    return next(b["callback_data"] for row in rows for b in row if button in b["text"])


def question(world: World, part: str, chat: int = GROUP) -> dict[str, Any]:
    """The bot's open question that contains ``part``; it has been looked at."""
    found = [m for m in world.messages(chat) if part in shown_text(m) and not labels(m)]
    assert found, f"no question {part!r} in\n{world.transcript(chat)}"
    world.seen.add((chat, found[-1]["message_id"], found[-1]["edits"]))
    return found[-1]


def is_open_question(world: World, asked: dict[str, Any], chat: int = GROUP) -> bool:
    """Does it still stand in the chat?"""
    return any(m["message_id"] == asked["message_id"] for m in world.messages(chat))


async def replies_with(person: Person, asked: dict[str, Any], *, chat: int = GROUP, **content: Any) -> None:
    """Answer with a picture, a sticker…: the Bot API's message without text, with ``content``."""
    look_alike = person.world.telegram.world
    feed, look_alike.feed = look_alike.feed, _Mute()
    said = look_alike.say(person.id, chat, "-", reply_to_message_id=asked["message_id"])
    look_alike.feed = feed
    body = message_view(look_alike, said)
    body.pop("text", None)
    feed.push("message", body | content)
    await person.world.settle()


class _Mute:
    """Updates of nobody."""

    def push(self, *_: Any) -> None:
        """Not heard."""


async def only_case(world: World) -> dict[str, Any]:
    """The newest case, as the database has it."""
    async with world.database.read() as c:
        row = (await c.execute(select(cases).order_by(cases.c.id.desc()).limit(1))).mappings().one()
    return dict(row)


async def card_rows(world: World) -> list[dict[str, Any]]:
    """Every card of a case."""
    async with world.database.read() as c:
        rows = (await c.execute(select(cards).where(cards.c.subject == "case").order_by(cards.c.id))).mappings()
        return [dict(row) for row in rows]
