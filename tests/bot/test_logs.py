"""What must not be read in a log is not in it, whichever way a module logs."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from bot.logs import set_up_logs
from bot.settings import Settings


@pytest.fixture
def logged(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def set_up(log_format="console", **settings):
        set_up_logs(Settings(bot_token="42:AAE-very-secret-token-of-ours", log_format=log_format, **settings))
        return lambda: capsys.readouterr().err

    yield set_up
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_numbers_tokens_and_addresses_are_hidden(logged, log_format):
    err = logged(log_format)
    logging.getLogger("x").warning("call of %s at /hooks/abcdefghijkl/x", "+380671234567")
    structlog.get_logger().error("send failed", url="https://api/bot42:AAE-very-secret-token-of-ours/x", chat=-100123)
    text = err()
    for secret in ("1234567", "abcdefghijkl", "very-secret"):
        assert secret not in text
    assert "send failed" in text
    assert "-100123" in text


def test_a_traceback_is_told_without_secrets(logged):
    err = logged("json")
    try:
        raise ValueError("no /hooks/abcdefghijkl for +380671234567")
    except ValueError:
        logging.getLogger("x").exception("stumbled")
    document = json.loads(err())
    assert "ValueError" in document["exception"]
    assert "abcdefghijkl" not in document["exception"]
    assert "1234567" not in document["exception"]


def test_a_line_of_json_is_one_document_with_its_level(logged):
    err = logged("json")
    logging.getLogger("x").info("hello %d", 1234567890)
    structlog.get_logger().info("hello", number=1234567890)
    first, second = map(json.loads, err().splitlines())
    assert (first["level"], first["logger"]) == ("info", "x")
    assert second["number"] == 1234567890


def test_the_password_of_the_database_is_hidden(logged):
    err = logged(database_url="postgresql+asyncpg://u:pa55word@h/d")
    logging.getLogger("x").warning("cannot connect to postgresql://u:pa55word@h/d")
    assert "pa55word" not in err()


def test_the_level_is_kept(logged):
    err = logged(log_level="WARNING")
    logging.getLogger("x").info("quiet")
    structlog.get_logger().info("quiet")
    assert err() == ""
