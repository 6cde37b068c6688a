"""When a waiting case speaks up again: 2 March 2026 is a Monday, the office works from 9 to 18 every day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.reminders.rules import (
    CaseClockView,
    ReminderTerms,
    StepKey,
    due_steps,
    is_step_due_now,
    latest_due_round,
)
from tests.followup.case_facts import OLGA, TARAS, at

TERMS = ReminderTerms()
CASE = CaseClockView(opened_at=at("10:00"), first_shown_at=at("10:00:05"))
TAKEN = replace(CASE, owner_id=OLGA, taken_at=at("10:05"))


def nine_to_six(moment, span):
    """Working time added in the plainest way: a stretch of the day at a time."""
    while True:
        opening, closing = moment.replace(hour=9, minute=0, second=0), moment.replace(hour=18, minute=0, second=0)
        moment = max(moment, opening)
        if moment + span <= closing:
            return moment + span
        span -= max(closing - moment, timedelta())
        moment = opening + timedelta(days=1)


def always(moment, span):
    return moment + span


def never(moment, span):
    return None


def rounds(due, step):
    return [due_at for key, due_at in sorted(due.items()) if key.step == step]


def take_round(case):
    return int(case.taken_at.timestamp())


class TestInTheQueue:
    def test_three_reminders_and_one_escalation(self):
        assert due_steps(CASE, TERMS, always) == {
            StepKey("remind", 1): at("10:15:05"),
            StepKey("remind", 2): at("10:30:05"),
            StepKey("remind", 3): at("10:45:05"),
            StepKey("escalate", 1): at("10:30:05"),
        }

    def test_none_before_the_alert_was_shown(self):
        assert due_steps(replace(CASE, first_shown_at=None), TERMS, always) == {}

    def test_from_the_opening_if_the_card_was_there_before(self):
        """A late event may move the opening after the first alert."""
        assert rounds(due_steps(replace(CASE, opened_at=at("10:20")), TERMS, always), "escalate") == [at("10:50")]

    def test_the_night_waits(self):
        shown_late = replace(CASE, opened_at=at("17:50"), first_shown_at=at("17:50"))
        due = due_steps(shown_late, TERMS, nine_to_six)
        assert rounds(due, "remind") == [at("09:05", 3), at("09:20", 3), at("09:35", 3)]
        assert rounds(due, "escalate") == [at("09:20", 3)]

    def test_missed_at_night_and_shown_at_opening(self):
        at_night = replace(CASE, opened_at=at("02:00"), first_shown_at=at("09:00"))
        assert rounds(due_steps(at_night, TERMS, nine_to_six), "remind")[0] == at("09:15")

    def test_a_team_that_never_works_is_never_reminded(self):
        assert due_steps(CASE, TERMS, never) == {}

    @pytest.mark.parametrize("change", [{"is_open": False}, {"kind": "anonymous"}], ids=["closed", "anonymous"])
    def test_nothing_is_due(self, change):
        assert due_steps(replace(CASE, **change), TERMS, always) == {}
        assert due_steps(replace(TAKEN, snoozed_until=at("11:00"), **change), TERMS, always) == {}

    def test_other_terms(self):
        terms = ReminderTerms(remind=timedelta(minutes=5), escalate=timedelta(hours=1), rounds=2)
        due = due_steps(CASE, terms, always)
        assert rounds(due, "remind") == [at("10:05:05"), at("10:10:05")]
        assert rounds(due, "escalate") == [at("11:00:05")]


class TestTaken:
    def test_the_owner_is_nudged_and_then_loses_it(self):
        number = take_round(TAKEN)
        assert due_steps(TAKEN, TERMS, always) == {
            StepKey("nudge", number): at("10:25"),
            StepKey("return", number): at("10:45"),
        }

    def test_only_working_time_runs_for_the_owner(self):
        due = due_steps(replace(TAKEN, taken_at=at("17:50")), TERMS, nine_to_six)
        assert rounds(due, "nudge") == [at("09:10", 3)]
        assert rounds(due, "return") == [at("09:30", 3)]

    def test_the_next_owner_has_his_own_rounds(self):
        other = replace(TAKEN, owner_id=TARAS, taken_at=at("11:00"))
        assert due_steps(other, TERMS, always).keys().isdisjoint(due_steps(TAKEN, TERMS, always))

    def test_back_in_the_queue_the_old_keys_are_there_again(self):
        assert due_steps(replace(TAKEN, owner_id=None, taken_at=None), TERMS, always) == due_steps(CASE, TERMS, always)


class TestSnoozed:
    UNTIL = at("15:00")

    def test_the_queue_waits_for_the_snooze(self):
        due = due_steps(replace(CASE, snoozed_until=self.UNTIL), TERMS, always)
        assert due[StepKey("wake", int(self.UNTIL.timestamp()))] == self.UNTIL
        assert rounds(due, "remind") == [at("15:15"), at("15:30"), at("15:45")]
        assert rounds(due, "escalate") == [at("15:30")]

    def test_the_owner_waits_for_the_snooze(self):
        due = due_steps(replace(TAKEN, snoozed_until=self.UNTIL), TERMS, always)
        assert rounds(due, "nudge") == [at("15:20")]
        assert rounds(due, "return") == [at("15:40")]

    def test_a_snooze_that_ended_before_the_take_moves_nothing(self):
        due = due_steps(replace(TAKEN, snoozed_until=at("09:00")), TERMS, always)
        assert rounds(due, "nudge") == [at("10:25")]

    def test_a_snooze_wakes_at_its_own_time_even_at_night(self):
        """The person chose the time; what is quiet at night is the messenger's rule."""
        night = replace(CASE, snoozed_until=at("23:00"))
        assert rounds(due_steps(night, TERMS, nine_to_six), "wake") == [at("23:00")]

    def test_two_snoozes_wake_twice(self):
        def keys(until):
            return {key for key in due_steps(replace(CASE, snoozed_until=until), TERMS, always) if key.step == "wake"}

        assert keys(at("15:00")).isdisjoint(keys(at("16:00")))


class TestLookAgain:
    NOW = at("12:00")

    @pytest.mark.parametrize("step", ["remind", "escalate"])
    @pytest.mark.parametrize(
        ("case", "expected"),
        [
            (CASE, True),
            (replace(CASE, snoozed_until=at("12:00")), True),
            (replace(CASE, snoozed_until=at("12:01")), False),
            (replace(CASE, first_shown_at=None), False),
            (replace(CASE, is_open=False), False),
            (replace(CASE, kind="anonymous"), False),
            (TAKEN, False),
        ],
        ids=["waiting", "woken", "snoozed", "not shown", "closed", "anonymous", "taken"],
    )
    def test_the_queues_steps(self, step, case, expected):
        assert is_step_due_now(StepKey(step, 1), case, self.NOW) is expected

    @pytest.mark.parametrize("step", ["nudge", "return"])
    @pytest.mark.parametrize(
        ("case", "expected"),
        [
            (TAKEN, True),
            (replace(TAKEN, snoozed_until=at("11:00")), True),
            (replace(TAKEN, snoozed_until=at("12:01")), False),
            (replace(TAKEN, is_open=False), False),
            (replace(TAKEN, owner_id=TARAS, taken_at=at("11:59")), False),
            (CASE, False),
        ],
        ids=["taken", "woken", "snoozed", "closed", "taken by another meanwhile", "released"],
    )
    def test_the_owners_steps(self, step, case, expected):
        assert is_step_due_now(StepKey(step, take_round(TAKEN)), case, self.NOW) is expected

    @pytest.mark.parametrize(
        ("case", "expected"),
        [
            (replace(CASE, snoozed_until=at("12:00")), True),
            (replace(TAKEN, snoozed_until=at("12:00")), True),
            (replace(CASE, snoozed_until=at("11:00")), False),
            (replace(CASE, snoozed_until=at("13:00")), False),
            (replace(CASE, snoozed_until=at("12:00"), is_open=False), False),
            (CASE, False),
        ],
        ids=["woken", "the owner's", "another snooze", "moved on", "closed", "ended"],
    )
    def test_wake(self, case, expected):
        assert is_step_due_now(StepKey("wake", int(at("12:00").timestamp())), case, self.NOW) is expected

    def test_the_snooze_that_is_still_on_does_not_wake(self):
        later = replace(CASE, snoozed_until=at("13:00"))
        assert not is_step_due_now(StepKey("wake", int(at("13:00").timestamp())), later, self.NOW)


class TestAfterAPause:
    def test_three_hours_down_is_one_reminder_not_twelve(self):
        due = due_steps(CASE, replace(TERMS, rounds=12), always)
        assert latest_due_round(due, "remind", at("13:00:05")) == 12
        assert latest_due_round(due, "remind", at("12:59:05")) == 11
        assert latest_due_round(due, "escalate", at("13:00:05")) == 1

    @pytest.mark.parametrize(
        ("clock", "expected"), [("10:15:04", None), ("10:15:05", 1), ("10:44", 2), ("10:45:05", 3), ("17:00", 3)]
    )
    def test_the_latest_round_that_is_due(self, clock, expected):
        assert latest_due_round(due_steps(CASE, TERMS, always), "remind", at(clock)) == expected

    def test_a_night_down_is_none_at_all(self):
        due = due_steps(replace(CASE, opened_at=at("17:50"), first_shown_at=at("17:50")), TERMS, nine_to_six)
        assert latest_due_round(due, "remind", at("08:59", 3)) is None


moments = st.integers(0, 3 * 24 * 60).map(lambda n: at("00:00") + timedelta(minutes=n))


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(
    st.builds(
        CaseClockView,
        opened_at=moments,
        first_shown_at=st.none() | moments,
        owner_id=st.sampled_from([None, OLGA]),
        taken_at=st.none() | moments,
        snoozed_until=st.none() | moments,
    )
)
def test_nothing_is_due_before_its_cause_nor_out_of_hours(case):
    due = due_steps(case, TERMS, nine_to_six)
    for key, due_at in due.items():
        assert case.snoozed_until is None or due_at >= case.snoozed_until
        if key.step != "wake":
            assert at("09:00").time() < due_at.time() <= at("18:00").time()
        assert is_step_due_now(key, case, due_at)
    reminders = rounds(due, "remind")
    assert reminders == sorted(reminders)
    assert len(reminders) in {0, 3}
