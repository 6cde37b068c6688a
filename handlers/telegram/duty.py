"""`/duty`: I am available, away for a while, or off; who leads the team may say it for others."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from followup.cases.later import parse_later
from followup.duty.actions import DutyChange, set_duty
from followup.duty.rules import Status
from followup.duty.typed import typed_duty
from followup.errors import FollowupError
from followup.notices import store as notices
from followup.teams.desk import Desk
from handlers.telegram.commands import refuse, teams_here, turn_away
from handlers.telegram.duty_handover import HANDOVER_OPS, ask_handover
from handlers.telegram.front import Caller, Front
from handlers.telegram.visits import Op, Visit, open_screen, show
from messenger.buttons import id_in
from messenger.duty_screen import CHOICES, SPANS


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="duty")
    routes.message.register(on_command, Command("duty"))
    return routes


async def on_command(_: Message, command: CommandObject, caller: Caller, front: Front) -> None:
    """Alone it shows who is there; with a word it says it, in every team of his that is at home here."""
    teams = teams_here(caller)
    for team_id, place in teams:
        try:
            async with front.desk(team_id) as desk:
                chat = await notices.ensure_chat(desk.c, team_id, place)
                await _say(desk, chat, caller, (command.args or "").strip())
        except FollowupError as error:
            await refuse(front, team_id, place, error)
    if not teams:
        await turn_away(caller, front)


async def _say(desk: Desk, chat: notices.Chat, caller: Caller, text: str) -> None:
    member = caller.member_of(desk.book)
    if not text:
        await open_screen(desk, chat, member, "duty", {})
        return
    typed = typed_duty(text)
    if typed is None or (typed[1] and typed[0] != "away"):
        raise FollowupError("bad_duty", found=text)
    until = parse_later(typed[1], desk.now, desk.book.policy.timezone) if typed[1] else None
    change = DutyChange(member_id=member.id, status=typed[0], by=member, source_key=caller.source_key, until=until)
    if not await set_duty(desk, change):
        return
    if typed[0] != "off" or await ask_handover(desk, chat, member, member.id) is None:
        await open_screen(desk, chat, member, "duty", {})


def _chosen(code: str, now: datetime) -> tuple[Status, datetime | None]:
    """What a button says."""
    if code not in CHOICES:
        raise FollowupError("nothing_here")
    if code in SPANS:
        return "away", now + timedelta(minutes=SPANS[code])
    return ("available" if code == "available" else "off"), None


async def _set(visit: Visit) -> str:
    status = await _change(visit, visit.member.id, visit.arg)
    await show(visit)
    if status != "off":
        return f"duty_{status}"
    place = await ask_handover(visit.desk, visit.chat, visit.member, visit.member.id)
    if place is None:
        return "duty_off"
    return "duty_asked_here" if place.id == visit.chat.id else "duty_asked_private"


async def _change(visit: Visit, whom: int, code: str) -> Status:
    status, until = _chosen(code, visit.desk.now)
    key = visit.caller.source_key
    change = DutyChange(member_id=whom, status=status, by=visit.member, source_key=key, until=until)
    await set_duty(visit.desk, change)
    return status


async def _people(visit: Visit) -> None:
    _check_head(visit)
    await show(visit, menu="people")


async def _person(visit: Visit) -> None:
    _check_head(visit)
    whom = visit.desk.book.members.get(id_in(visit.arg) or 0)
    if whom is None or not whom.may_work:
        raise FollowupError("no_such_member")
    await show(visit, menu="person", whom=whom.id)


async def _other(visit: Visit) -> str:
    _check_head(visit)
    number, _, code = visit.arg.partition(".")
    whom = id_in(number) or 0
    status = await _change(visit, whom, code)
    if status == "off":
        await ask_handover(visit.desk, visit.chat, visit.member, whom)
    await show(visit, menu="people")
    return "updated"


async def _back(visit: Visit) -> None:
    await show(visit)


def _check_head(visit: Visit) -> None:
    if not visit.member.may_lead:
        raise FollowupError("team_only_head")


DUTY_OPS: dict[tuple[str, str], Op] = {
    **HANDOVER_OPS,
    ("duty", "set"): _set,
    ("duty", "people"): _people,
    ("duty", "person"): _person,
    ("duty", "other"): _other,
    ("duty", "menu"): _back,
}
