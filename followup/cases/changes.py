"""What one fact does to one episode: pure steps from an episode to the next; the same object back means "nothing"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from followup.cases.facts import ActionFact, ActionKind, CallFact, Episode, How, OrderFact
from followup.cases.moments import fact_key


def opened(fact: CallFact | OrderFact, expires_at: datetime) -> Episode:
    at = fact.started_at if isinstance(fact, CallFact) else fact.ordered_at
    return joined(Episode(fact_keys=(), opened_at=at, last_missed_at=at, missed=0, miss_ids=()), fact, expires_at)


def joined(episode: Episode, fact: CallFact | OrderFact, expires_at: datetime) -> Episode:
    """One more miss or order: the client did not wait, so neither does the snooze."""
    episode = replace(
        episode,
        fact_keys=(*episode.fact_keys, fact_key(fact)),
        lines=_with_line(episode.lines, fact.line),
        reasons=episode.reasons if fact.reason is None else (*episode.reasons, fact.reason),
        snoozed_until=None,
        snoozed_by=None,
        expires_at=expires_at,
    )
    return _with_miss(episode, fact) if isinstance(fact, CallFact) else _with_order(episode, fact)


def _with_miss(episode: Episode, call: CallFact) -> Episode:
    return replace(
        episode,
        missed=episode.missed + 1,
        miss_ids=(*episode.miss_ids, call.id),
        last_missed_at=call.started_at,
    )


def _with_order(episode: Episode, order: OrderFact) -> Episode:
    return replace(
        episode,
        order_ids=(*episode.order_ids, order.id),
        last_missed_at=episode.last_missed_at if episode.missed else order.ordered_at,
    )


def attempted(episode: Episode, call: CallFact) -> Episode:
    """One more attempt (D8). Dialled before the first miss but answered after it: it counts from the opening."""
    at = max(call.started_at, episode.opened_at)
    is_latest = episode.last_attempt_at is None or at >= episode.last_attempt_at
    return replace(
        episode,
        fact_keys=(*episode.fact_keys, fact_key(call)),
        attempt_ids=(*episode.attempt_ids, call.id),
        attempts=episode.attempts + 1,
        short_attempts=episode.short_attempts + (call.is_short and call.role == "attempt"),
        first_attempt_at=min(at, episode.first_attempt_at or at),
        last_attempt_at=at if is_latest else episode.last_attempt_at,
        last_attempt_by=call.member_id if is_latest else episode.last_attempt_by,
        calling_by=None,
        calling_at=None,
    )


def reached(episode: Episode, call: CallFact, at: datetime) -> Episode:
    """The client and a human of ours spoke (R5, R6): the successful call back is one of the attempts (R15)."""
    if call.role == "contact_out" and call.id not in episode.attempt_ids:
        episode = attempted(episode, call)
    how: How = "called_out" if call.role == "contact_out" else "called_in"
    episode = closed(episode, how, at, call.member_id)
    return replace(episode, fact_keys=_with_call(episode, call), contact_at=at, contact_id=call.id)


def closed(episode: Episode, how: How, at: datetime, by: int | None = None) -> Episode:
    """The owner stays: it is his work. What only an open episode can be, goes."""
    return replace(
        episode,
        closed_at=at,
        how=how,
        closed_by=by,
        expires_at=None,
        snoozed_until=None,
        snoozed_by=None,
        calling_by=None,
        calling_at=None,
    )


def reopened(episode: Episode, action: ActionFact, expires_at: datetime) -> Episode:
    return replace(
        _without_owner(episode),
        fact_keys=(*episode.fact_keys, fact_key(action)),
        closed_at=None,
        how=None,
        closed_by=None,
        close_reason=None,
        close_text=None,
        expires_at=expires_at,
    )


def acted(episode: Episode, action: ActionFact) -> Episode:
    """What a person did about an open episode; a press that changed nothing is no part of it."""
    change = _ACTIONS.get(action.kind)
    changed = episode if change is None else change(episode, action)
    return episode if changed is episode else replace(changed, fact_keys=(*episode.fact_keys, fact_key(action)))


def _take(episode: Episode, action: ActionFact) -> Episode:
    """The first press wins (T18); a second one, the owner's own too, does not start his time anew."""
    if episode.owner_id is not None:
        return episode
    return replace(episode, owner_id=action.member_id, taken_at=action.at)


def _release(episode: Episode, _action: ActionFact) -> Episode:
    """Back to the queue, now: a snooze was the owner's plan and goes with him."""
    if episode.owner_id is None and episode.snoozed_until is None:
        return episode
    return replace(_without_owner(episode), snoozed_until=None, snoozed_by=None)


def _return(episode: Episode, action: ActionFact) -> Episode:
    """The clock returns the case of the owner it judged, not of one who took it meanwhile."""
    forgetful = action.data.get("from", episode.owner_id)
    return episode if episode.owner_id is None or episode.owner_id != forgetful else _without_owner(episode)


def _transfer(episode: Episode, action: ActionFact) -> Episode:
    return replace(episode, owner_id=action.data["to"], taken_at=action.at)


def _handle(episode: Episode, action: ActionFact) -> Episode:
    episode = closed(episode, "manual", action.at, action.member_id)
    return replace(episode, close_reason=action.data.get("reason"), close_text=action.data.get("text"))


def _block(episode: Episode, action: ActionFact) -> Episode:
    return closed(episode, "blocked", action.at, action.member_id)


def _snooze(episode: Episode, action: ActionFact) -> Episode:
    until = datetime.fromisoformat(action.data["until"])
    return replace(episode, snoozed_until=until, snoozed_by=action.member_id)


def _note(episode: Episode, action: ActionFact) -> Episode:
    return replace(episode, notes=(*episode.notes, (action.at, action.member_id, action.data["text"])))


def _dial(episode: Episode, action: ActionFact) -> Episode:
    """The call of this press may carry the press's own instant: then it has begun already."""
    if episode.last_attempt_at is not None and episode.last_attempt_at >= action.at:
        return episode
    return replace(episode, calling_by=action.member_id, calling_at=action.at)


_ACTIONS: Mapping[ActionKind, Callable[[Episode, ActionFact], Episode]] = {
    "take": _take,
    "release": _release,
    "return": _return,
    "transfer": _transfer,
    "handle": _handle,
    "block": _block,
    "snooze": _snooze,
    "note": _note,
    "dial": _dial,
}


def _without_owner(episode: Episode) -> Episode:
    return replace(episode, owner_id=None, taken_at=None)


def _with_call(episode: Episode, call: CallFact) -> tuple[str, ...]:
    """The call that reached the client may be there already, as an attempt."""
    key = fact_key(call)
    return episode.fact_keys if key in episode.fact_keys else (*episode.fact_keys, key)


def _with_line(lines: tuple[str, ...], line: str | None) -> tuple[str, ...]:
    return lines if line is None or line in lines else (*lines, line)
