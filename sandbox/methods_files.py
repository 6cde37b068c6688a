"""sendPhoto, sendDocument, sendMediaGroup, editMessageMedia and getFile; files stay in memory."""

import struct
from typing import Any

from sandbox.access import editable_chat, own_message
from sandbox.arguments import Arguments, Upload
from sandbox.formatting import Formatted, message_caption
from sandbox.keeping import file_view, store
from sandbox.keyboards import inline_markup
from sandbox.methods_messages import apply_edit, draft, post
from sandbox.models import Json, StoredFile
from sandbox.refusals import Refusal, bad_request
from sandbox.site import Method, Site
from sandbox.world import World

MAX_PHOTO = 10 * 1024 * 1024
MAX_DOCUMENT = 50 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")
KINDS = ("photo", "document")


async def send_photo(site: Site, args: Arguments) -> Json:
    """A picture."""
    return await _send(site, args, "photo")


async def send_document(site: Site, args: Arguments) -> Json:
    """A file."""
    return await _send(site, args, "document")


async def _send(site: Site, args: Arguments, kind: str) -> Json:
    formatted = message_caption(args)
    message = draft(site.world, args)
    message.media = media_of(site.world, kind, args.text(kind), args)
    message.caption, message.entities = formatted.text or None, formatted.entities
    return post(site.world, message)


async def send_media_group(site: Site, args: Arguments) -> list[Json]:
    """2-10 files that appear together."""
    group = args.parsed("media", "media")
    if not isinstance(group, list):
        raise bad_request("expected an Array of InputMedia")
    if not 2 <= len(group) <= 10:
        raise bad_request("group send failed" if len(group) > 10 else "there must be from 2 to 10 media in the album")
    contents = [input_media(site.world, item, args) for item in group]
    sent: list[Json] = []
    for media, formatted in contents:
        message = draft(site.world, args)
        message.media = (
            {**media, "media_group_id": str(site.world.journal.seq)} if not sent else {**media, **_same(sent)}
        )
        message.caption, message.entities = formatted.text or None, formatted.entities
        sent.append(post(site.world, message))
    return sent


def _same(sent: list[Json]) -> Json:
    return {"media_group_id": sent[0]["media_group_id"]}


async def edit_message_media(site: Site, args: Arguments) -> Json:
    """Another file in place of the one shown."""
    chat = editable_chat(site.world, args)
    message = own_message(site.world, chat, args)
    media, formatted = input_media(site.world, args.parsed("media", "input media"), args)
    change: Json = {"media": media, "caption": formatted.text or None, "entities": formatted.entities}
    change |= {"text": None, "rich": None, "reply_markup": inline_markup(args, chat.type == "private")}
    return apply_edit(site.world, message, change)


def input_media(world: World, item: Any, args: Arguments) -> tuple[Json, Formatted]:
    """One InputMedia: its file and its caption."""
    if not isinstance(item, dict):
        raise bad_request("can't parse input media JSON object")
    if item.get("type") not in KINDS:
        raise bad_request("can't parse InputMedia: type must be photo or document")
    own = Arguments(values={**item, "parse_mode": item.get("parse_mode") or ""}, files=args.files)
    return media_of(world, item["type"], str(item.get("media", "")), own), message_caption(own)


def media_of(world: World, kind: str, reference: str, args: Arguments) -> Json:
    """The photo or document part of a message, from an upload or a known file_id."""
    stored = _stored(world, kind, reference, args)
    return {"photo": [photo_size(stored)]} if kind == "photo" else {"document": document_view(stored)}


def _stored(world: World, kind: str, reference: str, args: Arguments) -> StoredFile:
    upload = args.files.get(reference.removeprefix("attach://") if reference else kind)
    if upload is not None:
        check_upload(kind, upload)
        return store(world, kind, upload)
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    if reference in world.files:
        return world.files[reference]
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    raise bad_request("wrong file identifier/HTTP URL specified")


def check_upload(kind: str, upload: Upload) -> None:
    """Size of a file, and that a picture is one."""
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > MAX_DOCUMENT:
        raise Refusal(413, "Request Entity Too Large")
    if kind != "photo":
        return
    if len(upload.data) > MAX_PHOTO:
        raise bad_request("file is too big")
    if not upload.data.startswith(PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = picture_size(upload.data)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG; other kinds are taken as square."""
    if data.startswith(PICTURES[0]) and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    return 800, 800


def photo_size(stored: StoredFile) -> Json:
    """A PhotoSize object."""
    width, height = picture_size(stored.data)
    return {**file_view(stored), "width": width, "height": height}


def document_view(stored: StoredFile) -> Json:
    """A Document object."""
    return {**file_view(stored), "file_name": stored.name, "mime_type": stored.content_type}


async def get_file(site: Site, args: Arguments) -> Json:
    """Where a file can be fetched; more than 20 MB cannot."""
    if not args.text("file_id"):
        raise bad_request("file_id not specified")
    stored = site.world.files.get(args.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {**file_view(stored), "file_path": stored.path}


METHODS: dict[str, Method] = {
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "editMessageMedia": edit_message_media,
    "getFile": get_file,
}
