"""What due steps lead to: one letter a chat that lists all of them, never one a case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from followup.cases import store as cases
from followup.cases.actions import return_case
from followup.notices import priorities
from followup.notices import store as notices
from followup.reminders import store
from followup.reminders.rules import CaseClockView, ReminderTerms, StepKey, due_steps, is_step_due_now
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from followup.tickets.follow import follow_case
from storage.rows import Row


async def plan_steps(desk: Desk, changed: Iterable[Row]) -> None:
    """Write the due steps of cases that have changed."""
    policy = desk.book.policy
    terms = ReminderTerms(remind=policy.remind, escalate=policy.escalate, taken=policy.taken)
    await lock_team(desk.c, desk.book.id)
    add_working = desk.book.schedule_now.add_working
    planned = await store.mark_planned(desk.c, desk.book.id, [row["id"] for row in changed])
    steps = {case["id"]: due_steps(_clock_view(case), terms, add_working) for case in planned}
    await store.write_steps(desk.c, desk.book.id, steps)


def _clock_view(case: Mapping[str, Any]) -> CaseClockView:
    return CaseClockView(
        opened_at=case["opened_at"],
        first_shown_at=case["first_shown_at"],
        is_open=case["state"] == "open",
        kind=case["kind"],
        owner_id=case["owner_id"],
        taken_at=case["taken_at"],
        snoozed_until=case["snoozed_until"],
    )


async def speak_up(desk: Desk) -> None:
    """Do all due steps of a team. At night nothing makes a sound: they wait for the opening."""
    if desk.book.policy.quiet and not desk.book.schedule_now.is_open(desk.now):
        return
    await lock_team(desk.c, desk.book.id)
    due = await store.due(desk.c, desk.book.id, desk.now)
    won = await store.finish(desk.c, desk.book.id, [row["id"] for row in due], desk.now)
    rows = {row["id"]: row for row in await cases.cases_by_id(desk.c, desk.book.id, {row["case_id"] for row in due})}
    by_step: dict[str, list[int]] = defaultdict(list)
    for row in due:
        key = StepKey(row["step"], row["round"])
        is_true = row["id"] in won and is_step_due_now(key, _clock_view(rows[row["case_id"]]), desk.now)
        if is_true and row["case_id"] not in by_step[row["step"]]:
            by_step[row["step"]].append(row["case_id"])
    await _return(desk, [rows[case_id] for case_id in by_step["return"]])
    returned = set(by_step["return"])
    await _nudge(desk, [rows[case_id] for case_id in by_step["nudge"] if case_id not in returned])
    await _escalate(desk, by_step["escalate"])
    await _remind(desk, by_step["remind"])
    await _wake(desk, by_step["wake"])


async def _remind(desk: Desk, case_ids: list[int]) -> None:
    """The new list replaces the one before: who stood there and has rounds to come stands in this one, too."""
    if not case_ids:
        return
    listed = sorted({*case_ids, *await store.between_rounds(desk.c, desk.book.id)})
    for chat in await notices.chats_of(desk.c, desk.book.id, "team"):
        await _write(desk, chat, "reminder", {"case_ids": listed}, priorities.REMINDER)


async def _wake(desk: Desk, case_ids: Iterable[int]) -> None:
    """A snooze is over: a short reply to the card, as loud as the first alert."""
    for case_id in case_ids:
        for chat in await notices.chats_of(desk.c, desk.book.id, "team"):
            await _write(desk, chat, "woke", {"case_ids": [case_id]}, priorities.REMINDER)
    await _refresh(desk, case_ids)


async def _escalate(desk: Desk, case_ids: list[int]) -> None:
    if case_ids:
        await _tell_heads(desk, "escalation", {"case_ids": case_ids})


async def _nudge(desk: Desk, rows: Iterable[Row]) -> None:
    for row in rows:
        owner = desk.book.members.get(row["owner_id"])
        if owner is not None:
            await _tell(desk, owner, "nudge", {"case_ids": [row["id"]], "owner_id": owner.id})


async def _return(desk: Desk, rows: Iterable[Row]) -> None:
    for row in rows:
        owner = desk.book.member_name(row["owner_id"])
        await return_case(desk, row["id"])
        await follow_case(desk, row["id"])
        # The queue is shown it anew, so the queue's own spans begin anew: no second message at the same minute.
        await cases.mark(desk.c, desk.book.id, [row["id"]], first_shown_at=desk.now, planned_version=0)
        about = {"case_ids": [row["id"]], "owner": owner}
        unreached = []
        for head in desk.book.heads():
            private = await notices.private_chat(desk.c, desk.book.id, head.id)
            if private is not None and private.is_reachable:
                await _write(desk, private, "returned_head", about, priorities.ESCALATION)
            else:
                unreached.append([head.telegram_id, head.name])
        # The team hears of it anyway: heads who cannot be reached are named in that very message.
        for chat in await notices.chats_of(desk.c, desk.book.id, "team"):
            await _write(desk, chat, "returned", about | {"heads": unreached}, priorities.REMINDER)


async def _tell_heads(desk: Desk, kind: str, about: Mapping[str, Any]) -> None:
    """Whoever leads; where nobody does, the team's chat, so that it is said at all."""
    heads = desk.book.heads()
    for head in heads:
        await _tell(desk, head, kind, about)
    for chat in [] if heads else await notices.chats_of(desk.c, desk.book.id, "team"):
        await _write(desk, chat, kind, about, priorities.ESCALATION)


async def _tell(desk: Desk, member: Member, kind: str, about: Mapping[str, Any]) -> None:
    """In private; in the team's chat with a mention where he cannot be reached."""
    private = await notices.private_chat(desk.c, desk.book.id, member.id)
    reachable = private is not None and private.is_reachable
    chats = [private] if private is not None and reachable else await notices.chats_of(desk.c, desk.book.id, "team")
    mention = None if reachable else [member.telegram_id, member.name]
    for chat in chats:
        await _write(desk, chat, kind, {**about, "mention": mention}, priorities.ESCALATION)


async def _write(desk: Desk, chat: notices.Chat, kind: str, payload: Mapping[str, Any], priority: int) -> None:
    """A sound in the team's chat is one for each case it names: a further miss soon after makes none (promise 11)."""
    case_ids = payload["case_ids"]
    if chat.kind == "team":
        await cases.mark(desk.c, desk.book.id, case_ids, notified_at=desk.now)
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=chat.id,
        kind=kind,
        at=desk.now,
        payload=dict(payload),
        priority=priority,
        case_id=case_ids[0] if len(case_ids) == 1 else None,
    )
    await notices.add_letter(desk.c, letter)


async def _refresh(desk: Desk, case_ids: Iterable[int]) -> None:
    await notices.raise_cards(desk.c, desk.book.id, "case", list(case_ids))


async def tell_morning(desk: Desk) -> None:
    """Promise 13: what was missed at night becomes one list at opening time, or a plain card if it is only one."""
    waiting = [row for row in await cases.unheard(desk.c, desk.book.id) if _came_at_night(desk, row)]
    for chat in await notices.chats_of(desk.c, desk.book.id, "team"):
        held = set(await notices.held_cases(desk.c, desk.book.id, chat.id))
        told = [row["id"] for row in waiting if row["first_shown_at"] is not None or row["id"] in held]
        if len(told) > 1:
            await _write(desk, chat, "morning", {"case_ids": told}, priorities.ESCALATION)
        elif told and told[0] in held:
            await notices.release_held(desk.c, desk.book.id, chat.id, told, desk.now)
            await cases.mark(desk.c, desk.book.id, told, notified_at=desk.now)
        elif told:
            await _write(desk, chat, "missed_again", {"case_ids": told}, priorities.ALERT)


def _came_at_night(desk: Desk, case: Row) -> bool:
    """Never shown, or shown by day and called again out of hours, when nothing makes a sound."""
    return case["first_shown_at"] is None or not desk.book.schedule_now.is_open(case["last_missed_at"])


async def note_shown(desk: Desk, case_ids: Collection[int]) -> list[Row]:
    """The clocks of promise 11 start when the team could first see a case; the cases as they were before."""
    rows = await cases.cases_by_id(desk.c, desk.book.id, case_ids)
    fresh = [row["id"] for row in rows if row["first_shown_at"] is None]
    if fresh:
        await cases.mark(desk.c, desk.book.id, fresh, first_shown_at=desk.now, notified_at=desk.now, planned_version=0)
    return rows
