"""What a press does to a ticket: taken, handed over, given a topic or a status, closed; and the menus on its card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from followup.errors import FollowupError
from followup.notices import store as notices
from followup.tickets import actions, attaching
from followup.tickets.blocking import block_contact
from handlers.telegram.menus import check_opener, close_menu, show_menu
from handlers.telegram.pressing import Answer, Op
from handlers.telegram.showing import show_ticket
from handlers.telegram.tickets_turn import TicketTurn, write
from messenger.buttons import id_in, unpacked


async def _open(turn: TicketTurn) -> Answer:
    return Answer(gone=await show_ticket(turn.desk, turn.chat, turn.id))


async def _take(turn: TicketTurn) -> Answer:
    await actions.take(turn.desk, turn.press)
    return Answer("taken")


async def _release(turn: TicketTurn) -> Answer:
    await actions.release(turn.desk, turn.press)
    return Answer("released")


async def _reopen(turn: TicketTurn) -> Answer:
    await actions.reopen(turn.desk, turn.press)
    return Answer("reopened")


async def _answer_hint(turn: TicketTurn) -> Answer:
    """How a client is answered: by Telegram's own reply to the card."""
    await actions.may_act(turn.desk, turn.press)
    return Answer("answer_hint", is_alert=True)


async def _set_topic(turn: TicketTurn) -> Answer:
    topic = id_in(turn.arg)
    if topic is None:
        raise FollowupError("nothing_here")
    await actions.set_topic(turn.desk, turn.press, topic or None)
    return Answer("ticket_saved")


async def _set_status(turn: TicketTurn) -> Answer:
    await actions.set_status(turn.desk, turn.press, turn.arg)
    return Answer("ticket_saved")


async def _finish(turn: TicketTurn) -> Answer:
    result = id_in(turn.arg)
    if result is None:
        raise FollowupError("nothing_here")
    await actions.close(turn.desk, turn.press, result)
    return Answer("ticket_closed")


async def _split(turn: TicketTurn) -> Answer:
    await attaching.detach(turn.desk, turn.press)
    return Answer("split")


async def _block_step(turn: TicketTurn) -> Answer:
    """Whether it is meant."""
    if not turn.member.may_lead:
        raise FollowupError("team_only_head")
    return await _menu("block", must_be_open=False)(turn)


async def _block(turn: TicketTurn) -> Answer:
    await block_contact(turn.desk, turn.press, blocked=True)
    return Answer("blocked")


async def _unblock(turn: TicketTurn) -> Answer:
    await block_contact(turn.desk, turn.press, blocked=False)
    return Answer("unblocked")


async def _back(turn: TicketTurn) -> Answer:
    await close_menu(turn.desk, turn.card)
    return Answer()


def _menu(kind: str, *, is_for_all: bool = False, must_be_open: bool = True) -> Op[TicketTurn]:
    """Show a menu instead of the buttons; ``is_for_all``: who may only look may look at this, too."""

    async def show(turn: TicketTurn) -> Answer:
        if not is_for_all:
            await actions.may_act(turn.desk, turn.press, must_be_open=must_be_open)
        if turn.card is not None:
            await show_menu(turn.desk, turn.card, turn.member, {"kind": kind, "page": id_in(turn.arg) or 0})
        return Answer()

    return show


async def _topics(turn: TicketTurn) -> Answer:
    """The arg names the branch, and after a dot the page."""
    await actions.may_act(turn.desk, turn.press, must_be_open=False)
    under, _, page = turn.arg.partition(".")
    if turn.card is not None:
        menu = {"kind": "topic", "under": id_in(under) or None, "page": id_in(page) or 0}
        await show_menu(turn.desk, turn.card, turn.member, menu)
    return Answer()


async def _result(turn: TicketTurn) -> Answer:
    """A result is chosen; a comment may follow."""
    check_opener(turn.desk, turn.card, turn.member)
    await actions.may_act(turn.desk, turn.press)
    result = id_in(turn.arg)
    if result not in turn.desk.book.results:
        raise FollowupError("stale_card")
    if turn.card is not None:
        await show_menu(turn.desk, turn.card, turn.member, {"kind": "closing", "result": result})
    return Answer()


async def _to(turn: TicketTurn) -> Answer:
    to = id_in(turn.arg)
    if to is None:
        raise FollowupError("nothing_here")
    before = await actions.may_act(turn.desk, turn.press)
    await actions.transfer(turn.desk, turn.press, to=to)
    about = {"to": to, "by": turn.member.name}
    await _tell(turn, to, {"what": "to_you", **about})
    if before["owner_id"] not in (None, to):
        await _tell(turn, before["owner_id"], {"what": "from_you", **about})
    return Answer("transferred", {"to": turn.desk.book.member_name(to)})


async def _to_group(turn: TicketTurn) -> Answer:
    group = unpacked(turn.arg, actions.groups_of(turn.desk))
    if group is None:
        raise FollowupError("stale_card")
    before = await actions.may_act(turn.desk, turn.press)
    await actions.transfer(turn.desk, turn.press, group=group)
    about = {"to": None, "group": group, "by": turn.member.name}
    if before["owner_id"] is not None:
        await _tell(turn, before["owner_id"], {"what": "from_you", **about})
    for chat in await notices.chats_of(turn.desk.c, turn.desk.book.id, "team"):
        key = f"handed:{turn.caller.source_key}:{chat.id}"
        await write(turn, chat, "ticket_handed", {"what": "to_group", **about}, key)
    return Answer("transferred", {"to": group})


async def _tell(turn: TicketTurn, member_id: int, about: Mapping[str, Any]) -> None:
    """G7: both learn of it, each in his own chat; who pressed knows."""
    own = await notices.private_chat(turn.desk.c, turn.desk.book.id, member_id)
    if own is not None and member_id != turn.member.id:
        await write(turn, own, "ticket_handed", about, f"handed:{turn.caller.source_key}:{own.id}")


PLAIN: dict[str, Op[TicketTurn]] = {"take": _take, "release": _release, "reopen": _reopen}
IN_MENU: dict[str, Op[TicketTurn]] = {
    "settopic": _set_topic,
    "setstate": _set_status,
    "finish": _finish,
    "to": _to,
    "togroup": _to_group,
    "split": _split,
    "blockyes": _block,
    "unblock": _unblock,
}
MENUS: dict[str, Op[TicketTurn]] = {
    "more": _menu("more", must_be_open=False),
    "topic": _topics,
    "transfer": _menu("transfer"),
    "groups": _menu("groups"),
    "status": _menu("status", must_be_open=False),
    "close": _menu("close"),
    "result": _result,
    "later": _menu("later"),
    "others": _menu("others", is_for_all=True),
    "history": _menu("history", is_for_all=True),
    "block": _block_step,
    "back": _back,
    "open": _open,
    "answer": _answer_hint,
}
