"""API tokens: shown once, kept as a hash, asked for by it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.errors import FollowupError
from followup.teams import store, token_store
from followup.teams.tables import api_tokens

Scope = Literal["read", "write"]

_PREFIX: Final = "pz_"  # scanners of repositories find what begins alike
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who speaks: a token, the one team it opens, and whether it may change anything."""

    token_id: int
    team_id: int
    scope: Scope


async def issue(c: AsyncConnection, team_id: int, name: str, scope: Scope, now: datetime) -> tuple[int, str]:
    """A new token: (id, the token of 256 random bits, which nobody can read again)."""
    cleaned = " ".join(name.replace("\0", "").split())
    if len(cleaned) > _LONGEST_NAME:
        raise FollowupError("bad_setting", setting="name", found=name[:40], expected=f"{_LONGEST_NAME} characters")
    token = _PREFIX + secrets.token_urlsafe(32)
    values = {"team_id": team_id, "name": cleaned, "scope": scope, "token_hash": _hash(token), "created_at": now}
    return await store.add_row(c, api_tokens, values), token


async def bearer_of(c: AsyncConnection, token: str) -> Bearer | None:
    """Who a token is. Looked up by its hash: how long that takes says nothing of the token."""
    row = await token_store.by_hash(c, _hash(token))
    return Bearer(token_id=row["id"], team_id=row["team_id"], scope=row["scope"]) if row else None


def _hash(token: str) -> str:
    """No salt and no stretching: nobody guesses 256 random bits."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
