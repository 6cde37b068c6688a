"""What is done about tickets in a fortnight: people take, hand over, put off, close and reopen; clients write, too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import select

from followup.calls.tables import calls
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.errors import FollowupError
from followup.teams.desk import Desk
from followup.teams.directory_store import add_entry
from followup.teams.store import touch
from followup.teams.tables import topics
from followup.tickets import actions
from followup.tickets.actions import TicketPress
from followup.tickets.store import stored_tickets
from storage.engine import Database
from storage.rows import Row
from tests.reports.facts import Posted
from tests.reports.fortnight import SALES, Fortnight, fortnight
from tests.reports.lived import Lived, live

TOPICS = ("Prices", "Delivery", "Delivery abroad")  # the last one stands below the second
_KINDS = (
    *("take", "take", "take", "release", "transfer", "topic", "topic", "comment", "snooze"),
    *("close", "close", "close", "reopen", "status", "status"),
)
_CHANNELS = {"guest": "telegram", "known": "email"}


class Doing(NamedTuple):
    """Somebody does something about the ticket of a call's client, or of a writer, if there is one then."""

    at: datetime
    of: str  # a call's id, or an account
    kind: str
    by: str
    value: Any

    async def happens(self, lived: Lived) -> None:
        await _does(lived, self)


class Done(NamedTuple):
    """What was really done: ``lane`` is ("number", …) or ("account", …)."""

    at: datetime
    lane: tuple[str, str]
    kind: str
    by: str
    value: Any


def ticket_fortnight(seed: int) -> Fortnight:
    """The fortnight of the seed, in which a line has a group, some clients write, and tickets are worked on."""
    chance, story = Random(seed + 1000), fortnight(seed)
    story.facts.team.lines[SALES]["group"] = "sales"
    written = _messages(chance, story)
    story.facts.posted = sorted([*story.facts.posted, *written], key=lambda post: post.at)
    known = [post for post in story.facts.posted if post.at <= story.now - timedelta(hours=1)]
    for post in chance.sample(known, len(known) // 2):
        of = post.said.get("client_account") or post.said.get("call_id")
        if of is not None:
            story.doings += [doing for doing in _doings(chance, story, of, post.at) if doing.at < story.now]
    return story


def _messages(chance: Random, story: Fortnight) -> list[Posted]:
    """From accounts of their own, and from some whose number is known and never joined to another one's."""
    lonely = sorted(_numbers(story) - {number for joining in story.joinings for number in joining.numbers})
    writers = [(f"guest{n}", None) for n in range(5)] + [(f"known{n}", number) for n, number in enumerate(lonely[:6])]
    found = []
    for n in range(40):
        account, number = chance.choice(writers)
        at = story.facts.midnight(story.begins) + timedelta(seconds=chance.randrange(14 * 86_400))
        said = {
            "type": "message",
            "message_id": f"m-{n}",
            "channel": _CHANNELS[account[:5]],
            "entry_point": chance.choice(["chat", "chat", None]),
            "client_account": account,
            "client": number,
            "text": "Hello",
            "at": at.isoformat(),
        }
        found.append(Posted(at + timedelta(seconds=chance.choice([1, 30, 4_000])), said))
    return [post for post in found if post.at <= story.now]


def _numbers(story: Fortnight) -> set[str]:
    """Those that everybody spells alike."""
    spelt = {post.said.get("client") for post in story.facts.posted if post.said["type"] == "call"}
    return {number for number in spelt if number and number.startswith("+38067") and len(number) == 13}


def _doings(chance: Random, story: Fortnight, of: str, since: datetime) -> list[Doing]:
    at, found = since, []
    for _ in range(chance.randrange(1, 5)):
        at += timedelta(seconds=chance.choice([5, 60, 900, 7_000, 90_000]) + chance.randrange(600))
        kind = chance.choice(_KINDS)
        values: Mapping[str, Any] = {
            "transfer": chance.choice(story.facts.team.members),
            "topic": chance.choice([*TOPICS, None]),
            "comment": f"said {chance.randrange(99)}",
            "snooze": at + timedelta(hours=chance.randrange(1, 90)),
            "close": chance.choice(["resolved", "refused", "non_target"]),
            "status": chance.choice(["selection", "booking", "deal", "done", "postponed", "refused"]),
        }
        found.append(Doing(at, of, kind, chance.choice(story.facts.team.members), values.get(kind)))
    return found


async def live_with_tickets(database: Database, story: Fortnight) -> Lived:
    """Through the whole of it; the topics are there from the beginning."""

    async def settle(lived: Lived) -> None:
        async with lived.desk() as desk:
            parent = None
            for title in TOPICS:
                values = {"title": title, "parent_id": parent if title == TOPICS[2] else None}
                parent = await add_entry(desk.c, topics, lived.team_id, values)
            await touch(desk.c, lived.team_id)

    return await live(database, story, settle)


async def _does(lived: Lived, doing: Doing) -> None:
    async with lived.desk(doing.at) as desk:
        ticket = await _ticket_of(desk, doing.of)
        if ticket is None:
            return
        member = desk.book.members[lived.members[doing.by]]
        press = TicketPress(
            ticket_id=ticket["id"], member=member, source_key=f"u:{doing.of}:{doing.at.timestamp():.0f}"
        )
        try:
            await _ACTS[doing.kind](desk, press, doing.value)
        except FollowupError:
            return
        lane = await _lane(desk, ticket)
    lived.facts.done.append(Done(doing.at, lane, doing.kind, doing.by, doing.value))


async def _ticket_of(desk: Desk, of: str) -> Row | None:
    """The newest one of the lane, as far as is known now."""
    team_id = desk.book.id
    wanted = (calls.c.team_id == team_id) & (calls.c.call_key == of)
    if (number_id := await desk.c.scalar(select(calls.c.number_id).where(wanted))) is not None:
        whose, lane = await clients.clients_of_numbers(desk.c, team_id, [number_id]), "voice"
        client_id = whose[number_id]
    else:
        writers = [await accounts.find_account(desk.c, team_id, channel, of) for channel in _CHANNELS.values()]
        account = next((each for each in writers if each is not None), None)
        if account is None:
            return None
        client_id, lane = account["client_id"], f"t:{account['id']}"
    found = await stored_tickets(desk.c, team_id, [client_id])
    own = [ticket for ticket in found if ticket["lane"] == lane and ticket["state"] != "gone"]
    return max(own, key=lambda ticket: ticket["created_at"], default=None)


async def _lane(desk: Desk, ticket: Row) -> tuple[str, str]:
    if ticket["lane"] == "voice":
        return "number", await clients.number_text(desk.c, desk.book.id, ticket["number_id"])
    account = await accounts.account_by_id(desk.c, desk.book.id, ticket["account_id"])
    assert account is not None
    return "account", account["account"]


async def _transfer(desk: Desk, press: TicketPress, name: str) -> Row:
    to = next(member.id for member in desk.book.members.values() if member.name == name)
    return await actions.transfer(desk, press, to=to)


async def _topic(desk: Desk, press: TicketPress, title: str | None) -> Row:
    known = {topic.title: topic.id for topic in desk.book.topics.values()}
    return await actions.set_topic(desk, press, known[title] if title else None)


async def _close(desk: Desk, press: TicketPress, code: str) -> Row:
    result = next(result.id for result in desk.book.results.values() if result.code == code)
    return await actions.close(desk, press, result, "well" if code == "resolved" else None)


_ACTS: dict[str, Callable[[Desk, TicketPress, Any], Awaitable[Row]]] = {
    "take": lambda desk, press, _: actions.take(desk, press),
    "release": lambda desk, press, _: actions.release(desk, press),
    "reopen": lambda desk, press, _: actions.reopen(desk, press),
    "comment": actions.comment,
    "snooze": actions.snooze,
    "status": actions.set_status,
    "transfer": _transfer,
    "topic": _topic,
    "close": _close,
}
