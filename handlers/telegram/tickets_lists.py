"""Commands and presses of lists of tickets: /tickets, /mine, /find, a contact's history."""

from __future__ import annotations

from collections.abc import Mapping

from followup.errors import FollowupError
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.tickets import attaching
from followup.tickets.actions import TicketPress, groups_of
from followup.tickets.open_store import open_counts
from followup.tickets.search import cleaned
from followup.tickets.views import TicketFilter
from handlers.telegram.visits import Op, Visit, open_screen, refresh, show, turn_page
from messenger.buttons import id_in, unpacked

_MENUS = {"none": None, "groups": "groups", "topics": "topics"}


async def tickets_command(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    """What is open; a word after the command names a group."""
    wanted = args.strip().casefold()
    group = next((name for name in groups_of(desk) if name.casefold() == wanted), None)
    await open_screen(desk, chat, member, "tickets", {"tab": "voice", "group": group, "page": 0})


async def mine_command(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    """G1: what the person himself has accepted."""
    del args
    counts = await open_counts(desk.c, desk.book.id, TicketFilter(owner=member.id), ())
    tab = "text" if counts["text"] and not counts["voice"] else "voice"
    await open_screen(desk, chat, member, "tickets", {"tab": tab, "owner": member.id, "page": 0})


async def find_command(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    """By number, name, a ticket's number, or what was said."""
    query = cleaned(args)
    if not query:
        raise FollowupError("find_what")
    await open_screen(desk, chat, member, "found", {"query": query, "page": 0})


async def _tab(visit: Visit) -> None:
    await show(visit, tab="text" if visit.arg == "text" else "voice", page=0)


async def _menu(visit: Visit) -> None:
    if visit.arg not in _MENUS:
        raise FollowupError("nothing_here")
    await show(visit, menu=_MENUS[visit.arg])


async def _group(visit: Visit) -> None:
    """A group without open tickets may be chosen from an old message: then the list is empty, which is true."""
    group = None if visit.arg == "all" else unpacked(visit.arg, groups_of(visit.desk))
    await show(visit, group=group, page=0)


async def _topic(visit: Visit) -> None:
    topic = id_in(visit.arg)
    if topic and topic not in visit.desk.book.topics:
        raise FollowupError("stale_card")
    await show(visit, topic=topic or None, page=0)


async def _contact(visit: Visit) -> None:
    client_id = id_in(visit.arg)
    if client_id is None:
        raise FollowupError("nothing_here")
    await open_screen(visit.desk, visit.chat, visit.member, "contact", {"client_id": client_id, "page": 0})


async def _attach(visit: Visit) -> str:
    """G4: whose it is was asked for; only who asked may choose."""
    press, client_id = _attaching(visit), id_in(visit.arg)
    if client_id is None:
        raise FollowupError("nothing_here")
    await attaching.attach(visit.desk, press, client_id)
    await show(visit, done=client_id)
    return "joined"


async def _undo(visit: Visit) -> str:
    """Taken back once: then the choice stands there again."""
    press = _attaching(visit)
    if visit.screen["params"].get("done") is None:
        raise FollowupError("nothing_here")
    await attaching.detach(visit.desk, press)
    await show(visit, done=None)
    return "split"


def _attaching(visit: Visit) -> TicketPress:
    ticket_id = visit.screen["params"].get("attach")
    if ticket_id is None:
        raise FollowupError("nothing_here")
    if visit.screen["member_id"] != visit.member.id:
        raise FollowupError("question_of_other", name=visit.desk.book.member_name(visit.screen["member_id"]))
    return TicketPress(ticket_id=ticket_id, member=visit.member, source_key=visit.caller.source_key)


TICKET_SCREEN_OPS: Mapping[tuple[str, str], Op] = {
    ("tickets", "tab"): _tab,
    ("tickets", "page"): turn_page,
    ("tickets", "menu"): _menu,
    ("tickets", "refresh"): refresh,
    ("tickets", "group"): _group,
    ("tickets", "topic"): _topic,
    ("found", "page"): turn_page,
    ("found", "contact"): _contact,
    ("found", "attach"): _attach,
    ("found", "undo"): _undo,
    ("contact", "page"): turn_page,
}
