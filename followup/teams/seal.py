"""Connection options are secrets: kept encrypted, opened only where a request is checked."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken

from followup.errors import FollowupError


class Seal:
    """Encrypts and opens small dictionaries with the installation's SECRET_KEY."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._fernet = Fernet(self._key)

    def close(self, values: Mapping[str, str]) -> str:
        """Encrypted text of ``values``."""
        return self._fernet.encrypt(json.dumps(dict(values)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """The values; refuses what was sealed with another key."""
        try:
            opened: dict[str, str] = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken:
            raise FollowupError("wrong_secret_key") from None
        return opened

    def mark(self, *words: object) -> str:
        """A keyed hash: the same words give the same mark, and without the key nobody finds the words by trying."""
        told = "\0".join(map(str, words)).encode()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()
