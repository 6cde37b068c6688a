"""sendMessage, the edits of text and buttons, and deleteMessage."""

from datetime import timedelta
from typing import Any

from sandbox.access import editable_chat, own_message, reply_of, thread_of, writable_chat
from sandbox.arguments import Arguments
from sandbox.formatting import message_caption, message_text
from sandbox.keyboards import inline_markup, reply_markup
from sandbox.models import Chat, Json, Message, has_caption
from sandbox.refusals import bad_request
from sandbox.rich import read_rich
from sandbox.site import Method, Site
from sandbox.views import message_view
from sandbox.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
DELETABLE_FOR = timedelta(hours=48)


async def send_message(site: Site, args: Arguments) -> Json:
    """A text message."""
    formatted = message_text(args)
    message = draft(site.world, args)
    message.text, message.entities = formatted.text, formatted.entities
    return post(site.world, message)


async def send_rich_message(site: Site, args: Arguments) -> Json:
    """A message with tables; a chat may be set to refuse it, as older servers do."""
    rich = read_rich(args)
    message = draft(site.world, args)
    if not site.world.chats[message.chat_id].is_rich_allowed:
        raise bad_request("RICH_MESSAGE_UNSUPPORTED")
    message.rich = rich
    return post(site.world, message)


def draft(world: World, args: Arguments) -> Message:
    """A message for the chat, topic and reply of the request, not yet posted."""
    chat = writable_chat(world, args)
    if args.values.get("ephemeral_message_parameters") or args.values.get("receiver_user_id"):
        # not played here: shown to everybody it would leak what was meant for one
        raise bad_request("EPHEMERAL_MESSAGE_UNSUPPORTED")
    thread_id = thread_of(world, chat, args)
    reply_to_id = reply_of(chat, args)
    markup = reply_markup(args, chat.type == "private")
    message = Message(chat.id, 0, world.bot.id, world.clock.now(), thread_id=thread_id, reply_to_id=reply_to_id)
    message.reply_markup = markup
    if thread_id is None and reply_to_id is not None:
        message.thread_id = chat.messages[reply_to_id].thread_id
    return message


def post(world: World, message: Message) -> Json:
    """Number a drafted message, put it into its chat and show it."""
    chat = world.chats[message.chat_id]
    message.id = chat.next_message_id()
    chat.messages[message.id] = message
    world.publish("message", message)
    return message_view(world, message)


async def edit_message_text(site: Site, args: Arguments) -> Json:
    """New text, or new rich content; without reply_markup the buttons go."""
    if args.values.get("rich_message"):
        return _edit_rich(site, args)
    formatted = message_text(args)
    chat, message = _target(site, args)
    if message.text is None and message.rich is None:
        raise bad_request("there is no text in the message to edit")
    change = {"text": formatted.text, "entities": formatted.entities, "rich": None}
    return apply_edit(site.world, message, change | _buttons(chat, args))


def _edit_rich(site: Site, args: Arguments) -> Json:
    rich = read_rich(args)
    chat, message = _target(site, args)
    if not chat.is_rich_allowed:
        raise bad_request("RICH_MESSAGE_UNSUPPORTED")
    change: Json = {"text": None, "entities": [], "rich": rich}
    return apply_edit(site.world, message, change | _buttons(chat, args))


async def edit_message_caption(site: Site, args: Arguments) -> Json:
    """New caption of a file; stickers, places and contacts have none."""
    formatted = message_caption(args)
    chat, message = _target(site, args)
    if not has_caption(message):
        raise bad_request("there is no caption in the message to edit")
    change = {"caption": formatted.text or None, "entities": formatted.entities}
    return apply_edit(site.world, message, change | _buttons(chat, args))


async def edit_message_reply_markup(site: Site, args: Arguments) -> Json:
    """New buttons or none."""
    chat, message = _target(site, args)
    return apply_edit(site.world, message, _buttons(chat, args))


def _target(site: Site, args: Arguments) -> tuple[Chat, Message]:
    chat = editable_chat(site.world, args)
    return chat, own_message(site.world, chat, args)


def _buttons(chat: Chat, args: Arguments) -> Json:
    return {"reply_markup": inline_markup(args, chat.type == "private")}


def apply_edit(world: World, message: Message, change: dict[str, Any]) -> Json:
    """Change a message, refusing an edit that changes nothing."""
    before = message.content()
    old = {name: getattr(message, name) for name in change}
    for name, value in change.items():
        setattr(message, name, value)
    if message.content() == before:
        for name, value in old.items():
            setattr(message, name, value)
        raise bad_request(NOT_MODIFIED)
    message.edits += 1
    message.edited_at = world.clock.now()
    world.publish("edit", message)
    return message_view(world, message)


async def delete_message(site: Site, args: Arguments) -> bool:
    """Remove a message not older than 48 hours."""
    chat = editable_chat(site.world, args)
    message = chat.messages.get(args.integer("message_id") or 0)
    if message is None or message.is_deleted:
        raise bad_request("message to delete not found")
    if not _may_delete(site.world, chat, message):
        raise bad_request("message can't be deleted")
    message.is_deleted = True
    site.world.publish("delete", message)
    return True


def _may_delete(world: World, chat: Chat, message: Message) -> bool:
    if world.clock.now() - message.sent_at >= DELETABLE_FOR:
        return False
    is_own = message.sender_id == world.bot.id
    return is_own or chat.type == "private" or chat.status_of(world.bot.id) == "administrator"


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendRichMessage": send_rich_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
}
