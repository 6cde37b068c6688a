"""The planted day is what its written numbers say."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from sandbox.days.count import LABELS, count
from sandbox.days.ordinary_day import ROWS, TRUTH, ordinary_day, working_day
from sandbox.days.wire import ends_at, steps

FRIDAY = date(2026, 11, 20)


def test_the_written_numbers_agree_with_an_independent_count() -> None:
    counted = count(ordinary_day(FRIDAY))
    assert {key: counted[key] for key in TRUTH} == TRUTH


def test_a_second_count_straight_over_the_table_agrees_too() -> None:
    kinds = Counter(row[3]["kind"] for row in ROWS)
    assert (kinds["missed"], kinds["answered"], kinds["outbound"]) == (
        TRUTH["missed"],
        TRUTH["answered"],
        TRUTH["outgoing"],
    )
    clients = {row[1] for row in ROWS if row[3]["kind"] == "missed" and row[1] != "??"}
    assert len(clients) == TRUTH["clients"] == TRUTH["called_out"] + TRUTH["called_in"] + TRUTH["not_reached"]


def test_reasons_add_up_to_the_missed_calls() -> None:
    reasons = [key for key in TRUTH if key.startswith("missed_") and key != "missed_hidden"]
    assert sum(TRUTH[key] for key in reasons) == TRUTH["missed"]


def test_every_number_has_a_label() -> None:
    assert set(count(ordinary_day(FRIDAY))) == set(LABELS)


def test_one_forgotten_call_changes_the_count() -> None:
    day = ordinary_day(FRIDAY)
    without = [call for call in day if call.title != "Taras reaches the client"]
    assert count(without)["called_out"] == TRUTH["called_out"] - 1
    assert count(without)["not_reached"] == TRUTH["not_reached"] + 1


def test_calls_stand_in_order_of_time_and_have_their_own_ids() -> None:
    day = ordinary_day(FRIDAY)
    assert [call.started_at for call in day] == sorted(call.started_at for call in day)
    assert len({call.id for call in day}) == len(day)


def test_off_hours_is_exactly_what_lies_outside_the_hours() -> None:
    for call in ordinary_day(FRIDAY):
        if call.kind == "missed":
            assert (call.why == "off_hours") == (not 9 <= call.started_at.hour < 18), call.title


def test_a_short_drop_lasts_less_than_ten_seconds_and_nothing_else_does() -> None:
    for call in ordinary_day(FRIDAY):
        if call.kind == "missed" and call.why not in ("no_route", "off_hours"):
            assert (ends_at(call) - call.started_at < timedelta(seconds=10)) == (call.why == "abandoned_10s")


def test_a_miss_has_no_answer_anywhere_and_an_answer_has_one_leg() -> None:
    for call in ordinary_day(FRIDAY):
        last = steps(call)[-1].fields
        answered = [leg for leg in last.get("legs", []) if leg["answered_at"]]
        assert len(answered) == (1 if call.kind in ("answered", "internal") else 0)
        assert bool(last.get("answered_at")) == (call.is_successful or call.kind == "internal")


def test_the_numbers_hold_on_any_working_day_and_on_no_other() -> None:
    for days in range(5):
        counted = count(ordinary_day(date(2026, 3, 23) + timedelta(days=days)))
        assert counted["missed"] == TRUTH["missed"]
    with pytest.raises(ValueError, match="Monday-to-Friday"):
        ordinary_day(date(2026, 11, 21))


def test_working_day_steps_back_over_the_weekend() -> None:
    assert [working_day(date(2026, 11, 20 + n)) for n in range(4)] == [FRIDAY] * 3 + [date(2026, 11, 23)]
