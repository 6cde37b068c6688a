"""Who was there when: every moment has one status, whatever was said and in whatever order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from followup.duty.rules import (
    DutyFact,
    Standing,
    Watch,
    available_members,
    began_at,
    by_member,
    nobody_was_available,
    on_duty,
    on_duty_seconds,
    spells,
    standing_at,
    status_at,
    uses_duty,
)
from followup.duty.typed import typed_duty
from followup.hours import schedule

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
OLGA, TARAS, IRYNA = 1, 2, 3
OFFICE = schedule("Mo-Fr 09:00-18:00", "UTC", "UA")


def at(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


def fact(number: int, member: int, status: str, minutes: float, until: float | None = None) -> DutyFact:
    ends = None if until is None else at(until)
    return DutyFact(id=number, member_id=member, status=status, at=at(minutes), until=ends)


def test_where_nobody_ever_said_anything_duty_is_not_used():
    nothing = by_member([])
    assert began_at(nothing) is None
    assert not uses_duty(nothing, TEN)
    assert available_members(nothing, [OLGA, TARAS], TEN, OFFICE) == [OLGA, TARAS]
    assert available_members(nothing, [OLGA, TARAS], at(12 * 60), OFFICE) == []
    assert not nobody_was_available(nothing, [OLGA], (TEN, at(60)))


def test_a_team_uses_duty_from_its_first_fact_on():
    facts = by_member([fact(1, TARAS, "off", 30)])
    assert [uses_duty(facts, at(minute)) for minute in (29, 30, 31)] == [False, True, True]
    assert available_members(facts, [OLGA, TARAS], at(29), OFFICE) == [OLGA, TARAS]
    assert available_members(facts, [OLGA, TARAS], at(30), OFFICE) == []
    assert not nobody_was_available(facts, [OLGA, TARAS], (at(29), at(60)))
    assert nobody_was_available(facts, [OLGA, TARAS], (at(30), at(60)))


def test_who_has_said_nothing_in_a_team_that_uses_duty_is_off():
    facts = by_member([fact(1, OLGA, "available", 0)])
    assert status_at(facts, TARAS, at(10)) == "off"
    assert available_members(facts, [OLGA, TARAS], at(10), OFFICE) == [OLGA]


def test_a_stay_away_ends_by_itself_and_off_lasts():
    facts = by_member([fact(1, OLGA, "away", 0, until=15), fact(2, TARAS, "off", 0), fact(3, IRYNA, "away", 0)])
    assert standing_at(facts, OLGA, at(14)) == Standing("away", at(15))
    assert standing_at(facts, OLGA, at(15)) == Standing("available")
    assert status_at(facts, TARAS, at(60 * 24 * 365)) == "off"
    assert status_at(facts, IRYNA, at(60 * 24 * 365)) == "away"
    assert available_members(facts, [OLGA, TARAS, IRYNA], at(20), OFFICE) == [OLGA]


def test_who_says_something_else_meanwhile_does_not_come_back_by_himself():
    facts = by_member([fact(1, OLGA, "away", 0, until=15), fact(2, OLGA, "off", 10)])
    assert status_at(facts, OLGA, at(20)) == "off"
    assert [(s.status, s.begins_at, s.ends_at) for s in spells(facts, OLGA, (TEN, at(30)))] == [
        ("away", TEN, at(10)),
        ("off", at(10), at(30)),
    ]


def test_of_two_presses_of_one_moment_the_later_one_counts():
    facts = by_member([fact(2, OLGA, "off", 0), fact(1, OLGA, "available", 0)])
    assert status_at(facts, OLGA, TEN) == "off"
    assert on_duty(facts, OLGA, (at(-5), at(5))) == []


def test_time_on_duty_is_the_time_of_being_available():
    facts = by_member(
        [
            fact(1, OLGA, "available", 0),
            fact(2, OLGA, "away", 60, until=75),
            fact(3, OLGA, "available", 90),  # said again: nothing changes
            fact(4, OLGA, "off", 120),
        ]
    )
    assert on_duty(facts, OLGA, (at(-30), at(240))) == [(TEN, at(60)), (at(75), at(120))]
    assert on_duty_seconds(facts, OLGA, (at(-30), at(240))) == (60 + 45) * 60
    assert on_duty_seconds(facts, OLGA, (at(70), at(80))) == 5 * 60
    assert on_duty_seconds(facts, OLGA, (at(80), at(70))) == 0
    assert on_duty_seconds(facts, TARAS, (at(0), at(80))) == 0


def test_one_moment_of_one_of_them_is_enough():
    facts = by_member([fact(1, OLGA, "off", 0), fact(2, TARAS, "off", 0), fact(3, TARAS, "available", 59)])
    assert nobody_was_available(facts, [OLGA, TARAS], (TEN, at(59)))
    assert not nobody_was_available(facts, [OLGA, TARAS], (TEN, at(60)))
    assert nobody_was_available(facts, [OLGA], (TEN, at(60)))


def test_a_line_asks_its_group_and_without_people_of_its_own_everybody():
    facts = by_member([fact(1, OLGA, "off", 0), fact(2, TARAS, "available", 0)])
    watch = Watch(facts, {None: {OLGA, TARAS}, "Sales": {OLGA}})
    span = (TEN, at(60))
    assert watch.was_anyone_available("Sales", span) is False
    assert watch.was_anyone_available(None, span) is True
    assert watch.was_anyone_available("Nobody's", span) is True
    assert watch.was_anyone_available("Sales", (at(-1), at(60))) is None
    assert Watch({}, {}).was_anyone_available("Sales", span) is None


SAID = [
    ("off", ("off", "")),
    ("OFF", ("off", "")),
    ("away 30m", ("away", "30m")),
    ("away until 15:30", ("away", "15:30")),
    ("on", ("available", "")),
    ("отошёл на 2 часа", ("away", "2 часа")),
    ("на месте", ("available", "")),
    ("не работаю", ("off", "")),
    ("перерва до 15:30", ("away", "15:30")),
    ("на місці", ("available", "")),
    ("не  працюю", ("off", "")),
]


def test_words_of_three_languages():
    assert [typed_duty(text) for text, _ in SAID] == [meant for _, meant in SAID]
    assert [typed_duty(text) for text in ("", "tomorrow", "30m", "не")] == [None] * 4


# --- laws -------------------------------------------------------------------------------------------------------------

MINUTES = st.integers(-300, 300)


@st.composite
def facts_of_three(draw):
    found = []
    for number in range(draw(st.integers(0, 12))):
        begins = draw(MINUTES)
        status = draw(st.sampled_from(["available", "away", "off"]))
        until = begins + draw(st.integers(1, 200)) if status == "away" and draw(st.booleans()) else None
        found.append(fact(number, draw(st.sampled_from([OLGA, TARAS, IRYNA])), status, begins, until))
    return found


@given(facts_of_three(), MINUTES, st.integers(1, 600), st.randoms())
def test_spells_fill_the_span_without_gap_or_overlap(said, begins, length, chance: random.Random):
    span = (at(begins), at(begins + length))
    facts = by_member(said)
    shuffled = list(said)
    chance.shuffle(shuffled)
    for member in (OLGA, TARAS, IRYNA):
        found = spells(facts, member, span)
        assert found == spells(by_member(shuffled), member, span)
        assert (found[0].begins_at, found[-1].ends_at) == span
        assert all(a.ends_at == b.begins_at and a.status != b.status for a, b in pairwise(found))
        assert all(each.begins_at < each.ends_at for each in found)
        by_status = {
            status: sum((s.ends_at - s.begins_at).total_seconds() for s in found if s.status == status)
            for status in ("available", "away", "off")
        }
        assert sum(by_status.values()) == length * 60
        assert on_duty_seconds(facts, member, span) == by_status["available"]


@given(facts_of_three(), MINUTES, st.integers(1, 600))
def test_every_minute_of_a_spell_has_its_status(said, begins, length):
    facts = by_member(said)
    for member in (OLGA, TARAS, IRYNA):
        for spell in spells(facts, member, (at(begins), at(begins + length))):
            minutes = int((spell.ends_at - spell.begins_at).total_seconds() // 60)
            seen = {status_at(facts, member, spell.begins_at + timedelta(minutes=n)) for n in range(minutes)}
            assert seen == {spell.status}


@given(facts_of_three(), MINUTES, st.integers(1, 600))
def test_nobody_means_that_no_minute_has_somebody(said, begins, length):
    facts = by_member(said)
    everybody = [OLGA, TARAS, IRYNA]
    minutes = [at(begins + n) for n in range(length)]
    there = any(status_at(facts, member, minute) == "available" for member in everybody for minute in minutes)
    is_known = uses_duty(facts, at(begins))
    assert nobody_was_available(facts, everybody, (at(begins), at(begins + length))) == (is_known and not there)


@given(facts_of_three(), MINUTES, st.integers(1, 600), MINUTES)
def test_two_parts_of_a_span_are_the_whole(said, begins, length, cut):
    facts = by_member(said)
    ends = begins + length
    middle = min(max(cut, begins), ends)
    whole = on_duty_seconds(facts, OLGA, (at(begins), at(ends)))
    parts = [on_duty_seconds(facts, OLGA, (at(a), at(b))) for a, b in ((begins, middle), (middle, ends))]
    assert whole == sum(parts)
