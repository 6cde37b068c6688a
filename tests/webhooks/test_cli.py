"""`perezvon webhook`: exit codes, one JSON document, nothing secret shown twice."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from functools import partial

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.keys import installation_seal
from bot.settings import SettingsError, load_settings
from followup.clock import SystemClock
from followup.teams.desk import Desk
from followup.teams.shelf import Shelf
from followup.webhooks import actions
from storage.engine import Database
from tests.bot.program import Answer

URL = "https://crm.example.com/hooks/very-secret"


@pytest.fixture
def cli(tmp_path, monkeypatch, sqlite_template):
    """The commands in this process, in a directory of their own, with one team."""
    shutil.copyfile(sqlite_template, tmp_path / "perezvon.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()

    def run(*arguments):
        done = runner.invoke(app, list(arguments))
        return Answer(done.exit_code, done.stdout, done.stderr)

    assert run("team", "add", "Alpha").code == 0
    return run


def told(cli, *arguments):
    answer = cli(*arguments)
    assert answer.code == 0, answer.err
    return answer.document


def emitted(*said):
    """As a running program writes them."""

    async def work():
        database = Database(load_settings().database_url)
        async with database.write() as c:
            desk = Desk(c, await Shelf().book(c, 1), SystemClock().now())
            for kind, key in said:
                await actions.emit(desk, kind, {"client": "+380671234567"}, key)
        await database.dispose()

    asyncio.run(work())


def given_up():
    with sqlite3.connect("perezvon.db") as c:
        c.execute("UPDATE deliveries SET state = 'dead', error = '404 no such page', tries = 1")


def test_a_webhook_from_its_beginning_to_its_end(cli):
    made = told(cli, "webhook", "add", "--team", "Alpha", URL, "--event", "case.closed", "--event", "case.opened")
    assert made["id"] == 1
    assert len(made["secret"]) > 40
    [row] = told(cli, "webhook", "list", "--json")["rows"]
    assert (row["id"], row["team"], row["kind"], row["url"]) == (1, "Alpha", "plain", "https://crm.example.com/…")
    assert row["events"] == ["case.closed", "case.opened"]
    assert "options" not in row
    shown = cli("webhook", "list", "--team", "Alpha")
    assert "very-secret" not in shown.out
    assert made["secret"] not in shown.out
    assert told(cli, "webhook", "remove", "1", "--json") == {"ok": True}
    assert told(cli, "webhook", "list", "--json") == {"rows": []}
    assert cli("webhook", "remove", "1").code == 1


def test_the_secret_may_be_ones_own_and_a_crm_has_none(cli):
    own = told(cli, "webhook", "add", "--team", "1", URL, "--option", "secret=mine")
    assert own == {"id": 1, "secret": "mine"}
    crm = ("--kind", "macrocrm", "--option", "domain=example.com", "--option", "app_secret=s3cret")
    assert told(cli, "webhook", "add", "--team", "1", "https://api.macroserver.ru", *crm) == {"id": 2, "secret": None}
    rows = told(cli, "webhook", "list", "--json")["rows"]
    assert [(row["kind"], len(row["events"])) for row in rows] == [("plain", 8), ("macrocrm", 1)]
    with sqlite3.connect("perezvon.db") as c:
        sealed = [options for (options,) in c.execute("SELECT options FROM webhooks ORDER BY id")]
    opened = [installation_seal(load_settings()).open(options) for options in sealed]
    assert opened[1] == {"url": "https://api.macroserver.ru", "domain": "example.com", "app_secret": "s3cret"}


def test_what_was_given_up_is_seen_and_sent_again(cli):
    told(cli, "webhook", "add", "--team", "1", URL)
    emitted(("case.opened", "case:1:1"), ("case.closed", "case:1:2"))
    given_up()
    rows = told(cli, "webhook", "deliveries", "--state", "dead", "--json")["rows"]
    assert [(row["id"], row["event"], row["subject"], row["error"]) for row in rows] == [
        (2, "case.closed", "case:1", "404 no such page"),
        (1, "case.opened", "case:1", "404 no such page"),
    ]
    assert "404 no such page" in cli("webhook", "deliveries").out
    assert cli("webhook", "replay", "1", "7").code == 1
    assert len(told(cli, "webhook", "deliveries", "--state", "dead", "--json")["rows"]) == 2, "all or nothing"
    assert told(cli, "webhook", "replay", "2", "--json") == {"replayed": 1, "ids": [2]}
    assert told(cli, "webhook", "replay", "--json") == {"replayed": 1, "ids": [1]}
    assert told(cli, "webhook", "replay", "--json") == {"replayed": 0, "ids": []}
    states = [row["state"] for row in told(cli, "webhook", "deliveries", "--json")["rows"]]
    assert states == ["pending", "pending"]
    assert told(cli, "webhook", "deliveries", "--state", "sending", "--json") == {"rows": []}


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("add", "--team", "Nobody", URL), 1, "Nobody"),
        (("add", URL), 2, "--team"),
        (("add", "--team", "1", "crm.example.com"), 2, "URL"),
        (("add", "--team", "1", URL, "--kind", "salesforce"), 2, "salesforce"),
        (("add", "--team", "1", URL, "--event", "case.died"), 2, "case.died"),
        (("add", "--team", "1", URL, "--option", "secret"), 2, "key=value"),
        (("add", "--team", "1", URL, "--kind", "amocrm"), 2, "access_token"),
        (("list", "--team", "Nobody"), 1, "Nobody"),
        (("remove", "9"), 1, "webhook list"),
        (("replay", "9"), 1, "webhook deliveries"),
        (("deliveries", "--state", "lost"), 2, "lost"),
    ],
)
def test_a_refusal_names_what_is_wrong(cli, arguments, code, named):
    answer = cli("webhook", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert named in answer.err
    assert "very-secret" not in answer.err


def test_private_receivers_are_a_setting(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert not load_settings().webhooks_private
    for text, expected in (("yes", True), ("no", False)):
        monkeypatch.setenv("PEREZVON_WEBHOOKS_PRIVATE", text)
        assert load_settings().webhooks_private is expected
    monkeypatch.setenv("PEREZVON_WEBHOOKS_PRIVATE", "perhaps")
    with pytest.raises(SettingsError, match="PEREZVON_WEBHOOKS_PRIVATE: found 'perhaps', expected yes or no"):
        load_settings()


def test_the_doctor_sees_what_was_given_up(cli, monkeypatch):
    from bot.cli_frame import open_room
    from bot.doctor import _events

    async def look():
        async with open_room(load_settings()) as room, room.database.read() as c:
            return await _events(c)

    seen = partial(asyncio.run)
    assert seen(look()).is_fine
    told(cli, "webhook", "add", "--team", "1", URL)
    emitted(("case.opened", "case:1:1"))
    assert seen(look()).is_fine
    given_up()
    finding = seen(look())
    assert not finding.is_fine
    assert finding.text.startswith("1 events were given up, 0 receivers are gone")
