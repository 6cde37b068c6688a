"""Letters to clients and about them: the greeting, words on their way in either direction, and why they did not arrive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from typing import TYPE_CHECKING, Final, TypeAlias

from followup.calls import messages_store as messages
from followup.notices import store as notices
from followup.phone import mask_in_text
from followup.teams.desk import Desk
from followup.tickets import answering
from followup.tickets.letterbox_copies import PART, TEXTS
from followup.tickets.reading import client_views
from followup.tickets.store import ticket_by_id
from messenger.erased import erased
from messenger.filters import printable
from messenger.letterbox_copy import Copy, Removed
from messenger.letters import LetterContext
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render
from storage.rows import Row

if TYPE_CHECKING:
    from messenger.content import Readers

Letter: TypeAlias = "Callable[[object, Readers, Row], Awaitable[Outgoing | None]]"
_OF_CLIENTS: Final = frozenset({"from_client", "to_client"})


def client_letter(what: str, language: str, ctx: LetterContext, **texts: str | None) -> Outgoing:
    """What a client reads of the bot itself, in his own language: greeting, too_fast, unreadable, stopped, own_link."""
    given = {"greeting": None, "consent": None} | texts
    return Outgoing(text=fit(render("letters/client.j2", language, what=what, ctx=ctx, **given)))


async def _client_words(_: object, readers: Readers, row: Row) -> Outgoing | None:
    policy, payload = readers.book.policy, row["payload"]
    texts = {"greeting": policy.client_greeting, "consent": policy.client_consent}
    return client_letter(payload["what"], payload["language"], readers.context, **texts)


async def _from_client(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """Under the ticket's card: texts in our own words, so that numbers can be masked; everything else copied."""
    message = await messages.by_id(readers.c, readers.book.id, row["payload"]["message_id"])
    if message is None or _is_erased(message):
        return None
    card = await notices.card_of(readers.c, readers.book.id, readers.chat.id, "ticket", row["payload"]["ticket_id"])
    is_here = card is not None and card["shown_in"] == readers.chat.telegram_id
    reply_to = card["message_id"] if card is not None and is_here else None
    if message["kind"] in TEXTS:
        return _said(readers, message, row["payload"]["start"], reply_to)
    caption = _masked(readers, message["text"])
    return Copy(
        text="",
        reply_to=reply_to,
        from_chat=message["chat_id"],
        from_message=message["message_id"],
        caption=escape(caption, quote=False) if caption != message["text"] else None,
    )


def _is_erased(message: Row) -> bool:
    """Its writer was forgotten: neither words nor where they stood are left."""
    return message["chat_id"] is None and not message["text"]


def _said(readers: Readers, message: Row, start: int, reply_to: int | None = None) -> Outgoing:
    whole = _masked(readers, message["text"])
    is_last = start + PART >= len(message["text"])
    part = whole[start:] if is_last else whole[start : start + PART]
    text = _of_team(readers, "said", name=message["client_name"], text=printable(part).strip())
    return Outgoing(text=text, reply_to=reply_to)


def _masked(readers: Readers, text: str) -> str:
    return mask_in_text(text) if readers.mask else text


def _of_team(readers: Readers, what: str, **given: object) -> str:
    context = {"name": None, "text": "", "error": "", "number": None} | given
    ctx = readers.context
    return fit(render("letters/client_team.j2", ctx.language, what=what, ctx=ctx, **context))


async def _to_client(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """The member's own message, as it is when it leaves; his name stays here."""
    message = await messages.by_id(readers.c, readers.book.id, row["payload"]["message_id"])
    if message is None or message["state"] != "sending":
        return None
    return Copy(text="", from_chat=message["chat_id"], from_message=message["message_id"])


async def _undelivered(_: object, readers: Readers, row: Row) -> Outgoing | None:
    payload = row["payload"]
    number = await _number(readers, payload["ticket_id"]) if payload.get("ticket_id") else None
    text = _of_team(readers, payload["why"], error=payload.get("error", ""), number=number)
    return Outgoing(text=text, reply_to=payload["reply_to"])


async def _number(readers: Readers, ticket_id: int) -> str | None:
    ticket = await ticket_by_id(readers.c, readers.book.id, ticket_id)
    if ticket is None:
        return None
    views = await client_views(readers.c, readers.book, [ticket["client_id"]], {ticket["client_id"]: ticket})
    return views[ticket["client_id"]].number


async def changed_copy(readers: Readers, letter: Row) -> Outgoing | None:
    """The copy of a message that was edited, or erased; None: the letter is none of these."""
    if letter["kind"] not in _OF_CLIENTS:
        return None
    message = await messages.by_id(readers.c, readers.book.id, letter["payload"]["message_id"])
    if message is None or _is_erased(message):
        return Removed(text=erased(readers.context).text)
    if letter["kind"] == "to_client":
        return Outgoing(text=letter["payload"].get("html", ""))
    if message["kind"] in TEXTS:
        return _said(readers, message, letter["payload"]["start"])
    return Outgoing(text=escape(printable(_masked(readers, message["text"])), quote=False))


async def letterbox_sent(desk: Desk, row: Row, message_id: int) -> None:
    """A client has got his answer."""
    await answering.delivered(desk, row["payload"]["message_id"], (row["telegram_id"], message_id))


async def letterbox_dead(desk: Desk, row: Row, why: str) -> None:
    """Telegram will never take this: the author of an answer hears why, so it is no trouble for whoever runs the bot."""
    if row["kind"] in _OF_CLIENTS:
        await notices.change_letter(desk.c, desk.book.id, row["id"], state="skipped")
    if row["kind"] == "to_client":
        await answering.undelivered(desk, row["payload"]["message_id"], why, is_lost=False)


LETTERBOX: Final[dict[str, Letter]] = {
    "client_words": _client_words,
    "from_client": _from_client,
    "to_client": _to_client,
    "undelivered": _undelivered,
}
