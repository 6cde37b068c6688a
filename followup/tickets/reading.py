"""Tickets as cards and lists show them, and what was done about one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases import store as cases
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.phone import is_erased
from followup.teams import directory_store as directory
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.teams.tables import ticket_results, topics
from followup.tickets import open_store, store
from followup.tickets.load import case_act
from followup.tickets.views import ActLine, ClientView, TicketFilter, TicketPage, TicketView, WordView
from storage.rows import Row

PAGE = 8
WORDS_SHOWN = 6
_ROOTS = 12  # a tree deeper than that is a mistake, and a ring never ends
_SAME = (
    *("id", "version", "kind", "channel", "state", "status", "subject", "topic_id", "owner_id", "owned_at"),
    *("created_at", "first_reaction_at", "contact_at", "due_at", "snoozed_until", "closed_at", "comment"),
)


async def ticket_view(c: AsyncConnection, book: TeamBook, ticket_id: int) -> TicketView | None:
    """One ticket with its conversation, or None if the team has no such ticket."""
    row = await store.ticket_by_id(c, book.id, ticket_id)
    if row is None:
        return None
    [view] = await _views(c, book, [row])
    others = (await open_store.open_of_clients(c, book.id, [row["client_id"]])).get(row["client_id"], [])
    merged = await open_store.merged_clients(c, book.id, [row["client_id"]])
    words = await _words(c, book, row)
    return replace(view, words=words, others=tuple(each for each in others if each != view.id), can_undo=bool(merged))


async def ticket_views(c: AsyncConnection, book: TeamBook, ids: Collection[int]) -> dict[int, TicketView]:
    """Id → ticket, by a fixed number of queries."""
    rows = await store.tickets_by_id(c, book.id, ids)
    return {view.id: view for view in await _views(c, book, rows)}


async def client_views(
    c: AsyncConnection, book: TeamBook, ids: Collection[int], prefer: Mapping[int, Row] | None = None
) -> dict[int, ClientView]:
    """Client id → who it is; ``prefer``: the ticket whose number and account count."""
    people = await clients.people(c, book.id, ids)
    writes = await accounts.accounts_of_clients(c, book.id, ids)
    tickets = prefer or {}
    return {
        client_id: _client(client_id, person, writes.get(client_id, []), tickets.get(client_id, {}))
        for client_id, person in people.items()
    }


def _client(client_id: int, person: clients.Person, writes: list[Row], ticket: Mapping[str, object]) -> ClientView:
    name, is_blocked, pairs = person
    known = [number for _, number in pairs if not is_erased(number)]
    own = dict(pairs).get(ticket.get("number_id"))  # type: ignore[call-overload]
    number = own if own in known else next(iter(known), None)
    account = next((each for each in writes if each["id"] == ticket.get("account_id")), writes[0] if writes else None)
    gone = [number for _, number in pairs if is_erased(number)] + [
        each for each in writes if is_erased(each["account"])
    ]
    return ClientView(
        id=client_id,
        name=name,
        account_name=account["name"] if account else None,
        number=number,
        other_numbers=tuple(other for other in known if other != number),
        writes_from=tuple(name for each in writes for name in _addresses(each) if name not in known),
        is_erased=bool(gone) and not known and len(gone) == len(pairs) + len(writes),
        is_blocked=is_blocked or any(each["is_blocked"] for each in writes),
    )


def _addresses(account: Row) -> list[str]:
    """How he can be named where he has no number; a guest of a site has no name, nor has who was forgotten."""
    if is_erased(account["account"]) or account["account"].startswith("guest:"):
        return []
    own = [f"@{account['username']}"] if account["username"] else []
    if account["telegram_id"] is not None:
        return [*own, f"tg:{account['account']}"]
    return [
        *own,
        account["account"] if account["account"].startswith("+") else f"{account['channel']}:{account['account']}",
    ]


async def _views(c: AsyncConnection, book: TeamBook, rows: list[Row]) -> list[TicketView]:
    """A client with two tickets on one page is called by the same name in both."""
    known = await client_views(c, book, {row["client_id"] for row in rows}, {row["client_id"]: row for row in rows})
    reachable = await _reachable(c, book, known)
    views = []
    for row in rows:
        result = book.results.get(row["result_id"] or 0)
        title = result.title if result else None
        if row["result_id"] is not None and result is None:
            title = await directory.title_of(c, ticket_results, book.id, row["result_id"])
        views.append(
            TicketView(
                **{name: row[name] for name in _SAME},
                client=known[row["client_id"]],
                entry_point=book.line_name(row["entry_point"]),
                topic=await _topic(c, book, row["topic_id"]),
                group=row["group_name"],
                owner_name=book.member_name(row["owner_id"]),
                closed_by=book.member_name(row["closed_by"]),
                result_code=result.code if result else None,
                result_title=title,
                is_written=row["kind"] == "text" and row["account_id"] in reachable,
            )
        )
    return views


async def _reachable(c: AsyncConnection, book: TeamBook, client_ids: Collection[int]) -> set[int]:
    """Accounts that an answer can be sent to."""
    found = await accounts.accounts_of_clients(c, book.id, client_ids)
    return {row["id"] for rows in found.values() for row in rows if row["telegram_id"] is not None}


async def _topic(c: AsyncConnection, book: TeamBook, topic_id: int | None) -> tuple[str, ...]:
    if topic_id is None:
        return ()
    if topic_id not in book.topics:
        retired = await directory.title_of(c, topics, book.id, topic_id)
        return (retired,) if retired else ()
    return path_of(book, topic_id)


def path_of(book: TeamBook, topic_id: int) -> tuple[str, ...]:
    """A topic and those above it, from the root."""
    path: list[str] = []
    topic = book.topics.get(topic_id)
    while topic is not None and len(path) < _ROOTS:
        path.append(topic.title)
        topic = book.topics.get(topic.parent_id or 0)
    return tuple(path[::-1])


def below(book: TeamBook, topic_id: int) -> set[int]:
    """A topic and everything under it."""
    found = {topic_id}
    for _ in range(_ROOTS):
        found |= {topic.id for topic in book.topics.values() if topic.parent_id in found}
    return found


async def _words(c: AsyncConnection, book: TeamBook, row: Row) -> tuple[WordView, ...]:
    if row["kind"] != "text" or row["account_id"] is None:
        return ()
    span = (row["created_at"], row["closed_at"])
    said = await open_store.words_of(c, book.id, row["account_id"], span, WORDS_SHOWN)
    return tuple(
        WordView(
            at=each["at"],
            is_ours=each["is_ours"],
            author=book.member_name(each["member_id"]),
            kind=each["kind"],
            text=each["text"],
            is_failed=each["state"] == "failed",
        )
        for each in said
    )


async def ticket_page(desk: Desk, chosen: TicketFilter) -> TicketPage:
    """A page of open tickets, voice or text."""
    wanted = below(desk.book, chosen.topic) if chosen.topic is not None else set()
    counts = await open_store.open_counts(desk.c, desk.book.id, chosen, wanted)
    pages = max(1, -(-counts[chosen.tab] // PAGE))
    within = replace(chosen, page=min(max(chosen.page, 0), pages - 1))
    ids = await open_store.open_page(desk.c, desk.book.id, within, wanted, PAGE)
    views = await ticket_views(desk.c, desk.book, ids)
    shown = tuple(views[each] for each in ids)
    return TicketPage(filter=within, tickets=shown, counts=counts, pages=pages, as_of=desk.now)


async def acts_about(c: AsyncConnection, book: TeamBook, ticket_id: int, limit: int = 15) -> tuple[ActLine, ...]:
    """What people, the fan and the clock did about a ticket, oldest first."""
    row = await store.ticket_by_id(c, book.id, ticket_id)
    if row is None:
        return ()
    own = {key for key in row["fact_keys"] if key.startswith("a:")}
    acts = [act for act in await acts_in_lane(c, book.id, row) if f"a:{act['id']}" in own]
    numbers = (await clients.numbers_of_clients(c, book.id, [row["client_id"]])).get(row["client_id"], [])
    of_case = await cases.actions_of_numbers(c, book.id, [number_id for number_id, _ in numbers])
    acts += [act for act in of_case if f"a:{case_act(act).id}" in own]
    return tuple(_act_line(act, book) for act in sorted(acts, key=lambda act: (act["at"], act["id"]))[-limit:])


async def acts_in_lane(c: AsyncConnection, team_id: int, row: Row) -> list[Row]:
    """Every act of the lane that a ticket is in, oldest first."""
    numbers = await clients.numbers_of_clients(c, team_id, [row["client_id"]])
    whose: dict[str, Collection[int]] = {
        "numbers": [number_id for pairs in numbers.values() for number_id, _ in pairs],
        "accounts": [row["account_id"]] if row["account_id"] is not None else [],
        "clients": [row["client_id"]],
    }
    return sorted(await store.acts_of(c, team_id, whose), key=lambda act: (act["at"], act["id"]))


def _act_line(act: Row, book: TeamBook) -> ActLine:
    data = act["data"]
    topic = data.get("topic")
    text = data.get("comment") or data.get("text") or data.get("group") or data.get("subject")
    return ActLine(
        at=act["made_at"],
        kind=act["kind"],
        who=book.member_name(act["member_id"]),
        to=book.member_name(data.get("to")) if act["kind"] in ("transfer", "fan") else None,
        status=data.get("to") if act["kind"] == "status" else data.get("status"),
        text=" › ".join(path_of(book, topic)) if topic is not None else text,
    )


async def why_owner(c: AsyncConnection, book: TeamBook, ticket_id: int) -> Mapping[str, int] | None:
    """M29: why the fan has chosen the present owner; None if it was not the fan."""
    row = await store.ticket_by_id(c, book.id, ticket_id)
    if row is None or row["owner_id"] is None:
        return None
    own = {key for key in row["fact_keys"] if key.startswith("a:")}
    acts = [act for act in await acts_in_lane(c, book.id, row) if f"a:{act['id']}" in own]
    given = [act for act in acts if act["kind"] in ("take", "transfer", "fan")]
    last = given[-1] if given else None
    if last is None or last["kind"] != "fan" or last["data"].get("to") != row["owner_id"]:
        return None
    why: Mapping[str, int] = last["data"]["why"]
    return why
