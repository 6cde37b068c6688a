"""What people do in chats: write, press, delete; and what of it the bot gets to hear."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.formatting import settle
from sandbox.models import Chat, InlineAsk, Json, Message, Query
from sandbox.views import message_view, query_view, user_view

if TYPE_CHECKING:
    from sandbox.world import World


class NotPossible(ValueError):
    """A person cannot do this in the app."""


@dataclass
class Speech:
    """Somebody's words and where they are said."""

    user_id: int
    chat_id: int
    text: str
    reply_to_message_id: int | None = None
    message_thread_id: int | None = None


@dataclass
class Press:
    """A button somebody presses, found by its data or by its label."""

    user_id: int
    chat_id: int
    message_id: int
    data: str | None = None
    text: str | None = None
    forge: bool = False


def say(world: "World", speech: Speech) -> Message:
    """Put a person's message into a chat and tell the bot if it may hear it."""
    chat = _chat_for(world, speech)
    _check_speech(chat, speech)
    settled = settle(speech.text, [])
    if not settled.text:
        raise NotPossible("an empty message cannot be sent")
    message = _add(world, chat, speech)
    message.text, message.entities = settled.text, settled.entities
    return tell(world, chat, message)


def place(world: "World", speech: Speech) -> tuple[Chat, Message]:
    """The chat, and in it a message of this person that says nothing yet."""
    chat = _chat_for(world, speech)
    _check_speech(chat, speech)
    return chat, _add(world, chat, speech)


def tell(world: "World", chat: Chat, message: Message, change: str = "message") -> Message:
    """Show a new or edited message, and tell the bot of it if it may hear it."""
    world.publish(change, message)
    if hears(world, chat, message):
        world.feed.push("message" if change == "message" else "edited_message", message_view(world, message))
    return message


def _chat_for(world: "World", speech: Speech) -> Chat:
    if speech.user_id not in world.users:
        raise NotPossible("no such user")
    if speech.chat_id == speech.user_id and speech.chat_id not in world.chats:
        return world.add_chat("private", id=speech.user_id)
    if speech.chat_id not in world.chats:
        raise NotPossible("no such chat")
    return world.chats[speech.chat_id]


def _check_speech(chat: Chat, speech: Speech) -> None:
    if not chat.has(speech.user_id):
        raise NotPossible("this user is not in the chat")
    if chat.migrated_to:
        raise NotPossible("the group was upgraded to a supergroup")
    topic = chat.topics.get(speech.message_thread_id or 0)
    if speech.message_thread_id is not None and (topic is None or topic.is_deleted):
        raise NotPossible("no such topic")
    if topic and topic.is_closed and chat.status_of(speech.user_id) == "member":
        raise NotPossible("the topic is closed")


def _add(world: "World", chat: Chat, speech: Speech) -> Message:
    replied = chat.messages.get(speech.reply_to_message_id or 0)
    if speech.reply_to_message_id and (replied is None or replied.is_deleted):
        raise NotPossible("no such message to reply to")
    thread = speech.message_thread_id or (replied.thread_id if replied else None)
    message = Message(chat.id, chat.next_message_id(), speech.user_id, world.clock.now(), thread_id=thread)
    message.reply_to_id = speech.reply_to_message_id
    chat.messages[message.id] = message
    return message


def hears(world: "World", chat: Chat, message: Message) -> bool:
    """Privacy mode: in groups the bot hears commands, replies to itself and mentions, unless it is an administrator."""
    if chat.type == "private":
        return not chat.is_blocked
    if not chat.has(world.bot.id):
        return False
    if chat.status_of(world.bot.id) == "administrator" or message.service:
        return True
    replied = chat.messages.get(message.reply_to_id or 0)
    return bool(replied and replied.sender_id == world.bot.id) or _is_addressed(world, message)


def _is_addressed(world: "World", message: Message) -> bool:
    own = f"@{world.bot.username}".lower()
    words = {"bot_command": _commands(message), "mention": re.findall(r"@\w+", message.text or "")}
    kinds = {entity["type"] for entity in message.entities}
    if "mention" in kinds and own in (name.lower() for name in words["mention"]):
        return True
    return any("@" not in command or command.lower().endswith(own) for command in words["bot_command"])


def _commands(message: Message) -> list[str]:
    raw = (message.text or "").encode("utf-16-le")
    spans = [(e["offset"], e["offset"] + e["length"]) for e in message.entities if e["type"] == "bot_command"]
    return [raw[2 * start : 2 * end].decode("utf-16-le") for start, end in spans]


def press(world: "World", act: Press) -> str:
    """Press a button; the bot gets a callback_query."""
    message = _pressed_message(world, act)
    data = act.data or "" if act.forge else _data_of(message, act)
    query = Query(
        id=str(7_000_000_000_000_000_000 + len(world.queries) + 1),
        user_id=act.user_id,
        chat_id=act.chat_id,
        message_id=act.message_id,
        data=data,
        asked_at=world.clock.now(),
    )
    world.queries[query.id] = query
    if not world.chats[act.chat_id].is_blocked:
        world.feed.push("callback_query", query_view(world, query))
    return query.id


def ask_inline(world: "World", user_id: int, text: str) -> str:
    """Type the bot's name and some words; the bot is told who asks, not where."""
    if user_id not in world.users:
        raise NotPossible("no such user")
    ask = InlineAsk(str(8_000_000_000_000_000_000 + len(world.inline) + 1), user_id, text[:256], world.clock.now())
    world.inline[ask.id] = ask
    who = user_view(world.users[user_id])
    world.feed.push("inline_query", {"id": ask.id, "from": who, "query": ask.text, "offset": ""})
    return ask.id


def _pressed_message(world: "World", act: Press) -> Message:
    chat = world.chats.get(act.chat_id)
    message = chat.messages.get(act.message_id) if chat else None
    if act.user_id not in world.users or chat is None or message is None:
        raise NotPossible("no such user, chat or message")
    if not act.forge and (message.is_deleted or not chat.has(act.user_id)):
        raise NotPossible("this user does not see this message")
    return message


def _data_of(message: Message, act: Press) -> str:
    buttons = [button for row in message.keyboard for button in row]
    button = find_button(buttons, act)
    if button is None:
        labels = ", ".join(str(b["text"]) for b in buttons) or "none"
        raise NotPossible(f"no such button; there are: {labels}")
    if button.get("disabled") is not None:
        raise NotPossible("this button is disabled")
    if "callback_data" not in button:
        raise NotPossible("this button does not ask the bot")
    return str(button["callback_data"])


def find_button(buttons: list[Json], act: Press) -> Json | None:
    """By exact data; or by label: the same, beginning with it, containing it."""
    if act.data is not None:
        return next((b for b in buttons if b.get("callback_data") == act.data), None)
    wanted = (act.text or "").casefold()
    tests: list[Any] = [str.__eq__, str.startswith, str.__contains__]
    for test in tests:
        for button in buttons:
            if wanted and test(str(button["text"]).casefold(), wanted):
                return button
    return None


def delete(world: "World", chat: Chat, message_id: int) -> None:
    """A person removes a message; the Bot API tells the bot nothing."""
    message = chat.messages.get(message_id)
    if message is None or message.is_deleted:
        raise NotPossible("no such message")
    message.is_deleted = True
    world.publish("delete", message)
