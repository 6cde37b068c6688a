"""`/forget CLIENT`: a client is erased at his request, after one more question, by who leads the team."""

from __future__ import annotations

import structlog
from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.phone import mask
from followup.retention.actions import forget, what_is_known
from followup.retention.whom import whom
from followup.teams.desk import Desk
from handlers.telegram.commands import refuse, teams_here, turn_away
from handlers.telegram.front import Caller, Front
from handlers.telegram.visits import open_screen
from messenger.answers import refusal
from messenger.buttons import ScreenPress
from messenger.erased import FORGET_OPS
from storage.retention import overwrite_freed
from storage.rows import Row

log = structlog.get_logger()


def router() -> Router:
    """Routes of this file; before those of the other screens."""
    routes = Router(name="forget")
    routes.message.register(on_command, Command("forget"))
    routes.callback_query.register(on_press, ScreenPress.filter(F.op.in_(FORGET_OPS)))
    return routes


async def on_command(message: Message, command: CommandObject, caller: Caller, front: Front) -> None:
    """Ask once more, in every team of his that knows the number."""
    teams = teams_here(caller)
    for team_id, place in teams:
        try:
            async with front.desk(team_id) as desk:
                chat = await notices.ensure_chat(desk.c, team_id, place)
                await _ask(desk, chat, caller, (command.args or "", message.message_id))
        except FollowupError as error:
            await refuse(front, team_id, place, error)
    if not teams:
        await turn_away(caller, front)


async def _ask(desk: Desk, chat: notices.Chat, caller: Caller, asked: tuple[str, int]) -> None:
    member, (text, message_id) = caller.member_of(desk.book), asked
    if not member.may_lead:
        raise FollowupError("team_only_head")
    if not caller.is_private:
        raise FollowupError("private_only")
    client = whom(text, desk.book.policy.region)
    known = await what_is_known(desk, client.said)
    if known is None:
        raise FollowupError("number_unknown")
    # The number waits in the database, not under the button: what was pressed is kept as an update, too.
    masked = mask(client.number) if client.number else client.said
    params = {"step": "ask", "number": client.said, "masked": masked, "command": message_id, **known}
    await open_screen(desk, chat, member, "forget", params)


async def on_press(query: CallbackQuery, callback_data: ScreenPress, caller: Caller, front: Front) -> None:
    """Erase, or leave it; what the question held is forgotten either way."""
    language = caller.language
    try:
        team_id = await _team_of(front, caller, callback_data.screen)
        async with front.desk(team_id) as desk:
            language = desk.book.policy.language
            screen = await _question(desk, caller, callback_data.screen)
            await (_erase if callback_data.op == "forget" else _keep)(desk, front, screen)
    except FollowupError as refused:
        log.info("press refused", op=callback_data.op, why=refused.key, who=caller.telegram_id)
        await front.gateway.answer(query.id, refusal(refused, language, now=front.clock.now()), alert=True)
        return
    await front.gateway.answer(query.id, None)
    if callback_data.op == "forget":
        await front.gateway.delete(caller.chat_id, screen["params"]["command"])
        await overwrite_freed(front.database)


async def _team_of(front: Front, caller: Caller, screen_id: int) -> int:
    async with front.database.read() as c:
        screen = await screens.screen(c, screen_id, [team_id for team_id, _ in caller.memberships])
    if screen is None or screen["kind"] != "forget":
        raise FollowupError("not_yours")
    return int(screen["team_id"])


async def _question(desk: Desk, caller: Caller, screen_id: int) -> Row:
    member = caller.member_of(desk.book)
    screen = await screens.screen(desk.c, screen_id, [desk.book.id])
    if screen is None or screen["params"].get("step") != "ask":
        raise FollowupError("nothing_here")
    if screen["member_id"] != member.id:
        raise FollowupError("not_yours")
    if not member.may_lead:
        raise FollowupError("team_only_head")
    return screen


async def _erase(desk: Desk, front: Front, screen: Row) -> None:
    receipt = await forget(desk, front.seal, screen["params"]["number"], screen["member_id"])
    if receipt is None:
        raise FollowupError("number_unknown")
    told = {"receipt": receipt.number_hash[:12], "edited": receipt.messages_edited, "left": receipt.not_erased}
    await _show(desk, screen["id"], {"step": "done", **told})


async def _keep(desk: Desk, front: Front, screen: Row) -> None:
    del front
    await _show(desk, screen["id"], {"step": "kept"})


async def _show(desk: Desk, screen_id: int, params: dict[str, object]) -> None:
    await screens.change_screen(desk.c, desk.book.id, screen_id, params)
    await notices.raise_cards(desk.c, desk.book.id, "screen", [screen_id], priorities.ANSWER)
