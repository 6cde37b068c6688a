"""Finding tickets and contacts by number, name, a ticket's number, or what was said (G32, G33)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from followup.clients import store as clients
from followup.phone import is_erased, normalise
from followup.teams.desk import Desk
from followup.tickets import search_store as store
from followup.tickets import store as tickets
from followup.tickets.reading import client_views, ticket_views
from followup.tickets.views import ClientView, FoundPage

PAGE = 8
_FEWEST_DIGITS = 3
_LONGEST_QUERY = 100
_NUMBER = re.compile(r"[+\d][\d\s().-]*")
_TICKET = re.compile(r"[#№]?\s?(\d{1,15})")


@dataclass(frozen=True, slots=True)
class _Found:
    """Ids, best first."""

    tickets: list[int]
    contacts: list[int]


async def find(desk: Desk, query: str, page: int = 0) -> FoundPage:
    """A page of what the words mean: tickets first, then contacts that have none."""
    text = cleaned(query)
    found = await _look(desk, text)
    total = len(found.tickets) + len(found.contacts)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = [*(("t", each) for each in found.tickets), *(("c", each) for each in found.contacts)]
    part = shown[page * PAGE : (page + 1) * PAGE]
    views = await ticket_views(desk.c, desk.book, [each for kind, each in part if kind == "t"])
    people = await client_views(desk.c, desk.book, [each for kind, each in part if kind == "c"])
    return FoundPage(
        query=text,
        tickets=tuple(views[each] for kind, each in part if kind == "t"),
        contacts=tuple(people[each] for kind, each in part if kind == "c"),
        total=total,
        page=page,
        pages=pages,
        as_of=desk.now,
    )


async def find_contacts(desk: Desk, query: str, limit: int = PAGE) -> tuple[ClientView, ...]:
    """Clients by number or name, for somebody to choose from."""
    ids = (await _contacts(desk, cleaned(query)))[: limit * 2]
    views = await client_views(desk.c, desk.book, ids)
    return tuple(views[each] for each in ids if each in views and not views[each].is_erased)[:limit]


def cleaned(query: str) -> str:
    """One line of what was typed."""
    return " ".join(query.replace("\0", "").split())[:_LONGEST_QUERY]


async def _look(desk: Desk, text: str) -> _Found:
    if not text:
        return _Found([], [])
    c, team_id = desk.c, desk.book.id
    people = await _contacts(desk, text)
    ids: list[int] = []
    if (named := _TICKET.fullmatch(text)) is not None:
        exact = await tickets.ticket_by_id(c, team_id, int(named[1]))
        ids += [exact["id"]] if exact is not None and exact["state"] != "gone" else []
    spellings = _spellings(text)
    written = await store.by_words(c, team_id, spellings) if len(text) > 1 else []
    ids += await store.tickets_of(c, team_id, people, written)
    said = await store.by_comment(c, team_id, spellings) if len(text) > 1 else []
    ids += [each["id"] for each in await tickets.tickets_by_id(c, team_id, said) if each["state"] != "gone"]
    known = await store.with_tickets(c, team_id, people)
    bare = [each for each in people if each not in known]
    shown = await client_views(c, desk.book, bare)
    return _Found(list(dict.fromkeys(ids)), [each for each in bare if each in shown and not shown[each].is_erased])


async def _contacts(desk: Desk, text: str) -> list[int]:
    """By the whole number, by its last digits, or by name."""
    if not text:
        return []
    c, team_id = desk.c, desk.book.id
    if _NUMBER.fullmatch(text):
        number = normalise(text, desk.book.policy.region)
        exact = await clients.find_number(c, team_id, number) if number else None
        if exact is not None and not is_erased(exact["number"]):
            return [exact["client_id"]]
        digits = re.sub(r"\D", "", text)
        # A trunk prefix is not part of the number that the world dials.
        return await store.by_digits(c, team_id, digits.lstrip("0") or digits) if len(digits) >= _FEWEST_DIGITS else []
    return await store.by_name(c, team_id, _spellings(text)) if len(text) > 1 else []


def _spellings(text: str) -> list[str]:
    return list(dict.fromkeys([text, text.lower(), text.capitalize(), text.title(), text.upper()]))
