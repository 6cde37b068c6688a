"""Chats and who is in them: opening, joining, topics, migration, blocking and the menus of commands."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.models import PRESENT, Chat, Json, Message, Topic
from sandbox.people import NotPossible, hears
from sandbox.views import chat_view, member_view, message_view, user_view

if TYPE_CHECKING:
    from sandbox.world import World

STATUS_AFTER = {"add": "member", "kick": "kicked", "leave": "left", "promote": "administrator"}
FIRST_SUPERGROUP = -1_001_000_000_000


def open_chat(world: "World", kind: str, details: Mapping[str, Any]) -> Chat:
    """Make a chat, let people in, then the bot if it was named."""
    if kind not in {"private", "group", "supergroup"}:
        raise NotPossible("type is private, group or supergroup")
    chat = Chat(id=details.get("id") or _free_id(world, kind), type=kind, title=details.get("title"))
    chat.is_forum = bool(details.get("is_forum")) and kind == "supergroup"
    if chat.id in world.chats:
        raise NotPossible("this chat exists already")
    people = [chat.id] if kind == "private" else [i for i in details.get("members", ()) if i != world.bot.id]
    if any(user_id not in world.users for user_id in people):
        raise NotPossible("no such user")
    chat.members = {
        user_id: "creator" if i == 0 and kind != "private" else "member" for i, user_id in enumerate(people)
    }
    world.chats[chat.id] = chat
    world.journal.note("chat", chat_id=chat.id)
    if kind == "private":
        chat.members[world.bot.id] = "member"
    elif world.bot.id in details.get("members", ()):
        change_member(world, chat, world.bot.id, "add")
    return chat


def _free_id(world: "World", kind: str) -> int:
    if kind == "private":
        raise NotPossible("a private chat has the id of its user")
    base = FIRST_SUPERGROUP if kind == "supergroup" else -1000
    taken = set(world.chats)
    chat_id = base - 1
    while chat_id in taken:
        chat_id -= 1
    return chat_id


def change_member(world: "World", chat: Chat, user_id: int, action: str) -> None:
    """Change somebody's status and let the bot hear of it."""
    if action not in STATUS_AFTER or user_id not in world.users or chat.type == "private":
        raise NotPossible("add, kick, leave or promote a known user of a group")
    before, after = chat.status_of(user_id), STATUS_AFTER[action]
    if before == after or (action == "add" and before in PRESENT):
        return
    chat.members[user_id] = after
    world.journal.note("chat", chat_id=chat.id)
    tell_membership(world, chat, user_id, before)
    if before not in PRESENT and after in PRESENT:
        say_service(world, chat, _actor(world, chat), new_chat_members=[user_view(world.users[user_id])])
    elif after not in PRESENT and user_id != world.bot.id:
        say_service(world, chat, _actor(world, chat), left_chat_member=user_view(world.users[user_id]))


def tell_membership(world: "World", chat: Chat, user_id: int, before: str) -> None:
    """my_chat_member for the bot itself, chat_member for others where the bot is an administrator."""
    is_bot = user_id == world.bot.id
    if not is_bot and chat.status_of(world.bot.id) != "administrator":
        return
    change: Json = {
        "chat": chat_view(world, chat),
        "from": user_view(world.users[_actor(world, chat)]),
        "date": int(world.clock.now().timestamp()),
        "old_chat_member": member_view(world, chat, user_id, before),
        "new_chat_member": member_view(world, chat, user_id),
    }
    world.feed.push("my_chat_member" if is_bot else "chat_member", change)


def _actor(world: "World", chat: Chat) -> int:
    people = [user_id for user_id, status in chat.members.items() if user_id != world.bot.id and status in PRESENT]
    owners = [user_id for user_id in people if chat.members[user_id] == "creator"]
    return (owners or people or [world.bot.id])[0]


def say_service(world: "World", chat: Chat, sender_id: int, **service: Any) -> Message:
    """A message that the app writes by itself."""
    message = Message(chat.id, chat.next_message_id(), sender_id, world.clock.now(), service=service)
    chat.messages[message.id] = message
    if "forum_topic_created" in service:
        message.thread_id = message.id
    world.publish("message", message)
    if hears(world, chat, message):
        world.feed.push("message", message_view(world, message))
    return message


def add_topic(world: "World", chat: Chat, name: str) -> int:
    """Open a topic; its id is the id of the message that says so."""
    if not chat.is_forum:
        raise NotPossible("this chat has no topics")
    made = {"name": name, "icon_color": 7_322_096}
    topic = Topic(say_service(world, chat, _actor(world, chat), forum_topic_created=made).id, name)
    chat.topics[topic.id] = topic
    world.journal.note("chat", chat_id=chat.id)
    return topic.id


def close_topic(world: "World", chat: Chat, topic_id: int, *, closed: bool) -> None:
    """Close or reopen a topic."""
    if topic_id not in chat.topics:
        raise NotPossible("no such topic")
    chat.topics[topic_id].is_closed = closed
    world.journal.note("chat", chat_id=chat.id)


def migrate(world: "World", chat: Chat) -> Chat:
    """Upgrade a group: members go along, old messages stay under the old id."""
    if chat.type != "group" or chat.migrated_to:
        raise NotPossible("only a group can be upgraded, once")
    after = open_chat(world, "supergroup", {"title": chat.title})
    after.members = dict(chat.members)
    say_service(world, chat, _actor(world, chat), migrate_to_chat_id=after.id)
    chat.migrated_to = after.id
    say_service(world, after, _actor(world, after), migrate_from_chat_id=chat.id)
    world.journal.note("chat", chat_id=after.id)
    return after


def block(world: "World", user_id: int, *, blocked: bool) -> None:
    """A person stops or restarts the bot in private."""
    chat = world.chats.get(user_id)
    if chat is None or chat.is_blocked == blocked:
        return
    before = "kicked" if chat.is_blocked else "member"
    chat.is_blocked = blocked
    chat.members[world.bot.id] = "kicked" if blocked else "member"
    world.journal.note("chat", chat_id=chat.id)
    tell_membership(world, chat, world.bot.id, before)


def visible_commands(world: "World", chat: Chat, user_id: int) -> list[Json]:
    """The most specific scope that has commands wins; in it the person's language, then no language."""
    language = world.users[user_id].language_code or ""
    for scope in _scopes(chat, user_id):
        for spoken in (language, ""):
            found = world.commands.get((*scope, spoken))
            if found:
                return found
    return []


def _scopes(chat: Chat, user_id: int) -> list[tuple[Any, ...]]:
    if chat.type == "private":
        return [("chat", chat.id), ("all_private_chats",), ("default",)]
    is_admin = chat.status_of(user_id) in {"creator", "administrator"}
    scopes: list[tuple[Any, ...]] = [("chat_member", chat.id, user_id)]
    scopes += [("chat_administrators", chat.id)] if is_admin else []
    scopes += [("chat", chat.id)]
    scopes += [("all_chat_administrators",)] if is_admin else []
    return [*scopes, ("all_group_chats",), ("default",)]
