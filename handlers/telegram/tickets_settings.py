"""Presses and answers that change the directories of tickets: heads and owners only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.teams import actions as teams
from followup.teams import directory
from followup.tickets import renaming
from followup.tickets.fan_weights import set_weight, weights_of
from followup.tickets.statuses import STATUSES
from handlers.telegram.visits import Op, Visit, show
from messenger.buttons import id_in

if TYPE_CHECKING:
    from handlers.telegram.replies import Reply

_HEAVIEST = 3  # by presses; the command line goes further
_LAST_PAGE = 1_000


def _id(visit: Visit) -> int:
    found = id_in(visit.arg)
    if found is None:
        raise FollowupError("nothing_here")
    return found


async def _page(visit: Visit) -> None:
    params = visit.screen["params"]
    await show(visit, menu=params.get("menu"), page=min(_id(visit), _LAST_PAGE))


async def _dir_topic(visit: Visit) -> None:
    await show(visit, menu="topics", under=_id(visit) or None, page=0)


async def _dir_result(visit: Visit) -> None:
    await show(visit, menu="results", result=_id(visit), adding=False, page=0)


async def _add_result(visit: Visit) -> None:
    await show(visit, menu="results", result=None, adding=True)


def _ask(purpose: str, name: str) -> Op:
    """A question whose answer concerns the entry that the button names."""

    async def ask(visit: Visit) -> str:
        return await _question(visit, purpose, {name: _id(visit) or None})

    return ask


async def _ask_result(visit: Visit) -> str:
    if visit.arg not in directory.ENDS:
        raise FollowupError("nothing_here")
    await show(visit, menu="results", result=None, adding=False)
    return await _question(visit, "d_result", {"status": visit.arg})


async def _ask_status(visit: Visit) -> str:
    if visit.arg not in STATUSES:
        raise FollowupError("nothing_here")
    return await _question(visit, "d_status", {"status": visit.arg})


async def _question(visit: Visit, purpose: str, about: Mapping[str, Any]) -> str:
    letter = notices.Letter(
        team_id=visit.desk.book.id,
        chat_id=visit.chat.id,
        kind="question",
        at=visit.desk.now,
        payload={"purpose": purpose, "member_id": visit.member.id, **about},
        priority=priorities.ANSWER,
        key=f"question:{visit.caller.source_key}",
    )
    await notices.add_letter(visit.desk.c, letter)
    return "question_sent"


async def _drop_topic(visit: Visit) -> str:
    topic = visit.desk.book.topics.get(_id(visit))
    await directory.retire_topic(visit.desk.c, visit.desk.book.id, _id(visit))
    await show(visit, menu="topics", under=topic.parent_id if topic else None, page=0)
    return "settings_saved"


async def _drop_result(visit: Visit) -> str:
    await directory.retire_result(visit.desk.c, visit.desk.book.id, _id(visit))
    await show(visit, menu="results", result=None, page=0)
    return "settings_saved"


async def _standard(visit: Visit) -> str:
    for code in visit.desk.book.status_titles:
        await renaming.name_status(visit.desk.c, visit.desk.book.id, code, None)
    await show(visit, menu="statuses")
    return "settings_saved"


async def _weight(visit: Visit) -> None:
    book = visit.desk.book
    known = (await weights_of(visit.desk.c, book)).get(_id(visit), 1)
    await set_weight(visit.desk.c, book, _id(visit), (known + 1) % (_HEAVIEST + 1))
    await show(visit, menu="fan", page=visit.screen["params"].get("page", 0))


async def _fan_mode(visit: Visit) -> str:
    if visit.arg not in ("on", "off"):
        raise FollowupError("nothing_here")
    await teams.set_team(visit.desk.c, visit.desk.book.id, {"ticket_fan": visit.arg}, visit.desk.now)
    await show(visit, menu="fan")
    return "settings_saved"


DIRECTORY_OPS: Mapping[str, Op] = {
    "page": _page,
    "dirtopic": _dir_topic,
    "addtopic": _ask("d_topic", "parent"),
    "nametop": _ask("d_retopic", "topic"),
    "slatop": _ask("d_sla", "topic"),
    "droptop": _drop_topic,
    "dirres": _dir_result,
    "addres": _add_result,
    "resstate": _ask_result,
    "nameres": _ask("d_reresult", "result"),
    "dropres": _drop_result,
    "namestat": _ask_status,
    "stdstat": _standard,
    "fan": _weight,
    "fanmode": _fan_mode,
}


def _by_head(write: Callable[[Reply, Mapping[str, Any]], Awaitable[Any]]) -> Callable[[Reply], Awaitable[None]]:
    """Whoever was asked must still lead; afterwards every open settings screen shows the truth."""

    async def checked(reply: Reply) -> None:
        if not reply.press.member.may_lead:
            raise FollowupError("team_only_head")
        await write(reply, reply.question["payload"])
        await screens.raise_screens(reply.desk.c, reply.desk.book.id, "settings")

    return checked


async def _new_topic(reply: Reply, about: Mapping[str, Any]) -> None:
    await directory.add_topic(reply.desk.c, reply.desk.book.id, reply.text, parent=about["parent"])


async def _topic_name(reply: Reply, about: Mapping[str, Any]) -> None:
    await renaming.rename_topic(reply.desk.c, reply.desk.book.id, about["topic"], reply.text)


async def _topic_sla(reply: Reply, about: Mapping[str, Any]) -> None:
    text = reply.text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise FollowupError("bad_minutes")
    await directory.set_topic_sla(reply.desk.c, reply.desk.book.id, about["topic"], int(text) or None)


async def _new_result(reply: Reply, about: Mapping[str, Any]) -> None:
    await directory.add_result(reply.desk.c, reply.desk.book.id, reply.text, about["status"])


async def _result_name(reply: Reply, about: Mapping[str, Any]) -> None:
    await directory.rename_result(reply.desk.c, reply.desk.book.id, about["result"], reply.text)


async def _status_name(reply: Reply, about: Mapping[str, Any]) -> None:
    await renaming.name_status(reply.desk.c, reply.desk.book.id, about["status"], reply.text)


DIRECTORY_PURPOSES: Mapping[str, Callable[[Reply], Awaitable[None]]] = {
    "d_topic": _by_head(_new_topic),
    "d_retopic": _by_head(_topic_name),
    "d_sla": _by_head(_topic_sla),
    "d_result": _by_head(_new_result),
    "d_reresult": _by_head(_result_name),
    "d_status": _by_head(_status_name),
}
