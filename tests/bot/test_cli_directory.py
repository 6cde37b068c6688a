"""`perezvon topic | result | status | fan`, and lines that make no tickets."""

from __future__ import annotations

import json
import shutil
from functools import partial

import pytest
from typer.testing import CliRunner

from bot.cli import app


@pytest.fixture
def told(tmp_path, monkeypatch, sqlite_template):
    """What a command says as its one JSON document, and its exit code."""
    shutil.copyfile(sqlite_template, tmp_path / "perezvon.db")
    monkeypatch.chdir(tmp_path)
    run = partial(CliRunner().invoke, app)
    assert run(["team", "add", "Alpha"]).exit_code == 0
    assert run(["member", "add", "Olga", "--team", "Alpha", "--telegram", "5"]).exit_code == 0
    assert run(["member", "add", "Victor", "--team", "Alpha", "--telegram", "6", "--role", "viewer"]).exit_code == 0

    def tell(*arguments: str):
        answer = run([*arguments, "--team", "Alpha", "--json"])
        return json.loads(answer.stdout), answer.exit_code

    return tell


def test_topics(told):
    assert told("topic", "add", " Flats ", "--sla", "30") == ({"id": 1}, 0)
    assert told("topic", "add", "Two rooms", "--parent", "1") == ({"id": 2}, 0)
    assert told("topic", "set", "2", "--title", "Rooms", "--sla", "15") == ({"ok": True}, 0)
    assert told("topic", "list")[0] == [
        {"id": 1, "parent": None, "path": ["Flats"], "sla_minutes": 30},
        {"id": 2, "parent": 1, "path": ["Flats", "Rooms"], "sla_minutes": 15},
    ]
    assert told("topic", "set", "2", "--sla", "0")[1] == 0
    assert told("topic", "list")[0][1]["sla_minutes"] is None
    assert told("topic", "retire", "1") == ({"ok": True}, 0)
    assert told("topic", "list") == ([], 0)


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("topic", "add", "FLATS"), 1, "taken"),
        (("topic", "add", " "), 1, "one character"),
        (("topic", "add", "x" * 61), 1, "61 characters, at most 60"),
        (("topic", "add", "y", "--parent", "77"), 1, "no entry 77"),
        (("topic", "add", "y", "--sla", "0"), 2, "sla: found 0"),
        (("topic", "retire", "77"), 1, "no entry 77"),
        (("result", "rename", "77", "x"), 1, "no entry 77"),
        (("fan", "set", "2", "1"), 1, "no such person"),
        (("fan", "set", "1", "11"), 2, "weight: found 11, expected 0 to 10"),
    ],
)
def test_what_is_refused(told, arguments, code, why):
    assert told("topic", "add", "Flats")[1] == 0
    said, ended = told(*arguments)
    assert ended == code
    assert why in said["error"]


def test_topics_are_five_deep_at_most(told):
    for depth in range(1, 6):
        parent = ("--parent", str(depth - 1)) if depth > 1 else ()
        assert told("topic", "add", f"level {depth}", *parent)[1] == 0
    assert "5 deep at most" in told("topic", "add", "level 6", "--parent", "5")[0]["error"]


def test_results(told):
    codes = [(each["code"], each["status"]) for each in told("result", "list")[0]]
    assert codes == [("resolved", "done"), ("refused", "refused"), ("non_target", "non_target")]
    assert told("result", "add", "Too far", "--status", "refused") == ({"id": 4}, 0)
    assert told("result", "rename", "4", "Too dear") == ({"ok": True}, 0)
    for gone in ("1", "2", "3"):
        assert told("result", "retire", gone) == ({"ok": True}, 0)
    assert told("result", "list")[0] == [{"id": 4, "code": None, "title": "Too dear", "status": "refused"}]
    assert "the last result stays" in told("result", "retire", "4")[0]["error"]


def test_statuses(told):
    assert told("status", "set", "check", "Look") == ({"ok": True}, 0)
    titles = {each["code"]: each["title"] for each in told("status", "list")[0]}
    assert len(titles) == 9
    assert {code for code, title in titles.items() if title} == {"check"}
    assert told("status", "set", "check") == ({"ok": True}, 0)
    assert not any(each["title"] for each in told("status", "list")[0])


def test_the_fan(told):
    assert told("fan", "list")[0] == [{"member": 1, "name": "Olga", "weight": 1}]
    assert told("fan", "set", "1", "3") == ({"ok": True}, 0)
    assert told("fan", "list")[0] == [{"member": 1, "name": "Olga", "weight": 3}]


def test_a_line_makes_no_tickets_until_it_is_told_to(told, tmp_path):
    line = ("line", "add", "0441112233", "--name", "Main")
    for options, makes in ((("--tickets", "no"), 0), ((), 0), (("--tickets", "yes"), 1), ((), 1)):
        assert told(*line, *options)[1] == 0
        assert _makes_tickets(tmp_path) == makes, options


def _makes_tickets(directory) -> int:
    import sqlite3

    with sqlite3.connect(directory / "perezvon.db") as database:
        return database.execute("SELECT makes_tickets FROM lines").fetchone()[0]
