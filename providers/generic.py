"""The generic format: our own JSON for any PBX, script or test, validated whole before it is stored."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Final

from followup.calls.events import (
    CallEvent,
    CallResult,
    Direction,
    Event,
    HungUpBy,
    LegResult,
    LegSeen,
    MessageEvent,
    OrderEvent,
    Stage,
)
from providers.bodies import is_same, json_of
from providers.contract import BadSignature, Malformed, Option, RawRequest, Reading, Reply
from providers.plain_calls import is_plain_call
from providers.shapes import (
    Table,
    each_of,
    fields_of,
    optional_address,
    optional_id,
    optional_moment,
    optional_name,
    optional_seq,
    optional_text,
    required_id,
    required_moment,
    required_text,
    talk_seconds,
    unfit,
    word_from,
)

MAX_BODY: Final = 1024 * 1024
MAX_OBJECTS: Final = 1_000
MAX_LEGS: Final = 1_000
SIGNATURE_HEADER: Final = "x-perezvon-signature"
SIGNATURE_SECONDS: Final = 300
_USUAL_SIGNATURE: Final = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def legs_of(value: object) -> tuple[LegSeen, ...]:
    if value is None:
        return ()
    if type(value) is not list or len(value) > MAX_LEGS:
        raise unfit(value, f"a list of at most {MAX_LEGS} objects")
    return tuple(each_of(value, lambda leg: LegSeen(**fields_of(leg, LEG))))


LEG: Final[Table] = {
    "extension": ("extension", optional_id),
    "rang_at": ("rang_at", optional_moment),
    "answered_at": ("answered_at", optional_moment),
    "ended_at": ("ended_at", optional_moment),
    "result": ("result", word_from(LegResult)),
}
CALL: Final[Table] = {
    "call_id": ("call_key", required_id),
    "direction": ("direction", word_from(Direction)),
    "client": ("client", optional_id),
    "line": ("line", optional_id),
    "started_at": ("started_at", optional_moment),
    "answered_at": ("answered_at", optional_moment),
    "ended_at": ("ended_at", optional_moment),
    "legs": ("legs", legs_of),
    "stage": ("stage", word_from(Stage)),
    "hung_up_by": ("hung_up_by", word_from(HungUpBy)),
    "result": ("result", word_from(CallResult)),
    "talk_seconds": ("talk_seconds", talk_seconds),
    "extension": ("extension", optional_id),
    "recording_url": ("recording_url", optional_address),
    "order_id": ("order_key", optional_id),
    "seq": ("seq", optional_seq),
}
ORDER: Final[Table] = {
    "order_id": ("order_key", required_id),
    "widget": ("widget", required_id),
    "client": ("client", optional_id),
    "ordered_at": ("ordered_at", required_moment),
    "wanted_at": ("wanted_at", optional_moment),
    "topic": ("topic", optional_name),
    "name": ("name", optional_name),
    "consent": ("consent", optional_text),
}
MESSAGE: Final[Table] = {
    "message_id": ("message_key", required_id),
    "channel": ("channel", required_id),
    "entry_point": ("entry_point", optional_id),
    "client_account": ("client_account", optional_id),
    "client_name": ("client_name", optional_name),
    "client": ("client", optional_id),
    "text": ("text", required_text),
    "at": ("at", required_moment),
}


def call_of(found: dict[str, object]) -> CallEvent:
    fields = fields_of(found, CALL)
    strange = next((found[name] for name in ("result", "stage") if found.get(name) and fields[name] is None), None)
    return CallEvent(**fields, raw_reason=optional_name(strange))


def event_of(found: object) -> Event:
    if type(found) is not dict:
        raise unfit(found, "an object")
    kind = found.get("type")
    if kind == "call":
        return call_of(found)
    if kind == "order":
        return OrderEvent(**fields_of(found, ORDER))
    if kind == "message":
        return MessageEvent(**fields_of(found, MESSAGE))
    raise unfit(kind, "call|order|message", pointer="/type")


def events_in(body: bytes) -> list[Event]:
    """Everything one body says, or the first thing wrong with it."""
    document = json_of(body)
    if type(document) is not list:
        return [event_of(document)]
    if len(document) > MAX_OBJECTS:
        raise Malformed(f"found {len(document)} objects, expected at most {MAX_OBJECTS}", pointer="")
    return each_of(document, event_of)


def orders_in(raw: RawRequest) -> list[tuple[int, OrderEvent]]:
    """The callback orders of a request, each with its index there: whoever knows the widgets may refuse some."""
    if b"order" not in raw.body and b"\\u" not in raw.body:  # most requests carry calls only
        return []
    return [(index, event) for index, event in enumerate(events_in(raw.body)) if isinstance(event, OrderEvent)]


class Generic:
    """The dialect of the generic format."""

    name: str = "generic"
    options: Sequence[Option] = (
        Option("secret", "key of the X-Perezvon-Signature header; without it requests are not signed", secret=True),
    )
    max_body: int = MAX_BODY

    def verify(self, raw: RawRequest, options: Mapping[str, str]) -> None:
        secret = options.get("secret")
        if not secret:
            return
        moment, signatures = _signature_parts(raw.headers.get(SIGNATURE_HEADER, ""))
        if abs(raw.received_at.timestamp() - int(moment)) > SIGNATURE_SECONDS:
            raise BadSignature(f"the signature is older or newer than {SIGNATURE_SECONDS} seconds")
        expected = hmac.digest(secret.encode(), f"{moment}.".encode() + raw.body, "sha256").hex()
        if not any(is_same(expected, given) for given in signatures):
            raise BadSignature("the signature does not fit the body")

    def check(self, raw: RawRequest, reading: Reading) -> None:
        if not is_plain_call(raw.body):
            events_in(raw.body)

    def parse(self, raw: RawRequest, reading: Reading) -> list[Event]:
        return events_in(raw.body)

    def reply(self, raw: RawRequest) -> Reply:
        # Read whole by `check` a moment ago: what begins with a brace is one object.
        document = None if raw.body.startswith(b"{") else json_of(raw.body)
        accepted = len(document) if isinstance(document, list) else 1
        return Reply(b'{"ok":true,"accepted":%d}' % accepted)


def _signature_parts(header: str) -> tuple[str, list[str]]:
    """Time and signatures of `t=<unix>,v1=<hex>`; several v1 allow a change of the secret."""
    if usual := _USUAL_SIGNATURE.fullmatch(header):
        return usual[1], [usual[2]]
    pairs = [part.strip().partition("=") for part in header.split(",")]
    moment = next((value for key, _, value in pairs if key == "t"), "")
    signatures = [value.lower() for key, _, value in pairs if key == "v1"]
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12 and signatures):
        raise BadSignature("expected X-Perezvon-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256>")
    return moment, signatures
