"""`perezvon entry`: the link of a team's clients, with or without Telegram in reach."""

from __future__ import annotations

from bot.keys import installation_seal
from bot.settings import Settings
from followup.tickets.letterbox_entry import team_of_entry


def test_every_team_has_a_link_of_its_own_and_says_whether_it_is_open(program):
    for name in ("Alpha", "Beta"):
        program.told("team", "add", name)
    program.told("team", "set", "Beta", "text_channel=on", "--json")
    rows = program.told("entry", "--json")["rows"]
    assert [(row["team"], row["is_open"], row["link"]) for row in rows] == [
        ("Alpha", False, None),
        ("Beta", True, None),
    ]
    assert rows == program.told("entry", "--json")["rows"]
    [beta] = program.told("entry", "--team", "Beta", "--json")["rows"]
    assert beta == rows[1]
    said = program("entry").out
    assert all(row["start"] in said for row in rows)
    assert "text_channel is off" in said


def test_a_team_that_is_not_there_is_refused(program):
    program.told("team", "add", "Alpha")
    assert program("entry", "--team", "Gamma").code == 1


def test_the_link_is_the_one_that_the_bot_knows(program):
    program.told("team", "add", "Alpha")
    [row] = program.told("entry", "--json")["rows"]
    settings = Settings(database_url=f"sqlite+aiosqlite:///{program.directory / 'perezvon.db'}")
    assert team_of_entry(installation_seal(settings), row["start"]) == 1
