"""Promises 5, 6 and 9: every trouble of the Bot API against every kind of message.

A test is one kind: each fault has a chat of its own in the same world, and beside them one chat without a fault.
"""

from __future__ import annotations

from typing import Any

import pytest

from followup.notices.tables import cards, chats, letters
from tests.faults.post import BARE, EDITS, KINDS, Case, Post, post_office

# Tried again until it is there, once.
PASSING = ("429_bare", "500", "500_restart", "502_html", "503", "reset_before", "hang")
# Accepted though the answer never came: may stand there twice, an edit cannot.
ACCEPTED = ("reset_after", "hang_after")
# The chat is lost: one request, the owner is told once, nothing dies.
LOST = ("403_kicked", "403_blocked", "403_deactivated", "403_deleted", "400_chat_not_found", "400_rights")
TOPIC = ("400_topic_closed", "400_thread_not_found")
REFUSED = ("400_parse", "413")
OF_EDITS = ("400_edit_not_found", "400_not_modified")
MOVED = ("migrated",)
MATRIX = PASSING + ACCEPTED + LOST + TOPIC + REFUSED + OF_EDITS + MOVED
ENOUGH = (1, 1, 1, 2, 4, 8, 16, 60, 60)  # seconds: every back-off of a single trouble is over, a loop would be seen


@pytest.fixture
async def post(database):
    async with post_office(database) as opened:
        yield opened


async def case_of(post: Post, fault: str, kind: str, number: int) -> Case:
    is_topic = fault in TOPIC
    group = await post.group(fault, "supergroup" if is_topic else "group", **({"is_forum": True} if is_topic else {}))
    chat = group
    if is_topic:
        chat = await post.place(group.telegram_id, post.world.add_topic(group.telegram_id, "Misses"))
    case = Case(fault=fault, kind=kind, number=number, chat=chat, ids=[group.telegram_id])
    await post.prepare(case)
    return case


def strike(post: Post, case: Case) -> None:
    if case.fault == "migrated":
        case.ids.append(post.world.migrate(case.chat.telegram_id).id)
        return
    times = 100 if case.fault in LOST else 1
    case.strikes.append(post.world.faults.add(case.fault, chat_id=case.chat.telegram_id, times=times))


async def rows_of(post: Post, case: Case) -> list[dict[str, Any]]:
    found = [row for table in (cards, letters) for row in await post.rows(table, table.c.chat_id == case.chat.id)]
    return [row for row in found if row["state"] != "bundled"]


async def played(post: Post, kind: str, faults: tuple[str, ...]) -> list[Case]:
    """Every fault strikes at once, each its own chat; the chat without one is served in the same second."""
    places = [await case_of(post, fault, kind, number) for number, fault in enumerate(faults, 1)]
    quiet = await case_of(post, "none", kind, 90)
    await post.passes(1, 1, 1, 1, 1)
    for case in places:
        strike(post, case)
        await post.hand_in(case)
    await post.hand_in(quiet)
    await post.passes(0.4, 0.4, 0.4, 0.4)  # ten chats at each look are the bot's own pace
    assert post.delivered(quiet) == 1, "a chat without a fault was delayed"
    await post.passes(*ENOUGH)
    return places


def expected(case: Case) -> tuple[set[int], set[int], set[str]]:
    """How often it stands in the chat, how many requests that took, and the states of its rows."""
    is_edit, is_bare = case.kind in EDITS, case.kind in BARE
    done = {"live", "sent"}
    if case.fault in ACCEPTED:
        return {1} if is_edit else {1, 2}, {2}, done
    if case.fault in LOST:
        return {0}, {1}, {"live", "pending"}
    if case.fault in REFUSED and is_bare:
        return {0}, {1}, {"dead"}
    if case.fault == "400_not_modified":
        return {0}, {1}, done
    if case.fault == "migrated" and is_edit:
        return {1}, {1}, done
    return {1}, {2}, done


@pytest.mark.parametrize("kind", KINDS)
async def test_what_each_fault_does_to(post, kind, backend):
    faults = tuple(each for each in MATRIX if kind in EDITS or each not in OF_EDITS)
    if backend == "postgres":
        faults = faults[::4]
    cases, wrong = await played(post, kind, faults), {}
    for case in cases:
        stands, asked, states = expected(case)
        rows = await rows_of(post, case)
        found = post.delivered(case), post.asked_of(case) - case.asked_before, {row["state"] for row in rows}
        if found[0] not in stands or found[1] not in asked or not found[2] <= states:
            wrong[case.fault] = (found, "expected", (stands, asked, states), [row["error"] for row in rows])
        if case.fault not in LOST and any(row["claimed_until"] for row in rows):
            wrong[case.fault] = "still in hand"
    assert wrong == {}
    await _lost_chats_were_told_of_and_get_what_waited(post, [case for case in cases if case.fault in LOST])


async def _lost_chats_were_told_of_and_get_what_waited(post: Post, cases: list[Case]) -> None:
    told = [heard[1] for heard in post.desk.heard if heard[0] == "lost"]
    assert sorted(told) == sorted(case.chat.id for case in cases)
    unreachable = await post.rows(chats, chats.c.is_reachable.is_(False))
    assert {row["id"] for row in unreachable} == set(told)
    post.world.faults.clear()
    for case in cases:
        await post.place(case.chat.telegram_id)
    await post.passes(1, 1, 1)
    assert [post.delivered(case) for case in cases] == [1] * len(cases)
