"""What people's presses do to a client's cases, told by small stories."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followup.cases.rules import timeline
from tests.followup.case_facts import OLGA, POLICY, TARAS, at, attempt, called_in, called_out, miss, order, press

NOW = at("18:00")


def episodes(*facts, now=NOW, **options):
    return timeline(facts, POLICY, now, **options)


def only(*facts, now=NOW):
    (episode,) = episodes(*facts, now=now)
    return episode


class TestOwner:
    def test_t18_the_first_of_two_presses_wins(self):
        second, first = press(2, "take", "10:01", by=TARAS), press(1, "take", "10:01", by=OLGA)
        episode = only(miss(1, "10:00"), second, first)
        assert (episode.owner_id, episode.taken_at) == (OLGA, at("10:01"))
        assert episode.fact_keys == ("c:1", "a:1")

    def test_the_owners_second_take_does_not_start_his_time_anew(self):
        episode = only(miss(1, "10:00"), press(1, "take", "10:01"), press(2, "take", "10:15"))
        assert episode.taken_at == at("10:01")

    def test_released_it_can_be_taken_by_another(self):
        facts = (miss(1, "10:00"), press(1, "take", "10:01"), press(2, "release", "10:02", by=TARAS))
        assert only(*facts).owner_id is None
        assert only(*facts).taken_at is None
        assert only(*facts, press(3, "take", "10:03", by=TARAS)).owner_id == TARAS

    def test_transfer_starts_the_new_owners_time(self):
        episode = only(miss(1, "10:00"), press(1, "take", "10:01"), press(2, "transfer", "10:05", to=TARAS))
        assert (episode.owner_id, episode.taken_at) == (TARAS, at("10:05"))

    def test_the_clock_returns_only_what_the_judged_owner_still_has(self):
        facts = (miss(1, "10:00"), press(1, "take", "10:01"))
        assert only(*facts, press(2, "return", "10:41", by=None, **{"from": OLGA})).owner_id is None
        assert only(*facts, press(2, "return", "10:41", by=None, **{"from": TARAS})).owner_id == OLGA

    def test_a_further_miss_leaves_the_owner(self):
        assert only(miss(1, "10:00"), press(1, "take", "10:01"), miss(2, "10:02")).owner_id == OLGA

    def test_the_owner_stays_on_what_he_closed(self):
        episode = only(miss(1, "10:00"), press(1, "take", "10:01"), called_out(2, "10:02", "10:03"))
        assert episode.owner_id == OLGA


class TestSnoozeDialNote:
    SNOOZED = (miss(1, "10:00"), press(1, "snooze", "10:01", until=at("15:00").isoformat()))

    def test_a_snooze_says_until_when_and_whose(self):
        episode = only(*self.SNOOZED)
        assert (episode.snoozed_until, episode.snoozed_by) == (at("15:00"), OLGA)

    def test_a_snooze_that_is_over_stays_recorded(self):
        assert only(*self.SNOOZED, now=at("16:00")).snoozed_until == at("15:00")

    @pytest.mark.parametrize(
        "ends_it",
        [
            miss(2, "11:00"),
            order(1, "11:00"),
            called_in(2, "11:00", "11:01"),
            press(2, "handle", "11:00", reason="spam"),
            press(2, "release", "11:00"),
        ],
        ids=["miss", "order", "contact", "close", "release"],
    )
    def test_a_snooze_ends(self, ends_it):
        episode = only(*self.SNOOZED, ends_it)
        assert (episode.snoozed_until, episode.snoozed_by) == (None, None)

    def test_an_attempt_does_not_end_a_snooze(self):
        assert only(*self.SNOOZED, attempt(2, "11:00")).snoozed_until == at("15:00")

    def test_a_dial_is_shown_until_the_call_is_seen(self):
        facts = (miss(1, "10:00"), press(1, "dial", "10:05"))
        assert (only(*facts).calling_by, only(*facts).calling_at) == (OLGA, at("10:05"))
        assert only(*facts, attempt(2, "10:05:04")).calling_by is None
        assert only(*facts, attempt(2, "10:05")).calling_by is None
        assert only(*facts, attempt(2, "10:04:59")).calling_by == OLGA
        assert only(*facts, called_in(2, "10:05", "10:06")).calling_by is None

    def test_notes_are_kept_in_order(self):
        episode = only(miss(1, "10:00"), press(2, "note", "10:06", text="b"), press(1, "note", "10:05", text="a"))
        assert episode.notes == ((at("10:05"), OLGA, "a"), (at("10:06"), OLGA, "b"))


class TestHandleAndReopen:
    HANDLED = (miss(1, "10:00"), press(1, "take", "10:01"), press(2, "handle", "10:05", reason="other", text="moved"))

    def test_handled_by_hand_says_by_whom_and_why(self):
        episode = only(*self.HANDLED)
        assert (episode.how, episode.closed_at, episode.closed_by) == ("manual", at("10:05"), OLGA)
        assert (episode.close_reason, episode.close_text) == ("other", "moved")
        assert episode.contact_at is None

    def test_reopened_in_time_it_waits_again_without_an_owner(self):
        episode = only(*self.HANDLED, press(3, "reopen", "10:10"))
        assert episode.is_open
        assert (episode.how, episode.closed_by, episode.close_reason, episode.close_text) == (None,) * 4
        assert (episode.owner_id, episode.taken_at, episode.missed) == (None, None, 1)
        assert episode.expires_at == at("10:00") + timedelta(days=31)

    def test_reopened_too_late_stays_closed(self):
        assert only(*self.HANDLED, press(3, "reopen", "10:10:01")).how == "manual"

    def test_not_reopened_once_something_new_is_open(self):
        first, second = episodes(*self.HANDLED, miss(2, "10:06"), press(3, "reopen", "10:07"))
        assert (first.how, second.is_open) == ("manual", True)

    def test_what_a_contact_closed_is_not_reopened(self):
        facts = (miss(1, "10:00"), called_in(2, "10:01", "10:02"), press(1, "reopen", "10:03"))
        assert only(*facts).how == "called_in"

    def test_reopened_after_a_contact_it_is_closed_by_that_contact(self):
        episode = only(*self.HANDLED, called_out(2, "10:05:30", "10:06"), press(3, "reopen", "10:07"))
        assert (episode.how, episode.closed_at, episode.attempts) == ("called_out", at("10:06"), 1)
        assert (episode.close_reason, episode.close_text) == (None, None)

    def test_reopened_after_an_attempt_it_has_that_attempt(self):
        episode = only(*self.HANDLED, attempt(2, "10:06"), press(3, "reopen", "10:07"))
        assert (episode.is_open, episode.attempts) == (True, 1)

    def test_reopened_it_closes_and_reopens_again(self):
        again = (press(3, "reopen", "10:06"), press(4, "handle", "10:07", reason="spam"))
        assert only(*self.HANDLED, *again).close_reason == "spam"
        assert only(*self.HANDLED, *again, press(5, "reopen", "10:08")).is_open

    def test_not_reopened_past_its_expiry(self):
        facts = [miss(1, "10:00"), press(1, "handle", "10:59"), press(2, "reopen", "11:01")]
        (episode,) = timeline(facts, replace(POLICY, window=timedelta(hours=1)), NOW)
        assert episode.how == "manual"

    def test_presses_on_a_closed_case_do_nothing(self):
        late = [press(n, kind, "10:06", by=TARAS) for n, kind in enumerate(["take", "handle", "block", "release"], 5)]
        assert only(*self.HANDLED, *late) == only(*self.HANDLED)


class TestBlock:
    def test_blocking_closes_and_each_later_miss_is_closed_at_once(self):
        first, second, third = episodes(
            miss(1, "10:00"), press(1, "block", "10:05"), miss(2, "11:00"), order(1, "12:00"), attempt(3, "11:30")
        )
        assert (first.how, first.closed_at, first.closed_by) == ("blocked", at("10:05"), OLGA)
        assert (second.how, second.opened_at, second.closed_at) == ("blocked", at("11:00"), at("11:00"))
        assert (third.how, third.order_ids, third.closed_by) == ("blocked", (1,), None)

    def test_unblocked_the_next_miss_waits(self):
        blocked, opened = episodes(
            press(1, "block", "09:00"), miss(1, "10:00"), press(2, "unblock", "10:30"), miss(2, "11:00")
        )
        assert (blocked.how, opened.is_open) == ("blocked", True)

    def test_a_person_may_undo_his_block_but_not_the_blocks_own_work(self):
        assert only(miss(1, "10:00"), press(1, "block", "10:05"), press(2, "reopen", "10:06")).is_open
        assert only(press(1, "block", "09:00"), miss(1, "10:00"), press(2, "reopen", "10:01")).how == "blocked"

    def test_a_reopened_case_of_a_blocked_client_takes_the_further_miss(self):
        episode = only(miss(1, "10:00"), press(1, "block", "10:05"), press(2, "reopen", "10:06"), miss(2, "10:07"))
        assert (episode.is_open, episode.missed) == (True, 2)

    def test_blocked_before_what_was_loaded(self):
        (episode,) = episodes(miss(1, "10:00"), blocked=True)
        assert episode.how == "blocked"
