"""The signed envelope of a plain webhook."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from providers.crm.contract import OutgoingEvent, by_status
from providers.crm.plain import Plain, signature

AT = datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)
SENT_AT = datetime(2026, 11, 20, 8, 0, 1, 999999, tzinfo=UTC)  # 1795161601 s
BODY = (
    b'{"id":"e-1","event":"case.closed","at":"2026-11-20T08:00:00.123+00:00","team":"Sales","data":{"name":"\xd0\x90"}}'
)


def test_the_signature_is_of_the_moment_and_the_very_bytes():
    # printf '1795161601.{"a":1}' | openssl dgst -sha256 -hmac s3cret
    assert signature("s3cret", SENT_AT, b'{"a":1}') == (
        "t=1795161601,v1=040721a92febd7b5842a5c7d7e7823bb8a991171f9b2ec72e21d6492ccb02405"
    )


def test_the_body_is_the_event_and_nothing_else():
    event = OutgoingEvent(
        id="e-1",
        kind="case.closed",
        at=AT,
        sent_at=SENT_AT,
        team="Sales",
        payload={"name": "А"},
        title="not",
        text="told",
    )
    request = Plain("https://crm.example.com/in?x=1", {"secret": "s3cret"}).request(event)
    assert (request.method, request.url, request.body) == ("POST", "https://crm.example.com/in?x=1", BODY)
    assert dict(request.headers) == {
        "Content-Type": "application/json",
        "X-Perezvon-Event": "case.closed",
        "X-Perezvon-Delivery": "e-1",
        "X-Perezvon-Signature": signature("s3cret", SENT_AT, BODY),
    }


@pytest.mark.parametrize(
    ("statuses", "fate"),
    [
        ((200, 201, 202, 204, 299), "sent"),
        ((408, 425, 429, 500, 502, 503, 599), "retry"),
        ((100, 301, 302, 304, 400, 401, 404, 410, 422, 499), "dead"),
    ],
)
def test_a_status_says_what_came_of_it(statuses, fate):
    assert {by_status(status) for status in statuses} == {fate}
