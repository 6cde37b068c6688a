"""What a press on a ticket asks or tells: questions to answer in words, the number, why me, when to remind."""

from __future__ import annotations

from datetime import timedelta

from followup.cases.later import tomorrow_at_opening
from followup.errors import FollowupError
from followup.notices import store as notices
from followup.tickets import actions, attaching, store
from followup.tickets.reading import why_owner
from handlers.telegram.menus import check_opener
from handlers.telegram.pressing import Answer, Op
from handlers.telegram.tickets_turn import TicketTurn, write
from handlers.telegram.visits import open_screen
from messenger.buttons import id_in
from messenger.ticket_words import why_words


def _question(purpose: str, *, must_be_open: bool = False) -> Op[TicketTurn]:
    async def ask(turn: TicketTurn) -> Answer:
        await actions.may_act(turn.desk, turn.press, must_be_open=must_be_open)
        return await _ask(turn, purpose)

    return ask


async def _ask(turn: TicketTurn, purpose: str, **about: int) -> Answer:
    payload = {"purpose": purpose, "member_id": turn.member.id, **about}
    await write(turn, turn.chat, "question", payload, f"question:{turn.caller.source_key}")
    return Answer("question_sent")


async def _finish_by_words(turn: TicketTurn) -> Answer:
    """The result is chosen, the comment comes by a message."""
    await actions.may_act(turn.desk, turn.press)
    result = id_in(turn.arg)
    if result is None or result not in turn.desk.book.results:
        raise FollowupError("stale_card")
    return await _ask(turn, "t_close", result=result)


async def _snooze(turn: TicketTurn) -> Answer:
    if turn.arg == "custom":
        return await _question("t_snooze", must_be_open=True)(turn)
    now = turn.desk.now
    spans = {"30m": timedelta(minutes=30), "2h": timedelta(hours=2)}
    if turn.arg not in (*spans, "open"):
        raise FollowupError("nothing_here")
    is_span = turn.arg in spans
    until = now + spans[turn.arg] if is_span else tomorrow_at_opening(now, turn.desk.book.schedule_now)
    await actions.snooze(turn.desk, turn.press, until)
    return Answer("snoozed", {"until": until})


async def _number(turn: TicketTurn) -> Answer:
    """To the presser alone: a toast, and a copy button in his own chat where he has one."""
    number = await attaching.reveal_number(turn.desk, turn.press)
    private = await notices.private_chat(turn.desk.c, turn.desk.book.id, turn.member.id)
    is_started = private is not None and private.is_reachable
    if private is not None and is_started:
        await write(turn, private, "ticket_number", {}, f"number:{turn.caller.source_key}")
    return Answer("number", {"number": number, "is_started": is_started}, is_alert=True)


async def _why(turn: TicketTurn) -> Answer:
    """M29: the fan's own reason, in words."""
    ticket = await _seen(turn)
    name = turn.desk.book.member_name(ticket["owner_id"])
    why = await why_owner(turn.desk.c, turn.desk.book, turn.id)
    return Answer(words=why_words(why, name, turn.desk.book.policy.language), is_alert=True)


async def _contact(turn: TicketTurn) -> Answer:
    """Everything that ever happened between this client and us."""
    ticket = await _seen(turn)
    params = {"client_id": ticket["client_id"], "page": 0}
    await open_screen(turn.desk, turn.chat, turn.member, "contact", params)
    return Answer()


async def _seen(turn: TicketTurn) -> dict[str, int]:
    ticket = await store.ticket_by_id(turn.desk.c, turn.desk.book.id, turn.id)
    if ticket is None:
        raise FollowupError("not_yours")
    check_opener(turn.desk, turn.card, turn.member)
    return ticket


IN_MENU: dict[str, Op[TicketTurn]] = {
    "finishby": _finish_by_words,
    "comment": _question("t_comment"),
    "name": _question("t_name"),
    "attach": _question("t_attach"),
    "snooze": _snooze,
    "number": _number,
    "why": _why,
    "contact": _contact,
}
