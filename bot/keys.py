"""The installation's key and where it is kept."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet

from bot.settings import PREFIX, Settings, SettingsError
from followup.teams.seal import Seal


def new_key() -> str:
    """What `perezvon keygen` prints."""
    return Fernet.generate_key().decode()


def installation_key(settings: Settings) -> str:
    """SECRET_KEY, or the one in the 0600 file beside the SQLite file, made on first use."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    database = settings.database_file
    if database is None:
        raise SettingsError(
            f"{PREFIX}SECRET_KEY: found nothing, expected what `perezvon keygen` prints "
            "(with PostgreSQL every process needs the same key)"
        )
    return _kept_key(database.with_name(f"{database.name}.key"))


def installation_seal(settings: Settings) -> Seal:
    """Opens and closes the options of connections."""
    return Seal(installation_key(settings))


def _kept_key(path: Path) -> str:
    with suppress(FileNotFoundError):
        return _read(path)
    # Written whole under another name first: whoever comes second finds a finished file, and only one wins the name.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    except OSError as error:
        raise SettingsError(f"{PREFIX}SECRET_KEY: found nothing, and {path} cannot be written ({error})") from None
    finally:
        draft.unlink(missing_ok=True)
    return _read(path)


def _read(path: Path) -> str:
    text = path.read_text().strip()
    try:
        Fernet(text)
    except ValueError:
        raise SettingsError(f"{path}: found no key, expected what `perezvon keygen` prints") from None
    return text
