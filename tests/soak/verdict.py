"""What must hold at the end: nothing lost, nothing doubled beyond promise 1, every message as the database has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from tests.soak.ledger import Ledger
from tests.soak.memory import Memory
from tests.soak.pbx import Client, Pbx
from tests.soak.telegram import WatchedTelegram

_OPEN = """
SELECT cases.id, cases.team_id, numbers.number, chats.telegram_id, cards.message_id, cards.state, cards.bundle_id
FROM cases JOIN numbers ON numbers.id = cases.number_id
LEFT JOIN cards ON cards.subject = 'case' AND cards.subject_id = cases.id AND cards.team_id = cases.team_id
LEFT JOIN chats ON chats.id = cards.chat_id
WHERE cases.state = 'open'
"""
_WAITING = """
SELECT (SELECT count(*) FROM inbox WHERE state = 'pending')
+ (SELECT count(*) FROM updates WHERE state = 'pending')
+ (SELECT count(*) FROM cards WHERE state = 'live' AND shown < wanted)
+ (SELECT count(*) FROM letters WHERE state = 'pending')
"""
_TWICE = """
SELECT count(*) FROM (
    SELECT 1 FROM calls GROUP BY team_id, connection_id, call_key HAVING count(*) > 1
    UNION ALL SELECT 1 FROM cases WHERE state = 'open' GROUP BY team_id, client_id, scope HAVING count(*) > 1
) AS twice
"""


@dataclass(frozen=True)
class Check:
    """One line of the verdict."""

    what: str
    found: str
    is_fine: bool


async def waiting(database: Database) -> int:
    """What is still to be done or shown."""
    async with database.read() as c:
        return int(await c.scalar(text(_WAITING)) or 0)


async def checks(database: Database, pbx: Pbx, telegram: WatchedTelegram, ledger: Ledger) -> list[Check]:
    """Everything but memory."""
    async with database.read() as c:
        facts = [await _calls(c, pbx), await _nothing_failed(c), await _nothing_twice(c)]
        cases = [await _cases(c, pbx), await _cards(c, telegram), _bundles_and_repeats(telegram, ledger)]
    return [*facts, *cases, _presses(telegram, ledger), _pace(telegram), _no_500(pbx), _nobody_died(ledger)]


async def _calls(c: AsyncConnection, pbx: Pbx) -> Check:
    known = set(await c.scalars(text("SELECT call_key FROM calls")))
    lost = [call_id for call_id in pbx.accepted if call_id not in known]
    found = f"{len(pbx.accepted):,} accepted with 200 ({pbx.misses:,} missed), {len(known):,} stored, {len(lost)} lost"
    return Check("calls", f"{found} {lost[:5] or ''}", not lost)


async def _nothing_failed(c: AsyncConnection) -> Check:
    query = "SELECT state, count(*) FROM inbox GROUP BY state UNION ALL SELECT 'update ' || state, count(*) FROM updates GROUP BY state"
    counted = {row[0]: row[1] for row in await c.execute(text(query))}
    dead = await c.scalar(
        text(
            "SELECT (SELECT count(*) FROM cards WHERE state = 'dead') + (SELECT count(*) FROM letters WHERE state = 'dead')"
        )
    )
    is_fine = set(counted) <= {"done", "update done"} and dead == 0
    return Check("inbox, updates, outbox", f"{counted}, {dead} given up", is_fine)


async def _nothing_twice(c: AsyncConnection) -> Check:
    twice = await c.scalar(text(_TWICE))
    return Check("calls and open cases stored twice", str(twice), twice == 0)


async def _cases(c: AsyncConnection, pbx: Pbx) -> Check:
    """Whose last call was missed has an open case, and nobody else: auto-resolve in whatever order it came."""
    is_open: set[Client] = {(row.team_id, row.number) for row in await c.execute(text(_OPEN))}
    missing, extra = pbx.waiting - is_open, is_open - pbx.waiting
    found = f"{len(is_open):,} open; {len(missing)} missing, {len(extra)} too many"
    return Check("cases", f"{found} {[*missing, *extra][:3] or ''}", not missing and not extra)


async def _cards(c: AsyncConnection, telegram: WatchedTelegram) -> Check:
    """Every open case stands in its chat: by a card of its own, or as a line of a bundle."""
    rows = list(await c.execute(text(_OPEN)))
    unseen = [row.id for row in rows if not _is_seen(telegram, row)]
    bundled = sum(row.state == "bundled" for row in rows)
    return Check(
        "open cases shown",
        f"{len(rows) - bundled:,} cards, {bundled:,} in bundles, {len(unseen)} unseen {unseen[:5] or ''}",
        not unseen,
    )


def _is_seen(telegram: WatchedTelegram, row: object) -> bool:
    chat, message_id, state = (getattr(row, name) for name in ("telegram_id", "message_id", "state"))
    if state == "bundled":
        return row.bundle_id is not None
    message = telegram.world.chats[chat].messages.get(message_id) if chat and message_id else None
    return message is not None and f":{row.id}:" in str(message.reply_markup)


def _bundles_and_repeats(telegram: WatchedTelegram, ledger: Ledger) -> Check:
    repeats = sum(times - 1 for times in telegram.cards.values())
    in_flight = sum(entry.get("just_taken", 0) for entry in ledger.entries)
    disturbed = ledger.count("kill", "hang up")
    found = f"{sum(telegram.cards.values()):,} sent, {repeats} repeated; {disturbed} kills and lost sessions with {in_flight}"
    found += f" messages on their way, {telegram.cut_after} cut after acceptance"
    return Check("cards sent more than once", found, repeats <= in_flight + telegram.cut_after)


def _presses(telegram: WatchedTelegram, ledger: Ledger) -> Check:
    """A toast that the look-alike cut off is not said again; only a press older than 150 s has none at all."""
    never = [press for press in telegram.pressed if press not in telegram.asked]
    was_long_away = any(entry.get("took", 0) > 100 for entry in ledger.entries)
    found = f"{len(telegram.pressed)} made, {len(telegram.answered)} answered, {len(never)} never tried"
    return Check("presses", found, not never or was_long_away)


def _pace(telegram: WatchedTelegram) -> Check:
    total = sum(times for name, times in telegram.taken.items() if name.lower().startswith(("send", "edit")))
    share = telegram.refused / max(1, total + telegram.refused)
    found = f"{total:,} sends and edits taken, {telegram.refused} outside the limits ({share:.2%}); {telegram.planned_refusals} planned 429"
    return Check("Telegram's limits", found, share < 0.01)


def _no_500(pbx: Pbx) -> Check:
    answers = ", ".join(f"{name} ×{times:,}" for name, times in sorted(pbx.said.items()))
    return Check("answers to the PBX", f"{answers}; {pbx.repeated:,} posted again", pbx.said["500"] == 0)


def _nobody_died(ledger: Ledger) -> Check:
    return Check(
        "processes that died by themselves", str(ledger.count("died by itself")), not ledger.count("died by itself")
    )


def of_memory(memory: Memory) -> Check:
    steep = [f"{life.name} {life.slope:+.2f} MB/min" for life in memory.lives if not life.is_flat]
    judged = [life for life in memory.lives if life.slope is not None]
    return Check(
        "memory", f"{len(judged)} lives long enough to judge, growing: {', '.join(steep) or 'none'}", not steep
    )


def show(found: list[Check], seed: int) -> None:
    table = Table("", "what", "found", title=f"Verdict, seed {seed}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    for check in found:
        table.add_row("✓" if check.is_fine else "✗", check.what, check.found)
    Console(width=160).print(table)
