"""Where a process may die between receipt and record: the places that `make crash` kills it at, by name.

Names only: nothing here is called, and a running program never imports this. The tests wrap these places, in a process
made to be killed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Way: TypeAlias = Literal["hook", "press", "webhook", "letter", "outbox", "reminder", "escalation", "digest", "morning"]


@dataclass(frozen=True, slots=True)
class KillPoint:
    """A place (module:qualified name), the side of it, and the way through the house on which it lies."""

    way: Way
    name: str
    place: str
    side: Literal["before", "after"]


def _side(way: Way, side: Literal["before", "after"], **places: str) -> tuple[KillPoint, ...]:
    return tuple(KillPoint(way, name, place, side) for name, place in places.items())


_HOOK: Final = (
    *_side("hook", "before", hook_reached="handlers.web.hooks:HookDoor.receive"),
    *_side(
        "hook",
        "after",
        hook_line_found="handlers.web.directory:Directory.find",
        hook_body_read="handlers.web.bodies:read_body",
        hook_checked="handlers.web.hooks:_row",
    ),
    *_side("hook", "before", inbox_append="storage.inbox:_SharedCommit.append"),
    *_side(
        "hook",
        "after",
        inbox_inserted="storage.inbox:InboxWriter._insert",  # not committed
        inbox_committed="storage.inbox:_SharedCommit._write_for_all",
    ),
    *_side("hook", "before", worker_waking="handlers.inbox:InboxWorker.expect"),
    *_side(
        "hook",
        "after",
        worker_woken="handlers.inbox:InboxWorker.expect",
        hook_answering="handlers.web.hooks:HookDoor.receive",  # 200 is not written yet
    ),
    *_side("hook", "before", turn_taking="followup.teams.turn_store:take_turn"),
    *_side(
        "hook",
        "after",
        turn_taken="followup.teams.turn_store:take_turn",
        row_parsed="handlers.inbox:_read",
        team_locked="followup.teams.turn_store:lock_team",
        calls_recorded="followup.calls.record:record_calls",
        clients_found="followup.clients.store:clients_of_numbers",
        cases_derived="followup.cases.reconcile:_derive_clients",
        cases_written="followup.cases.reconcile:_write",
    ),
    *_side("hook", "before", announcing="followup.cases.announce:announce"),
    *_side(
        "hook",
        "after",
        announced="followup.cases.announce:announce",
        cases_reconciled="followup.cases.reconcile:reconcile",
        taken_in="followup.intake:take_in",
        connection_heard="followup.teams.connection_store:heard_from",  # the batch is not committed
        batch_committed="handlers.inbox:InboxWorker._take_batch",
    ),
)
_OUTBOX: Final = (
    *_side("outbox", "before", outbox_waking="messenger.outbox:Outbox.wake"),
    *_side("outbox", "after", outbox_woken="messenger.outbox:Outbox.wake"),
    *_side("outbox", "before", outbox_loading="messenger.backlog:Backlog.look"),
    *_side("outbox", "after", outbox_loaded="messenger.backlog:Backlog.look"),
    *_side("outbox", "before", outbox_claiming="messenger.outbox:Outbox._claim"),
    *_side(
        "outbox",
        "after",
        outbox_claimed="followup.notices.queue_store:claim",  # on SQLite not committed
        outbox_claim_committed="messenger.outbox:Outbox._claim",
    ),
    *_side("outbox", "before", rendering="messenger.delivery:Delivery.deliver"),
    *_side("outbox", "before", sending="messenger.gateway:Gateway.send"),
    # Telegram has accepted it: of these, and of these only, a message may come twice.
    *_side("outbox", "before", answer_reading="aiohttp.client_reqrep:ClientResponse.text"),
    *_side("outbox", "after", answer_read="messenger.gateway:Gateway.send"),
    *_side("outbox", "before", recording="messenger.delivery:Delivery._record"),
    *_side("outbox", "after", recorded="messenger.recording:Recorder.sent"),  # not committed
    *_side("outbox", "after", record_committed="messenger.delivery:Delivery._record"),
)
MAY_REPEAT: Final = frozenset({"answer_reading", "answer_read", "recording", "recorded"})

_LETTER: Final = (
    *_side("letter", "after", letter_written="followup.notices.store:add_letter"),
    *_side("letter", "before", letter_rendering="messenger.correspondence:StoredContent.letter"),
    *_side("letter", "after", letter_rendered="messenger.correspondence:StoredContent.letter"),
)
_TIME: Final = (
    *_side("reminder", "before", steps_doing="followup.reminders.actions:speak_up"),
    *_side(
        "reminder",
        "after",
        steps_due="followup.reminders.store:due",
        steps_finished="followup.reminders.store:finish",
        steps_done="followup.reminders.actions:speak_up",  # not committed
    ),
    *_side("escalation", "before", heads_telling="followup.reminders.actions:_tell_heads"),
    *_side("escalation", "after", heads_told="followup.reminders.actions:_tell_heads"),
    *_side("digest", "before", digest_due="followup.digests.actions:digest_is_due"),
    *_side(
        "digest",
        "after",
        digest_moved="followup.teams.store:move_moment",
        digest_day_taken="followup.digests.store:take_day",
        digest_written="followup.digests.actions:digest_is_due",  # not committed
        digest_snapshot_kept="messenger.correspondence:StoredContent.keep_snapshot",
    ),
    *_side("morning", "before", morning_telling="followup.reminders.actions:tell_morning"),
    *_side("morning", "after", morning_told="followup.reminders.actions:tell_morning"),  # not committed
)
_PRESS: Final = (
    *_side("webhook", "before", update_knocking="handlers.web.telegram:UpdateDoor.receive"),
    *_side("webhook", "after", update_answering="handlers.web.telegram:UpdateDoor.receive"),  # 200 is not written yet
    *_side("press", "before", update_received="handlers.telegram.updates:UpdateKeeper.append"),
    *_side(
        "press",
        "after",
        update_inserted="storage.inbox:UpdateWriter._insert",  # not committed
        update_committed="handlers.telegram.updates:UpdateKeeper.append",
        update_chosen="handlers.telegram.updates:_lane",
    ),
    *_side("press", "before", update_feeding="handlers.telegram.updates:UpdateWorker._feed"),
    *_side("press", "before", case_taking="followup.cases.actions:take_case"),
    *_side(
        "press",
        "after",
        action_stored="followup.cases.store:add_action",
        action_in_ledger="followup.ledger.store:note",
        case_taken="followup.cases.actions:take_case",  # not committed
    ),
    *_side("press", "before", press_answering="messenger.gateway:Gateway.answer"),
    *_side("press", "before", press_answer_reading="aiohttp.client_reqrep:ClientResponse.text"),
    *_side("press", "after", press_answered="messenger.gateway:Gateway.answer"),
    *_side("press", "before", update_finishing="storage.updates:finish"),
    *_side("press", "after", update_finished="storage.updates:finish"),  # not committed
    *_side("press", "after", update_done="handlers.telegram.updates:UpdateWorker._one"),
    *_side("press", "before", card_editing="messenger.gateway:Gateway.edit"),
    *_side("press", "after", card_edited="messenger.gateway:Gateway.edit"),
    *_side("press", "after", edit_recorded="messenger.recording:Recorder.edited"),  # not committed
    *_side("press", "after", edit_committed="messenger.delivery:Delivery._record"),
)
KILL_POINTS: Final = (*_HOOK, *_OUTBOX, *_LETTER, *_TIME, *_PRESS)
