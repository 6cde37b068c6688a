"""The end of a shift: what somebody still has in hand goes back to the queue, to a colleague, or stays his."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from followup.cases.actions import Press, release_case, transfer_case
from followup.cases.queue_store import queue_rows
from followup.cases.views import CaseView, QueueFilter
from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from followup.tickets import actions as tickets
from followup.tickets.actions import TicketPress
from followup.tickets.follow import follow_case
from followup.tickets.in_hand import tickets_besides_cases
from handlers.telegram.visits import Op, Visit, open_screen, show
from messenger.buttons import id_in
from messenger.duty_screen import owned_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """A ticket in somebody's hands: ``release`` gives it back, ``transfer`` to a member; both get the press's key."""

    release: Callable[[Desk, Member, str], Awaitable[None]]
    transfer: Callable[[Desk, Member, int, str], Awaitable[None]]


OpenTickets = Callable[[Desk, int], Awaitable[Sequence[OpenTicket]]]


async def tickets_in_hand(desk: Desk, member_id: int) -> Sequence[OpenTicket]:
    """His open tickets, whether he took them or was given them, besides those that go with his cases."""
    return [_in_hand(row["id"]) for row in await tickets_besides_cases(desk, member_id)]


def _in_hand(ticket_id: int) -> OpenTicket:
    async def back(desk: Desk, member: Member, key: str) -> None:
        await tickets.release(desk, TicketPress(ticket_id=ticket_id, member=member, source_key=key))

    async def over(desk: Desk, member: Member, to: int, key: str) -> None:
        await tickets.transfer(desk, TicketPress(ticket_id=ticket_id, member=member, source_key=key), to=to)
        await _tell_receiver(desk, to, (ticket_id, member.name, key))

    return OpenTicket(release=back, transfer=over)


async def _tell_receiver(desk: Desk, to: int, about: tuple[int, str, str]) -> None:
    ticket_id, by, key = about
    private = await notices.private_chat(desk.c, desk.book.id, to)
    if private is None:
        return
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=private.id,
        kind="ticket_handed",
        at=desk.now,
        payload={"ticket_id": ticket_id, "what": "to_you", "to": to, "by": by},
        priority=priorities.ANSWER,
        key=f"handed:{key}:{private.id}",
    )
    await notices.add_letter(desk.c, letter)


async def ask_handover(
    desk: Desk, chat: notices.Chat, asked: Member, whom: int, open_tickets: OpenTickets = tickets_in_hand
) -> notices.Chat | None:
    """Ask who has set ``whom`` off what becomes of what he has in hand; the chat of the question, None if of nothing.

    It names clients, so it is asked in his own chat where he has one.
    """
    name = desk.book.member_name(whom)
    taken = [
        row.case_id for row in await queue_rows(desk.c, desk.book, QueueFilter(), desk.now) if row.taken_by == name
    ]
    owned = [view.id for view in await owned_cases(desk, whom, taken)]
    if not owned and not await open_tickets(desk, whom):
        return None
    private = await notices.private_chat(desk.c, desk.book.id, asked.id)
    place = private if private is not None and private.is_reachable else chat
    await open_screen(desk, place, asked, "handover", {"step": "ask", "whom": whom, "case_ids": owned})
    return place


async def hand_over(visit: Visit, to: int | None, open_tickets: OpenTickets = tickets_in_hand) -> int:
    """Everything to a colleague, or (None) back to the queue; how much it was. All of it, or nothing."""
    await lock_team(visit.desk.c, visit.desk.book.id)
    views = await _owned(visit)
    for view in views:
        await _hand_case(visit, view, to)
    # Asked for only now: a ticket that goes with its client's case has gone with it.
    in_hand = await open_tickets(visit.desk, visit.screen["params"]["whom"])
    for place, ticket in enumerate(in_hand):
        key = f"{visit.caller.source_key}:t{place}"
        if to is None:
            await ticket.release(visit.desk, visit.member, key)
        else:
            await ticket.transfer(visit.desk, visit.member, to, key)
    return len(views) + len(in_hand)


async def _owned(visit: Visit) -> list[CaseView]:
    params = visit.screen["params"]
    return await owned_cases(visit.desk, params["whom"], params["case_ids"])


async def _hand_case(visit: Visit, view: CaseView, to: int | None) -> None:
    press = Press(case_id=view.id, member=visit.member, source_key=f"{visit.caller.source_key}:{view.id}")
    await (release_case(visit.desk, press) if to is None else transfer_case(visit.desk, press, to))
    await follow_case(visit.desk, view.id)
    if to is None:
        return
    private = await notices.private_chat(visit.desk.c, visit.desk.book.id, to)
    if private is None or to == visit.member.id:
        return
    letter = notices.Letter(
        team_id=visit.desk.book.id,
        chat_id=private.id,
        kind="transferred",
        at=visit.desk.now,
        payload={"by": visit.member.name},
        priority=priorities.ANSWER,
        key=f"transfer:{press.source_key}",
        case_id=view.id,
    )
    await notices.add_letter(visit.desk.c, letter)


def _asked(op: Op) -> Op:
    """Only who was asked answers, and only once."""

    async def checked(visit: Visit) -> str | None:
        asked = visit.screen["member_id"]
        if visit.member.id != asked:
            raise FollowupError("question_of_other", name=visit.desk.book.member_name(asked))
        if visit.screen["params"]["step"] == "done":
            raise FollowupError("question_answered")
        return await op(visit)

    return checked


async def _return(visit: Visit) -> None:
    count = await hand_over(visit, None)
    await show(visit, step="done", what="returned", count=count)


async def _hand(visit: Visit) -> None:
    await show(visit, step="to")


async def _back(visit: Visit) -> None:
    await show(visit, step="ask")


async def _to(visit: Visit) -> None:
    to = id_in(visit.arg)
    receiver = visit.desk.book.members.get(to or 0)
    if receiver is None or not receiver.may_work or receiver.id == visit.screen["params"]["whom"]:
        raise FollowupError("no_such_member")
    count = await hand_over(visit, receiver.id)
    await show(visit, step="done", what="handed", count=count, to=receiver.id)


async def _keep(visit: Visit) -> None:
    tickets = await tickets_in_hand(visit.desk, visit.screen["params"]["whom"])
    await show(visit, step="done", what="kept", count=len(await _owned(visit)) + len(tickets))


HANDOVER_OPS: dict[tuple[str, str], Op] = {
    ("handover", "return"): _asked(_return),
    ("handover", "hand"): _asked(_hand),
    ("handover", "back"): _asked(_back),
    ("handover", "to"): _asked(_to),
    ("handover", "mine"): _asked(_keep),
}
