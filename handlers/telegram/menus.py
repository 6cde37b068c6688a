"""Menus on a card: state like everything else, so that a restart or a colleague's press finds them as they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from followup.errors import FollowupError
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk
from storage.rows import Row

MENU_LASTS = timedelta(minutes=2)


async def open_menu(desk: Desk, card: Row, member: Member, kind: str, page: int = 0) -> None:
    """Show a menu instead of the buttons; a colleague's open menu gives way to one's own."""
    await show_menu(desk, card, member, {"kind": kind, "page": page})


async def show_menu(desk: Desk, card: Row, member: Member, menu: Mapping[str, Any]) -> None:
    """The same with whatever else the menu has to remember."""
    whole = {**menu, "opener": member.id}
    await notices.change_card(desk.c, desk.book.id, card["id"], menu=whole, menu_until=desk.now + MENU_LASTS)
    await notices.raise_card(desk.c, desk.book.id, card["id"])


async def close_menu(desk: Desk, card: Row | None) -> None:
    """The plain buttons again, before everything else that waits in the chat."""
    if card is None:
        return
    await notices.change_card(desk.c, desk.book.id, card["id"], menu=None, menu_until=None)
    await notices.raise_card(desk.c, desk.book.id, card["id"])


def check_opener(desk: Desk, card: Row | None, member: Member) -> None:
    """Only who opened a menu may choose in it while it is open."""
    if card is None or not card["menu"] or card["menu_until"] is None or card["menu_until"] <= desk.now:
        return
    opener = card["menu"]["opener"]
    if opener != member.id:
        raise FollowupError("menu_of_other", name=desk.book.member_name(opener))
