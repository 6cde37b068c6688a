"""Call events → stored calls: merge with what is known, judge, write; and say whom that concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from followup.calls import store
from followup.calls.events import CallEvent
from followup.calls.merge import from_json, merge, to_json
from followup.calls.rules import judge, start_of
from followup.calls.verdict import CallFacts, Terms, Verdict
from followup.clients import store as clients
from followup.clients.store import Newcomer
from followup.phone import is_erased, normalise
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from storage.rows import Row


@dataclass(slots=True)
class Recorded:
    """Whom new facts concern: numbers, hidden callers' calls, the cases so far, and the earliest moment spoken of.

    ``missed`` are those of the numbers that a call of the batch was missed from. ``fresh``: clients whom nobody knew
    before, by client id. ``is_history``: a file of the past.
    """

    numbers: set[int] = field(default_factory=set)
    missed: set[int] = field(default_factory=set)
    hidden_calls: set[int] = field(default_factory=set)
    linked: set[int] = field(default_factory=set)
    fresh: dict[int, Newcomer] = field(default_factory=dict)
    since: datetime | None = None
    is_history: bool = False

    def reach_back(self, *moments: datetime | None) -> None:
        """Widen the stretch of time that has to be looked at."""
        for moment in moments:
            if moment is not None and (self.since is None or moment < self.since):
                self.since = moment


async def record_calls(desk: Desk, connection_id: int, events: Iterable[CallEvent], recorded: Recorded) -> None:
    """Write all events of one connection; ``recorded`` collects whom they concern."""
    by_key: dict[str, list[CallEvent]] = defaultdict(list)
    for event in events:
        by_key[event.call_key].append(event)
    known = await store.stored_facts(desk.c, desk.book.id, connection_id, by_key)
    heard = {key: of_call for key, of_call in by_key.items() if not _is_forgotten(known.get(key))}
    merged = {key: _merged(known.get(key), of_call) for key, of_call in heard.items()}
    lines = _Numbers(desk.book)
    wanted = {number for facts in merged.values() if (number := lines.client(facts)) is not None}
    ids, fresh = await clients.known_or_new(desk.c, desk.book.id, wanted, desk.now)
    recorded.fresh |= fresh
    rows = [
        _row(desk, facts, lines.line(facts), ids.get(lines.client(facts) or ""))
        | {"connection_id": connection_id, "call_key": key}
        for key, facts in merged.items()
    ]
    await _write(desk, known, rows, recorded)
    for row in rows:
        name = merged[row["call_key"]].client_name
        if row["number_id"] is not None and name:
            await clients.name_client(desk.c, desk.book.id, row["number_id"], name)


def _is_forgotten(known: Mapping[str, Any] | None) -> bool:
    """What a PBX tells later of a call whose client was forgotten must not bring him back."""
    return known is not None and is_erased(known["facts"].get("client") or "")


def _merged(known: Mapping[str, Any] | None, events: Iterable[CallEvent]) -> CallFacts:
    facts = from_json(known["facts"]) if known else None
    for event in events:
        facts = merge(facts, event)
    assert facts is not None  # noqa: S101 - a key is only there because of an event
    return facts


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The vendor's spellings in the team's region."""

    book: TeamBook

    def client(self, facts: CallFacts) -> str | None:
        if facts.direction == "internal":
            return None
        return normalise(facts.client, self.book.policy.region)

    def line(self, facts: CallFacts) -> str | None:
        if facts.line is None or facts.line in self.book.lines:
            return facts.line
        return (normalise(facts.line, self.book.policy.region) or facts.line)[:64]


def judged(book: TeamBook, facts: CallFacts, line: str | None, now: datetime) -> Verdict:
    """A call judged by the settings and hours valid at its own start."""
    started_at = start_of(facts) or now
    policy = book.policy_at(started_at)
    is_open = book.schedule_at(line, started_at).is_open(started_at)
    return judge(facts, Terms(min_talk=policy.min_talk, short_call=policy.short_call, is_open=is_open))


def _row(desk: Desk, facts: CallFacts, line: str | None, number_id: int | None) -> dict[str, Any]:
    verdict = judged(desk.book, facts, line, desk.now)
    started_at = start_of(facts)
    return {
        "team_id": desk.book.id,
        "facts": to_json(facts),
        "last_event_at": desk.now,
        "number_id": number_id,
        "direction": facts.direction,
        "outcome": verdict.outcome,
        "started_at": started_at,
        "contact_at": verdict.contact_at,
        "ended_at": facts.ended_at,
        "line": line,
        "extension": verdict.extension[:64] if verdict.extension else None,
        "member_id": desk.book.member_by_extension(verdict.extension, started_at),
        "talk_seconds": verdict.talk_seconds,
        "ring_seconds": verdict.ring_seconds,
        "reason": verdict.reason,
        "reason_detail": verdict.reason_detail,
        "raw_reason": facts.raw_reason[:64] if facts.raw_reason else None,
        "result": facts.result,
        "order_key": facts.order_key,
        "is_suspect": verdict.is_suspect,
    }


async def _write(desk: Desk, known: Mapping[str, Row], rows: list[dict[str, Any]], recorded: Recorded) -> None:
    """Three statements, however many calls the batch speaks of."""
    ids = {key: row["id"] for key, row in known.items()}
    fresh = {"is_history": recorded.is_history}
    ids |= await store.add_calls(desk.c, [row | fresh for row in rows if row["call_key"] not in known])
    changed = [row | {"id": ids[row["call_key"]]} for row in rows if row["call_key"] in known]
    await store.change_calls(desk.c, desk.book.id, changed)
    touched = {row["number_id"] for row in (*rows, *known.values())} - {None}
    await store.mark_numbers(desk.c, desk.book.id, touched)
    for row in rows:
        _note(known.get(row["call_key"]), row, ids[row["call_key"]], recorded)
    _keep_of_newcomers(known, [row | fresh | {"id": ids[row["call_key"]], "case_id": None} for row in rows], recorded)


def _keep_of_newcomers(known: Mapping[str, Row], rows: Iterable[Mapping[str, Any]], recorded: Recorded) -> None:
    """What was just written of them need not be read; who has got a call that was stored before is new no more."""
    whose = {newcomer.number_id: client_id for client_id, newcomer in recorded.fresh.items()}
    for row in rows:
        client_id = whose.get(row["number_id"])
        if client_id not in recorded.fresh:
            continue
        if row["call_key"] in known:
            del recorded.fresh[client_id]
        elif (facts := store.facts_in(row)) is not None:
            recorded.fresh[client_id].calls.append(facts)


def _note(known: Row | None, row: dict[str, Any], call_id: int, recorded: Recorded) -> None:
    if known is not None:
        recorded.reach_back(known["started_at"], known["contact_at"])
        recorded.linked |= {known["case_id"]} - {None}
        recorded.numbers |= {known["number_id"]} - {None}
    recorded.reach_back(row["started_at"], row["contact_at"])
    if row["number_id"] is not None:
        recorded.numbers.add(row["number_id"])
        if row["outcome"] == "missed":
            recorded.missed.add(row["number_id"])
    elif row["outcome"] == "missed" or (known is not None and known["case_id"] is not None):
        recorded.hidden_calls.add(call_id)
