"""A press on a screen, looked up; and what every screen does: open at the end of the chat, show something else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk
from handlers.telegram.front import Caller
from messenger.buttons import id_in
from storage.rows import Row

_LAST_PAGE = 10_000
Params = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One press on a screen, looked up."""

    desk: Desk
    caller: Caller
    member: Member
    chat: notices.Chat
    screen: Row
    arg: str


Op = Callable[[Visit], Awaitable[str | None]]


async def open_screen(desk: Desk, chat: notices.Chat, member: Member, kind: str, params: Params) -> None:
    """A new screen at the end of the chat, before everything else that waits there."""
    draft = screens.Screen(team_id=desk.book.id, member_id=member.id, kind=kind, params=params)
    screen_id = await screens.add_screen(desk.c, draft, desk.now)
    await notices.add_card(desk.c, chat, "screen", screen_id, now=desk.now, priority=priorities.ANSWER)


async def show(visit: Visit, **changes: Any) -> None:
    """The screen with other params; a menu that was open on it is closed."""
    params = {**visit.screen["params"], "menu": None, **changes}
    await screens.change_screen(visit.desk.c, visit.desk.book.id, visit.screen["id"], params)
    await notices.raise_cards(visit.desk.c, visit.desk.book.id, "screen", [visit.screen["id"]], priorities.ANSWER)


async def turn_page(visit: Visit) -> None:
    """Another page of the same list."""
    page = id_in(visit.arg)
    if page is None or page > _LAST_PAGE:
        raise FollowupError("nothing_here")
    await show(visit, page=page)


async def refresh(visit: Visit) -> str:
    """The same again, as it is now."""
    await show(visit)
    return "updated"
