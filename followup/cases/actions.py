"""What people do about a case: each one a transaction of check → fact → derive → ledger.

An action is a fact on (client, time), never a patch of the case: the case is derived anew, so whoever came first wins and
a press that arrives twice (``source_key``) counts once. A refusal is a ``FollowupError``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from followup.calls import store as calls
from followup.cases import store
from followup.cases.facts import ActionKind
from followup.cases.reconcile import REOPEN_WITHIN, Touched, reconcile
from followup.cases.rules import ANONYMOUS_ACTIONS
from followup.clients import store as clients
from followup.errors import FollowupError
from followup.ledger import store as ledger
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from storage.rows import Row

MAX_TEXT = 500
MAX_SNOOZE = timedelta(days=31)
ERASED_REASON = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Who does it to which case; ``source_key`` names the update it came with ("u:<update_id>")."""

    case_id: int
    member: Member
    source_key: str


async def take_case(desk: Desk, press: Press) -> Row:
    """T18: the first one owns the case; the second one is told who and when."""
    case = await _open_case(desk, press)
    if await _is_repeat(desk, press):
        return case
    if case["owner_id"] == press.member.id:
        raise FollowupError("already_yours")
    _refuse_foreign(desk, case, None)
    return await _act(desk, press, case, "take")


async def release_case(desk: Desk, press: Press) -> Row:
    """Back into the queue, by its owner or a head."""
    case = await _open_case(desk, press)
    if await _is_repeat(desk, press):
        return case
    if case["owner_id"] is None:
        raise FollowupError("not_taken")
    if not press.member.may_lead:
        _refuse_foreign(desk, case, press.member.id)
    return await _act(desk, press, case, "release")


async def transfer_case(desk: Desk, press: Press, to: int) -> Row:
    """To a colleague; from another's hands only by a head."""
    case = await _open_case(desk, press)
    receiver = desk.book.members.get(to)
    if receiver is None or not receiver.may_work:
        raise FollowupError("no_such_member")
    if not press.member.may_lead:
        _refuse_foreign(desk, case, press.member.id)
    return await _act(desk, press, case, "transfer", {"to": to})


async def handle_case(desk: Desk, press: Press, reason: str, text: str | None = None) -> Row:
    """R16–R19: closed by hand, with a reason of the team's list or 1–500 characters of one's own."""
    case = await _open_case(desk, press, repeat_is_fine=True)
    if case["state"] != "open":
        return case
    if text is not None:
        text = checked_text(text)
    elif reason not in {known.code for known in desk.book.reasons}:
        raise FollowupError("stale_card")
    return await _act(desk, press, case, "handle", {"reason": reason, "text": text})


async def snooze_case(desk: Desk, press: Press, until: datetime) -> Row:
    """Later: the case is quiet until then, or until the client calls again."""
    case = await _open_case(desk, press)
    if until <= desk.now:
        raise FollowupError("moment_past")
    if until - desk.now > MAX_SNOOZE:
        raise FollowupError("bad_moment")
    return await _act(desk, press, case, "snooze", {"until": until.isoformat()})


async def note_case(desk: Desk, press: Press, text: str) -> Row:
    """A note on the card."""
    case = await _open_case(desk, press)
    return await _act(desk, press, case, "note", {"text": checked_text(text)})


async def reopen_case(desk: Desk, press: Press) -> Row:
    """Undo a close by hand within five minutes."""
    case = await _case(desk, press)
    if await _is_repeat(desk, press):
        return case
    if case["state"] == "open":
        raise FollowupError("case_open")
    if not may_reopen(case, desk.now):
        raise FollowupError("reopen_too_late")
    if case["how"] == "blocked" and not press.member.may_lead:
        raise FollowupError("team_only_head")
    if case["how"] == "blocked" and case["client_id"] is not None:
        await clients.set_blocked(desk.c, desk.book.id, case["client_id"], blocked=False)
        await _record(desk, case, "unblock", {}, (press.member.id, f"{press.source_key}:unblock"))
    return await _act(desk, press, case, "reopen")


def may_reopen(case: Mapping[str, Any], now: datetime) -> bool:
    """Only what a person has closed, and only at once; a blocked client's later miss was closed by nobody."""
    is_by_hand = case["how"] == "manual" or (case["how"] == "blocked" and case["closed_by"] is not None)
    return is_by_hand and now - case["closed_at"] <= REOPEN_WITHIN


async def dial_case(desk: Desk, press: Press) -> tuple[Row, str]:
    """The presser is given the full number, and the card says that he is calling."""
    case = await _open_case(desk, press)
    number = await number_of(desk, case)
    return await _act(desk, press, case, "dial"), number


async def reveal_number(desk: Desk, press: Press) -> str:
    """The full number for one pair of eyes, written into the ledger."""
    case = await _case(desk, press)
    number = await number_of(desk, case)
    await ledger.note(desk.c, desk.book.id, "reveal", desk.now, member_id=press.member.id, case_id=case["id"])
    return number


async def number_of(desk: Desk, case: Mapping[str, Any]) -> str:
    """The number to call; a hidden caller has none."""
    if case["client_id"] is None:
        raise FollowupError("nothing_to_call")
    pairs = (await clients.numbers_of_clients(desk.c, desk.book.id, [case["client_id"]]))[case["client_id"]]
    return dict(pairs).get(case["number_id"], pairs[0][1])


async def block_client(desk: Desk, press: Press, *, blocked: bool) -> Row:
    """Onto the blacklist, or off it; heads and owners only. Doing it twice is no mistake."""
    case = await _case(desk, press)
    if not press.member.may_lead:
        raise FollowupError("team_only_head")
    if case["client_id"] is None:
        raise FollowupError("nothing_to_call")
    if blocked == await clients.is_blocked(desk.c, desk.book.id, case["client_id"]):
        return case
    await clients.set_blocked(desk.c, desk.book.id, case["client_id"], blocked=blocked)
    return await _act(desk, press, case, "block" if blocked else "unblock")


async def may_act(desk: Desk, press: Press, *, must_be_open: bool = True) -> Row:
    """Refuse a question now rather than its answer later."""
    return await (_open_case(desk, press) if must_be_open else _case(desk, press))


async def toggle_non_target(desk: Desk, press: Press) -> bool:
    """D7: mark or unmark the case's calls as non-target; returns the new state of the mark."""
    case = await _case(desk, press)
    is_marked = await calls.has_non_target(desk.c, desk.book.id, case["id"])
    if not await store.add_action(desk.c, _row(desk, case, store.MARK, {}, (press.member.id, press.source_key))):
        return is_marked
    mark = {"is_non_target": not is_marked, "non_target_by": press.member.id, "non_target_at": desk.now}
    await calls.mark_non_target(desk.c, desk.book.id, case["id"], mark)
    kind = "target" if is_marked else "non_target"
    await ledger.note(desk.c, desk.book.id, kind, desk.now, member_id=press.member.id, case_id=case["id"])
    return not is_marked


def checked_text(text: str) -> str:
    """R18: 1–500 characters."""
    cleaned = text.replace("\0", "").strip()
    # Spaces and signs that nobody sees (Z, C) say nothing, however many there are.
    if all(unicodedata.category(sign)[0] in "ZC" for sign in cleaned):
        raise FollowupError("text_empty")
    if len(cleaned) > MAX_TEXT:
        raise FollowupError("text_too_long", found=len(cleaned))
    return cleaned


async def close_erased(desk: Desk, case: Row, by: int | None) -> None:
    """The client asked to be forgotten: nobody calls him any more."""
    await _record(desk, case, "handle", {"reason": ERASED_REASON, "text": None}, (by, f"erased:{case['id']}"))


async def return_case(desk: Desk, case_id: int) -> None:
    """Taken and forgotten: the clock gives the case back to the queue."""
    case = await store.case_by_id(desk.c, desk.book.id, case_id)
    if case is not None and case["state"] == "open" and case["owner_id"] is not None:
        key = f"return:{case_id}:{int(case['taken_at'].timestamp())}"
        await _record(desk, case, "return", {"from": case["owner_id"]}, (None, key))


async def _case(desk: Desk, press: Press) -> Row:
    await lock_team(desk.c, desk.book.id)
    case = await store.case_by_id(desk.c, desk.book.id, press.case_id)
    if case is None:
        raise FollowupError("not_yours")
    if not press.member.may_work:
        raise FollowupError("viewer_cannot")
    return case


async def _open_case(desk: Desk, press: Press, *, repeat_is_fine: bool = False) -> Row:
    case = await _case(desk, press)
    if case["state"] == "open":
        return case
    if repeat_is_fine and await _is_repeat(desk, press):
        return case
    name = desk.book.member_name(case["closed_by"])
    raise FollowupError("case_closed", name=name, how=case["how"], at=case["closed_at"])


async def _is_repeat(desk: Desk, press: Press) -> bool:
    return await store.has_source(desk.c, desk.book.id, press.source_key)


def _refuse_foreign(desk: Desk, case: Mapping[str, Any], me: int | None) -> None:
    owner = case["owner_id"]
    if owner is not None and owner != me:
        raise FollowupError("taken_by_other", name=desk.book.member_name(owner), at=case["taken_at"])


async def _act(desk: Desk, press: Press, case: Row, kind: ActionKind, data: Mapping[str, Any] | None = None) -> Row:
    if case["kind"] == "anonymous" and kind not in ANONYMOUS_ACTIONS:
        raise FollowupError("nothing_to_call")
    await _record(desk, case, kind, data or {}, (press.member.id, press.source_key))
    changed = await store.case_by_id(desk.c, desk.book.id, case["id"])
    return changed or case


async def _record(
    desk: Desk, case: Row, kind: ActionKind, data: Mapping[str, Any], author: tuple[int | None, str]
) -> None:
    """The fact, the derived difference, the ledger."""
    if not await store.add_action(desk.c, _row(desk, case, kind, data, author)):
        return
    call_id = _hidden_call(case)
    touched = Touched(clients={case["client_id"]} - {None}, since=case["opened_at"])
    if call_id is not None:
        touched.hidden_calls.add(call_id)
    touched.linked.add(case["id"])
    await reconcile(desk, touched)
    await ledger.note(desk.c, desk.book.id, kind, desk.now, member_id=author[0], case_id=case["id"], **data)


def _row(desk: Desk, case: Row, kind: str, data: Mapping[str, Any], author: tuple[int | None, str]) -> dict[str, Any]:
    return {
        "team_id": desk.book.id,
        "number_id": case["number_id"],
        "call_id": _hidden_call(case),
        "scope": case["scope"],
        "kind": kind,
        "at": max(desk.now, newest_moment(case)),
        "made_at": desk.now,
        "member_id": author[0],
        "data": dict(data),
        "source_key": author[1],
    }


def _hidden_call(case: Mapping[str, Any]) -> int | None:
    if case["kind"] != "anonymous":
        return None
    return int(next(key for key in case["fact_keys"] if key.startswith("c:"))[2:])


def newest_moment(case: Mapping[str, Any]) -> datetime:
    """The newest fact the presser saw: a PBX whose clock runs ahead must not undo his press."""
    names = ("last_missed_at", "last_attempt_at", "taken_at", "calling_at", "closed_at")
    moments: list[datetime] = [case[name] for name in names if case[name] is not None]
    return max(moments)
