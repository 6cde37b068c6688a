"""A desk that knows bundles: a line a case, as the test wrote it down."""

from __future__ import annotations

from typing import Any

from followup.notices import bundles_store
from messenger.content_protocol import Rendered
from messenger.outgoing import Outgoing
from tests.messenger.mailroom import Mailroom


def list_bundles(room: Mailroom) -> None:
    """From now on the room's desk renders bundles too; what it hears of them names their cases."""
    card, shown = room.desk.card, room.desk.card_shown

    async def rendered(row: dict[str, Any]) -> Rendered | None:
        if row["subject"] != "bundle":
            return await card(row)
        if room.desk.while_rendering is not None:
            await room.desk.while_rendering()
        async with room.database.read() as c:
            ids = await bundles_store.bundled_cases(c, row["team_id"], row["id"])
        lines = [room.desk.texts.get(number, f"case {number}") or "" for number in ids]
        if any("bug" in line for line in lines):
            raise RuntimeError(lines)
        is_open = not set(ids) <= room.desk.closed
        return Rendered(Outgoing(" | ".join(lines)), is_open, tuple(ids))

    async def heard(c: Any, row: dict[str, Any], now: Any, *, first: bool) -> None:
        if row["subject"] == "bundle":
            room.desk.heard.append(("listed", row["names"], now, first))
        else:
            await shown(c, row, now, first=first)

    room.desk.card = rendered  # type: ignore[method-assign]
    room.desk.card_shown = heard  # type: ignore[method-assign]
