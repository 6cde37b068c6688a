"""May the bot do this here? The official server's checks of chats, topics, replies and messages, in its order."""

from sandbox.arguments import Arguments
from sandbox.models import Chat, Message
from sandbox.refusals import Refusal, bad_request, forbidden
from sandbox.world import World

GENERAL_TOPIC = 1


def find_chat(world: World, args: Arguments) -> Chat:
    """The chat named by the request, or the refusal a stranger gets."""
    wanted = args.text("chat_id").strip('"')
    if not wanted:
        raise bad_request("chat_id is empty")
    number = int(wanted) if wanted.lstrip("-").isdigit() else None
    chat = world.chats.get(number) if number is not None else None
    if chat is not None:
        return chat
    if number in world.users:
        raise forbidden("bot can't initiate conversation with a user")
    raise bad_request("chat not found")


def writable_chat(world: World, args: Arguments) -> Chat:
    """A chat to send to."""
    chat = find_chat(world, args)
    if chat.migrated_to:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.migrated_to,
        )
    _check_membership(world, chat)
    if not chat.may_bot_write:
        raise bad_request("not enough rights to send text messages to the chat")
    return chat


def editable_chat(world: World, args: Arguments) -> Chat:
    """A chat with messages to change: an upgraded group still passes here."""
    chat = find_chat(world, args)
    if not chat.migrated_to:
        _check_membership(world, chat)
    return chat


def _check_membership(world: World, chat: Chat) -> None:
    if chat.type == "private":
        _check_person(world, chat)
        return
    if chat.is_group_deleted:
        raise forbidden("the group chat was deleted")
    if chat.status_of(world.bot.id) == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if not chat.has(world.bot.id):
        raise forbidden(f"bot is not a member of the {chat.type} chat")


def _check_person(world: World, chat: Chat) -> None:
    if world.users[chat.id].is_deactivated:
        raise forbidden("user is deactivated")
    if chat.is_blocked:
        raise forbidden("bot was blocked by the user")


def thread_of(world: World, chat: Chat, args: Arguments) -> int | None:
    """The topic to post into; General has no id that could be named."""
    thread_id = args.integer("message_thread_id")
    if not thread_id:
        return None
    topic = chat.topics.get(thread_id)
    if topic is None or thread_id == GENERAL_TOPIC:
        raise bad_request("message thread not found")
    if topic.is_deleted:
        raise bad_request("TOPIC_DELETED")
    if topic.is_closed and chat.status_of(world.bot.id) != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def reply_of(chat: Chat, args: Arguments) -> int | None:
    """The message to reply to, if it is there or need not be."""
    given = args.parsed("reply_parameters", "reply parameters") or {}
    if not isinstance(given, dict):
        raise bad_request("object expected as reply parameters")
    wanted = given.get("message_id") or args.integer("reply_to_message_id")
    if not wanted:
        return None
    message = chat.messages.get(wanted) if isinstance(wanted, int) else None
    if message is not None and not message.is_deleted:
        return message.id
    if given.get("allow_sending_without_reply") or args.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def own_message(world: World, chat: Chat, args: Arguments) -> Message:
    """A message of the bot's own that can be edited."""
    message_id = args.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None or message.is_deleted:
        raise bad_request("message to edit not found")
    foreign = message.sender_id != world.bot.id or bool(message.service)
    if foreign or (message.reply_markup and "inline_keyboard" not in message.reply_markup):
        raise bad_request("message can't be edited")
    return message
