"""The heart of the house: derive the cases of some clients from their facts, and write the difference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from followup.calls import store as calls
from followup.cases import store
from followup.cases.announce import Change, announce, shelve
from followup.cases.facts import ActionFact, CallFact, CasePolicy, Episode
from followup.cases.load import ClientRows, action_fact, call_fact, facts_of_clients, rows_of_clients
from followup.cases.moments import Boundary, Rank
from followup.cases.rows import last_trouble, row_of
from followup.cases.rules import StoredKeys, anonymous_episode, fact_key, match, timeline
from followup.clients.store import Newcomer
from followup.hours import local_date, local_day
from followup.orders import store as orders
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from storage.rows import Row

REOPEN_WITHIN = timedelta(minutes=5)
_REOPEN_MARGIN = timedelta(minutes=10)


@dataclass(slots=True)
class Touched:
    """What a batch of new facts concerns.

    ``since`` is the earliest moment any of them speaks of (None: look at everything). ``linked`` are the cases that
    changed calls belonged to so far. ``fresh``: see ``Recorded``. ``is_merge``: numbers moved between clients, so a case may be left over as merged.
    ``is_history``: the facts come from a file of the past, of which no chat is told.
    """

    clients: set[int] = field(default_factory=set)
    hidden_calls: set[int] = field(default_factory=set)
    linked: set[int] = field(default_factory=set)
    fresh: Mapping[int, Newcomer] = field(default_factory=dict)
    since: datetime | None = None
    is_merge: bool = False
    is_history: bool = False
    rows: ClientRows | None = None  # what was read of the clients on the way


class Derived(NamedTuple):
    """An episode and whose it is."""

    episode: Episode
    client_id: int | None
    scope: str
    number_id: int | None  # of the last miss or order: the one to call


async def reconcile(desk: Desk, touched: Touched) -> list[Change]:
    """Make the stored cases of ``touched`` say what their facts say, and raise cards and letters for the difference."""
    await lock_team(desk.c, desk.book.id)
    stored = await store.stored_cases(desk.c, desk.book.id, touched.clients - touched.fresh.keys(), touched.linked)
    boundary = None if touched.is_merge else _boundary(desk.book, stored, touched)
    derived = await _derive_clients(desk, touched, boundary)
    derived += await _derive_hidden(desk, touched.hidden_calls)
    changes = await _write(desk, _pool(stored, boundary, touched), derived, touched)
    await (shelve(desk, changes) if touched.is_history else announce(desk, changes))
    return changes


def _boundary(book: TeamBook, stored: Collection[Row], touched: Touched) -> Boundary | None:
    """The last closed case that the new facts cannot reach. Only for one client of one brand: the common case."""
    if touched.since is None or len(touched.clients) != 1 or book.policy.separate_lines:
        return None
    limit = touched.since - _REOPEN_MARGIN
    live = [row for row in stored if row["state"] in ("open", "closed") and row["how"] != "merged"]
    ends = {row["closed_at"] for row in live if row["state"] == "closed" and row["closed_at"] < limit}
    # A whole instant or nothing: another case may begin in the one that a case ends in.
    whole = (at for at in sorted(ends, reverse=True) if all(_is_over(r, at) or r["opened_at"] > at for r in live))
    last = next(whole, None)
    return Boundary(last) if last else None


def _is_over(case: Mapping[str, Any], at: datetime) -> bool:
    return case["state"] == "closed" and bool(case["closed_at"] <= at)


def _pool(stored: Iterable[Row], boundary: Boundary | None, touched: Touched) -> list[Row]:
    """Stored cases that a derived episode may be: not those up to the boundary, not those merged away for good."""
    return [
        row
        for row in stored
        if (touched.is_merge or row["how"] != "merged") and (boundary is None or not _is_over(row, boundary.at))
    ]


async def _derive_clients(desk: Desk, touched: Touched, since: Boundary | None) -> list[Derived]:
    if not touched.clients:
        return []
    policy = CasePolicy(window=desk.book.policy.window, reopen_within=REOPEN_WITHIN)
    place = since.at if since else None
    touched.rows = await rows_of_clients(desk.c, desk.book.id, touched.clients, place, fresh=touched.fresh)
    found = facts_of_clients(desk.book, touched.rows)
    derived = []
    for client in found.values():
        for scope, facts in client.scopes.items():
            was_blocked = _was_blocked(facts, since)
            episodes = timeline(facts, policy, desk.now, since=since, blocked=was_blocked)
            numbers = {fact_key(fact): fact.number_id for fact in facts if not isinstance(fact, ActionFact)}
            derived += [Derived(e, client.client_id, scope, numbers[last_trouble(e)]) for e in episodes]
    return derived


def _was_blocked(facts: Iterable[Any], place: Boundary | None) -> bool:
    if place is None:
        return False
    acts = [fact for fact in facts if getattr(fact, "kind", None) in ("block", "unblock")]
    before = [act for act in acts if Boundary(act.at, Rank.ACTION, act.id) <= place]
    return bool(before) and max(before, key=lambda act: (act.at, act.id)).kind == "block"


async def _derive_hidden(desk: Desk, call_ids: Collection[int]) -> list[Derived]:
    """D2: every hidden miss is a case of its own, until the end of the working day it came in."""
    if not call_ids:
        return []
    acts = await store.actions_of_calls(desk.c, desk.book.id, call_ids)
    derived = []
    for row in await calls.facts_by_id(desk.c, desk.book.id, call_ids):
        fact = call_fact(row, desk.book)
        if fact is None or fact.role != "missed" or fact.number_id is not None:
            continue
        own = [action_fact(act) for act in acts if act["call_id"] == fact.id]
        episode = anonymous_episode(fact, end_of_working_day(desk.book, fact), own, desk.now, REOPEN_WITHIN)
        derived.append(Derived(episode, None, "", None))
    return derived


def end_of_working_day(book: TeamBook, fact: CallFact) -> datetime:
    """The last closing of the local date the call came in; midnight where that is past or there is none."""
    schedule = book.schedule_at(fact.line, fact.started_at)
    day = local_date(fact.started_at, schedule.timezone)
    closing = schedule.last_closing_of(day)
    return closing if closing is not None and closing > fact.started_at else local_day(day, schedule.timezone)[1]


async def _write(desk: Desk, pool: list[Row], derived: list[Derived], touched: Touched) -> list[Change]:
    by_id = {row["id"]: row for row in pool}
    keys = [StoredKeys(id=r["id"], fact_keys=tuple(r["fact_keys"]), opened_at=r["opened_at"]) for r in pool]
    matching = match(keys, [item.episode for item in derived])
    whose = {id(item.episode): item for item in derived}
    changes = await _leave(desk, [by_id[case_id] for case_id in matching.left_over], touched)
    # An episode that closes makes room before another one opens: one open case a client (promise 4).
    pairs = sorted(matching.pairs, key=lambda pair: pair[1].is_open)
    changes += await _update(desk, [(by_id[case_id], whose[id(episode)]) for case_id, episode in pairs])
    changes += await _insert(desk, [whose[id(episode)] for episode in matching.fresh])
    await _link(desk, changes)
    return changes


async def _leave(desk: Desk, rows: Iterable[Mapping[str, Any]], touched: Touched) -> list[Change]:
    """A case that no facts speak for any more: merged into another one, or never true. It is kept, counted nowhere."""
    changes = []
    for row in rows:
        is_merged = touched.is_merge and row["state"] == "open"
        fate = {"state": "closed", "how": "merged"} if is_merged else {"state": "withdrawn", "how": None}
        values = fate | {"closed_at": row["closed_at"] or desk.now, "expires_at": None}
        if row["state"] != values["state"]:
            await store.change_case(desk.c, desk.book.id, row["id"], values)
            changes.append(Change(case_id=row["id"], before=row, after=dict(row) | values))
    return changes


async def _update(desk: Desk, pairs: Iterable[tuple[Row, Derived]]) -> list[Change]:
    derived = [(row, _values(item)) for row, item in pairs]
    changed = [(row, values) for row, values in derived if any(row[name] != value for name, value in values.items())]
    await store.change_cases(desk.c, desk.book.id, [values | {"id": row["id"]} for row, values in changed])
    return [Change(case_id=row["id"], before=row, after=row | values) for row, values in changed]


async def _insert(desk: Desk, items: Iterable[Derived]) -> list[Change]:
    rows = [_values(item) | {"team_id": desk.book.id, "created_at": desk.now} for item in items]
    ids = await store.add_cases(desk.c, rows)
    fresh = {"notified_at": None, "version": 1}
    pairs = zip(ids, rows, strict=True)
    return [Change(case_id=case_id, before=None, after=row | fresh | {"id": case_id}) for case_id, row in pairs]


def _values(item: Derived) -> dict[str, Any]:
    whose = {"client_id": item.client_id, "scope": item.scope, "number_id": item.number_id}
    return row_of(item.episode) | whose | {"kind": "client" if item.client_id else "anonymous"}


def _has_calls(case: Mapping[str, Any]) -> bool:
    """What a withdrawn or merged case was made of may long belong to another one."""
    return bool(case["state"] != "withdrawn" and case["how"] != "merged")


async def _link(desk: Desk, changes: Iterable[Change]) -> None:
    """Calls and orders know their case, so that a list opens without deriving anything."""
    links: dict[str, int | None] = {}
    for change in changes:
        links |= dict.fromkeys(change.before["fact_keys"] if change.before and _has_calls(change.before) else (), None)
    for change in changes:
        if _has_calls(change.after):
            links |= dict.fromkeys(change.after["fact_keys"], change.case_id)
    pairs = [(key.partition(":"), case_id) for key, case_id in links.items()]
    await calls.link_to_cases(desk.c, desk.book.id, [(int(key[2]), case_id) for key, case_id in pairs if key[0] == "c"])
    await orders.link_to_cases(
        desk.c, desk.book.id, [(int(key[2]), case_id) for key, case_id in pairs if key[0] == "o"]
    )
