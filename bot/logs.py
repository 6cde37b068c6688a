"""Logs: one event a line on stderr, for people or as JSON, without secrets and with masked numbers."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any, Final

import structlog
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from bot.settings import Settings
from followup.phone import mask_in_text

_HOOK: Final = re.compile(r"/(hooks|telegram)/[\w-]{8,}")
_BOT: Final = re.compile(r"\b(\d{4,})(:|%3A)[\w-]{20,}")
# Of these only what is wrong is worth a line.
_QUIET: Final = ("aiogram", "aiohttp", "alembic", "asyncio", "matplotlib", "PIL")


class Discretion:
    """The last processor before a line is written: what must not be read in a log is not in it."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        self._secrets = tuple(secret for secret in secrets if len(secret) > 3)

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Every text of the event, made safe."""
        for name, value in event.items():
            if name not in ("level", "timestamp", "logger") and not name.startswith("_"):
                event[name] = self.safe(value)
        return event

    def safe(self, value: Any) -> Any:
        """A text without secrets; other values as they are, unless they hide texts."""
        if value is None or isinstance(value, bool | int | float):
            return value
        text = value if isinstance(value, str) else repr(value)
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        return mask_in_text(_BOT.sub(r"•••", _HOOK.sub(r"/\1/•••", text)))


def set_up_logs(settings: Settings) -> None:
    """For the whole process, whichever way a module logs."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                Discretion(_secrets_of(settings)),
                _renderer(settings.log_format),
            ],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    # Jobs tell of their own failures; what is left is a tick that SIGTERM ended.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


def _renderer(log_format: str) -> Any:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _secrets_of(settings: Settings) -> list[str]:
    kept: list[SecretStr | None] = [settings.bot_token, settings.secret_key]
    password = make_url(settings.database_url).password
    return [each.get_secret_value() for each in kept if each is not None] + ([str(password)] if password else [])
