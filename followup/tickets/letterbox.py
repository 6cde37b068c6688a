"""What a client writes → a stored message of his account (a web form, an e-mail relayed by a script, the bot itself)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from followup.calls import messages_store as messages
from followup.calls.events import MessageEvent
from followup.calls.record import Recorded
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.clients.accounts_store import Writer
from followup.ledger import store as ledger
from followup.phone import normalise
from followup.teams.desk import Desk
from followup.tickets import letterbox_store as store
from followup.tickets.blocking import is_silenced
from followup.tickets.letterbox_copies import copy_to_team
from followup.tickets.telling import tell_message


async def take_message(desk: Desk, connection_id: int, message: MessageEvent, recorded: Recorded) -> set[int]:
    """Keep it once; the client it concerns. Whoever left a number is that number's client, else his account is his own."""
    number = normalise(message.client, desk.book.policy.region)
    ids = await clients.number_ids(desk.c, desk.book.id, [number] if number else [], desk.now)
    number_id = ids.get(number or "")
    owners = await clients.clients_of_numbers(desk.c, desk.book.id, [number_id] if number_id else [])
    writer = Writer(
        channel=message.channel,
        # A guest who left nothing of himself is a stranger each time.
        account=(message.client_account or number or f"guest:{connection_id}:{message.message_key}")[:200],
        name=message.client_name or message.client_account,
        client_id=owners.get(number_id or 0),
    )
    account = await accounts.ensure_account(desk.c, desk.book.id, writer, desk.now)
    if await is_silenced(desk, account):
        await ledger.note(desk.c, desk.book.id, "message_blocked", desk.now, account_id=account["id"])
        return set()
    values: dict[str, Any] = {
        "team_id": desk.book.id,
        "connection_id": connection_id,
        "message_key": message.message_key,
        "channel": message.channel[:32],
        "entry_point": message.entry_point,
        "client_account": message.client_account,
        "client_name": message.client_name,
        "number_id": number_id,
        "account_id": account["id"],
        "text": message.text,
        "at": message.at,
    }
    message_id = await messages.add_message(desk.c, values)
    if message_id is None:
        return set()
    await tell_message(desk, message_id)
    recorded.reach_back(message.at)
    if number_id is not None and message.client_name:
        await clients.name_client(desk.c, desk.book.id, number_id, message.client_name)
    return {account["client_id"]}


async def show_posted(desk: Desk, connection_id: int, keys: Collection[str]) -> None:
    """What is too long for the card, whole under it; once, however often it is posted."""
    for message in await store.posted(desk.c, desk.book.id, connection_id, keys):
        account = await accounts.account_by_id(desk.c, desk.book.id, message["account_id"] or 0)
        if account is not None:
            await copy_to_team(desk, account, message, is_answer=False)
