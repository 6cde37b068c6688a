"""A member answers a client: his message leaves for the client's chat as it is, and is a reaction (X19) unless it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from followup.calls import messages_store as messages
from followup.clients import accounts_store as accounts
from followup.errors import FollowupError
from followup.ledger import store as ledger
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from followup.tickets import letterbox_store as box
from followup.tickets import store
from followup.tickets.follow import follow, raise_tickets_of
from followup.tickets.letterbox_client import CHANNEL, heard_at, message_key
from followup.tickets.telling import tell_message
from storage.rows import Row

_INSTANT: Final = timedelta(microseconds=1)
Why = Literal["no_way_back", "unreachable", "refused", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A member's message in the team's chat or in his own; ``html``: its words with their mark-up, for a later edit."""

    member: Member
    chat: notices.Chat
    message_id: int
    kind: str
    text: str
    html: str
    said_at: datetime

    @property
    def key(self) -> str:
        """Names the message within the team."""
        return message_key(self.chat.telegram_id, self.message_id)


async def answer(desk: Desk, ticket_id: int, said: Said) -> Row:
    """Send it to the client of the ticket; told under the message itself if there is no way."""
    await lock_team(desk.c, desk.book.id)
    ticket = await _ticket(desk, ticket_id, said.member)
    if await messages.by_key(desk.c, desk.book.id, said.key) is not None:
        return ticket
    account = await accounts.account_by_id(desk.c, desk.book.id, ticket["account_id"] or 0)
    there = None
    if account is not None and account["channel"] == CHANNEL and account["telegram_id"] is not None:
        there = await box.client_chat(desk.c, desk.book.id, account["telegram_id"])
    if account is None or there is None:
        await _tell(desk, said.chat, said.message_id, "no_way_back", ticket_id=ticket_id)
        return ticket
    values = _values(desk, ticket, said) | {"account_id": account["id"], "number_id": ticket["number_id"]}
    if not there["is_reachable"]:
        await _not_even_tried(desk, ticket, said, values | {"error": there["trouble"] or "unreachable"})
        return ticket
    message_id = await messages.add_message(desk.c, values)
    if message_id is not None:
        await _send(desk, there["id"], ticket, message_id)
        await follow(desk, {account["client_id"]}, values["at"])
        await raise_tickets_of(desk, {account["client_id"]})
        about = {"member_id": said.member.id, "ticket_id": ticket_id}
        await ledger.note(desk.c, desk.book.id, "ticket_answer", desk.now, **about)
    return ticket


async def change_answer(desk: Desk, said: Said) -> None:
    """The author has edited it: so is the copy, if it has left already."""
    await lock_team(desk.c, desk.book.id)
    known = await messages.by_key(desk.c, desk.book.id, said.key)
    if known is None or not known["is_ours"] or known["member_id"] != said.member.id or known["text"] == said.text:
        return
    await messages.change_message(desk.c, desk.book.id, known["id"], text=said.text, edited_at=desk.now)
    for letter in await box.letters_by_key(desk.c, desk.book.id, [_key(known["id"])]):
        if letter["message_id"] is not None:
            payload = letter["payload"] | {"html": said.html}
            await notices.change_letter(desk.c, desk.book.id, letter["id"], payload=payload)
            await box.change_copy(desk.c, letter, desk.now, is_photo=known["kind"] != "text")
    await _raise(desk, known)


async def delivered(desk: Desk, message_id: int, there: tuple[int, int]) -> None:
    """It stands in the client's chat, as the message ``there`` (chat, message)."""
    values = {"state": "done", "error": None, "copy_chat_id": there[0], "copy_id": there[1]}
    await messages.change_message(desk.c, desk.book.id, message_id, **values)
    await tell_message(desk, message_id)


async def undelivered(desk: Desk, message_id: int, why: str, *, is_lost: bool) -> None:
    """Said on the card and to the author; what did not arrive is no reaction. ``is_lost``: the chat, not the message."""
    await lock_team(desk.c, desk.book.id)
    known = await messages.by_id(desk.c, desk.book.id, message_id)
    if known is None or known["state"] != "sending":
        return
    await messages.change_message(desk.c, desk.book.id, message_id, state="failed", error=why[:500])
    account = await accounts.account_by_id(desk.c, desk.book.id, known["account_id"])
    if account is not None:
        await follow(desk, {account["client_id"]}, known["at"] - _INSTANT)
    await _raise(desk, known)
    own = [chat for chat in await notices.chats_at(desk.c, known["chat_id"]) if chat.team_id == desk.book.id]
    if own:
        await _tell(desk, own[0], known["message_id"], "unreachable" if is_lost else "refused", error=why)


async def chat_is_lost(desk: Desk, chat: notices.Chat, why: str) -> None:
    """The client's chat takes nothing any more: what waits for it is not sent some other day, unasked."""
    if chat.kind != "client":
        return
    await lock_team(desk.c, desk.book.id)  # an answer that is being written sees the chat lost, or is seen here
    for letter in await box.unsent_to(desk.c, desk.book.id, chat.id):
        await notices.change_letter(desk.c, desk.book.id, letter["id"], state="skipped", error=why)
        await undelivered(desk, letter["payload"]["message_id"], why, is_lost=True)


async def _ticket(desk: Desk, ticket_id: int, member: Member) -> Row:
    ticket = await store.ticket_by_id(desk.c, desk.book.id, ticket_id)
    if ticket is None:
        raise FollowupError("not_yours")
    if not member.may_work:
        raise FollowupError("viewer_cannot")
    if ticket["state"] == "gone":
        raise FollowupError("ticket_gone")
    return ticket


def _values(desk: Desk, ticket: Row, said: Said) -> dict[str, Any]:
    return {
        "team_id": desk.book.id,
        "connection_id": None,
        "message_key": said.key,
        "channel": CHANNEL,
        "entry_point": ticket["entry_point"],
        "text": said.text,
        "kind": said.kind,
        # An answer comes after what it answers, whatever the second of either.
        "at": max(heard_at(said.said_at, desk.now), ticket["last_fact_at"] + _INSTANT),
        "is_ours": True,
        "member_id": said.member.id,
        "chat_id": said.chat.telegram_id,
        "message_id": said.message_id,
        "state": "sending",
    }


def _key(message_id: int) -> str:
    return f"to_client:{message_id}"


async def _send(desk: Desk, chat_id: int, ticket: Row, message_id: int) -> None:
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=chat_id,
        kind="to_client",
        at=desk.now,
        payload={"message_id": message_id, "ticket_id": ticket["id"]},
        priority=priorities.ANSWER,
        key=_key(message_id),
    )
    await notices.add_letter(desk.c, letter)


async def _not_even_tried(desk: Desk, ticket: Row, said: Said, values: dict[str, Any]) -> None:
    await messages.add_message(desk.c, values | {"state": "failed"})
    await raise_tickets_of(desk, {ticket["client_id"]})
    await _tell(desk, said.chat, said.message_id, "unreachable", error=values["error"])


async def _raise(desk: Desk, message: Row) -> None:
    account = await accounts.account_by_id(desk.c, desk.book.id, message["account_id"] or 0)
    if account is not None:
        await raise_tickets_of(desk, {account["client_id"]})


async def _tell(desk: Desk, chat: notices.Chat, message_id: int, why: Why, **about: Any) -> None:
    """Under the author's own words."""
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=chat.id,
        kind="undelivered",
        at=desk.now,
        payload={"why": why, "reply_to": message_id} | about,
        priority=priorities.ANSWER,
        key=f"undelivered:{message_key(chat.telegram_id, message_id)}",
    )
    await notices.add_letter(desk.c, letter)
