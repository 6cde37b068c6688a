"""Whatever arrives, a dialect refuses it in its two words or reads it into what a database can hold."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers import PROVIDERS
from providers.contract import BadSignature, Malformed, Provider, RawRequest, Reading
from tests.providers.dialects import CALL, DIALECTS, NOW, READING, ROW, SUMMARY, mango_request, request
from tests.providers.test_every_dialect import values_of

PATHS = ["", "ping", "events/call", "events/summary", "events/recording", "events/record/added", "events/x"]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**8, 10**17),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [
            *[
                "",
                "0",
                "1111",
                "-1",
                "1e400",
                "9" * 400,
                "nan",
                "\0",
                "\ud800",
                "²",
                "in",
                "talk",
                "sip:1@x",
                "Connected",
            ],
            *["2026-11-20T10:00:00Z", "2026-11-20T10:00:00", "9999-12-31T23:59:59-14:00", "05.10.2026 13:00"],
            "0001-01-01 0:00",
        ]
    ),
)
LEG = {
    "entry_id": "e",
    "call_id": "l",
    "timestamp": 1748090923,
    "call_state": "Disconnected",
    "location": "abonent",
    "from": {"number": "79001112233"},
    "to": {"extension": "12", "line_number": "74950000001"},
    "disconnect_reason": 1111,
}
GENERIC_CALL = CALL | {"legs": [{"rang_at": "2026-11-20T10:00:00Z"}], "stage": "ringing", "result": "busy", "seq": 1}
GENERIC_CALL |= {
    "started_at": "2026-11-20T10:00:00Z",
    "ended_at": None,
    "line": None,
    "talk_seconds": 0,
    "order_id": None,
}
RECORDING = {"entry_id": "e", "recording_id": "r", "recording_state": "Completed"}
DOCUMENTS: Mapping[str, list[dict[str, Any]]] = {
    "generic": [
        GENERIC_CALL,
        {"type": "order", "order_id": "1", "widget": "w", "ordered_at": "2026-11-20T10:00:00Z", "name": "A"},
        {"type": "message", "message_id": "1", "channel": "c", "text": "t", "at": "2026-11-20T10:00:00Z"},
    ],
    "mango": [SUMMARY, LEG, RECORDING],
    "ringostat": [
        ROW,
        ROW | {"additional_call_data": ROW, "billsec": "1", "duration": 9, "waittime": -1, "caller": "<1>"},
    ],
}
EACH = pytest.mark.parametrize("name", DIALECTS)
LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def bent(draw: st.DrawFn, good: list[dict[str, Any]]) -> Any:
    """A good document with some of its fields, or fields of its fields, replaced by something odd."""
    document = dict(draw(st.sampled_from(good)))
    for name in draw(st.lists(st.sampled_from(sorted(document)), max_size=4)):
        inner = document[name]
        if isinstance(inner, dict) and inner and draw(st.booleans()):
            document[name] = inner | {draw(st.sampled_from(sorted(inner))): draw(ODD)}
        else:
            document[name] = draw(
                st.one_of(ODD, st.lists(ODD, max_size=2), st.dictionaries(st.text(max_size=3), ODD, max_size=2))
            )
    return draw(st.sampled_from([document, [document], [document, document], {"x": document}]))


def survives(provider: Provider, raw: RawRequest, reading: Reading = READING) -> None:
    with suppress(BadSignature):
        provider.verify(raw, DIALECTS[provider.name].options)
    with suppress(Malformed):
        provider.check(raw, reading)
    try:
        events = provider.parse(raw, reading)
    except Malformed:
        return
    provider.check(raw, reading)  # what can be read is never refused before it is stored
    json.loads(provider.reply(raw).body)
    for event in events:
        for value in values_of(event):
            is_storable(value)


def is_storable(value: Any) -> None:
    if isinstance(value, str):
        value.encode()
        assert "\0" not in value
        assert value == value.strip()
        assert len(value) <= 4096
    if isinstance(value, datetime):
        assert value.utcoffset() is not None
        assert 1999 <= value.year <= 2120
    if type(value) is int:
        assert -(2**63) <= value < 2**63


@EACH
@LAW
@given(data=st.data())
def test_any_bytes(name: str, data: st.DataObject) -> None:
    body, path = data.draw(st.binary(max_size=200)), data.draw(st.sampled_from(PATHS))
    survives(PROVIDERS[name], request(body, path=path))
    survives(PROVIDERS[name], mango_request(path, body))


@EACH
@LAW
@given(data=st.data())
def test_any_bent_document(name: str, data: st.DataObject) -> None:
    text = json.dumps(data.draw(bent(DOCUMENTS[name])))
    if name == "mango":
        survives(PROVIDERS[name], mango_request(data.draw(st.sampled_from(PATHS)), text))
    else:
        survives(PROVIDERS[name], request(text.encode()))


@EACH
@LAW
@given(data=st.data())
def test_any_cut_or_damaged_body(name: str, data: st.DataObject) -> None:
    good = DIALECTS[name].good
    place = data.draw(st.integers(0, len(good.body)))
    tail = data.draw(
        st.sampled_from([b"", good.body[place + 1 :], b"\xff" + good.body[place:], b"%" + good.body[place:]])
    )
    survives(PROVIDERS[name], request(good.body[:place] + tail, path=good.path, headers=good.headers))


@EACH
@LAW
@given(
    query=st.dictionaries(st.text(max_size=8) | st.sampled_from([*ROW, "event", "token"]), st.text(max_size=30)),
    headers=st.dictionaries(
        st.sampled_from(["x-perezvon-signature", "auth-key", "authorization", "content-type"]),
        st.text(max_size=40) | st.from_regex(r"(t=\d{0,13},?v1=|Basic |application/json)\w*", fullmatch=True),
    ),
)
def test_any_query_and_headers(name: str, query: dict[str, str], headers: dict[str, str]) -> None:
    survives(PROVIDERS[name], request(DIALECTS[name].good.body, path="events/call", query=query, headers=headers))
    survives(
        PROVIDERS[name], RawRequest(method="GET", path="", query=query, headers=headers, body=b"", received_at=NOW)
    )
