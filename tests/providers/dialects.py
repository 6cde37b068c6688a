"""What the shared suite needs to know of each dialect: requests that must pass and requests that must not."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from followup.calls.events import Event
from providers import PROVIDERS
from providers.contract import RawRequest, Reading

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KYIV = ZoneInfo("Europe/Kyiv")
READING = Reading(timezone=KYIV, region="UA")
SECRET = "a-secret-of-the-team"
API_KEY, API_SALT = "key-of-the-product", "salt-of-the-product"


def request(body: bytes = b"", *, path: str = "", **parts: Mapping[str, str]) -> RawRequest:
    return RawRequest(
        method="POST",
        path=path,
        query=parts.get("query", {}),
        headers=parts.get("headers", {}),
        body=body,
        received_at=NOW,
    )


def json_request(document: object, **parts: Mapping[str, str]) -> RawRequest:
    return request(json.dumps(document).encode(), path="", **parts)


def signature(body: bytes, *, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    moment = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"x-perezvon-signature": f"t={moment},v1={digest}"}


def mango_request(path: str, message: object, *, sign: str | None = None, key: str = API_KEY) -> RawRequest:
    text = message if isinstance(message, str | bytes) else json.dumps(message, ensure_ascii=False)
    content = text if isinstance(text, bytes) else text.encode()
    right = hashlib.sha256(API_KEY.encode() + content + API_SALT.encode()).hexdigest()
    form = {"vpbx_api_key": key, "sign": right if sign is None else sign, "json": content}
    return request(urlencode(form).encode(), path=path)


def parsed(provider: str, raw: RawRequest, reading: Reading = READING) -> list[Event]:
    PROVIDERS[provider].check(raw, reading)
    return PROVIDERS[provider].parse(raw, reading)


@dataclass(frozen=True)
class Dialect:
    """One provider in the suite. ``forged`` must be refused with 401, ``silent`` must be accepted and tell nothing."""

    name: str
    options: Mapping[str, str]
    good: RawRequest
    forged: Mapping[str, RawRequest]
    silent: Mapping[str, RawRequest]
    unreadable: Mapping[str, RawRequest]
    open_without: tuple[str, ...] = field(default=())  # options whose absence means "not signed"


CALL = {"type": "call", "call_id": "a-1", "direction": "in", "client": "+380671234567"}
CALL_BODY = json.dumps(CALL).encode()
SUMMARY = {
    "entry_id": "e-1",
    "call_direction": 1,
    "from": {"number": "79001112233"},
    "to": {"extension": "12"},
    "line_number": "74950000001",
    "create_time": 1748090923,
    "forward_time": 0,
    "talk_time": 0,
    "end_time": 1748090943,
    "entry_result": 0,
    "disconnect_reason": 1111,
}
ROW = {"uniqueid": "ua9-1.5", "calldate": "2026-10-05 13:00:08", "call_type": "in", "disposition": "NO ANSWER"}

DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            name="generic",
            options={"secret": SECRET},
            good=request(CALL_BODY, headers=signature(CALL_BODY)),
            forged={
                "no header": request(CALL_BODY),
                "another secret": request(CALL_BODY, headers=signature(CALL_BODY, secret="guess")),
                "another body": request(CALL_BODY + b" ", headers=signature(CALL_BODY)),
                "replayed later": request(CALL_BODY, headers=signature(CALL_BODY, at=NOW.replace(hour=11, minute=54))),
                "from the future": request(CALL_BODY, headers=signature(CALL_BODY, at=NOW.replace(minute=6))),
                "no time": request(CALL_BODY, headers={"x-perezvon-signature": "v1=" + "0" * 64}),
                "no digest": request(CALL_BODY, headers={"x-perezvon-signature": "t=1795176000"}),
                "time in words": request(CALL_BODY, headers={"x-perezvon-signature": "t=noon,v1=00"}),
                "superscript time": request(CALL_BODY, headers={"x-perezvon-signature": "t=²,v1=00"}),
                "endless time": request(CALL_BODY, headers={"x-perezvon-signature": f"t={'9' * 400},v1=00"}),
                "not ASCII": request(
                    CALL_BODY, headers={"x-perezvon-signature": f"t={int(NOW.timestamp())},v1=ё\ud800"}
                ),
            },
            silent={"empty list": request(b"[]")},
            unreadable={
                "empty": request(b""),
                "not JSON": request(b"call_id=1"),
                "truncated": request(CALL_BODY[:-1]),
                "not UTF-8": request(CALL_BODY.replace(b"a-1", b"\xff\xfe")),
                "nested": request(b"[" * 100_000),
                "nested after half an emoji": request(b'["\\ud800",' + b"[" * 100_000),
                "a number": request(b"7"),
                "NaN": request(b'{"type":"call","call_id":"1","x":NaN}'),
                "Infinity": request(b'{"type":"call","call_id":"1","x":[-Infinity]}'),
                "NaN and half an emoji": request(b'{"type":"call","call_id":"\\ud800 1","x":NaN}'),
                "a number of 5000 digits": request(b'{"type":"call","call_id":' + b"9" * 5000 + b"}"),
            },
            open_without=("secret",),
        ),
        Dialect(
            name="mango",
            options={"api_key": API_KEY, "api_salt": API_SALT},
            good=mango_request("events/summary", SUMMARY),
            forged={
                "wrong sign": mango_request("events/summary", SUMMARY, sign="0" * 64),
                "empty sign": mango_request("events/summary", SUMMARY, sign=""),
                "sign not ASCII": mango_request("events/summary", SUMMARY, sign="ё"),
                "wrong key": mango_request("events/summary", SUMMARY, key="guess"),
                "json alone": request(b"json=%7B%7D", path="events/summary"),
                "empty json": request(b"json=", path="ping"),
                "another kind": mango_request("ping", SUMMARY, sign="0" * 64),
            },
            silent={
                "check of the connection": request(b"", path="events/call"),
                "unsigned ping": request(b"vpbx_api_key=x", path="ping"),
                "ping": mango_request("ping", {}),
                "result of a command": mango_request("result/callback", {"command_id": "c", "result": 1000}),
                "DTMF": mango_request("events/dtmf", {"entry_id": "e", "dtmf": "1"}),
                "what comes in ten years": mango_request("events/hologram", "not even JSON"),
                "recording begins": mango_request(
                    "events/recording", {"entry_id": "e", "recording_id": "r", "recording_state": "Started"}
                ),
                "recording of nothing": mango_request("events/record/added", {"recording_id": "r"}),
            },
            unreadable={
                "not JSON": mango_request("events/summary", "{"),
                "a list": mango_request("events/summary", []),
                "not UTF-8": mango_request("events/call", b'{"entry_id":"\xff"}'),
                "nested": mango_request("events/call", "[" * 100_000),
                "summary without id": mango_request("events/summary", {"call_direction": 1}),
                "leg without id": mango_request("events/call", {"call_id": "l-1"}),
                "empty id": mango_request("events/call", {"entry_id": "\0"}),
                "endless id": mango_request("events/call", {"entry_id": "e" * 201}),
            },
        ),
        Dialect(
            name="ringostat",
            options={"auth_key": SECRET},
            good=json_request(ROW, headers={"auth-key": SECRET}),
            forged={
                "no key": json_request(ROW),
                "wrong header": json_request(ROW, headers={"auth-key": "guess"}),
                "empty header": json_request(ROW, headers={"auth-key": ""}),
                "header not ASCII": json_request(ROW, headers={"auth-key": "ключ\ud800"}),
                "wrong token": json_request(ROW, query={"token": "guess"}),
                "key as the Basic user": json_request(
                    ROW, headers={"authorization": "Basic YS1zZWNyZXQtb2YtdGhlLXRlYW06"}
                ),
                "garbled Basic": json_request(ROW, headers={"authorization": "Basic ???"}),
                "Basic not ASCII": json_request(ROW, headers={"authorization": "Basic ёж\ud800"}),
                "another scheme": json_request(ROW, headers={"authorization": f"Bearer {SECRET}"}),
                "key in the body": json_request(ROW | {"auth_key": SECRET, "token": SECRET}),
            },
            silent={
                "bare address": request(b"", query={"token": SECRET}),
                "empty object": request(b"{}"),
                "empty list": request(b"[]"),
                "form sent": json_request({"name": "Anna", "phone": "380671234567"}, query={"event": "form_sent"}),
                "deal": json_request({"event": "deal_created", "sum": 100}),
            },
            unreadable={
                "no id": json_request({"disposition": "ANSWERED"}),
                "no id in a form": request(b"disposition=ANSWERED&call_type=in"),
                "empty id": json_request(ROW | {"uniqueid": " \0"}),
                "endless id": json_request(ROW | {"uniqueid": "1" * 201}),
                "truncated": request(b'{"uniqueid":'),
                "nested": request(b"[" * 100_000),
                "a list of texts": request(b'["ANSWERED"]'),
                "a text that says it is JSON": request(b"7", headers={"content-type": "application/json"}),
                "not UTF-8": request(b'{"uniqueid":"\xff"}'),
            },
            open_without=("auth_key",),
        ),
    )
}
