"""`perezvon import calls`: the past from a file, without a sound."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from typer.testing import CliRunner

from bot.cli import app
from bot.history_file import BadLine, calls_in
from followup.errors import FollowupError
from storage.engine import Database

NOW = datetime.now(UTC).replace(microsecond=0)
COLUMNS = ("call_id", "direction", "client", "line", "started_at", "answered_at", "ended_at", "stage", "legs")


def call(call_id, client, ago, *, direction="in", answered=False):
    """A call so long ago, which rang at 101 for 20 seconds."""
    at = NOW - ago
    leg = {"extension": "101", "rang_at": at.isoformat(), "result": "answered" if answered else "no_answer"}
    return {
        "type": "call",
        "call_id": call_id,
        "direction": direction,
        "client": client,
        "line": "+380441112233",
        "started_at": at.isoformat(),
        "answered_at": (at + timedelta(seconds=8)).isoformat() if answered else None,
        "ended_at": (at + timedelta(seconds=20)).isoformat(),
        "stage": "talk" if answered else "ringing",
        "legs": [leg],
    }


HISTORY = (
    call("a", "+380671000001", timedelta(days=90)),  # long lost
    call("b", "0671000002", timedelta(days=3)),  # waits
    call("c", "+380671000002", timedelta(days=2)),
    call("d", "+380671000003", timedelta(days=2)),  # called back
    call("e", "+380671000003", timedelta(days=1), direction="out", answered=True),
    call("f", "+380671000004", timedelta(days=1), answered=True),  # never missed
    call("g", None, timedelta(days=5)),  # hidden
)


def lines(calls):
    return "".join(json.dumps(each) + "\n" for each in calls).encode()


def table(calls, separator=","):
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator)
    writer.writerow(COLUMNS)
    for each in calls:
        writer.writerow([json.dumps(each[name]) if name == "legs" else each[name] for name in COLUMNS])
    return written.getvalue().encode("utf-8-sig")


@pytest.fixture
def perezvon(tmp_path, monkeypatch, database_url):
    """The commands in a directory of their own, with one team that has a chat."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEREZVON_DATABASE_URL", database_url)
    monkeypatch.setenv("PEREZVON_SECRET_KEY", Fernet.generate_key().decode())
    monkeypatch.setenv("COLUMNS", "200")
    run = partial(CliRunner().invoke, app)
    added = run(["team", "add", "Alpha", "--timezone", "Europe/Kyiv", "--region", "UA", "--chat", "-100123"])
    assert added.exit_code == 0, added.output
    return lambda *arguments: run(list(arguments))


@pytest.fixture
def imported(perezvon, tmp_path):
    """Import the content; the exit code and the document."""

    def work(content, *options):
        (tmp_path / "history").write_bytes(content)
        answer = perezvon("import", "calls", "history", "--team", "Alpha", "--json", *options)
        assert answer.stdout, answer.exception or answer.stderr
        return answer.exit_code, json.loads(answer.stdout)

    return work


@pytest.fixture
def rows(database_url):
    """What a query says of the database."""

    async def asked(query):
        database = Database(database_url)
        async with database.read() as c:
            found = [tuple(row) for row in await c.execute(text(query))]
        await database.dispose()
        return found

    return lambda query: asyncio.run(asked(query))


CASES = "SELECT state, how, missed, attempts, kind FROM cases ORDER BY opened_at"
CALLS = "SELECT call_key, outcome, direction, started_at, number_id IS NULL FROM calls ORDER BY call_key"
TRUTH = [
    ("closed", "expired", 1, 0, "client"),
    ("closed", "expired", 1, 0, "anonymous"),
    ("open", None, 2, 0, "client"),
    ("closed", "called_out", 1, 1, "client"),
]


@pytest.mark.parametrize("content", [lines(HISTORY), table(HISTORY), table(HISTORY, ";"), table(HISTORY, "\t")])
def test_the_past_becomes_calls_and_cases(imported, rows, content):
    assert imported(content) == (0, {"ok": True, "calls": 7, "bad": []})
    assert rows(CASES) == TRUTH
    assert len(rows(CALLS)) == 7


def test_the_chats_are_told_nothing(imported, rows):
    imported(lines(HISTORY))
    assert rows("SELECT count(*) FROM letters") == [(0,)]
    assert rows("SELECT state, shown FROM cards") == [("held", 0)]
    assert rows("SELECT count(*) FROM cases WHERE state = 'open' AND notified_at IS NULL") == [(0,)]
    assert rows("SELECT morning_at FROM teams") == [(None,)]


def test_the_queue_shows_who_still_waits(imported, perezvon):
    imported(lines(HISTORY))
    (row,) = json.loads(perezvon("missed", "--team", "Alpha", "--json").stdout)["rows"]
    assert (row["client"], row["missed"]) == ("+380671000002", 2)


def test_repeats_are_harmless(imported, rows):
    imported(lines(HISTORY))
    before = rows(CASES), rows(CALLS), rows("SELECT id, state FROM cards")
    assert imported(lines(HISTORY * 2)) == (0, {"ok": True, "calls": 14, "bad": []})
    assert (rows(CASES), rows(CALLS), rows("SELECT id, state FROM cards")) == before


def test_an_import_that_was_killed_is_run_again(imported, rows, monkeypatch):
    """Each chunk is whole: what a kill leaves behind is a file that ended there."""
    monkeypatch.setattr("bot.cli_import._CHUNK", 2)
    imported(lines(HISTORY[:4]))
    assert imported(lines(HISTORY))[0] == 0
    assert rows(CASES) == TRUTH


def test_the_order_of_lines_does_not_matter(imported, rows, monkeypatch):
    monkeypatch.setattr("bot.cli_import._CHUNK", 1)
    imported(lines(reversed(HISTORY)))
    assert rows(CASES) == TRUTH


def test_bad_lines_are_listed_and_the_others_imported(imported, rows, perezvon):
    bad = [
        b"{not json\n",
        b'{"type":"order","order_id":"1"}\n',
        lines([HISTORY[0] | {"started_at": "2026-01-01T10:00"}]),
    ]
    code, document = imported(b"".join([lines(HISTORY[:2]), *bad, lines(HISTORY[2:])]))
    assert (code, document["ok"], document["calls"]) == (1, False, 7)
    assert [each["line"] for each in document["bad"]] == [3, 4, 5]
    assert document["bad"][2]["reason"].startswith("/started_at: found")
    assert rows(CASES) == TRUTH
    told = perezvon("import", "calls", "history", "--team", "Alpha").stderr
    assert "line 4: " in told


def test_a_live_call_of_the_same_connection_is_the_same_call(imported, rows, perezvon):
    connection = json.loads(perezvon("connect", "generic", "--team", "Alpha", "--name", "PBX").stdout)["id"]
    imported(lines(HISTORY))
    assert rows("SELECT DISTINCT connection_id FROM calls") == [(connection,)]


def test_which_connection_is_asked_where_it_cannot_be_known(imported, rows, perezvon):
    for name in ("One", "Two"):
        perezvon("connect", "generic", "--team", "Alpha", "--name", name)
    code, document = imported(lines(HISTORY))
    assert code == 2
    assert "One" in document["error"]
    assert imported(lines(HISTORY), "--connection", "Two")[0] == 0
    assert rows("SELECT count(*) FROM calls") == [(7,)]


def test_a_column_nobody_knows_is_refused_before_anything_is_written(imported, rows):
    code, document = imported(b"call_id,direction,client,begun\n1,in,+380671000001,x\n")
    assert code == 2
    assert "begun" in document["error"]
    assert rows("SELECT count(*) FROM calls") == [(0,)]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_columns(content):
    with pytest.raises(FollowupError):
        list(calls_in(io.BytesIO(content)))


def test_a_line_that_is_not_utf8_is_told_by_its_number():
    content = lines(HISTORY[:1]) + '{"type":"call","call_id":"Ґ"}\n'.encode("cp1251") + b"\n" + lines(HISTORY[1:2])
    found = list(calls_in(io.BytesIO(content)))
    assert [number for number, _ in found] == [1, 2, 4]
    assert isinstance(found[1][1], BadLine)


def test_a_table_with_a_short_row_or_bad_legs_goes_on():
    content = b"call_id,direction,started_at,legs\n1,in\n2,in,2026-01-01T10:00:00Z,[\n3,in,2026-01-01T10:00:00Z,\n"
    found = list(calls_in(io.BytesIO(content)))
    assert [(number, isinstance(each, BadLine)) for number, each in found] == [(2, True), (3, True), (4, False)]


def test_the_past_needs_a_moment_and_a_direction():
    content = lines([HISTORY[0] | {"started_at": None}, HISTORY[0] | {"direction": None}])
    assert [each.reason.partition(":")[0] for _, each in calls_in(io.BytesIO(content))] == ["/started_at", "/direction"]
