"""Presses under a case card: each one call into the business, one toast back, at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery

from followup.cases import actions, merging
from followup.cases.actions import Press
from followup.cases.later import tomorrow_at_opening
from followup.cases.store import team_of_case
from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.tickets.attaching import follow_joined_case, ticket_of_case
from followup.tickets.follow import follow_case
from handlers.telegram.front import Caller, Front
from handlers.telegram.menus import check_opener, close_menu, open_menu
from handlers.telegram.pressing import Answer, CardKind, Op, Pressed, Turn, respond
from handlers.telegram.showing import show_card, show_ticket
from messenger.buttons import CasePress, id_in, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTurn(Turn):
    """One press on a case."""

    @property
    def press(self) -> Press:
        """As the business sees it."""
        return Press(case_id=self.id, member=self.member, source_key=self.caller.source_key)


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="cases")
    routes.callback_query.register(on_press, CasePress.filter())
    return routes


async def on_press(query: CallbackQuery, callback_data: CasePress, caller: Caller, front: Front) -> None:
    """A button of a case's card."""
    pressed = Pressed(callback_data.op, callback_data.case, callback_data.arg)
    await respond(query, pressed, caller, front, _CASE)


async def _take(turn: CaseTurn) -> Answer:
    await actions.take_case(turn.desk, turn.press)
    return Answer("taken")


async def _release(turn: CaseTurn) -> Answer:
    await actions.release_case(turn.desk, turn.press)
    return Answer("released")


async def _reopen(turn: CaseTurn) -> Answer:
    await actions.reopen_case(turn.desk, turn.press)
    return Answer("reopened")


async def _call(turn: CaseTurn) -> Answer:
    _case, number = await actions.dial_case(turn.desk, turn.press)
    return await _hand_number(turn, number)


async def _number(turn: CaseTurn) -> Answer:
    return await _hand_number(turn, await actions.reveal_number(turn.desk, turn.press))


async def _hand_number(turn: CaseTurn, number: str) -> Answer:
    """To the presser alone: a toast, and a copy button in his own chat where he has one."""
    private = await notices.private_chat(turn.desk.c, turn.desk.book.id, turn.member.id)
    is_started = private is not None and private.is_reachable
    if private is not None and is_started:
        key = f"number:{turn.caller.source_key}"
        await _write(turn, private, "number", {}, key)
    return Answer("number", {"number": number, "is_started": is_started}, is_alert=True)


async def _write(turn: CaseTurn, chat: notices.Chat, kind: str, payload: dict[str, Any], key: str) -> None:
    letter = notices.Letter(
        team_id=turn.desk.book.id,
        chat_id=chat.id,
        kind=kind,
        at=turn.desk.now,
        payload=payload,
        priority=priorities.ANSWER,
        key=key,
        case_id=turn.id,
    )
    await notices.add_letter(turn.desk.c, letter)


def _menu(kind: str) -> Op[CaseTurn]:
    async def show(turn: CaseTurn) -> Answer:
        if kind != "history":
            await actions.may_act(turn.desk, turn.press)
        page = id_in(turn.arg) or 0
        if turn.card is not None:
            await open_menu(turn.desk, turn.card, turn.member, kind, page)
        return Answer()

    return show


async def _back(turn: CaseTurn) -> Answer:
    await close_menu(turn.desk, turn.card)
    return Answer()


async def _reason(turn: CaseTurn) -> Answer:
    code = unpacked(turn.arg, [reason.code for reason in turn.desk.book.reasons])
    if code is None:
        raise FollowupError("stale_card")
    await actions.handle_case(turn.desk, turn.press, code)
    return Answer("handled")


def _question(purpose: str) -> Op[CaseTurn]:
    async def ask(turn: CaseTurn) -> Answer:
        await actions.may_act(turn.desk, turn.press, must_be_open=purpose != "number")
        payload = {"purpose": purpose, "case_id": turn.id, "member_id": turn.member.id}
        await _write(turn, turn.chat, "question", payload, f"question:{turn.caller.source_key}")
        return Answer("question_sent")

    return ask


async def _snooze(turn: CaseTurn) -> Answer:
    if turn.arg == "custom":
        return await _question("snooze")(turn)
    now = turn.desk.now
    spans = {"30m": timedelta(minutes=30), "2h": timedelta(hours=2)}
    if turn.arg not in (*spans, "open"):
        raise FollowupError("nothing_here")
    is_span = turn.arg in spans
    until = now + spans[turn.arg] if is_span else tomorrow_at_opening(now, turn.desk.book.schedule_now)
    await actions.snooze_case(turn.desk, turn.press, until)
    return Answer("snoozed", {"until": until})


async def _to(turn: CaseTurn) -> Answer:
    to = id_in(turn.arg)
    if to is None:
        raise FollowupError("nothing_here")
    case = await actions.transfer_case(turn.desk, turn.press, to)
    receiver = turn.desk.book.member_name(case["owner_id"])
    private = await notices.private_chat(turn.desk.c, turn.desk.book.id, to)
    if private is not None and to != turn.member.id:
        await _write(turn, private, "transferred", {"by": turn.member.name}, f"transfer:{turn.caller.source_key}")
    return Answer("transferred", {"to": receiver})


async def _target(turn: CaseTurn) -> Answer:
    is_marked = await actions.toggle_non_target(turn.desk, turn.press)
    return Answer("non_target_on" if is_marked else "non_target_off")


async def _block(turn: CaseTurn) -> Answer:
    if turn.arg != "yes":
        raise FollowupError("nothing_here")
    await actions.block_client(turn.desk, turn.press, blocked=True)
    return Answer("blocked")


async def _unblock(turn: CaseTurn) -> Answer:
    await actions.block_client(turn.desk, turn.press, blocked=False)
    return Answer("unblocked")


async def _split(turn: CaseTurn) -> Answer:
    await merging.split_client(turn.desk, turn.press)
    await follow_joined_case(turn.desk, turn.id)
    return Answer("split")


async def _open(turn: CaseTurn) -> Answer:
    """The case's card at the end of this chat; an older one of the same chat goes, so that there is one live card."""
    return Answer(gone=await show_card(turn.desk, turn.chat, turn.id))


async def _ticket(turn: CaseTurn) -> Answer:
    """The client's ticket at the end of this chat; who has none gets one."""
    ticket_id = await ticket_of_case(turn.desk, turn.press)
    return Answer(gone=await show_ticket(turn.desk, turn.chat, ticket_id))


_PLAIN: dict[str, Op[CaseTurn]] = {"take": _take, "release": _release, "reopen": _reopen, "call": _call}
_IN_MENU: dict[str, Op[CaseTurn]] = {
    "reason": _reason,
    "other": _question("reason"),
    "snooze": _snooze,
    "to": _to,
    "target": _target,
    "note": _question("note"),
    "number": _number,
    "another": _question("number"),
    "split": _split,
    "unblock": _unblock,
    "ticket": _ticket,
}
_MENUS: dict[str, Op[CaseTurn]] = {
    "handle": _menu("reasons"),
    "later": _menu("snooze"),
    "more": _menu("more"),
    "transfer": _menu("transfer"),
    "history": _menu("history"),
}


async def _block_step(turn: CaseTurn) -> Answer:
    """The first press asks whether it is meant; the second one is a choice in a menu."""
    if not turn.member.may_lead:
        raise FollowupError("team_only_head")
    if turn.arg:
        check_opener(turn.desk, turn.card, turn.member)
        answer = await _block(turn)
        await close_menu(turn.desk, turn.card)
        return answer
    return await _menu("block")(turn)


async def _follow(turn: CaseTurn) -> None:
    await follow_case(turn.desk, turn.id)


_CASE: CardKind[CaseTurn] = CardKind(
    name="case",
    turn=CaseTurn,
    team_of=team_of_case,
    plain=_PLAIN,
    in_menu=_IN_MENU,
    others={**_MENUS, "block": _block_step, "back": _back, "open": _open},
    out_of_date=frozenset({"stale_card"}),
    after=_follow,
)
