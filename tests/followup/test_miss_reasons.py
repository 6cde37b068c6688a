"""Why a call was missed: one of eight reasons, by precedence (R14, X10, T20)."""

import pytest

from followup.calls.rules import FOLDED, judge
from tests.followup.told import CLOSED, facts, inbound, leg

RANG = (leg("101", "no_answer"), leg("102", "no_answer"))


@pytest.mark.parametrize(
    "said, reason, detail",
    [
        # T20
        ({"ended": 9.9, "stage": "greeting", "hung_up_by": "client"}, "abandoned_10s", "short_drop"),
        ({"ended": 10.0, "stage": "greeting", "hung_up_by": "client"}, "abandoned_greeting", "dropped_in_ivr"),
        # who hung up, when nobody says
        ({"ended": 9, "reason_detail": "no_answer"}, "abandoned_10s", "no_answer"),
        ({"ended": 9, "reason_detail": "no_answer", "hung_up_by": "us"}, "not_answered", "no_answer"),
        ({"ended": 9, "reason_detail": "no_answer", "hung_up_by": "network"}, "not_answered", "no_answer"),
        ({"ended": 9, "reason_detail": "queue_timeout"}, "not_answered", "queue_timeout"),
        ({"ended": 9, "reason_detail": "rejected"}, "not_answered", "rejected"),
        ({"ended": 9, "reason_detail": "all_busy"}, "all_unavailable", "all_busy"),
        ({"ended": 9, "reason_detail": "all_busy", "hung_up_by": "client"}, "abandoned_10s", "all_busy"),
        ({"ended": 9, "reason_detail": "caller_abandoned"}, "abandoned_10s", "caller_abandoned"),
        ({"ended": 9, "legs": (leg("101", "busy"),)}, "all_unavailable", "busy"),
        ({"ended": 9, "legs": (leg("101", "rejected"),)}, "not_answered", "rejected"),
        ({"ended": 9, "legs": RANG}, "abandoned_10s", "short_drop"),
        ({"ended": 9, "stage": "voicemail"}, "not_answered", "voicemail"),
        # the final stage counts, not the way there
        ({"ended": 30, "stage": "ivr", "hung_up_by": "client"}, "abandoned_ivr", "dropped_in_ivr"),
        ({"ended": 30, "stage": "queue", "hung_up_by": "client"}, "not_answered", "caller_abandoned"),
        ({"ended": 30, "stage": "queue", "hung_up_by": "us"}, "not_answered", "queue_timeout"),
        ({"ended": 30, "stage": "ivr", "legs": RANG}, "not_answered", "no_answer"),
        ({"ended": 30, "reason_detail": "dropped_in_ivr"}, "abandoned_ivr", "dropped_in_ivr"),
        ({"ended": 30, "reason_detail": "dropped_in_ivr", "stage": "greeting"}, "abandoned_greeting", "dropped_in_ivr"),
        # phones
        ({"ended": 30, "legs": RANG}, "not_answered", "no_answer"),
        ({"ended": 30, "legs": (leg("101", "busy"), leg("102", "no_answer"))}, "not_answered", "no_answer"),
        ({"ended": 30, "legs": (leg("101", "busy"), leg("102", "rejected"))}, "not_answered", "no_answer"),
        ({"ended": 30, "legs": (leg("101", "busy"), leg("102", "busy"))}, "all_unavailable", "all_busy"),
        ({"ended": 30, "legs": (leg("101", "dnd"), leg("102", "dnd"))}, "all_unavailable", "dnd"),
        (
            {"ended": 30, "legs": (leg("101", "busy"), leg("102", "unavailable"))},
            "all_unavailable",
            "agent_unavailable",
        ),
        ({"ended": 30, "legs": RANG, "reason_detail": "all_busy"}, "not_answered", "all_busy"),
        ({"ended": 30, "legs": (leg("101"),), "reason_detail": "busy"}, "all_unavailable", "busy"),
        # the vendor's word goes before our schedule, and forbidden before all
        ({"ended": 9, "reason_detail": "out_of_hours", "hung_up_by": "client"}, "off_hours", "out_of_hours"),
        ({"ended": 9, "stage": "no_route", "hung_up_by": "client"}, "no_route", "no_route"),
        ({"ended": 9, "result": "forbidden", "stage": "no_route"}, "forbidden", "forbidden_destination"),
        ({"ended": 30}, "not_answered", "no_answer"),
        ({"ended": 30, "reason_detail": "a word of 2031"}, "not_answered", "a word of 2031"),
    ],
)
def test_reason_of_a_miss(said, reason, detail):
    verdict = inbound(**said)
    assert (verdict.reason, verdict.reason_detail) == (reason, detail)


@pytest.mark.parametrize(
    "said, reason",
    [
        ({"ended": 9.9, "stage": "greeting", "hung_up_by": "client"}, "off_hours"),
        ({"ended": 30, "legs": RANG}, "off_hours"),
        ({"ended": 30, "stage": "no_route"}, "no_route"),
        ({"ended": 30, "reason_detail": "blacklisted"}, "forbidden"),
    ],
)
def test_reason_outside_working_hours(said, reason):
    assert judge(facts("in", **said), CLOSED).reason == reason


CONTRACT_FOLDS = {
    "not_answered": "no_answer caller_abandoned rejected queue_timeout voicemail",
    "abandoned_10s": "short_drop",
    "abandoned_ivr": "dropped_in_ivr",
    "all_unavailable": "busy all_busy dnd agent_unavailable",
    "no_route": "no_route inactive dropped_by_scheme technical unreachable",
    "forbidden": "forbidden_destination blacklisted invalid_number billing",
    "off_hours": "out_of_hours",
}


@pytest.mark.parametrize(
    "word, reason", [(word, reason) for reason, words in CONTRACT_FOLDS.items() for word in words.split()]
)
def test_finer_words_fold_as_the_contract_says(word, reason):
    verdict = inbound(ended=30, reason_detail=word)
    assert (verdict.reason, verdict.reason_detail) == (reason, word)
    assert FOLDED[word] == reason
