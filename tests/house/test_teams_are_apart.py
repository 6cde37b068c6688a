from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.source import ROOT, Module, modules
from tests.house.statements import all_tables, is_sql, statements, statements_of

# Tables that belong to no team, and why.
GLOBAL = {
    "teams": "the teams themselves",
    "audits": "the auditor's turn: one process looks through the whole installation",
    "updates": "what Telegram sends before anyone knows whose it is",
}

# Statements that cross teams on purpose, and why it is safe.
CROSSING: dict[str, str] = {
    "followup/calls/store.py::_FIRST_CALL": "of numbers whose team is named by the statement around it",
    "followup/calls/store.py::_LAST_CONTACT": "the same",
    "followup/calls/messages_store.py::copied_as": "a reply names a message by Telegram's ids; the message tells the team",
    "followup/clients/accounts_store.py::accounts_of_telegram": "a client may write to several teams; asks to which",
    "followup/duty/store.py::_OVER": "asks whose absences are over; each is looked at inside its team",
    "followup/reports/calls_store.py::_is_very_first": "of a part of a statement that names the team",
    "followup/reports/calls_store.py::dear_calls": "the same",
    "followup/reports/calls_store.py::first_counts": "the same",
    "followup/reports/items_store.py::dear_calls_behind": "puts such parts together",
    "followup/reports/missed_store.py::_clients": "of a part of a statement that names the team",
    "followup/reports/missed_store.py::_first": "the same",
    "followup/reports/missed_store.py::_told": "the same",
    "followup/reports/missed_store.py::every_case": "puts those parts together",
    "followup/tickets/letterbox_store.py::teams_that_may_listen": "a stranger writes to the bot: asks who would hear him",
    "followup/tickets/store.py::due": "asks which tickets are due; each is looked at inside its team",
    "followup/tickets/store.py::team_of_ticket": "the one question that is asked before the team is known",
    "followup/cases/store.py::due_to_expire": "asks whose cases are due; each is then handled inside its team",
    "followup/cases/store.py::team_of_case": "the one question that is asked before the team is known",
    "followup/health/audit_store.py::clients_of_newest_calls": "a sample of all teams; each row carries its team",
    "followup/health/audit_store.py::count_unknown_calls": "how many there are at all, for metrics: a number only",
    "followup/health/audit_store.py::dead_cards": "looks in all teams; each is revived inside its team",
    "followup/health/audit_store.py::late_steps": "asks which teams have steps that are late",
    "followup/health/audit_store.py::mended": "sums over all teams, for metrics and the doctor",
    "followup/health/audit_store.py::next_open_cases": "a sample of all teams; each row carries its team",
    "followup/health/audit_store.py::shown_unheard": "looks in all teams; each is mended inside its team",
    "followup/health/audit_store.py::stuck_cards": "the same",
    "followup/health/audit_store.py::without_card": "the same",
    "followup/health/audit_store.py::without_steps": "the same",
    "followup/health/store.py::silent_connections": "how many there are at all, for metrics: a number only",
    "followup/notices/queue_store.py::_due_cards": "one bot sends for all teams; each item carries its team",
    "followup/notices/queue_store.py::_due_letters": "the same",
    "followup/notices/queue_store.py::release_all": "a starting process frees what a killed one had claimed",
    "followup/notices/queue_store.py::waiting": "as _due_cards",
    "followup/notices/store.py::card_shown_as": "a press names its message by Telegram's ids; the card tells the team",
    "followup/notices/health_store.py::dead": "how many were given up at all, for metrics and the doctor: a number only",
    "followup/notices/health_store.py::oldest_due_at": "how far the outbox is behind, for readiness: a moment only",
    "followup/notices/health_store.py::team_chats": "the doctor looks at every team's chat; each row carries its team",
    "followup/notices/store.py::last_question": "a private chat may serve several teams; the question tells which",
    "followup/notices/takeover_store.py::in_hand": "one bot sends for all teams: which chats the sender before was writing to",
    "followup/notices/takeover_store.py::sent_since": "the same, which it had written to: Telegram's limits know no teams",
    "followup/notices/places_store.py::chats_once_at": "the teams whose cards stand in a group that has moved",
    "followup/notices/store.py::expired_menus": "asks whose menus are over; each is closed inside its team",
    "followup/reminders/store.py::teams_with_due": "asks which teams have something due",
    "followup/reminders/store.py::unplanned": "asks whose cases have changed; each is planned inside its team",
    "followup/notices/store.py::chats_at": "one private chat may serve several teams; asks which",
    "followup/notices/store.py::letter_shown_as": "a reply names its message by Telegram's ids; the letter tells the team",
    "followup/reports/kept_store.py::due_schedules": "asks which reports are due; each is written inside its team",
    "followup/teams/token_store.py::_BY_HASH": "the token of an API request is what tells the team",
    "followup/webhooks/store.py::_READY": "asks which receivers have something waiting; each row carries its team",
    "followup/webhooks/store.py::dead_deliveries": "how many were given up at all, for metrics and the doctor: a number only",
    "followup/webhooks/store.py::lost_webhooks": "the same, of receivers that are gone",
    "followup/webhooks/store.py::oldest_waiting_at": "how far the sending of events is behind, for metrics: a moment only",
    "storage/inbox.py::counts": "how many rows there are at all, for health and the operator: numbers only",
    "storage/inbox.py::listed": "`perezvon inbox` is the operator's, who sees every team",
    "storage/inbox.py::oldest_pending_at": "how far the inbox is behind, for readiness: a moment only",
    "storage/inbox.py::set_pending": "`perezvon inbox replay`, the same",
    "followup/teams/turn_store.py::_TURN": "asks PostgreSQL for a lock that is named by the team",
    "storage/inbox.py::_WAITING_TEAMS": "asks which teams have rows; each is then worked on inside its team",
    "storage/inbox.py::with_ids": "as listed",
    "storage/many.py::among.__init__": "reads the list that the statement is given: no table",
    "storage/many.py::_from_arrays": "of the rows that are given to be written, each of which carries its team",
    "storage/retention.py::forget_requests": "done rows of every team grow too old alike",
    "followup/teams/store.py::memberships": "asks in which teams a Telegram user works",
}

# SQLAlchemy as a type, an error or an address; everything else of it builds SQL.
TYPES_ONLY = {"AsyncConnection", "AsyncEngine", "make_url"}


def unscoped() -> dict[str, list[str]]:
    """Function → places where it reads or changes rows of teams without naming one."""
    found: dict[str, list[str]] = {}
    for statement in statements():
        only_global = statement.tables and statement.tables <= set(GLOBAL)
        if not statement.is_scoped and not only_global:
            found.setdefault(statement.function, []).append(statement.where)
    return found


def test_every_table_but_the_global_ones_carries_team_id():
    tables = all_tables()
    assert len(tables) > 10
    assert {name for name, columns in tables.items() if "team_id" not in columns} == set(GLOBAL)


def test_every_query_names_its_team():
    assert len(statements()) > 10
    strays = {function: where for function, where in unscoped().items() if function not in CROSSING}
    assert strays == {}, "add `.where(<table>.c.team_id == team_id)`, or name the reason in CROSSING"


def test_every_exemption_is_still_needed():
    assert set(CROSSING) - set(unscoped()) == set()


def test_sql_stands_in_stores_tables_and_storage_only():
    strays = [
        f"{module.at(line)} {name}"
        for module in modules()
        if not is_sql(module)
        for line, name in module.imports
        if name.split(".")[0] == "sqlalchemy"
        and name.split(".")[-1] not in TYPES_ONLY
        and not name.startswith("sqlalchemy.exc.")
    ]
    assert strays == []


def test_no_sql_is_written_as_text_outside_storage():
    strays = [
        module.at(node.lineno)
        for module in modules("followup")
        if module.path.name != "tables.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text" and node.args
    ]
    assert strays == [], "text() hides its tables and its team from this house's tests"


class Planted(Module):
    """A store that exists only here, to show that the proof can fail."""

    def __init__(self, body: str) -> None:
        super().__init__(Path(ROOT / "followup" / "planted" / "store.py"))
        self.__dict__["text"] = f"def load(c, team_id, id):\n    {body}\n"


@pytest.mark.parametrize(
    ("body", "is_scoped"),
    [
        ("return select(t.cases).where(t.cases.c.id == id)", False),
        ("return select(t.cases.c.team_id).where(t.cases.c.id == id)", False),
        ("return t.cases.update().where(t.cases.c.id == id)", False),
        ("query = delete(t.cases)\n    return query.where(t.cases.c.id == id)", False),
        ("return select(t.cases).where(t.cases.c.team_id == team_id)", True),
        ("query = select(t.cases)\n    query = query.where(t.cases.c.team_id == team_id)\n    return query", True),
        ("k = t.cases\n    mine = k.c.team_id == team_id\n    return update(k).where(mine, k.c.id == id)", True),
        ("return select(t.cases).where(t.cases.c.team_id.in_(team_id))", True),
        ("return select(t.cases).join(t.chats, t.chats.c.team_id == t.cases.c.team_id)", False),
        ("return _by(id)\n\ndef _by(where):\n    return select(t.cases).where(where)", False),
        ("return _by(t.cases.c.team_id == team_id)\n\ndef _by(where):\n    return select(t.cases).where(where)", True),
    ],
)
def test_the_proof_tells_scoped_from_unscoped(body, is_scoped):
    found = statements_of(Planted(body))
    assert found
    assert all(statement.is_scoped is is_scoped for statement in found)
