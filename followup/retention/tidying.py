"""What a team's tables lose by age alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from followup.retention import tidy_store as store
from followup.retention.rules import keep_calls_for
from followup.teams.desk import Desk

KEEP_LETTERS: Final = timedelta(days=90)
KEEP_CARDS: Final = timedelta(days=90)  # after the case was closed: until then a forgotten client's card can be edited
KEEP_SCREENS: Final = timedelta(days=30)
KEEP_QUESTIONS: Final = timedelta(days=1)  # the question before erasing holds the number


async def tidy(desk: Desk) -> None:
    """Delete what is past its time; a part at each tick."""
    c, team_id, now = desk.c, desk.book.id, desk.now
    await store.delete_letters(c, team_id, now - KEEP_LETTERS)
    await store.delete_screens(c, team_id, now - KEEP_QUESTIONS, "forget")
    await store.delete_screens(c, team_id, now - KEEP_SCREENS)
    await store.delete_cards(c, team_id, now - KEEP_CARDS)
    policy = desk.book.policy
    kept = keep_calls_for(policy.keep_calls_days, policy.window, policy.first_call_days)
    if kept is not None:
        await _delete_calls(desk, now - kept)


async def _delete_calls(desk: Desk, before: datetime) -> None:
    """Closed cases go whole, or a later look at the client would tell their story anew from what is left."""
    old = await store.old_cases(desk.c, desk.book.id, before)
    acts = [int(key[2:]) for _, keys in old for key in keys if key.startswith("a:")]
    await store.delete_acts(desk.c, desk.book.id, acts)
    await store.delete_cases(desk.c, desk.book.id, [case_id for case_id, _ in old])
    await store.delete_free_calls(desk.c, desk.book.id, before)
