"""The fan: fair among those who are there, whoever comes and goes (M29)."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from followup.tickets.fan import Candidate, choose


class Fan:
    """Candidates as they are stored between two tickets."""

    def __init__(self, weights):
        self.weights = weights
        self.turns = dict.fromkeys(weights, 0.0)
        self.present: set[int] = set()
        self.last_no = dict.fromkeys(weights, 0)

    def give(self, available):
        choice = choose(
            Candidate(
                member_id=m,
                weight=self.weights[m],
                turns=self.turns[m],
                was_available=m in self.present,
                last_no=self.last_no[m],
            )
            for m in available
        )
        self.present = set(available)
        if choice is None:
            return None
        self.turns |= choice.turns
        self.last_no[choice.member_id] = max(self.last_no.values()) + 1
        return choice.member_id


def test_nobody_there():
    assert choose([]) is None
    assert choose([Candidate(member_id=1, weight=0)]) is None


@given(st.lists(st.sets(st.integers(1, 5), min_size=1), max_size=8), st.integers(1, 40))
def test_under_absences_shares_stay_within_one_ticket(shifts, tickets):
    """In every stretch with the same people at work nobody is more than one ticket ahead of another."""
    fan = Fan(dict.fromkeys(range(1, 6), 1))
    for shift in shifts:
        got = Counter(dict.fromkeys(shift, 0))
        for _ in range(tickets):
            got[fan.give(shift)] += 1
        assert max(got.values()) - min(got.values()) <= 1, (shift, got)


@given(st.dictionaries(st.integers(1, 4), st.integers(1, 4), min_size=1), st.integers(1, 60))
def test_weights_share_within_one_ticket(weights, tickets):
    fan = Fan(weights)
    got = Counter(fan.give(weights) for _ in range(tickets))
    for member, weight in weights.items():
        assert abs(got[member] - tickets * weight / sum(weights.values())) < len(weights)


def test_who_was_away_is_not_flooded_when_he_comes_back():
    fan = Fan({1: 1, 2: 1})
    assert [fan.give({1}) for _ in range(10)] == [1] * 10
    assert sorted(fan.give({1, 2}) for _ in range(4)) == [1, 1, 2, 2]


def test_why_me_is_answered():
    choice = choose([Candidate(member_id=1, turns=2.0, was_available=True), Candidate(member_id=2, has_open=3)])
    assert choice is not None
    assert choice.why == {"among": 2, "turns": 2, "weight": 1, "open": 0}


def test_ties_go_to_who_has_waited_longest():
    both = [Candidate(member_id=m, turns=3.0, was_available=True, last_no=9 - m) for m in (1, 2)]
    choice = choose(both)
    assert choice is not None
    assert choice.member_id == 2
