"""The link that clients come in by: made of the team and the installation's key, so nothing has to be stored of it."""

from __future__ import annotations

import hmac
from typing import Final

from followup.teams.seal import Seal

PREFIX: Final = "c_"
_LENGTH: Final = 32  # hexadecimal digits: 128 bits
_LARGEST: Final = 2**63 - 1


def entry_payload(seal: Seal, team_id: int) -> str:
    """What stands behind ``?start=`` in the link to the bot."""
    return f"{PREFIX}{team_id}_{_mark(seal, team_id)}"


def team_of_entry(seal: Seal, payload: str) -> int | None:
    """Whose link it is; None for a forged one. Compared in constant time (promise 17)."""
    number, _, mark = payload.removeprefix(PREFIX).partition("_")
    if not payload.startswith(PREFIX) or not (number.isascii() and number.isdigit()) or len(number) > 19:
        return None
    team_id = int(number)
    is_true = team_id <= _LARGEST and hmac.compare_digest(mark.encode(errors="replace"), _mark(seal, team_id).encode())
    return team_id if is_true else None


def _mark(seal: Seal, team_id: int) -> str:
    return seal.mark("entry of clients", team_id)[:_LENGTH]
