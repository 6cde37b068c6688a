"""What stands in the chats about a client who is forgotten: edited where Telegram lets us, named where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases import actions as acts
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.retention import store
from followup.retention.rules import Traces, fate_of_letter
from followup.retention.writing import About, Written
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.tickets.letterbox_copies import TEXTS
from followup.tickets.letterbox_store import change_copy
from storage.rows import Row

# What a message that stays is called in the receipt; everything else is "a message".
_WHAT = {"file": "file", "report_file": "file", "from_client": "file", "question": "answer"}


@dataclass(slots=True)
class Receipt:
    """What was erased, and what nobody can erase."""

    number_hash: str
    teams: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    messages_edited: int = 0
    not_erased: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: Receipt) -> None:
        """Another team's receipt about the same number."""
        self.teams += other.teams
        self.rows += other.rows
        self.messages_edited += other.messages_edited
        self.not_erased += other.not_erased

    def as_json(self) -> dict[str, Any]:
        """For scripts; holds nothing of the number but its keyed hash."""
        return {
            "number_hash": self.number_hash,
            "teams": self.teams,
            "rows": {table: count for table, count in sorted(self.rows.items()) if count},
            "messages_edited": self.messages_edited,
            "not_erased": self.not_erased,
        }


@dataclass(slots=True, kw_only=True)
class Erasing:
    """One team on its way to forget one client."""

    desk: Desk
    seal: Seal
    traces: Traces
    receipt: Receipt
    about: About
    written: Written | None = None

    @property
    def team_id(self) -> int:
        """Whose client he is."""
        return self.desk.book.id

    @property
    def c(self) -> AsyncConnection:
        """The one transaction."""
        return self.desk.c

    @property
    def ids(self) -> list[int]:
        """Ids of his numbers."""
        return list(self.traces.numbers)


async def speak(erasing: Erasing, rows: Sequence[Row], by: int | None) -> None:
    """Open cases are closed, and every message of ours about the client is edited where Telegram lets us."""
    for row in rows:
        if row["state"] == "open":
            await acts.close_erased(erasing.desk, row, by)
    await _speak_of_cards(erasing, "case", list(erasing.traces.cases))
    await _speak_of_cards(erasing, "ticket", list(erasing.traces.tickets))
    for chat_id, message_id in erasing.written.answers if erasing.written else ():
        _report(erasing, "answer", chat_id, message_id)
    await screens.raise_screens(erasing.c, erasing.team_id, "missed")
    await screens.raise_screens(erasing.c, erasing.team_id, "handover")
    await screens.raise_lists(erasing.c, erasing.team_id)
    await _speak_of_letters(erasing)


async def _speak_of_cards(erasing: Erasing, subject: Literal["case", "ticket"], ids: Sequence[int]) -> None:
    await notices.raise_cards(erasing.c, erasing.team_id, subject, ids)
    for card in await store.cards_about(erasing.c, erasing.team_id, subject, ids):
        erasing.about.messages.add((card["shown_in"], card["message_id"]))
        is_lost = card["state"] == "dead" or not card["is_reachable"]
        erasing.receipt.messages_edited += not is_lost
        if is_lost:
            _report(erasing, "message", card["shown_in"], card["message_id"])


async def _speak_of_letters(erasing: Erasing) -> None:
    """Letters since he was first heard of; what he was told in his own chat goes with the chat."""
    written = erasing.written
    moments = [opened for opened, _ in erasing.traces.cases.values()]
    moments += [written.since] if written and written.since else []
    if not moments:
        return
    his = written.chats if written else set()
    found = await store.letters_since(erasing.c, erasing.team_id, min(moments))
    dropped = [row["id"] for row in found if row["telegram_id"] not in his and await _is_to_drop(erasing, row)]
    await store.skip_letters(erasing.c, erasing.team_id, dropped, "erased")


async def _is_to_drop(erasing: Erasing, letter: Row) -> bool:
    """A letter with a message is taken over by a card; one that waits and speaks of him alone is not sent."""
    fate = fate_of_letter(letter, erasing.traces, erasing.desk.now)
    if fate is None:
        return False
    erasing.about.messages.add((letter["shown_in"], letter["message_id"]))
    if letter["message_id"] is None:
        return bool(letter["case_id"] or letter["payload"].get("ticket_id") in erasing.traces.tickets)
    if fate == "report" or not letter["is_reachable"]:
        _report(erasing, _WHAT.get(letter["kind"], "message"), letter["shown_in"], letter["message_id"])
    else:
        erasing.receipt.messages_edited += 1
    if letter["kind"] == "from_client" or (fate == "edit" and letter["is_reachable"]):
        await _take_over(erasing, letter)
    return False


async def _take_over(erasing: Erasing, letter: Row) -> None:
    """The outbox edits its message like any other; a copy of what is no text is deleted, or at least loses its words."""
    kind = erasing.traces.messages.get(letter["payload"].get("message_id", 0), "text")
    is_copy = letter["kind"] == "from_client" and kind not in TEXTS
    await change_copy(erasing.c, letter, erasing.desk.now, is_photo=is_copy)


def _report(erasing: Erasing, what: str, chat: int | None, message_id: int | None) -> None:
    about = {"what": what, "team": erasing.desk.book.name, "chat": chat, "message_id": message_id}
    erasing.receipt.not_erased.append(about)
