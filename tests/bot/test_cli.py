"""The contract of the commands: exit codes, one JSON document, reasons on stderr."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.bot.program import Program
from tests.house.source import ROOT


@pytest.fixture
def team(program) -> int:
    return program.told("team", "add", "Alpha", "--timezone", "Europe/Kyiv", "--language", "ru", "--region", "UA")["id"]


@pytest.fixture
def in_process(tmp_path, monkeypatch, sqlite_template):
    """The same commands without a process each: a table of them takes no minute."""
    shutil.copyfile(sqlite_template, tmp_path / "perezvon.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    run = partial(CliRunner().invoke, app)
    assert run(["team", "add", "Alpha"]).exit_code == 0
    return lambda *arguments: run(list(arguments))


def test_help_names_every_command(program):
    answer = program.cold("--help")
    assert answer.code == 0
    commands = {"serve", "migrate", "team", "member", "line", "connect", "inbox", "missed", "digest", "doctor", "demo"}
    assert {word for word in commands | {"keygen"} if word not in answer.out} == set()


def test_a_team_from_nothing_to_a_hook_address(unborn):
    team = unborn.told(
        *("team", "add", "Alpha", "--timezone", "Europe/Kyiv", "--language", "ru", "--region", "UA"),
        *("--hours", "Mo-Fr 09:00-18:00; PH off", "--chat", "-100123", "--thread", "1", "--digest-at", "19:00"),
        *("--set", "sla_minutes=5m", "--set", "quiet=off"),
    )
    assert team == {"id": 1}
    assert unborn.told("team", "set", "alpha".title(), "remind_minutes=10", "--json") == {"ok": True}
    member = ("member", "add", "--team", "1", "Olga", "--telegram", "700", "--role", "head")
    assert unborn.told(*member, "--extension", "101", "--extension", "102@2026-11-01", "--json") == {"id": 1}
    line = ("line", "add", "0441112233", "--team", "Alpha", "--name", "Main", "--off-hours-orders", "no")
    assert unborn.told(*line, "--json") == {"id": 1}
    connection = unborn.told("connect", "generic", "--team", "Alpha", "--option", "rate_limit=0", "--json")
    assert set(connection) == {"id", "hook_path", "hook_url"}
    assert connection["hook_path"].startswith("/hooks/")
    assert len(connection["hook_path"]) > 40
    assert connection["hook_url"] == f"http://127.0.0.1:8080{connection['hook_path']}"
    assert unborn.told("missed", "--team", "Alpha", "--json") == {"team": "Alpha", "tab": "open", "rows": []}
    assert unborn.told("inbox", "--json") == {"pending": 0, "failed": 0, "rows": []}


def test_the_public_address_is_in_the_hook(program, team):
    public = program.having(public_url="https://calls.example.com/")
    connection = public.told("connect", "generic", "--team", "Alpha")
    assert connection["hook_url"] == f"https://calls.example.com{connection['hook_path']}"


def test_a_team_moves_to_another_chat(program, team):
    assert program("team", "set", "Alpha", "thread=7").code == 1
    assert program.told("team", "set", "Alpha", "chat=-100200", "thread=7", "--json") == {"ok": True}
    assert program.told("team", "set", "Alpha", "thread=8", "sla_minutes=9", "--json") == {"ok": True}


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("nonsense",), 2, "nonsense"),
        (("missed",), 2, "--team"),
        (("missed", "--team", "Alpha", "--nonsense"), 2, "--nonsense"),
        (("missed", "--team", "Alpha", "--tab", "closed"), 2, "closed"),
        (("missed", "--team", "Alpha", "--date", "22.11.2026"), 2, "2026-11-22"),
        (("missed", "--team", "Nobody"), 1, "Nobody"),
        (("missed", "--team", "9" * 30), 1, "999"),
        (("team", "add", "Alpha"), 1, "Alpha"),
        (("team", "add", "B", "--timezone", "Mars/Olympus"), 2, "Mars/Olympus"),
        (("team", "add", "B", "--hours", "whenever"), 2, "whenever"),
        (("team", "add", "B", "--set", "sla_minutes"), 2, "key=value"),
        (("team", "add", "B", "--set", "nonsense=1"), 2, "nonsense"),
        (("team", "set", "Alpha", "window_days=0"), 2, "window_days"),
        (("team", "set", "Alpha", "chat=group"), 2, "chat=group"),
        (("team", "set", "Nobody", "quiet=off"), 1, "Nobody"),
        (("member", "add", "--team", "Alpha", "X", "--telegram", "7", "--role", "king"), 2, "king"),
        (("member", "add", "--team", "Alpha", "X", "--telegram", "7", "--extension", "101@soon"), 2, "101@soon"),
        (("line", "add", "1", "--team", "Alpha", "--name", "X", "--off-hours-orders", "maybe"), 2, "maybe"),
        (("line", "add", "1", "--team", "Alpha", "--name", "X", "--hours", "maybe"), 2, "maybe"),
        (("connect", "nokia", "--team", "Alpha"), 2, "nokia"),
        (("connect", "mango", "--team", "Alpha", "--option", "api_key=1"), 2, "api_salt"),
        (("connect", "generic", "--team", "Alpha", "--option", "password=1"), 2, "password"),
        (("connect", "generic", "--team", "Alpha", "--option", "rate_limit=lots"), 2, "lots"),
        (("connect", "ringostat", "--team", "Alpha", "--option", "timezone=Mars"), 2, "Mars"),
        (("connect", "generic", "--team", "Nobody"), 1, "Nobody"),
        (("inbox", "replay", "77"), 1, "77"),
        (("inbox", "--state", "done"), 2, "done"),
        (("serve", "--role", "boss"), 2, "boss"),
        (("serve",), 2, "PEREZVON_BOT_TOKEN"),
    ],
)
def test_exit_codes_and_reasons(in_process, arguments, code, named):
    answer = in_process(*arguments)
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert named in answer.stderr


def test_a_wrong_word_is_exit_2_for_the_shell_too(program, team):
    answer = program.cold("missed", "--team", "Nobody")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "perezvon: there is no team 'Nobody': expected the name or the id of one\n"
    assert program.cold("nonsense").code == 2


def test_a_refusal_is_one_document_too(program, team):
    answer = program("team", "set", "Alpha", "nonsense=1", "--json")
    assert answer.code == 2
    assert answer.document["ok"] is False
    assert "nonsense" in answer.document["error"]


def test_a_wrong_setting_is_one_line_and_exit_2(program):
    answer = program.having(listen="nowhere")("inbox")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines() == ["perezvon: " + answer.err.strip().removeprefix("perezvon: ")]
    assert "PEREZVON_LISTEN" in answer.err


def test_a_key_from_keygen_is_taken_and_needs_no_settings(unborn):
    key = unborn.having(listen="nowhere").told("keygen", "--json")["key"]
    assert unborn.having(secret_key=key)("inbox").code == 0


def test_a_database_that_cannot_be_opened_is_told_in_words(program):
    for url in ("sqlite+aiosqlite:////none/such/place.db", "postgresql+asyncpg://u@127.0.0.1:1/x"):
        answer = program.having(database_url=url)("inbox")
        assert (answer.code, answer.out) == (1, "")
        assert "Traceback" not in answer.err
        assert "database" in answer.err


def test_migrate_says_so(unborn):
    assert unborn.told("migrate", "--json") == {"ok": True}
    assert (unborn.directory / "perezvon.db").exists()


@pytest.mark.postgres
async def test_postgresql_is_migrated_when_its_owner_says_so(tmp_path, postgres_server, warm_command):
    from tests.fixtures_db import drop_postgres_database, make_postgres_database

    url = await make_postgres_database(postgres_server, migrated=False)
    program = Program(tmp_path, command=warm_command).having(database_url=url)
    refused = program("inbox", "--json")
    assert refused.code == 1
    assert "perezvon migrate" in refused.err
    assert program.told("migrate", "--json") == {"ok": True}
    assert program.told("inbox", "--json")["pending"] == 0
    await drop_postgres_database(postgres_server, url)


def test_two_commands_at_once_both_make_the_file(unborn):
    command = [*unborn.command, "team", "add"]
    both = [
        subprocess.Popen([*command, name], cwd=unborn.directory, env=unborn.environment, stdout=subprocess.PIPE)
        for name in ("One", "Two")
    ]
    assert sorted(each.communicate()[0] for each in both) == [b'{"id": 1}\n', b'{"id": 2}\n']


@pytest.mark.parametrize("command", ["missed", "inbox", "team"])
def test_commands_do_not_pay_for_telegram_and_pictures(program, team, command):
    arguments = {"missed": ["missed", "--team", "Alpha", "--json"], "inbox": ["inbox"], "team": ["team", "--help"]}
    code = (
        "import sys; from bot.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit as end: code = end.code\n"
        "print(code, *sorted({'aiogram', 'matplotlib', 'alembic'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments[command]],
        cwd=program.directory,
        env=program.environment | {"PYTHONPATH": os.fspath(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.strip() == "0"
