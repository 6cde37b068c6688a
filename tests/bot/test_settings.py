from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from bot.keys import installation_key
from bot.settings import SettingsError, load_settings

KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _in_an_empty_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def given(monkeypatch):
    def put(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"PEREZVON_{name}", value)
        return load_settings()

    return put


def test_everything_has_a_default():
    settings = load_settings()
    assert settings.bot_token is None
    assert settings.address == ("127.0.0.1", 8080)
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.database_url == "sqlite+aiosqlite:///perezvon.db"
    assert settings.rate_limits == "30/s 1/s/chat 20/min/group"


def test_an_empty_variable_is_an_unset_one(given):
    assert given(BOT_TOKEN="", PUBLIC_URL="").bot_token is None


def test_a_file_named_env_is_read_and_the_environment_goes_first(given, tmp_path):
    (tmp_path / ".env").write_text("PEREZVON_LISTEN=0.0.0.0:1\nPEREZVON_LOG_LEVEL=debug\nPOSTGRES_PASSWORD=x\n")
    settings = given(LISTEN="[::1]:90")
    assert (settings.address, settings.log_level) == (("::1", 90), "DEBUG")


@pytest.mark.parametrize(
    ("name", "found", "expected"),
    [
        ("BOT_TOKEN", "letters", "@BotFather"),
        ("BOT_TOKEN", "12345:", "@BotFather"),
        ("TELEGRAM_API_URL", "api.telegram.org", "http(s)"),
        ("DATABASE_URL", "mysql://localhost/x", "postgresql+asyncpg://"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "a file"),
        ("DATABASE_URL", "calls.sqlite", "sqlite+aiosqlite:///"),
        ("LISTEN", "8080", "host:port"),
        ("LISTEN", "127.0.0.1:99999", "host:port"),
        ("LISTEN", "::1:80", "host:port"),
        ("PUBLIC_URL", "calls.example.com", "https://"),
        ("SECRET_KEY", "too-short", "keygen"),
        ("SECRET_KEY", "Ы" * 44, "keygen"),
        ("LOG_LEVEL", "loud", "DEBUG"),
        ("LOG_FORMAT", "xml", "console or json"),
        ("RATE_LIMITS", "30/hour", "1/s/chat"),
        ("RATE_LIMITS", "0/s 1/s/chat 20/min/group", "1/s/chat"),
    ],
)
def test_a_wrong_setting_is_one_line_with_name_found_and_expected(given, name, found, expected):
    with pytest.raises(SettingsError) as wrong:
        given(**{name: found})
    line = str(wrong.value)
    assert "\n" not in line
    assert line.startswith(f"PEREZVON_{name}: found ")
    assert expected in line.partition("expected ")[2]
    if name in ("BOT_TOKEN", "SECRET_KEY", "DATABASE_URL"):
        assert found not in line
    else:
        assert found in line


def test_each_wrong_setting_has_its_line(given):
    with pytest.raises(SettingsError) as wrong:
        given(LISTEN="x", LOG_FORMAT="y")
    assert [line.split(":")[0] for line in str(wrong.value).splitlines()] == ["PEREZVON_LISTEN", "PEREZVON_LOG_FORMAT"]


def test_a_command_that_needs_the_token_names_it():
    with pytest.raises(SettingsError, match=r"PEREZVON_BOT_TOKEN: found nothing, expected .*BotFather"):
        _ = load_settings().token


def test_secrets_may_lie_in_files(given, tmp_path):
    (tmp_path / "token").write_text("42:from-a-file\n")
    assert given(BOT_TOKEN_FILE=str(tmp_path / "token")).token == "42:from-a-file"


def test_a_wrong_secret_in_a_file_is_not_shown(given, tmp_path):
    (tmp_path / "key").write_text("a-very-secret-word")
    with pytest.raises(SettingsError, match="PEREZVON_SECRET_KEY: found") as wrong:
        given(SECRET_KEY_FILE=str(tmp_path / "key"))
    assert "secret-word" not in str(wrong.value)


def test_a_missing_or_empty_file_is_named(given, tmp_path):
    with pytest.raises(SettingsError, match=r"PEREZVON_SECRET_KEY_FILE: found /none"):
        given(SECRET_KEY_FILE="/none")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(SettingsError, match="which is empty"):
        given(SECRET_KEY_FILE=str(tmp_path / "empty"))


def test_one_secret_said_twice_is_refused(given, tmp_path):
    (tmp_path / "token").write_text("42:from-a-file")
    with pytest.raises(SettingsError, match="found it twice"):
        given(BOT_TOKEN="43:direct", BOT_TOKEN_FILE=str(tmp_path / "token"))


def test_secrets_are_not_shown_by_accident(given):
    settings = given(BOT_TOKEN="42:hush-hush-hush", SECRET_KEY=KEY)
    assert "hush" not in repr(settings)
    assert KEY not in repr(settings)


def test_the_key_beside_the_file_is_made_once_and_only_for_its_owner(tmp_path):
    first = installation_key(load_settings())
    kept = tmp_path / "perezvon.db.key"
    assert (installation_key(load_settings()), kept.stat().st_mode & 0o777) == (first, 0o600)
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


def test_a_given_key_is_taken_as_it_is(given, tmp_path):
    assert installation_key(given(SECRET_KEY=KEY)) == KEY
    assert list(tmp_path.iterdir()) == []


def test_postgresql_wants_a_key_of_its_own(given):
    with pytest.raises(SettingsError, match="PEREZVON_SECRET_KEY: found nothing"):
        installation_key(given(DATABASE_URL="postgresql+asyncpg://u@h/d"))


def test_a_key_file_with_something_else_is_refused(tmp_path):
    (tmp_path / "perezvon.db.key").write_text("not a key")
    with pytest.raises(SettingsError, match=r"perezvon\.db\.key"):
        installation_key(load_settings())
