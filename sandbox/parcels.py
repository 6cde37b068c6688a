"""What people send besides text, and what they change afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.arguments import Upload
from sandbox.formatting import MAX_CAPTION, MAX_TEXT, settle
from sandbox.keeping import file_view, store
from sandbox.models import CAPTIONED, Chat, Json, Message, has_caption
from sandbox.people import NotPossible, Speech, place, tell

if TYPE_CHECKING:
    from sandbox.world import World

EDITABLE_FOR = timedelta(hours=48)
SMALLEST_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\0\x80\x08\2\0\0\0"


@dataclass
class Parcel:
    """Something sent by a person; `phone` and `of_user_id` are of a contact, `emoji` of a sticker."""

    user_id: int
    chat_id: int
    kind: str
    caption: str | None = None
    name: str = ""
    data: str = "…"
    emoji: str = "👍"
    phone: str = ""
    of_user_id: int | None = None
    reply_to_message_id: int | None = None
    message_thread_id: int | None = None


@dataclass
class Change:
    """New words for a message: its text, or its caption."""

    user_id: int
    chat_id: int
    message_id: int
    text: str


def send(world: "World", parcel: Parcel) -> Message:
    """Put it into the chat and tell the bot if it may hear it."""
    if parcel.kind not in KINDS:
        raise NotPossible(f"no such kind; there are: {', '.join(sorted(KINDS))}")
    if parcel.caption and parcel.kind not in CAPTIONED:
        raise NotPossible(f"a {parcel.kind} has no caption")
    words = settle(parcel.caption or "", [])
    if len(words.text) > MAX_CAPTION:
        raise NotPossible("the caption is too long")
    where = {"reply_to_message_id": parcel.reply_to_message_id, "message_thread_id": parcel.message_thread_id}
    chat, message = place(world, Speech(parcel.user_id, parcel.chat_id, "", **where))
    message.media = {parcel.kind: KINDS[parcel.kind](world, parcel)}
    if parcel.kind == "animation":
        message.media["document"] = message.media["animation"]  # for programs older than animations
    message.caption, message.entities = words.text or None, words.entities
    return tell(world, chat, message)


def edit(world: "World", change: Change) -> Message:
    """The author changes text or caption within two days."""
    chat, message = _own(world, change)
    words = settle(change.text, [])
    limit = MAX_TEXT if message.text is not None else MAX_CAPTION
    if len(words.text) > limit or (message.text is not None and not words.text):
        raise NotPossible("too long, or empty")
    if words.text == (message.text or message.caption or ""):
        raise NotPossible("nothing has changed")
    if message.text is not None:
        message.text = words.text
    else:
        message.caption = words.text or None
    message.entities, message.edits, message.edited_at = words.entities, message.edits + 1, world.clock.now()
    return tell(world, chat, message, "edit")


def _own(world: "World", change: Change) -> tuple[Chat, Message]:
    chat = world.chats.get(change.chat_id)
    message = chat.messages.get(change.message_id) if chat else None
    if chat is None or message is None or message.is_deleted or message.sender_id != change.user_id:
        raise NotPossible("no such message of this person")
    if message.service or (message.text is None and not has_caption(message)):
        raise NotPossible("there are no words to change")
    if world.clock.now() - message.sent_at >= EDITABLE_FOR:
        raise NotPossible("too late to change it")
    return chat, message


def _file(world: "World", parcel: Parcel, name: str, content_type: str) -> Json:
    data = SMALLEST_PNG + parcel.data.encode() if content_type == "image/png" else parcel.data.encode()
    upload = Upload(parcel.name or name, content_type, data)
    return file_view(store(world, parcel.kind, upload))


def _photo(world: "World", parcel: Parcel) -> list[Json]:
    return [_file(world, parcel, "photo.png", "image/png") | {"width": 256, "height": 128}]


def _document(world: "World", parcel: Parcel) -> Json:
    shown = {"file_name": parcel.name or "file.txt", "mime_type": "text/plain"}
    return _file(world, parcel, "file.txt", "text/plain") | shown


def _voice(world: "World", parcel: Parcel) -> Json:
    return _file(world, parcel, "voice.ogg", "audio/ogg") | {"duration": 3, "mime_type": "audio/ogg"}


def _audio(world: "World", parcel: Parcel) -> Json:
    return _file(world, parcel, "song.mp3", "audio/mpeg") | {"duration": 180, "mime_type": "audio/mpeg"}


def _video(world: "World", parcel: Parcel) -> Json:
    return _file(world, parcel, "video.mp4", "video/mp4") | {"duration": 5, "width": 640, "height": 360}


def _round_video(world: "World", parcel: Parcel) -> Json:
    return _file(world, parcel, "round.mp4", "video/mp4") | {"duration": 5, "length": 240}


def _sticker(world: "World", parcel: Parcel) -> Json:
    shown: Json = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return _file(world, parcel, "sticker.webp", "image/webp") | shown | {"emoji": parcel.emoji}


def _location(world: "World", parcel: Parcel) -> Json:
    return {"latitude": 50.450001, "longitude": 30.523333}


def _contact(world: "World", parcel: Parcel) -> Json:
    known = {"user_id": parcel.of_user_id} if parcel.of_user_id else {}
    return {"phone_number": parcel.phone, "first_name": world.users[parcel.user_id].first_name, **known}


def _dice(world: "World", parcel: Parcel) -> Json:
    return {"emoji": "🎲", "value": 4}


KINDS: "dict[str, Callable[[World, Parcel], Json | list[Json]]]" = {
    "photo": _photo,
    "document": _document,
    "voice": _voice,
    "audio": _audio,
    "video": _video,
    "animation": _video,
    "video_note": _round_video,
    "sticker": _sticker,
    "location": _location,
    "contact": _contact,
    "dice": _dice,
}
