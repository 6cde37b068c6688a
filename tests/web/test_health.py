"""Alive, ready, measured; and no secret in a log."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from handlers.web.answers import shown_path
from storage.engine import Database
from tests.web.test_hooks import CALL


async def test_alive_and_ready(house):
    assert (await house.get("/livez")).document == {"ok": True}
    house.pulse.beat()
    said = await house.get("/readyz")
    assert said.status == 200
    assert said.document == {
        "ok": True,
        "database": "ok",
        "inbox_lag_seconds": 0,
        "outbox_lag_seconds": 0,
        "telegram_last_success_at": "2026-11-20T08:00:00+00:00",
    }


async def test_rows_nobody_works_on_make_it_unready(house, connect):
    await house.post(await connect(), json=CALL)
    house.clock.forward(timedelta(seconds=90))
    assert (await house.get("/readyz")).document["inbox_lag_seconds"] == 90
    house.clock.forward(timedelta(seconds=90))
    said = await house.get("/readyz")
    assert (said.status, said.document["ok"]) == (503, False)
    figures = (await house.get("/metrics")).body.decode()
    assert 'perezvon_inbox_rows{state="pending"} 1.0' in figures
    assert "perezvon_inbox_lag_seconds 180.0" in figures
    assert 'perezvon_hook_requests_total{provider="generic",status="200"} 1.0' in figures


async def test_a_database_away_is_503_and_the_process_still_lives(house, monkeypatch):
    def away(self):
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    with monkeypatch.context() as outage:
        outage.setattr(Database, "read", away)
        said = await house.get("/readyz")
        assert (said.status, said.document["database"]) == (503, "does not answer")
        assert (await house.get("/metrics")).status == 200
        assert (await house.get("/livez")).status == 200


async def test_a_bug_is_503_in_json_and_logged_without_the_token(house, connect, monkeypatch, caplog):
    path = await connect()

    def bug(self):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(Database, "glance", bug)
        said = await house.post(path, json=CALL)
    assert (said.status, set(said.document)) == (503, {"error"})
    [record] = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.exc_info
    assert path.rpartition("/")[2] not in record.getMessage()


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/hooks/unknown"])
async def test_every_answer_keeps_browsers_out(house, path):
    said = await house.get(path)
    assert said.headers["X-Content-Type-Options"] == "nosniff"
    assert said.headers["Server"] == "perezvon"
    assert "default-src 'none'" in said.headers["Content-Security-Policy"]


def test_paths_in_logs_hide_what_is_secret():
    assert shown_path("/hooks/abcdef") == "/hooks/•••"
    assert shown_path("/hooks/abcdef/events/call") == "/hooks/•••/events/call"
    assert shown_path("/telegram/abcdef") == "/telegram/•••"
    assert shown_path("/readyz") == "/readyz"


async def test_the_access_log_names_no_token(house, connect, caplog):
    caplog.set_level(logging.DEBUG, "access")
    path = await connect()
    await house.post(f"{path}/x?key=secret", json=CALL)
    lines = [record.getMessage() for record in caplog.records if record.name == "access"]
    assert any("POST /hooks/•••/x → 200" in line for line in lines)
    assert not any(path in line or "secret" in line for line in lines)
