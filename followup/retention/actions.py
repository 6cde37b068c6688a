"""Forgetting a client at his request: what told of him goes, what was counted stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from followup.calls.events import Event, OrderEvent
from followup.calls.tables import calls
from followup.cases.tables import actions, cases
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.ledger.tables import ledger
from followup.phone import ERASED, is_erased, normalise
from followup.retention import store
from followup.retention.rules import Mention, Traces, scrubbed
from followup.retention.speaking import Erasing, Receipt, speak
from followup.retention.whom import Whom, whom
from followup.retention.writing import About, Written, close_tickets, empty, written_by
from followup.teams import store as teams
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from storage import retention as arrivals
from storage.rows import Row

__all__ = ["Receipt", "forget", "recognise", "what_is_known"]

_PERSONAL_DATA = ("text", "number", "name")
_OUR_OWN: Final = frozenset({"id", "fact_keys"})  # numbers of our rows, some as long as a telephone's


async def what_is_known(desk: Desk, said: str) -> dict[str, int] | None:
    """How much would be erased, for the question before; None: nothing is known of him."""
    client_id = await _client_of(desk, whom(said, desk.book.policy.region))
    if client_id is None:
        return None
    numbers = await _numbers_of(desk, client_id)
    written = await written_by(desk, client_id, list(numbers))
    return {
        "numbers": len(numbers),
        "calls": len(await store.calls_of(desk.c, desk.book.id, list(numbers))),
        "cases": len(await store.cases_of(desk.c, desk.book.id, client_id)),
        "messages": len(written.messages),
    }


async def _client_of(desk: Desk, asked: Whom) -> int | None:
    c, team_id = desk.c, desk.book.id
    if asked.number is not None:
        found = await clients.find_number(c, team_id, asked.number)
    elif asked.username is not None:
        found = await accounts.find_username(c, team_id, asked.username)
    else:
        found = await accounts.find_account(c, team_id, asked.channel, asked.account)
    return int(found["client_id"]) if found is not None else None


async def _numbers_of(desk: Desk, client_id: int) -> dict[int, str]:
    """Number id → number; a client is forgotten whole."""
    pairs = (await clients.numbers_of_clients(desk.c, desk.book.id, [client_id])).get(client_id, [])
    return {number_id: text for number_id, text in pairs if not is_erased(text)}


async def forget(desk: Desk, seal: Seal, said: str, by: int | None = None) -> Receipt | None:
    """Take the client out of the team's tables and chats; None: the team knows nothing of him and never did.

    ``said``: a number of his in any spelling, or where he writes from (see ``whom``).
    """
    asked = whom(said, desk.book.policy.region)
    client_id = await _client_of(desk, asked)
    kind, text = asked.mark
    was_forgotten = await store.was_forgotten(desk.c, desk.book.id, seal.mark(kind, desk.book.id, text))
    rows = await store.cases_of(desk.c, desk.book.id, client_id) if client_id is not None else []
    erasing = await _erasing(desk, seal, (asked, client_id), rows)
    if client_id is not None and erasing.written is not None:
        await _keep_marks(erasing)
        await close_tickets(desk, erasing.written, by)
        await speak(erasing, rows, by)
        await _erase_facts(erasing, client_id)
        await teams.touch(desk.c, desk.book.id)
    await _sweep(erasing)
    await _erase_arrivals(erasing)
    if client_id is None and not was_forgotten and not erasing.receipt.rows.total():
        return None
    erasing.receipt.teams.append(desk.book.name)
    return erasing.receipt


async def _erasing(desk: Desk, seal: Seal, who: tuple[Whom, int | None], rows: Sequence[Row]) -> Erasing:
    """What is known of him, before anything of it is gone."""
    asked, client_id = who
    numbers = await _numbers_of(desk, client_id) if client_id is not None else {}
    written = await written_by(desk, client_id, list(numbers)) if client_id is not None else None
    spans = {row["id"]: (row["opened_at"], row["closed_at"]) for row in rows}
    if not numbers and asked.number is not None:
        numbers = {0: asked.number}
    traces = Traces(numbers=numbers, cases=spans, also=_names(asked, written), **_written_traces(written))
    name = (await clients.people(desk.c, desk.book.id, [client_id]))[client_id].name if client_id is not None else None
    about = About(name=name or "", writers=written.chats if written else set())
    receipt = Receipt(seal.mark(*asked.mark))
    return Erasing(desk=desk, seal=seal, traces=traces, receipt=receipt, about=about, written=written)


def _names(asked: Whom, written: Written | None) -> tuple[str, ...]:
    """What a site calls him may be anybody's word; Telegram's id and an address are his alone."""
    known = [row["account"] for row in written.accounts] if written is not None else [asked.account]
    return tuple(name for name in known if (name.isdigit() or "@" in name.strip("@")) and not is_erased(name))


def _written_traces(written: Written | None) -> dict[str, Any]:
    if written is None:
        return {}
    return {"tickets": frozenset(written.tickets), "messages": {row["id"]: row["kind"] for row in written.messages}}


async def _keep_marks(erasing: Erasing) -> None:
    for row in erasing.written.accounts if erasing.written is not None else ():
        mark = erasing.seal.mark("account", erasing.team_id, f"{row['channel']}:{row['account']}")
        await store.keep_mark(erasing.c, erasing.team_id, mark, (), erasing.desk.now)
    widgets = await store.widgets_of(erasing.c, erasing.team_id, erasing.ids)
    for number_id, number in erasing.traces.numbers.items():
        mark = erasing.seal.mark("number", erasing.team_id, number)
        await store.keep_mark(erasing.c, erasing.team_id, mark, widgets.get(number_id, ()), erasing.desk.now)


async def _erase_facts(erasing: Erasing, client_id: int) -> None:
    """Facts stay where they are, so that every count stays; what they say of the person goes."""
    c, team_id, ids, rows = erasing.c, erasing.team_id, erasing.ids, erasing.receipt.rows
    names = {number_id: _pseudonym(erasing, number_id) for number_id in ids}
    for number_id, name in names.items():
        told = {
            each["id"]: {"facts": _call(each["facts"], name)} for each in await store.calls_of(c, team_id, [number_id])
        }
        rows["calls"] += await store.change_rows(c, calls, team_id, told)
    rows["orders"] += await store.forget_orders(c, team_id, ids)
    if erasing.written is not None:
        rows.update(await empty(erasing.desk, erasing.seal, erasing.written, ids))
    done = {each["id"]: {"data": _act(each)} for each in await store.acts_of(c, team_id, ids)}
    rows["actions"] += await store.change_rows(c, actions, team_id, done)
    rows["cases"] += await _erase_cases(erasing, client_id)
    lines = {each["id"]: each["data"] for each in await store.lines_about(c, team_id, list(erasing.traces.cases))}
    bare = {line_id: {"data": _bare(data)} for line_id, data in lines.items() if _bare(data) != data}
    rows["ledger"] += await store.change_rows(c, ledger, team_id, bare)
    rows["clients"] += await store.forget_name(c, team_id, client_id)
    rows["numbers"] += await store.rename_numbers(c, team_id, names)


async def _erase_cases(erasing: Erasing, client_id: int) -> int:
    """What people wrote about him; the case's own story stays."""
    changes = {
        case["id"]: {"notes": [[at, author, ""] for at, author, _ in case["notes"]], "close_text": None}
        for case in await store.cases_of(erasing.c, erasing.team_id, client_id)
    }
    return await store.change_rows(erasing.c, cases, erasing.team_id, changes)


def _pseudonym(erasing: Erasing, number_id: int) -> str:
    """Born of the row, not of the number: nobody finds the way back, with the key or without."""
    return ERASED + erasing.seal.mark("erased", erasing.team_id, number_id)[:16]


def _call(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in ("client_name", "recording_url")} | {
        "client": name
    }


def _act(row: Mapping[str, Any]) -> dict[str, Any]:
    return _bare(row["data"]) | ({"text": ""} if row["kind"] == "note" else {})


def _bare(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in _PERSONAL_DATA}


async def _sweep(erasing: Erasing) -> None:
    """Whatever table may say the number in a text: payloads, snapshots, ids that a vendor made of it."""
    for table in store.swept_tables():
        for mention in erasing.traces.mentions:
            found = await store.rows_saying(erasing.c, table, erasing.team_id, mention.spellings)
            changes = {row["id"]: changed for row in found if (changed := _without(erasing, row, mention))}
            swept = await store.change_rows(erasing.c, table, erasing.team_id, changes)
            # A row whose facts were erased above is the same row.
            erasing.receipt.rows[table.name] = max(erasing.receipt.rows[table.name], swept)


def _without(erasing: Erasing, row: Row, mention: Mention) -> dict[str, Any]:
    changed = {}
    for name, value in row.items():
        if name in _OUR_OWN or value is None:
            continue
        if isinstance(value, str) and (name == "key" or name.endswith("_key")) and mention.is_in(value):
            changed[name] = ERASED + erasing.seal.mark("key", erasing.team_id, value)[:32]  # still one of its kind
        elif (bare := scrubbed(value, mention)) != value:
            changed[name] = bare
    return changed


async def _erase_arrivals(erasing: Erasing) -> None:
    """Raw requests and updates: done ones go, what still waits goes on as a hidden caller's."""
    for mention in erasing.traces.mentions:
        rows = erasing.receipt.rows
        rows["inbox"] += await arrivals.erase_from_inbox(erasing.c, erasing.team_id, mention)
        rows["updates"] += await arrivals.erase_from_updates(erasing.c, mention, erasing.about)


async def recognise(desk: Desk, seal: Seal, events: Sequence[tuple[int, Event]]) -> None:
    """X2: an order of a forgotten number on a widget it had ordered on before is not that of a new number."""
    ordered = [(owner, event) for owner, event in events if isinstance(event, OrderEvent)]
    if not ordered or not await store.any_forgotten(desk.c, desk.book.id):
        return
    marks = {
        event.order_key: seal.mark("number", desk.book.id, number)
        for _, event in ordered
        if (number := normalise(event.client, desk.book.policy.region)) is not None
    }
    known = await store.forgotten_widgets(desk.c, desk.book.id, set(marks.values()))
    for owner, event in ordered:
        if event.widget in known.get(marks.get(event.order_key, ""), ()):
            await store.mark_returning(desk.c, desk.book.id, owner, [event.order_key])
