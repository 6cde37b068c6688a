"""A ticket that a program asks for: whose it is, by number or account; with words of the client it is one of words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from followup.calls import messages_store as messages
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.clients.accounts_store import Writer
from followup.errors import FollowupError
from followup.phone import is_e164, normalise
from followup.teams.desk import Desk
from followup.tickets import store
from followup.tickets.acting import act_row
from followup.tickets.actions import NewTicket, create, groups_of
from followup.tickets.follow import follow
from followup.tickets.telling import tell_message
from storage.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the program knows. ``external_id`` makes it once-only; ``account`` is who wrote, in the channel's own words."""

    external_id: str
    channel: str
    client: str | None = None
    account: str | None = None
    name: str | None = None
    text: str | None = None
    entry_point: str | None = None
    topic: str | None = None
    group: str | None = None
    at: datetime | None = None


async def make(desk: Desk, wish: Wish) -> tuple[Row, bool]:
    """The ticket and whether it is new; refuses a number, topic or group that is none."""
    number_id, client_id = await _client(desk, wish)
    topic_id = _topic(desk, wish.topic)
    if wish.group is not None and wish.group not in groups_of(desk):
        raise _wrong("group", wish.group, f"one of {', '.join(groups_of(desk)) or 'none'}")
    key = f"api:{wish.external_id}"[:120]
    if wish.account is not None and wish.text is not None:
        ticket, is_new = await _written(desk, wish, key, client_id)
    else:
        is_new = not await store.has_source(desk.c, desk.book.id, key)
        if client_id is None:
            writer = Writer(channel=wish.channel, account=wish.account or key, name=wish.name)
            client_id = (await accounts.ensure_account(desk.c, desk.book.id, writer, desk.now))["client_id"]
        ticket = await create(desk, _new(wish, key, (client_id, number_id)))
    if is_new and topic_id is not None:
        ticket = await _about(desk, ticket, topic_id, key)
    return ticket, is_new


async def _client(desk: Desk, wish: Wish) -> tuple[int | None, int | None]:
    """(number id, client id) of the number, where there is one."""
    if wish.client is None:
        return None, None
    number = normalise(wish.client, desk.book.policy.region)
    if number is None or not is_e164(number):
        raise _wrong("client", wish.client, "a telephone number, in any spelling")
    number_id = (await clients.number_ids(desk.c, desk.book.id, [number], desk.now))[number]
    if wish.name:
        await clients.name_client(desk.c, desk.book.id, number_id, wish.name)
    return number_id, (await clients.clients_of_numbers(desk.c, desk.book.id, [number_id]))[number_id]


def _topic(desk: Desk, text: str | None) -> int | None:
    if text is None:
        return None
    topics = desk.book.topics.values()
    found = next((topic.id for topic in topics if text in (str(topic.id), topic.title)), None)
    if found is None:
        raise _wrong("topic", text, f"one of {', '.join(topic.title for topic in topics) or 'none'}"[:200])
    return found


def _new(wish: Wish, key: str, whose: tuple[int, int | None]) -> NewTicket:
    return NewTicket(
        client_id=whose[0],
        channel=wish.channel,
        key=key,
        subject=wish.text,
        entry_point=wish.entry_point,
        group=wish.group,
        number_id=whose[1],
    )


async def _written(desk: Desk, wish: Wish, key: str, client_id: int | None) -> tuple[Row, bool]:
    """Words of a client: they join the open ticket of his account, or make one."""
    writer = Writer(channel=wish.channel, account=(wish.account or "")[:200], name=wish.name, client_id=client_id)
    account = await accounts.ensure_account(desk.c, desk.book.id, writer, desk.now)
    values: dict[str, Any] = {
        "team_id": desk.book.id,
        "message_key": key,
        "channel": wish.channel,
        "entry_point": wish.entry_point,
        "client_account": wish.account,
        "client_name": wish.name,
        "account_id": account["id"],
        "text": wish.text,
        "at": wish.at or desk.now,
    }
    message_id = await messages.add_message(desk.c, values)
    if message_id is None:
        known = await messages.by_key(desk.c, desk.book.id, key)
        message_id = known["id"] if known else 0
    else:
        await tell_message(desk, message_id)
        whose = {account["client_id"]}
        await follow(desk, whose, values["at"], makers=whose)
    own = await store.stored_tickets(desk.c, desk.book.id, {account["client_id"]})
    ticket = next(each for each in own if f"m:{message_id}" in each["fact_keys"] and each["state"] != "gone")
    return ticket, ticket["origin_key"] == f"m:{message_id}"


async def _about(desk: Desk, ticket: Row, topic_id: int, key: str) -> Row:
    row = act_row(desk, ticket, "topic", {"topic": topic_id}, (None, f"{key}:topic"[:120]))
    if await store.add_act(desk.c, row) is not None:
        await follow(desk, {ticket["client_id"]}, ticket["created_at"])
    return await store.ticket_by_id(desk.c, desk.book.id, ticket["id"]) or ticket


def _wrong(setting: str, found: str, expected: str) -> FollowupError:
    return FollowupError("bad_setting", setting=setting, found=found[:64], expected=expected)
