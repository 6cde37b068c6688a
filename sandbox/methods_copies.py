"""copyMessage: the same content once more, without a word of where it comes from."""

from sandbox.access import find_chat
from sandbox.arguments import Arguments
from sandbox.formatting import message_caption
from sandbox.methods_messages import draft, post
from sandbox.models import Json, Message, has_caption
from sandbox.refusals import bad_request
from sandbox.site import Method, Site
from sandbox.world import World


async def copy_message(site: Site, args: Arguments) -> Json:
    """A copy with its caption, or with another one; service messages cannot be copied."""
    source = _source(site.world, args)
    given = message_caption(args)
    message = draft(site.world, args)
    message.text, message.media, message.rich = source.text, dict(source.media), source.rich
    message.caption, message.entities = source.caption, list(source.entities)
    if "caption" in args.values and has_caption(source):
        message.caption, message.entities = given.text or None, given.entities
    return {"message_id": post(site.world, message)["message_id"]}


def _source(world: World, args: Arguments) -> Message:
    if not args.text("from_chat_id"):
        raise bad_request("chat_id is empty")
    chat = find_chat(world, Arguments(values={"chat_id": args.values["from_chat_id"]}))
    message = chat.messages.get(args.integer("message_id") or 0)
    if message is None or message.is_deleted:
        raise bad_request("message to copy not found")
    if message.service:
        raise bad_request("message can't be copied")
    return message


METHODS: dict[str, Method] = {"copyMessage": copy_message}
