"""`perezvon backup` and `perezvon forget` as scripts see them; the restore drill."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet

from bot.migrations import schema
from followup.teams.actions import NewConnection, NewTeam, add_connection, add_team
from followup.teams.seal import Seal
from sandbox.clock import MovableClock
from sandbox.telegram_server import TelegramServer
from storage.engine import Database
from tests.bot.program import Program
from tests.bot.test_serve import MISS, TOKEN, group, installed, serving

NUMBER = "+380671234567"
DIGESTS = "SELECT count(*) FROM letters WHERE kind = 'digest'"
KEY = Fernet.generate_key().decode()


@pytest.fixture
async def telegram():
    server = TelegramServer(MovableClock(), token=TOKEN, limits=False)
    await server.start()
    yield server
    await server.stop()


def open_copy(path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def one(path, query: str):
    with closing(open_copy(path)) as connection:
        return connection.execute(query).fetchone()[0]


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_copy_is_whole_its_owners_alone_and_overwrites_nothing(program, tmp_path):
    program.told("team", "add", "Alpha", "--json")
    copy = tmp_path / "copy.db"
    told = program.told("backup", str(copy), "--json")
    assert told == {
        "ok": True,
        "file": str(copy),
        "bytes": copy.stat().st_size,
        "key": "perezvon.db.key",
    }
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert one(copy, "SELECT name FROM teams") == "Alpha"
    before = copy.read_bytes()
    again = program("backup", str(copy))
    assert (again.code, copy.read_bytes()) == (1, before)
    assert "exists already" in again.err
    assert [each.name for each in tmp_path.glob("*.part")] + [each.name for each in tmp_path.glob(".*.part")] == []


def test_the_key_is_named_because_it_is_not_in_the_copy(program, tmp_path):
    program.told("team", "add", "Alpha", "--json")
    program.told("connect", "mango", "--team", "Alpha", "--option", "api_key=k", "--option", "api_salt=s", "--json")
    answer = program("backup", str(tmp_path / "copy.db"))
    assert "perezvon.db.key" in answer.out
    key = (tmp_path / "perezvon.db.key").read_bytes().strip()
    assert key not in (tmp_path / "copy.db").read_bytes()


def test_where_it_cannot_write_it_says_so(program, tmp_path):
    answer = program("backup", str(tmp_path / "no" / "copy.db"), "--json")
    assert answer.code == 1
    assert "cannot be written" in answer.document["error"]


def test_postgresql_is_copied_by_its_own_tool(program):
    here = program.having(database_url="postgresql+asyncpg://bot:secret@db.example/perezvon")
    answer = here("backup", "copy.dump")
    assert answer.code == 1
    assert "pg_dump --format=custom --file=copy.dump" in answer.err
    assert "secret" not in answer.err


def test_a_copy_before_an_update_keeps_the_old_schema(unborn, tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'perezvon.db'}"
    asyncio.run(_to_revision(url, "0001"))
    unborn.told("backup", str(tmp_path / "old.db"), "--json")
    assert one(tmp_path / "old.db", "SELECT version_num FROM alembic_version") == "0001"


async def _to_revision(url: str, revision: str) -> None:
    database = Database(url)
    await schema._run(database, "upgrade", revision)
    await database.dispose()


# --- the restore drill ------------------------------------------------------------------------------------------------


def miss(number: int) -> dict[str, object]:
    return MISS | {"call_id": f"c-{number}", "client": f"+38067{number:07d}"}


async def a_company(tmp_path, chat_id: int) -> str:
    """A team that is never quiet, and its hook; made in this process, because starting one takes seconds."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'perezvon.db'}"
    (tmp_path / "perezvon.db.key").write_text(KEY)
    database = Database(url)
    await schema.upgrade(database)
    now = datetime(2026, 11, 20, 8, tzinfo=UTC)
    async with database.write() as c:
        new = NewTeam(name="Alpha", settings={"region": "UA", "quiet": "off"}, chat=chat_id)
        team_id = await add_team(c, new, now)
        pbx = NewConnection(provider="generic", name="PBX", options={})
        _, token = await add_connection(c, team_id, pbx, Seal(KEY), now)
    await database.dispose()
    return f"/hooks/{token}"


@pytest.mark.timeout(240)
async def test_a_copy_made_under_load_starts_and_goes_on_where_it_was(program, telegram, tmp_path):
    chat = group(telegram)
    here = installed(program, telegram)
    hook = await a_company(tmp_path, chat.id)
    accepted = 0
    async with serving(here) as running, ClientSession() as http:
        port = (await running.says(r"ready.*?127\.0\.0\.1:(\d+)"))[1]

        async def post() -> None:
            nonlocal accepted
            async with http.post(f"http://127.0.0.1:{port}{hook}", json=miss(accepted)) as said:
                assert said.status == 200
            accepted += 1

        for _ in range(10):
            await post()
        copying = asyncio.ensure_future(asyncio.to_thread(here, "backup", "copy.db", "--json"))
        while not copying.done() or accepted < 40:
            await post()
        assert (await copying).code == 0
        assert await running.stops() == 0
    copied = one(tmp_path / "copy.db", "SELECT count(*) FROM inbox")
    assert 10 <= copied <= accepted
    there, due_at = restored(tmp_path)
    digests = one(there / "perezvon.db", DIGESTS)
    async with (
        serving(installed(Program(there, command=program.command), telegram)) as running,
        ClientSession() as http,
    ):
        port = (await running.says(r"ready.*?127\.0\.0\.1:(\d+)"))[1]
        async with http.post(f"http://127.0.0.1:{port}{hook}", json=miss(accepted)) as said:
            assert said.status == 200
        await reaches(there, "SELECT count(*) FROM cases", copied + 1)
        await reaches(there, f"SELECT count(*) FROM teams WHERE next_digest_at > '{due_at}'", 1)
        assert await running.stops() == 0
    assert one(there / "perezvon.db", "SELECT count(*) FROM cases WHERE state = 'open' AND missed = 1") == copied + 1
    assert one(there / "perezvon.db", DIGESTS) == digests


def restored(tmp_path):
    """The copy and the key in another directory; today's digest had been sent, and the copy does not know it is done."""
    due_at = datetime.now(UTC) - timedelta(minutes=1)
    stamp = due_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    there = tmp_path / "restored"
    there.mkdir()
    (tmp_path / "copy.db").rename(there / "perezvon.db")
    (tmp_path / "perezvon.db.key").rename(there / "perezvon.db.key")
    with closing(sqlite3.connect(there / "perezvon.db")) as connection:
        # In the evening the first program may have come as far as today by itself.
        taken = "INSERT OR IGNORE INTO digests (team_id, chat_id, local_date, created_at)"
        taken += " SELECT team_id, id, ?, ? FROM chats"
        connection.execute(taken, (due_at.date().isoformat(), stamp))
        connection.execute("UPDATE teams SET next_digest_at = ?", (stamp,))
        connection.commit()
    return there, stamp


async def reaches(there, query: str, wanted: int) -> None:
    """Wait until the running program has written it."""
    async with asyncio.timeout(60):
        while await asyncio.to_thread(one, there / "perezvon.db", query) < wanted:
            pass


# --- forget -----------------------------------------------------------------------------------------------------------


def call(number: int, client: str) -> str:
    return json.dumps(MISS | {"call_id": f"c-{number}", "client": client, "client_name": "Anna K."})


def fill(program, tmp_path, *teams: str) -> None:
    """A missed call of the same client in each team, as if a PBX had posted it and the file had grown old."""
    for number, team in enumerate(teams):
        program.told("team", "add", team, "--region", "UA", "--json")
        connection = program.told("connect", "generic", "--team", team, "--json")
        row = ("2026-11-20T08:00:00.000000Z", "POST", "", "{}", "{}", call(number, "067 123-45-67"), "failed")
        with closing(sqlite3.connect(tmp_path / "perezvon.db")) as c:
            team_id = c.execute("SELECT id FROM teams WHERE name = ?", (team,)).fetchone()[0]
            c.execute(
                "INSERT INTO inbox (team_id, connection_id, received_at, method, path, query, headers, body, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS BLOB), ?)",
                (team_id, connection["id"], *row),
            )
            c.commit()
    program.told("inbox", "replay", "--json")


def test_forgetting_is_told_by_a_receipt_and_leaves_no_byte(program, tmp_path):
    fill(program, tmp_path, "Alpha", "Beta")
    receipt = program.cold.told(
        "forget", "067 123 45 67", "--json"
    )  # which of the tables it finds is up to its own imports
    assert set(receipt) == {"number_hash", "teams", "rows", "messages_edited", "not_erased"}
    assert (receipt["teams"], receipt["rows"]["calls"], receipt["rows"]["inbox"]) == (["Alpha", "Beta"], 2, 2)
    assert (receipt["messages_edited"], receipt["not_erased"]) == (0, [])
    held = b"".join(each.read_bytes() for each in tmp_path.glob("perezvon.db*"))
    assert [word for word in (b"671234567", b"123-45-67", b"Anna K.") if word in held] == []
    again = program.told("forget", NUMBER, "--json")
    assert (again["rows"], again["number_hash"]) == ({}, receipt["number_hash"])
    for team in ("Alpha", "Beta"):
        [row] = program.told("missed", "--team", team, "--tab", "processed", "--json")["rows"]
        assert (row["client"], row["name"], row["close_reason"], row["missed"]) == (None, None, "erased", 1)


def test_one_team_forgets_alone(program, tmp_path):
    fill(program, tmp_path, "Alpha", "Beta")
    assert program.told("forget", NUMBER, "--team", "Alpha", "--json")["teams"] == ["Alpha"]
    [row] = program.told("missed", "--team", "Beta", "--json")["rows"]
    assert row["client"] == NUMBER


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [("+380999999999", 1, "nothing is known of this client"), ("anonymous", 2, "expected a phone number")],
)
def test_an_unknown_number_and_no_number_are_told_in_words(program, number, code, told):
    program.told("team", "add", "Alpha", "--json")
    answer = program("forget", number, "--json")
    assert answer.code == code
    assert told in answer.err
    assert told in answer.document["error"]
