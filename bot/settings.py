"""The settings of an installation: the only reader of the environment and of `.env`."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from messenger.limits import parse_limits

PREFIX: Final = "PEREZVON_"
DEFAULT_DATABASE: Final = "sqlite+aiosqlite:///perezvon.db"
PUBLIC_BOT_API: Final = "https://api.telegram.org"
DEFAULT_LISTEN: Final = "127.0.0.1:8080"
DEFAULT_RATE_LIMITS: Final = "30/s 1/s/chat 20/min/group"

# A container's secrets lie in files (…_FILE); the other settings are no secrets.
_IN_FILES: Final = ("BOT_TOKEN", "SECRET_KEY", "DATABASE_URL")
_SECRET: Final = frozenset(_IN_FILES)
_EXPECTED: Final = {
    "BOT_TOKEN": "a token of @BotFather such as 123456789:AAE…",
    "TELEGRAM_API_URL": f"an http(s) address such as {PUBLIC_BOT_API}",
    "DATABASE_URL": f"{DEFAULT_DATABASE} (a file) or postgresql+asyncpg://user:password@host/name",
    "LISTEN": f"host:port such as {DEFAULT_LISTEN}",
    "PUBLIC_URL": "an http(s) address such as https://calls.example.com",
    "SECRET_KEY": "what `perezvon keygen` prints (32 bytes in URL-safe base64)",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "LOG_FORMAT": "console or json",
    "WEBHOOKS_PRIVATE": "yes or no",
    "RATE_LIMITS": f"limits such as {DEFAULT_RATE_LIMITS!r}",
}


class SettingsError(Exception):
    """A wrong or missing setting: one line a variable, naming what was found and what is expected."""


def _token(text: str) -> str:
    left, _, right = text.partition(":")
    if not (left.isascii() and left.isdigit() and right) or any(char.isspace() for char in text):
        raise ValueError
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return text.rstrip("/")


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError from None
    is_file = url.drivername == "sqlite+aiosqlite" and url.database not in (None, "", ":memory:")
    if not is_file and not (url.drivername == "postgresql+asyncpg" and url.database):
        raise ValueError
    return text


def _listen(text: str) -> str:
    host, port = split_listen(text)
    if not host or not 0 <= port <= 65535:
        raise ValueError
    return text


def _key(text: str) -> str:
    try:
        decoded = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError from None
    if len(decoded) != 32:
        raise ValueError
    return text


def _rates(text: str) -> str:
    parse_limits(text)
    return text


def _secret(value: SecretStr | None, check: Any) -> SecretStr | None:
    if value is not None:
        check(value.get_secret_value())
    return value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """What PEREZVON_… variables and `.env` say; an empty variable is an unset one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: Annotated[SecretStr | None, AfterValidator(lambda value: _secret(value, _token))] = None
    telegram_api_url: Annotated[str, AfterValidator(_address)] = PUBLIC_BOT_API
    database_url: Annotated[str, AfterValidator(_database)] = DEFAULT_DATABASE
    listen: Annotated[str, AfterValidator(_listen)] = DEFAULT_LISTEN
    public_url: Annotated[str | None, AfterValidator(lambda value: value and _address(value))] = None
    secret_key: Annotated[SecretStr | None, AfterValidator(lambda value: _secret(value, _key))] = None
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"
    log_format: Literal["console", "json"] = "console"
    rate_limits: Annotated[str, AfterValidator(_rates)] = DEFAULT_RATE_LIMITS
    webhooks_private: bool = False

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen at."""
        return split_listen(self.listen)

    @property
    def base_url(self) -> str:
        """Where a PBX reaches us, as far as we know."""
        return self.public_url or f"http://{self.listen}"

    @property
    def token(self) -> str:
        """The bot's token, or a SettingsError where a command cannot do without one."""
        if self.bot_token is None:
            raise SettingsError(_line("BOT_TOKEN", "nothing"))
        return self.bot_token.get_secret_value()

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None with PostgreSQL."""
        url = make_url(self.database_url)
        return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def split_listen(text: str) -> tuple[str, int]:
    """`127.0.0.1:8080` or `[::1]:8080` as host and port; ValueError for anything else."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit()) or (":" in host and not host.startswith("[")):
        raise ValueError
    return host.strip("[]"), int(port)


def load_settings() -> Settings:
    """The settings of this process, or a SettingsError whose lines say what to mend."""
    try:
        spoken = {**dotenv_values(".env", encoding="utf-8"), **os.environ}
        from_files = _secrets_in_files(spoken)
        return Settings(**from_files)
    except ValidationError as wrong:
        names = [str(problem["loc"][0]).upper() for problem in wrong.errors()]
        found = {name: from_files.get(name.lower()) or spoken.get(PREFIX + name) or "" for name in names}
        raise SettingsError("\n".join(_line(name, _shown(name, found[name])) for name in names)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env: cannot be read ({error}), expected a text file in UTF-8") from None


def _secrets_in_files(spoken: Mapping[str, str | None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _IN_FILES:
        path = spoken.get(f"{PREFIX}{name}_FILE")
        if not path:
            continue
        if spoken.get(PREFIX + name):
            raise SettingsError(f"{PREFIX}{name}: found it twice (also {PREFIX}{name}_FILE), expected one of the two")
        found[name.lower()] = _content(name, Path(path))
    return found


def _content(name: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text"
        raise SettingsError(f"{PREFIX}{name}_FILE: found {path} ({reason}), expected a file with the value") from None
    if not text:
        raise SettingsError(f"{PREFIX}{name}_FILE: found {path}, which is empty, expected {_EXPECTED[name]}")
    return text


def _shown(name: str, found: str) -> str:
    """What was found, on one line; of a secret only so much that its owner knows which one it is."""
    if name in _SECRET:
        return f"{found[:2] if len(found) > 8 else ''}••• ({len(found)} characters)"
    return repr(found[:80])


def _line(name: str, found: str) -> str:
    return f"{PREFIX}{name}: found {found}, expected {_EXPECTED[name]}"
