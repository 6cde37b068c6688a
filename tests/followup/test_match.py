"""Which stored case a derived episode is."""

from datetime import timedelta
from itertools import permutations

from followup.cases.rules import StoredKeys, match, timeline
from tests.followup.case_facts import POLICY, at, attempt, called_in, miss, order, press

NOW = at("18:00")


def stored(case_id, clock, *keys):
    return StoredKeys(id=case_id, fact_keys=keys, opened_at=at(clock))


def derived(*facts):
    return timeline(facts, POLICY, NOW)


def ids(matching):
    return [(case_id, episode.fact_keys) for case_id, episode in matching.pairs]


def test_the_first_miss_is_fresh():
    matching = match([], derived(miss(1, "10:00")))
    assert (matching.pairs, len(matching.fresh), matching.left_over) == ((), 1, ())


def test_a_case_keeps_its_id_as_it_grows():
    matching = match([stored(9, "10:00", "c:1")], derived(miss(1, "10:00"), attempt(2, "10:05")))
    assert ids(matching) == [(9, ("c:1", "c:2"))]
    assert (matching.fresh, matching.left_over) == ((), ())


def test_a_miss_that_proves_answered_leaves_its_case_over():
    assert match([stored(9, "10:00", "c:1")], []).left_over == (9,)


def test_nothing_in_common_is_no_match():
    matching = match([stored(9, "10:00", "c:1")], derived(miss(2, "10:00")))
    assert (matching.pairs, len(matching.fresh), matching.left_over) == ((), 1, (9,))


def test_a_late_contact_splits_and_the_case_stays_with_most_of_its_misses():
    facts = derived(miss(1, "10:00"), called_in(9, "10:01", "10:02"), miss(2, "10:05"), miss(3, "10:06"))
    matching = match([stored(4, "10:00", "c:1", "c:2", "c:3")], facts)
    assert ids(matching) == [(4, ("c:2", "c:3"))]
    assert [episode.fact_keys for episode in matching.fresh] == [("c:1", "c:9")]


def test_an_even_split_goes_to_the_earliest_episode():
    facts = derived(miss(1, "10:00"), called_in(9, "10:01", "10:02"), miss(2, "10:05"))
    assert ids(match([stored(4, "10:00", "c:1", "c:2")], facts)) == [(4, ("c:1", "c:9"))]


def test_a_miss_says_more_than_attempts_and_presses():
    facts = derived(
        miss(1, "10:00"),
        called_in(9, "10:01", "10:02"),
        miss(2, "10:05"),
        attempt(3, "10:06"),
        press(1, "take", "10:07"),
    )
    assert ids(match([stored(4, "10:00", "c:1", "c:3", "a:1")], facts)) == [(4, ("c:1", "c:9"))]


def test_of_as_many_misses_an_attempt_says_more_than_presses():
    facts = derived(
        miss(1, "10:00"),
        press(1, "note", "10:00:30", text="rings again at noon"),
        press(2, "take", "10:01"),
        called_in(9, "10:01", "10:02"),
        miss(2, "10:05"),
        attempt(3, "10:06"),
    )
    case = stored(4, "10:00", "c:1", "a:1", "a:2", "c:2", "c:3")
    assert ids(match([case], facts)) == [(4, ("c:2", "c:3"))]


def test_of_as_many_calls_presses_decide():
    facts = derived(miss(1, "10:00"), called_in(9, "10:01", "10:02"), miss(2, "10:05"), press(1, "take", "10:06"))
    assert ids(match([stored(4, "10:00", "c:1", "c:2", "a:1")], facts)) == [(4, ("c:2", "a:1"))]


def test_two_cases_of_one_episode_leave_the_smaller_over():
    episodes = derived(miss(1, "10:00"), miss(2, "10:05"), miss(3, "10:10"))
    matching = match([stored(4, "10:00", "c:1"), stored(5, "10:05", "c:2", "c:3")], episodes)
    assert ids(matching) == [(5, ("c:1", "c:2", "c:3"))]
    assert matching.left_over == (4,)


def test_ties_go_to_the_earliest_stored_in_whatever_order_they_are_given():
    cases = [stored(7, "10:00", "c:1"), stored(5, "10:05", "c:2"), stored(6, "10:05", "c:3")]
    episodes = derived(miss(1, "10:00"), miss(2, "10:05"), miss(3, "10:10"))
    assert {match(given, episodes).pairs[0][0] for given in permutations(cases)} == {7}
    same_opening = [stored(n, "10:00", f"c:{n}") for n in (3, 2, 1)]
    assert match(same_opening, episodes).pairs[0][0] == 1


def test_orders_are_missed_too():
    episodes = derived(order(1, "10:00"), called_in(9, "10:01", "10:02"), miss(1, "10:05"), attempt(2, "10:06"))
    assert ids(match([stored(4, "10:00", "o:1", "c:2")], episodes)) == [(4, ("o:1", "c:9"))]


def test_every_stored_case_and_every_episode_is_used_once():
    episodes = derived(miss(1, "10:00"), called_in(9, "10:01", "10:02"), miss(2, "10:05"))
    matching = match([stored(4, "10:00", "c:1", "c:2"), stored(5, "10:05", "c:1", "c:2")], episodes)
    assert [case_id for case_id, _ in matching.pairs] == [4, 5]
    assert matching.pairs[1][1].opened_at - matching.pairs[0][1].opened_at == timedelta(minutes=5)
