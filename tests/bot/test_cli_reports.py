"""`perezvon report` and `perezvon token`: the same numbers in every form, refusals in words."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from zipfile import ZipFile

import openpyxl
import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.reports.company import kyiv

MONTH = ("--team", "Alpha", "--from", "2026-11-01", "--to", "2026-11-30")
KINDS = ("callbacks", "calls", "missed", "team", "tickets")


def call(call_id, client, at, *, direction="in", talk=None, phone="101"):
    leg = {"extension": phone, "rang_at": at.isoformat(), "result": "answered" if talk else "no_answer"}
    said = {"type": "call", "call_id": call_id, "direction": direction, "client": client, "line": "+380441112233"}
    answered = at.isoformat() if talk else None
    said |= {
        "started_at": at.isoformat(),
        "answered_at": answered,
        "ended_at": at.replace(second=talk or 30).isoformat(),
    }
    return (
        said
        | {"stage": "talk" if talk else "ringing"}
        | ({"extension": "101"} if direction == "out" else {"legs": [leg]})
    )


HISTORY = (
    call("a", "+380671234567", kyiv(2, 10)),
    call("b", "+380671234567", kyiv(2, 11), direction="out", talk=45),
    call("c", "+380502223344", kyiv(3, 12), talk=20),
    call("d", None, kyiv(4, 12), phone="103"),  # nobody's phone
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def told(directory):
    """The commands without a process each, in a directory where Alpha has a history and Beta has none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("COLUMNS", "200")
        run = partial(CliRunner().invoke, app)
        (directory / "calls.jsonl").write_text("".join(json.dumps(each) + "\n" for each in HISTORY))
        for command in (
            ("team", "add", "Alpha", "--timezone", "Europe/Kyiv", "--region", "UA", "--language", "uk"),
            ("team", "add", "Beta", "--timezone", "Europe/Kyiv"),
            ("member", "add", "--team", "Alpha", "Olga", "--telegram", "700", "--extension", "101"),
            ("import", "calls", "calls.jsonl", "--team", "Alpha"),
        ):
            added = run(list(command))
            assert added.exit_code == 0, added.output
        yield lambda *arguments: run(list(arguments))


def document(answer):
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_json_is_one_document_however_it_is_asked_for(told, kind):
    found = document(told("report", kind, *MONTH, "--json"))
    again = document(told("report", kind, *MONTH, "--format", "json"))
    moving = {"as_of": None, "rows": None}  # who waits has waited longer
    assert found | moving == again | moving
    assert list(found) == ["kind", "team", "from", "to", "as_of", "timezone", "filters", "options", "rows", "total"]
    assert (found["kind"], found["team"], found["timezone"]) == (kind, "Alpha", "Europe/Kyiv")


def test_the_numbers_filters_and_options(told):
    total = document(told("report", "calls", *MONTH, "--json"))["total"]
    assert (total["total"], total["incoming"], total["outgoing"], total["target_missed"]) == (4, 3, 1, 2)
    chosen = ("--filter", "manager=Olga", "--filter", "manager=none", "--option", "hide_missed=yes")
    found = document(told("report", "calls", *MONTH, *chosen, "--json"))
    assert found["filters"] == {"manager": ["Olga", "none"]}
    assert found["options"] == {"hide_missed": "yes"}
    assert "target_missed" not in found["total"]
    olga = document(told("report", "calls", *MONTH, "--filter", "manager=olga", "--json"))["total"]["total"]
    nobody = document(told("report", "calls", *MONTH, "--filter", "manager=none", "--json"))["total"]["total"]
    assert (olga, nobody) == (3, 1)
    day = document(told("report", "calls", "--team", "Alpha", "--from", "2026-11-02", "--json"))
    assert (day["to"], day["total"]["total"]) == ("2026-11-02", 2)


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_of_every_report_is_written(told, directory, kind):
    for form, begins in (
        ("csv", b"\xef\xbb\xbf"),
        ("xlsx", b"PK"),
        ("png", b"\x89PNG"),
        ("json", b"{"),
        ("text", None),
    ):
        said = told("report", kind, *MONTH, "--format", form)
        assert said.exit_code == 0, said.output
        target = directory / f"{kind}.{form}"
        assert told("report", kind, *MONTH, "--format", form, "-o", str(target)).exit_code == 0
        assert begins is None or said.stdout_bytes.startswith(begins)
        assert begins is None or target.read_bytes().startswith(begins)
    with ZipFile(directory / f"{kind}.xlsx") as parts:
        assert parts.testzip() is None


def test_all_forms_have_the_same_numbers(told, directory):
    rows = document(told("report", "calls", *MONTH, "--json"))["rows"]
    wanted = [[row["manager"], row["minutes"], row["total"], row["outgoing"], row["incoming"]] for row in rows]
    said = told("report", "calls", *MONTH, "--format", "csv", "--language", "en").stdout_bytes.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(said), delimiter=";"))[1:-1]
    assert [[name if name != "Not assigned" else None, *map(int, line[:4])] for name, *line in lines] == wanted
    told("report", "calls", *MONTH, "--format", "xlsx", "--language", "en", "-o", str(directory / "same.xlsx"))
    cells = [
        list(row) for row in openpyxl.load_workbook(directory / "same.xlsx").worksheets[0].iter_rows(values_only=True)
    ]
    assert [row[1:5] for row in cells if row[0] in ("Olga", "Not assigned")] == [each[1:] for each in wanted]
    text = [line.split() for line in told("report", "calls", *MONTH, "--language", "en").stdout.splitlines()]
    assert [list(map(int, line[-15:][:4])) for line in text if line[:1] in (["Olga"], ["Not"])] == [
        each[1:] for each in wanted
    ]


def test_csv_as_the_reader_wants_it(told):
    style = (
        "--csv",
        "separator=tab",
        "--csv",
        "encoding=windows-1251",
        "--csv",
        "decimal=point",
        "--csv",
        "timezone=UTC",
    )
    said = told("report", "missed", *MONTH, "--format", "csv", *style).stdout_bytes.decode("windows-1251")
    assert "02.11.2026 08:00:00" in said  # ten o'clock in Kyiv
    assert "\t" in said.splitlines()[0]
    assert "Клієнт" in said


def test_what_is_behind_a_figure(told):
    for kind, row, column in (
        ("calls", "", "total"),
        ("calls", "Olga", "outgoing"),
        ("missed", "", "cases.called_out"),
    ):
        found = document(told("report", kind, *MONTH, "--list", f"{row}:{column}"))
        assert found["total"] == len(found["items"]) > 0
    outgoing = document(told("report", "calls", *MONTH, "--list", "Olga:outgoing"))["items"]
    assert [(each["number"], each["at"]) for each in outgoing] == [("+380671234567", "2026-11-02T11:00:00+02:00")]
    assert document(told("report", "calls", *MONTH, "--list", "none:target_missed"))["total"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("deals", *MONTH), 2, "callbacks, calls, missed, team, tickets"),
        (("projects", *MONTH), 2, "callbacks, calls, missed, team"),
        (("calls", "--team", "Alpha"), 2, "--from"),
        (("calls", "--team", "Gamma", "--from", "2026-11-01"), 1, "Gamma"),
        (("calls", "--team", "Alpha", "--from", "1.11.2026"), 2, "2026-11-20"),
        (("calls", "--team", "Alpha", "--from", "2026-11-02", "--to", "2026-11-01"), 2, "2026-11-02 or later"),
        (("calls", *MONTH, "--filter", "widget=A"), 2, "manager, line"),
        (("calls", *MONTH, "--filter", "manager"), 2, "key=value"),
        (("calls", *MONTH, "--filter", "manager=Nobody"), 2, "Olga"),
        (("calls", *MONTH, "--option", "hide_missed=perhaps"), 2, "yes | no"),
        (("calls", *MONTH, "--format", "pdf"), 2, "pdf"),
        (("calls", *MONTH, "--format", "csv", "--csv", "separator=pipe"), 2, "semicolon, comma, tab"),
        (("calls", *MONTH, "--format", "png", "--picture", "heat"), 2, "days, table"),
        (("calls", *MONTH, "--language", "de"), 2, "ru, uk, en"),
        (("calls", *MONTH, "--json", "--format", "csv"), 2, "--json"),
        (("calls", *MONTH, "--list", "Nobody:total"), 2, "Olga"),
        (("calls", *MONTH, "--list", "Olga:manager"), 2, "outgoing"),
        (("calls", *MONTH, "-o", "nowhere/at/all.txt"), 1, "nowhere"),
    ],
)
def test_refusals_say_what_is_expected(told, arguments, code, named):
    said = told("report", *arguments)
    assert said.exit_code == code, said.output
    assert named in said.stderr
    assert said.stdout == ""


@pytest.mark.parametrize("form", ["xlsx", "png"])
def test_a_terminal_is_spared_what_it_cannot_show(told, monkeypatch, form):
    monkeypatch.setattr("bot.cli_reports.is_terminal", lambda: True)
    said = told("report", "calls", *MONTH, "--format", form)
    assert said.exit_code == 2
    assert "-o FILE" in said.stderr


def test_a_refusal_is_a_document_for_scripts(told):
    said = told("report", "deals", *MONTH, "--json")
    assert said.exit_code == 2
    assert json.loads(said.stdout)["ok"] is False


def test_tokens_are_shown_once_listed_and_removed(told):
    added = document(told("token", "add", "--team", "Beta", "--name", "CRM", "--scope", "write"))
    assert set(added) == {"id", "token"}
    assert len(added["token"]) >= 43
    (row,) = document(told("token", "list", "--team", "Beta", "--json"))["rows"]
    assert row | {"created_at": ""} == {
        "id": added["id"],
        "team": "Beta",
        "name": "CRM",
        "scope": "write",
        "created_at": "",
    }
    assert added["token"] not in told("token", "list").output
    assert document(told("token", "remove", str(added["id"]), "--json")) == {"ok": True}
    assert document(told("token", "list", "--json")) == {"rows": []}
    assert told("token", "remove", str(added["id"])).exit_code == 1
    assert told("token", "add", "--team", "Gamma").exit_code == 1
    assert told("token", "add", "--team", "Beta", "--scope", "admin").exit_code == 2
