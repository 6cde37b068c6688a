"""A client writes to the bot: who he is, whether he is heard, what is kept of it, and who is shown it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from followup.calls import messages_store as messages
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.clients.accounts_store import Writer
from followup.ledger import store as ledger
from followup.notices import priorities
from followup.notices import store as notices
from followup.phone import is_e164, normalise
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from followup.tickets import letterbox_store as store
from followup.tickets.blocking import is_silenced
from followup.tickets.follow import follow, raise_tickets_of
from followup.tickets.letterbox_contact import join_number
from followup.tickets.letterbox_copies import copy_to_team
from followup.tickets.telling import tell_message
from storage.rows import Row

CHANNEL: Final = "telegram"
STOPPED: Final = "the client has stopped the bot"
_MOST: Final = 20  # messages of one account in a minute
_MINUTE: Final = timedelta(minutes=1)
_TOLD_AGAIN: Final = 600  # seconds: whoever writes too fast is told once in that time
_LAST_MOMENT: Final = timedelta(milliseconds=999)
Outcome = Literal["taken", "known", "blocked", "too_fast"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody with Telegram who is no member; ``source_key`` names the update he comes with."""

    telegram_id: int
    chat_id: int
    name: str
    language: str
    source_key: str
    username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One message; ``phone`` is set where he has shared his own number."""

    message_id: int
    kind: str
    text: str
    said_at: datetime
    phone: str | None = None


def message_key(chat_id: int, message_id: int) -> str:
    """What names a message of Telegram within a team."""
    return f"tg:{chat_id}:{message_id}"


def heard_at(said_at: datetime, now: datetime) -> datetime:
    """Telegram tells whole seconds: it was said within that second, and not after we heard of it."""
    return max(said_at, min(now, said_at + _LAST_MOMENT))


async def come_in(desk: Desk, visitor: Visitor, *, is_by_link: bool) -> None:
    """/start: the greeting, whenever he asks for it; whoever comes by a link writes to this team from now on."""
    account = await _account(desk, visitor)
    if await is_silenced(desk, account):
        return
    chat = await _chat(desk, visitor)
    is_first = account["consent_at"] is None
    if is_first or is_by_link:
        await accounts.change_account(desk.c, desk.book.id, account["id"], consent_at=desk.now)
    await _say(desk, chat, visitor, "greeting", key=f"greeting:{visitor.source_key}")


async def take_words(desk: Desk, visitor: Visitor, words: Words) -> Outcome:
    """Keep a message once, derive the tickets, show the team; the greeting goes before the first one."""
    account = await _account(desk, visitor)
    key = message_key(visitor.chat_id, words.message_id)
    if await messages.by_key(desk.c, desk.book.id, key) is not None:
        return "known"
    if await is_silenced(desk, account):
        await ledger.note(desk.c, desk.book.id, "message_blocked", desk.now, account_id=account["id"])
        return "blocked"
    chat = await _chat(desk, visitor)
    if account["consent_at"] is None:
        await accounts.change_account(desk.c, desk.book.id, account["id"], consent_at=desk.now)
        await _say(desk, chat, visitor, "greeting", key=f"greeting:{visitor.source_key}")
    if await messages.count_since(desk.c, desk.book.id, account["id"], desk.now - _MINUTE) >= _MOST:
        await _slow_down(desk, chat, visitor, account)
        return "too_fast"
    await _keep(desk, visitor, words, account)
    return "taken"


async def change_words(desk: Desk, visitor: Visitor, words: Words) -> None:
    """He has edited what he wrote; what was never taken (too fast, blocked) is not taken now either."""
    await lock_team(desk.c, desk.book.id)
    known = await messages.by_key(desk.c, desk.book.id, message_key(visitor.chat_id, words.message_id))
    if known is None or known["is_ours"] or known["text"] == words.text:
        return
    await messages.change_message(desk.c, desk.book.id, known["id"], text=words.text, edited_at=desk.now)
    for letter in await store.copies_of(desk.c, desk.book.id, known["id"]):
        if letter["message_id"] is not None:
            await store.change_copy(desk.c, letter, desk.now, is_photo=words.kind != "text")
    account = await accounts.account_by_id(desk.c, desk.book.id, known["account_id"])
    if account is not None:
        await raise_tickets_of(desk, {account["client_id"]})


async def stop(desk: Desk, visitor: Visitor) -> notices.Chat | None:
    """/stop: the bot writes to him no more, until he writes; his chat, if he has one with this team."""
    await lock_team(desk.c, desk.book.id)
    known = await store.client_chat(desk.c, desk.book.id, visitor.chat_id)
    if known is None:
        return None
    await store.silence_chat(desk.c, desk.book.id, known["id"], STOPPED)
    return await notices.chat_by_id(desk.c, desk.book.id, known["id"])


async def say_unreadable(desk: Desk, visitor: Visitor) -> None:
    """A game, a poll: nothing of it would reach the team, so he is told."""
    account = await _account(desk, visitor)
    if not await is_silenced(desk, account):
        await _say(desk, await _chat(desk, visitor), visitor, "unreadable", key=f"unreadable:{visitor.source_key}")


async def _account(desk: Desk, visitor: Visitor) -> Row:
    await lock_team(desk.c, desk.book.id)
    name = visitor.name.replace("\0", "")[:200]
    writer = Writer(
        channel=CHANNEL,
        account=str(visitor.telegram_id),
        name=name or None,
        username=visitor.username.lower()[:64] if visitor.username else None,
        telegram_id=visitor.telegram_id,
    )
    return await accounts.ensure_account(desk.c, desk.book.id, writer, desk.now)


async def _chat(desk: Desk, visitor: Visitor) -> notices.Chat:
    """Whoever writes can be written to; the outbox takes up what waited for him."""
    return await notices.ensure_chat(desk.c, desk.book.id, notices.Place(visitor.chat_id, 0, "client"))


async def _slow_down(desk: Desk, chat: notices.Chat, visitor: Visitor, account: Row) -> None:
    """Told once, and every message that is not taken leaves a line in the ledger."""
    bucket = int(desk.now.timestamp()) // _TOLD_AGAIN
    await _say(desk, chat, visitor, "too_fast", key=f"too_fast:{account['id']}:{bucket}")
    await ledger.note(desk.c, desk.book.id, "message_dropped", desk.now, account_id=account["id"])


async def _say(desk: Desk, chat: notices.Chat, visitor: Visitor, what: str, *, key: str) -> None:
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=chat.id,
        kind="client_words",
        at=desk.now,
        payload={"what": what, "language": visitor.language},
        priority=priorities.ANSWER,
        key=key,
    )
    await notices.add_letter(desk.c, letter)


async def _keep(desk: Desk, visitor: Visitor, words: Words, account: Row) -> None:
    before = await store.last_words(desk.c, desk.book.id, account["id"])
    concerned = {account["client_id"]}
    number = normalise(words.phone, desk.book.policy.region)
    number_id = None
    if number is not None and is_e164(number):
        number_id, joined = await join_number(desk, account, number, visitor.source_key)
        concerned |= joined
        account = await accounts.account_by_id(desk.c, desk.book.id, account["id"]) or account
    at = heard_at(words.said_at, desk.now)
    values = await _values(desk, visitor, words, account)
    message_id = await messages.add_message(desk.c, values | {"number_id": number_id or values["number_id"], "at": at})
    if message_id is None:
        return
    await tell_message(desk, message_id)
    is_joined = len(concerned) > 1
    await follow(desk, concerned, None if is_joined else at, makers={account["client_id"]})
    row = await messages.by_id(desk.c, desk.book.id, message_id)
    if row is not None:
        await copy_to_team(desk, account, row, is_answer=before is not None and before["is_ours"])


async def _values(desk: Desk, visitor: Visitor, words: Words, account: Row) -> dict[str, Any]:
    pairs = (await clients.numbers_of_clients(desk.c, desk.book.id, [account["client_id"]])).get(account["client_id"])
    return {
        "team_id": desk.book.id,
        "connection_id": None,
        "message_key": message_key(visitor.chat_id, words.message_id),
        "channel": CHANNEL,
        "client_name": account["name"],
        "account_id": account["id"],
        "number_id": pairs[0][0] if pairs else None,
        "text": words.text,
        "kind": words.kind,
        "chat_id": visitor.chat_id,
        "message_id": words.message_id,
    }
