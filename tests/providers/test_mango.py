"""MANGO OFFICE: summaries, and that no order of messages changes what is known."""

import itertools
import json
import random
from typing import Any

import pytest

from followup.calls.events import CallEvent
from providers import PROVIDERS
from providers.contract import Malformed
from tests.providers.dialects import READING, SUMMARY, mango_request, parsed
from tests.providers.mango_calls import OUT, START, at, leg, summary
from tests.providers.merging import merged

# --- summaries ---


def test_a_missed_call() -> None:
    assert summary() == CallEvent(
        call_key="e-1",
        direction="in",
        client="+79001112233",
        line="+74950000001",
        started_at=at(0),
        ended_at=at(20),
        stage="ringing",
        hung_up_by="network",
        reason_detail="no_answer",
        raw_reason="1111",
    )


def test_an_answered_call_says_who_talked_how_long() -> None:
    event = summary(talk_time=START + 8, entry_result=1, disconnect_reason=1110)
    assert (event.stage, event.answered_at, event.talk_seconds, event.extension) == ("talk", at(8), 12, "12")
    assert (event.hung_up_by, event.reason_detail, event.result) == ("client", None, None)


def test_a_successful_attempt() -> None:
    event = summary(**OUT, talk_time=str(START + 8), disconnect_reason="1120")
    assert (event.result, event.answered_at, event.talk_seconds, event.hung_up_by) == ("answered", at(8), 12, "client")


@pytest.mark.parametrize(
    ("code", "detail"),
    [(1100, None), (1110, None), (1170, "dropped_by_scheme"), (1111, "no_answer")],
)
def test_an_empty_callee_is_an_end_in_the_ivr_whatever_entry_result_says(code: int, detail: str) -> None:
    event = summary(to={}, entry_result=1, disconnect_reason=code)
    assert (event.stage, event.reason_detail) == ("ivr", detail)


@pytest.mark.parametrize(("code", "stage"), [(1171, "no_route"), (1192, None), (1163, "queue")])
def test_an_empty_callee_claims_no_ivr_where_the_code_says_otherwise(code: int, stage: str | None) -> None:
    assert summary(to={}, disconnect_reason=code).stage == stage


def test_an_internal_call_has_no_client() -> None:
    event = summary(call_direction=0, **{"from": {"extension": 11}, "to": {"extension": "12"}}, line_number=None)
    assert (event.direction, event.client, event.line, event.extension) == ("internal", None, None, "11")
    assert (event.hung_up_by, event.reason_detail, event.stage) == (None, None, None)


def test_a_hidden_caller_is_no_client() -> None:
    assert summary(**{"from": {}}).client is None
    assert summary(**{"from": None}).client is None
    assert summary(**{"from": {"number": "anonymous"}}).client == "anonymous"


def test_strings_and_numbers_are_one() -> None:
    texts = {name: str(value) for name, value in SUMMARY.items() if isinstance(value, int)}
    assert summary(**texts, **{"from": {"number": 79001112233}}) == summary()


@pytest.mark.parametrize("value", ["noon", "-5", "5", "1e300", "9" * 400])
def test_an_unreadable_moment_is_set_aside_not_refused(value: str) -> None:
    raw = mango_request("events/summary", SUMMARY | {"end_time": value})
    PROVIDERS["mango"].check(raw, READING)
    with pytest.raises(Malformed) as refused:
        PROVIDERS["mango"].parse(raw, READING)
    assert refused.value.pointer == "/end_time"


def test_a_sign_is_checked_over_the_text_as_it_came() -> None:
    text = '{ "entry_id" : "\\u0435-1",  "call_direction":1, "to": {"number": "ё+&=%"} }'
    raw = mango_request("events/summary", text)
    PROVIDERS["mango"].verify(raw, {"api_key": "key-of-the-product", "api_salt": "salt-of-the-product"})
    (event,) = parsed("mango", raw)
    assert isinstance(event, CallEvent)
    assert event.call_key == "е-1"


# --- any order, any number of times ---

ANSWERED_CALL = [
    (
        "events/call",
        leg("Appeared", 0, call_id="ivr", place="ivr", to={"number": "74950000001", "line_number": "74950000001"}),
    ),
    ("events/call", leg("Disconnected", 4, call_id="ivr", place="ivr", disconnect_reason="1100")),
    ("events/call", leg("Appeared", 3)),
    ("events/call", leg("Connected", 8)),
    ("events/call", leg("Disconnected", 20, disconnect_reason=1110)),
    ("events/summary", SUMMARY | {"talk_time": START + 8, "disconnect_reason": 1110, "entry_result": 1}),
]
MISSED_CALL = [
    ("events/call", leg("Appeared", 0, call_id="ivr", place="ivr")),
    ("events/call", leg("Disconnected", 2, call_id="ivr", place="ivr", disconnect_reason=1100)),
    ("events/call", leg("Appeared", 2)),
    ("events/call", leg("Disconnected", 12, disconnect_reason=1111)),
    ("events/call", leg("Appeared", 12, call_id="l-2", to={"extension": "13", "line_number": "74950000001"})),
    ("events/call", leg("Disconnected", 20, call_id="l-2", to={"extension": "13"}, disconnect_reason="1121")),
    ("events/summary", SUMMARY),
]


def known(messages: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    return merged("mango", [mango_request(path, message) for path, message in messages])


@pytest.mark.parametrize("messages", [ANSWERED_CALL, MISSED_CALL], ids=["answered", "missed"])
def test_any_order_and_any_repetition_tell_the_same(messages: list[Any]) -> None:
    expected = known(messages)
    chance = random.Random(7)
    orders = list(itertools.permutations(messages))
    for order in chance.sample(orders, 120):
        doubled = [*order, *chance.choices(messages, k=3)]
        assert known(doubled) == expected


def test_what_is_known_in_the_end() -> None:
    answered, missed = known(ANSWERED_CALL), known(MISSED_CALL)
    assert (answered["stage"], answered["answered_at"], answered["leg l-1 result"]) == ("talk", at(8), "answered")
    assert (answered["started_at"], answered["ended_at"], answered["extension"]) == (at(0), at(20), "12")
    assert (missed["stage"], missed.get("answered_at"), missed["reason_detail"]) == ("ringing", None, "no_answer")
    assert (missed["leg l-1 result"], missed["leg l-2 result"]) == ("no_answer", "busy")
    assert not any(key.startswith("leg ivr") for key in (*answered, *missed))


def test_the_form_is_what_a_browser_would_send() -> None:
    body = b"json=%7B%22entry_id%22%3A+%22a%2Bb%22%7D&vpbx_api_key=k&json=ignored"
    raw = mango_request("events/summary", {})
    spoken = PROVIDERS["mango"].parse(
        type(raw)(**{n: getattr(raw, n) for n in raw.__slots__} | {"body": body}), READING
    )
    assert [event.call_key for event in spoken if isinstance(event, CallEvent)] == ["a+b"]
    assert json.loads(PROVIDERS["mango"].reply(raw).body) == {}
