"""What a client has written to us, and what was done about it: found, told of no more, emptied."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from followup.phone import ERASED
from followup.retention import store
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.tickets.acting import act_row
from followup.tickets.follow import follow
from followup.tickets.store import add_act, stored_tickets
from followup.tickets.tables import ticket_acts
from storage import retention as arrivals
from storage.rows import Row

_WORDS = ("text", "comment", "subject")  # of what people say about a ticket


@dataclass(slots=True, kw_only=True)
class About(arrivals.About):
    """An update may also be the client's own: whatever he wrote to the bot."""

    writers: set[int] = field(default_factory=set)

    def is_in(self, body: dict[str, Any]) -> bool:
        """Whether the update speaks of him, or he does in it."""
        said = body.get("message") or body.get("edited_message") or {}
        is_his = (said.get("chat") or {}).get("id") in self.writers
        # Not by super(): a dataclass with slots is made anew, and the name would mean the class before.
        return is_his or arrivals.About.is_in(self, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A client's accounts, messages and tickets, as they were before he was forgotten."""

    client_id: int
    accounts: Sequence[Row]
    messages: Sequence[Row]
    tickets: Sequence[int]

    @property
    def chats(self) -> set[int]:
        """His own chats with the bot, by Telegram's id."""
        return {row["telegram_id"] for row in self.accounts if row["telegram_id"] is not None}

    @property
    def since(self) -> datetime | None:
        """Since when anything may have been said of it."""
        return min((row["created_at"] for row in self.accounts), default=None)

    @property
    def answers(self) -> list[tuple[int, int]]:
        """Where the team's own words to him stand: (chat, message)."""
        return [(row["chat_id"], row["message_id"]) for row in self.messages if row["is_ours"] and row["chat_id"]]


async def written_by(desk: Desk, client_id: int, number_ids: Collection[int]) -> Written:
    """Everything of the client that is no call and no order."""
    accounts = await store.accounts_of(desk.c, desk.book.id, client_id)
    ids = [row["id"] for row in accounts]
    return Written(
        client_id=client_id,
        accounts=accounts,
        messages=await store.messages_of(desk.c, desk.book.id, number_ids, ids),
        tickets=await store.tickets_of(desk.c, desk.book.id, client_id),
    )


async def close_tickets(desk: Desk, written: Written, by: int | None) -> None:
    """Nobody can work on what is forgotten: it ends as refused by the client himself."""
    own = await stored_tickets(desk.c, desk.book.id, {written.client_id})
    for row in own:
        if row["state"] == "open":
            act = act_row(desk, row, "status", {"to": "refused"}, (by, f"erased:{row['id']}"))
            await add_act(desk.c, act)
    if own:
        await follow(desk, {written.client_id}, None)


async def empty(desk: Desk, seal: Seal, written: Written, number_ids: Collection[int]) -> Mapping[str, int]:
    """Facts stay where they are, so that every count stays; table → how many rows say nothing any more."""
    c, team_id = desk.c, desk.book.id

    def instead(kind: str, row_id: int) -> str:
        return ERASED + seal.mark(f"erased {kind}", team_id, row_id)[:32]

    keys = {row["id"]: _key(row, instead("message", row["id"])) for row in written.messages}
    names = {row["id"]: instead("account", row["id"]) for row in written.accounts}
    whose = {"numbers": number_ids, "accounts": list(names), "client": [written.client_id]}
    acts = {row["id"]: {"data": _bare(row["data"])} for row in await store.ticket_acts_of(c, team_id, whose)}
    done = {
        "messages": await store.forget_messages(c, team_id, keys),
        "accounts": await store.forget_accounts(c, team_id, names),
        "tickets": await store.forget_tickets(c, team_id, written.tickets),
        "ticket_acts": await store.change_rows(c, ticket_acts, team_id, acts),
    }
    await store.forget_chats(c, team_id, written.chats)
    return done


def _key(row: Row, instead: str) -> str:
    """Telegram's keys are made of his id; those of a site are its own."""
    return instead if row["message_key"].startswith("tg:") else str(row["message_key"])


def _bare(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if name in _WORDS else value for name, value in data.items()}
