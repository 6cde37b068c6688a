"""What a client's facts say of his cases, told by small stories."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followup.cases.rules import Boundary, anonymous_episode, boundary_after, event_moments, fact_key, timeline
from tests.followup.case_facts import (
    OLGA,
    POLICY,
    TARAS,
    at,
    attempt,
    called_in,
    called_out,
    miss,
    order,
    press,
)

NOW = at("18:00")


def episodes(*facts, now=NOW, **options):
    return timeline(facts, POLICY, now, **options)


def only(*facts, now=NOW):
    (episode,) = episodes(*facts, now=now)
    return episode


T1 = (miss(1, "10:00"), miss(2, "10:07"), miss(3, "10:20"), attempt(4, "10:25"))


class TestMissesAndAttempts:
    def test_t1_open_with_three_misses_and_one_attempt(self):
        episode = only(*T1)
        assert episode.is_open
        assert (episode.missed, episode.miss_ids) == (3, (1, 2, 3))
        assert (episode.attempts, episode.attempt_ids) == (1, (4,))
        assert (episode.opened_at, episode.last_missed_at) == (at("10:00"), at("10:20"))
        assert episode.last_missed_at - episode.opened_at == timedelta(minutes=20)
        assert episode.expires_at == at("10:20") + timedelta(days=31)

    def test_t1_reached_at_10_40(self):
        episode = only(*T1, called_out(5, "10:39:45", "10:40"))
        assert (episode.how, episode.closed_at, episode.contact_at) == ("called_out", at("10:40"), at("10:40"))
        assert (episode.attempts, episode.attempt_ids, episode.contact_id) == (2, (4, 5), 5)
        assert episode.first_attempt_at - episode.opened_at == timedelta(minutes=25)
        assert episode.contact_at - episode.opened_at == timedelta(minutes=40)
        assert (episode.last_attempt_at, episode.last_attempt_by) == (at("10:39:45"), TARAS)
        assert episode.closed_by == TARAS
        assert episode.expires_at is None
        assert episode.fact_keys == ("c:1", "c:2", "c:3", "c:4", "c:5")

    def test_a_client_who_gets_through_himself_closes_without_an_attempt(self):
        episode = only(miss(1, "10:00"), called_in(2, "10:10", "10:11"))
        assert (episode.how, episode.contact_at, episode.attempts) == ("called_in", at("10:11"), 0)

    def test_a_second_number_answered_after_it_waited_through_the_miss_closes(self):
        assert only(miss(1, "10:00"), called_in(2, "09:59", "10:01")).how == "called_in"

    @pytest.mark.parametrize("answered", ["09:59", "10:00"])
    def test_a_contact_not_after_the_miss_leaves_it_open(self, answered):
        episode = only(called_in(1, "09:58", answered), miss(2, "10:00"))
        assert episode.is_open
        assert episode.fact_keys == ("c:2",)

    def test_a_contact_in_the_instant_of_a_second_miss_closes_only_the_first(self):
        first, second = episodes(miss(1, "10:00"), called_in(2, "10:04", "10:05"), miss(3, "10:05"))
        assert (first.miss_ids, first.how) == ((1,), "called_in")
        assert (second.miss_ids, second.is_open) == ((3,), True)

    def test_an_attempt_before_the_miss_is_none_since_it(self):
        assert only(attempt(1, "09:59"), miss(2, "10:00")).attempts == 0

    def test_an_attempt_in_the_instant_of_the_miss_counts(self):
        assert only(attempt(1, "10:00"), miss(2, "10:00")).attempts == 1

    def test_dialled_before_the_miss_and_answered_after_it_counts_from_the_opening(self):
        episode = only(called_out(1, "09:59:50", "10:00:10"), miss(2, "10:00"))
        assert (episode.how, episode.attempts, episode.attempt_ids) == ("called_out", 1, (1,))
        assert episode.first_attempt_at == at("10:00")

    def test_answered_in_the_instant_it_was_dialled_is_one_attempt(self):
        episode = only(miss(1, "10:00"), called_out(2, "10:05", "10:05"))
        assert (episode.attempts, episode.fact_keys) == (1, ("c:1", "c:2"))

    def test_answered_in_the_instant_it_was_dialled_it_is_no_attempt_at_what_was_missed_then(self):
        first, second = episodes(miss(1, "10:00"), called_out(2, "10:05", "10:05"), miss(3, "10:05"))
        assert (first.attempts, second.attempts) == (1, 0)

    def test_the_last_attempt_is_the_last_to_start_not_the_last_to_be_answered(self):
        episode = only(called_out(1, "09:59", "10:05", by=OLGA), miss(2, "10:00"), attempt(3, "10:02", by=TARAS))
        assert (episode.first_attempt_at, episode.last_attempt_at) == (at("10:00"), at("10:02"))
        assert episode.last_attempt_by == TARAS

    def test_short_attempts_are_counted_and_flagged(self):
        episode = only(miss(1, "10:00"), attempt(2, "10:01", short=True), attempt(3, "10:02"))
        assert (episode.attempts, episode.short_attempts) == (2, 1)

    def test_a_call_back_answered_quickly_is_not_short(self):
        quick = replace(called_out(2, "10:01", "10:01:03"), is_short=True)
        assert only(miss(1, "10:00"), quick).short_attempts == 0

    def test_contacts_and_attempts_alone_are_no_case(self):
        assert episodes(called_in(1, "10:00", "10:01"), attempt(2, "10:05"), press(1, "take", "10:06")) == []

    def test_lines_and_reasons_are_listed_in_order_of_time(self):
        episode = only(
            miss(3, "10:20", line="sales", reason="off_hours"),
            miss(1, "10:00", line="sales", reason="abandoned_10s"),
            miss(2, "10:10", line="service"),
            miss(4, "10:30", line=None),
        )
        assert episode.lines == ("sales", "service")
        assert episode.reasons == ("abandoned_10s", "not_answered", "off_hours", "not_answered")

    def test_t5_a_success_on_the_other_number_closes_while_the_numbers_are_one_client(self):
        on_x, on_y = replace(miss(1, "10:00"), number_id=7), replace(called_out(2, "10:05", "10:06"), number_id=8)
        assert only(on_x, on_y).how == "called_out"
        assert only(on_x).is_open

    def test_t6_a_success_on_another_line_of_the_company_closes(self):
        assert only(miss(1, "10:00", line="sales"), replace(called_in(2, "10:05", "10:06"), line="service")).how

    def test_t17_three_times_and_backwards_is_the_same(self):
        facts = [*T1, called_out(5, "10:39:45", "10:40"), miss(6, "11:00")]
        assert episodes(*reversed(facts * 3)) == episodes(*facts)


class TestOrders:
    def test_an_order_opens_and_misses_nothing(self):
        episode = only(order(1, "10:00"))
        assert (episode.opened_at, episode.last_missed_at) == (at("10:00"), at("10:00"))
        assert (episode.missed, episode.order_ids, episode.reasons) == (0, (1,), ())
        assert episode.fact_keys == ("o:1",)

    def test_an_order_joins_but_is_no_miss(self):
        episode = only(miss(1, "10:00"), order(1, "10:05"))
        assert (episode.missed, episode.order_ids, episode.last_missed_at) == (1, (1,), at("10:00"))
        assert episode.expires_at == at("10:05") + timedelta(days=31)

    def test_a_miss_after_orders_is_the_last_miss(self):
        episode = only(order(1, "10:00"), order(2, "10:05"), miss(1, "10:10"), order(3, "10:20"))
        assert (episode.opened_at, episode.last_missed_at) == (at("10:00"), at("10:10"))

    def test_the_last_of_orders_alone_stands_for_the_miss(self):
        assert only(order(1, "10:00"), order(2, "10:05")).last_missed_at == at("10:05")

    def test_a_forbidden_order_says_so(self):
        assert only(order(1, "10:00", reason="forbidden"), miss(1, "10:05")).reasons == ("forbidden", "not_answered")

    def test_calling_the_client_of_an_order_closes(self):
        assert only(order(1, "10:00"), called_out(2, "10:01", "10:02")).how == "called_out"


class TestExpiry:
    def test_open_until_the_window_is_over(self):
        expiry = at("10:00", day=33)
        assert only(miss(1, "10:00"), now=expiry - timedelta(seconds=1)).is_open
        episode = only(miss(1, "10:00"), now=expiry)
        assert (episode.how, episode.closed_at, episode.closed_by) == ("expired", expiry, None)

    def test_a_further_miss_or_order_moves_it(self):
        facts = (miss(1, "10:00"), miss(2, "10:00", day=20), order(1, "11:00"))
        assert only(*facts, now=at("10:00", day=40)).is_open

    @pytest.mark.parametrize("day", [33, 42])
    def test_a_miss_at_or_after_the_expiry_opens_anew(self, day):
        old, new = episodes(miss(1, "10:00"), miss(2, "10:00", day=day), now=at("12:00", day=day))
        assert (old.how, old.closed_at, old.missed) == ("expired", at("10:00", day=33), 1)
        assert (new.opened_at, new.is_open) == (at("10:00", day=day), True)

    def test_a_contact_after_the_expiry_does_not_rewrite_it(self):
        late = replace(called_in(2, "10:00", "10:00"), started_at=at("10:00", 40), contact_at=at("10:01", 40))
        assert only(miss(1, "10:00"), late, now=at("12:00", day=40)).how == "expired"


class TestSince:
    FACTS = (miss(1, "10:00"), called_out(2, "10:04", "10:05"), miss(3, "10:05"), called_out(4, "10:04:30", "10:10"))

    def test_a_call_begun_before_the_boundary_brings_its_contact(self):
        first, second = episodes(*self.FACTS)
        assert (second.how, second.attempt_ids) == ("called_out", (4,))
        assert episodes(*self.FACTS, since=boundary_after(first)) == [second]

    def test_a_bare_moment_leaves_out_its_whole_instant(self):
        assert episodes(*self.FACTS, since=Boundary(at("10:05"))) == []

    def test_an_open_episode_has_no_end(self):
        with pytest.raises(ValueError, match="no end"):
            boundary_after(only(miss(1, "10:00")))


class TestAnonymous:
    CALL = miss(1, "10:00", line=None)
    DAY_END = at("18:00")

    def anonymous(self, *actions, now=NOW - timedelta(hours=6)):
        return anonymous_episode(self.CALL, self.DAY_END, actions, now)

    def test_it_waits_until_the_day_ends(self):
        assert self.anonymous().is_open
        assert self.anonymous().expires_at == self.DAY_END
        expired = self.anonymous(now=self.DAY_END)
        assert (expired.how, expired.closed_at) == ("expired", self.DAY_END)

    def test_nobody_takes_what_cannot_be_called(self):
        kinds = ("take", "dial", "block")
        assert self.anonymous(*(press(n, kind, "10:01") for n, kind in enumerate(kinds))) == self.anonymous()

    def test_it_can_be_handled_noted_and_reopened(self):
        handled = (press(1, "note", "10:01", text="a courier"), press(2, "handle", "10:02", reason="spam"))
        assert self.anonymous(*handled).close_reason == "spam"
        assert self.anonymous(*handled).notes == ((at("10:01"), OLGA, "a courier"),)
        assert self.anonymous(*handled, press(3, "reopen", "10:03")).is_open


def test_facts_have_keys_and_moments():
    call = called_out(7, "10:00", "10:01")
    assert [fact_key(fact) for fact in (call, order(7, "10:00"), press(7, "take", "10:00"))] == ["c:7", "o:7", "a:7"]
    assert [moment.at for moment in event_moments(call)] == [at("10:00"), at("10:01")]
    assert [moment.at for moment in event_moments(called_in(8, "10:00", "10:01"))] == [at("10:01")]
