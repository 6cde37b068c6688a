"""How the Bot API shows people, chats and messages."""

from typing import TYPE_CHECKING

from sandbox.models import Chat, Json, Message, Query, User

if TYPE_CHECKING:
    from sandbox.world import World

# every right the bot gets when a person promotes it
ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
    "can_pin_messages", "can_manage_topics", "can_send_welcome_messages",
)  # fmt: skip


def filled(**values: object) -> Json:
    """Only what is set: the Bot API leaves empty fields out."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, False)}


def user_view(user: User) -> Json:
    """A User object."""
    optional = filled(last_name=user.last_name, username=user.username, language_code=user.language_code)
    return {"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name, **optional}


def chat_view(world: "World", chat: Chat) -> Json:
    """A Chat object."""
    if chat.type != "private":
        return {"id": chat.id, "type": chat.type, **filled(title=chat.title, is_forum=chat.is_forum)}
    person = world.users[chat.id]
    names = filled(last_name=person.last_name, username=person.username)
    return {"id": chat.id, "type": "private", "first_name": person.first_name, **names}


def message_view(world: "World", message: Message, *, with_reply: bool = True) -> Json:
    """A Message object; of markups only inline keyboards are shown to the bot."""
    chat = world.chats[message.chat_id]
    view: Json = {
        "message_id": message.id,
        "from": user_view(world.users[message.sender_id]),
        "chat": chat_view(world, chat),
        "date": int(message.sent_at.timestamp()),
        **thread_view(chat, message),
        **content_view(world, message),
    }
    if message.edited_at:
        view["edit_date"] = int(message.edited_at.timestamp())
    if message.keyboard:
        view["reply_markup"] = message.reply_markup
    replied = chat.messages.get(message.reply_to_id or 0) if with_reply else None
    if replied and not replied.is_deleted:
        view["reply_to_message"] = message_view(world, replied, with_reply=False)
    return view


def thread_view(chat: Chat, message: Message) -> Json:
    """Topic of a message; the General topic is named by silence."""
    if message.thread_id is None:
        return {}
    return {"message_thread_id": message.thread_id, "is_topic_message": True} if chat.is_forum else {}


def content_view(world: "World", message: Message) -> Json:
    """Text, caption, media or service part of a message."""
    entities = [shown for entity in message.entities if (shown := entity_view(world, entity))]
    if message.text is not None:
        return {"text": message.text, **filled(entities=entities)}
    caption = filled(caption=message.caption, caption_entities=entities)
    rich = filled(rich_message=message.rich["message"]) if message.rich else {}
    return {**message.media, **message.service, **rich, **caption}


def entity_view(world: "World", entity: Json) -> Json | None:
    """An entity; a mention by id carries the person, of a stranger it is plain text."""
    if entity["type"] != "text_mention" or "url" not in entity:
        return entity
    user = world.users.get(int(entity["url"].rpartition("=")[2]))
    shown = {name: value for name, value in entity.items() if name != "url"}
    return {**shown, "user": user_view(user)} if user else None


def member_view(world: "World", chat: Chat, user_id: int, status: str | None = None) -> Json:
    """A ChatMember object for a status (default: the present one)."""
    status = status or chat.status_of(user_id)
    view: Json = {"status": status, "user": user_view(world.users[user_id])}
    if status == "creator":
        view["is_anonymous"] = False
    elif status == "kicked":
        view["until_date"] = 0
    elif status == "administrator":
        view |= {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(ADMIN_RIGHTS, True)}
    return view


def query_view(world: "World", query: Query) -> Json:
    """A CallbackQuery; a message that is gone is shown as inaccessible, with date 0."""
    chat = world.chats[query.chat_id]
    message = chat.messages[query.message_id]
    gone = {"chat": chat_view(world, chat), "message_id": message.id, "date": 0}
    return {
        "id": query.id,
        "from": user_view(world.users[query.user_id]),
        "chat_instance": str(-7_000_000_000_000_000_000 - query.chat_id),
        "message": gone if message.is_deleted else message_view(world, message),
        "data": query.data,
    }


def transcript_view(world: "World", message: Message) -> Json:
    """A message as the page sees it: the Bot API's view and what only people in the chat see."""
    view = message_view(world, message)
    if message.reply_markup:
        view["reply_markup"] = message.reply_markup
    if message.rich:
        view["rich_html"] = message.rich.get("html")
    extra = {"chat_id": message.chat_id, "edits": message.edits, "deleted": message.is_deleted, "seq": message.seq}
    return {**view, **extra, "reply_to_message_id": message.reply_to_id, "message_thread_id": message.thread_id}
