"""Ringostat webhooks: unsigned GET or POST with fields of the customer's choice, in two generations of names."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, NamedTuple

from followup.calls.events import CallEvent, Direction, Event
from providers.bodies import (
    ID_LENGTH,
    epoch_moment,
    form_of,
    is_same,
    json_of,
    lenient_number,
    lenient_text,
    local_moment,
    zone_of,
)
from providers.contract import DEFAULT_MAX_BODY, BadSignature, Malformed, Option, RawRequest, Reading, Reply
from providers.ringostat_words import (
    CLIENT_FIELDS,
    DIRECTIONS,
    EMPLOYEE_FIELDS,
    KEY_FIELDS,
    LASTING,
    LINE_FIELDS,
    OUTBOUND_DETAILS,
    STATUSES,
    Status,
)

Row = Mapping[str, str]  # one call: field name in lower case -> what is said, never empty

# What stands in the address of every hook and tells of no call by itself.
STATIC_FIELDS: Final = frozenset({"event", "token", "auth_key"})
OTHER_EVENTS: Final = ("form", "dialog", "deal", "chat")
LONGEST: Final = 7 * 86_400
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_AFTER_FIRST_WORD = re.compile(r"[^A-Za-z].*", re.DOTALL)
_NESTED = "additional_call_data"


# --- the request: query, form or JSON, flat or nested ---


def rows_in(raw: RawRequest) -> list[Row]:
    """The calls a request speaks of; none for forms, dialogues, deals and a bare address check."""
    static = said_in(raw.query)
    rows = [{**static, **said_in(found)} for found in documents_in(raw)]
    return [row for row in rows if row.keys() - STATIC_FIELDS and not is_other_event(row)]


def documents_in(raw: RawRequest) -> list[dict[str, Any]]:
    """Members of a JSON list, one object or one form; the cabinet lets anybody mislabel the body."""
    start = raw.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    is_json = start and "json" in raw.headers.get("content-type", "").lower()
    if not is_json and start not in (b"{", b"["):
        return [{name: value.decode(errors="replace") for name, value in form_of(raw.body).items()}]
    document = json_of(raw.body)
    found: list[Any] = document if isinstance(document, list) else [document]
    for index, member in enumerate(found):
        if not isinstance(member, dict):
            raise Malformed("expected an object with the fields of one call", pointer=f"/{index}")
    return found


def said_in(found: Mapping[str, Any]) -> dict[str, str]:
    """Names in lower case, empty values left out; the nested ticked parameters yield to the flat ones."""
    nested = found.get(_NESTED)
    said = said_in({**nested, _NESTED: None}) if isinstance(nested, Mapping) else {}
    for name, value in found.items():
        text = lenient_text(value)
        if text is not None:
            said[name.removeprefix(f"{_NESTED}[").removesuffix("]").lower()] = text
    return said


def is_other_event(row: Row) -> bool:
    words = re.split(r"[^a-z]+", row.get("event", "").lower())
    return any(word.startswith(OTHER_EVENTS) for word in words)


def first(row: Row, names: Sequence[str]) -> str | None:
    return next((row[name][:ID_LENGTH] for name in names if name in row), None)


def key_of(row: Row) -> str:
    key = next((row[name] for name in KEY_FIELDS if name in row), None)
    if key is None or len(key) > ID_LENGTH:
        raise Malformed(
            f"expected the call's id of 1-{ID_LENGTH} characters as uniqueid, cdr_id or call_id", pointer="/uniqueid"
        )
    return key


# --- who ---


def direction_of(row: Row) -> Direction | None:
    kind = first(row, ("call_type", "type")) or _AFTER_FIRST_WORD.sub("", row.get("event", ""))
    return DIRECTIONS.get(kind.lower())


def client_of(row: Row) -> str | None:
    kind = (first(row, ("call_type", "type")) or "").lower()
    names = CLIENT_FIELDS["callback" if kind == "callback" else direction_of(row) or "in"]
    return next((number for name in names if (number := number_in(row.get(name))) is not None), None)


def number_in(text: str | None) -> str | None:
    """The number of `380…`, `+380…` or `"Name" <380…>`; a SIP login (it has letters) is none."""
    inner = inner_of(text or "")
    digits = re.sub(r"[\s()+.-]", "", inner)
    if not (digits.isascii() and digits.isdigit()):
        return None
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    is_international = len(digits) > 11 or (len(digits) == 11 and digits[0] not in "08")
    return f"+{digits}" if is_international or inner.startswith("+") else digits


def inner_of(text: str) -> str:
    match = _IN_BRACKETS.search(text)
    return (match.group(1) if match else text).strip()[:ID_LENGTH]


def name_in(text: str | None) -> str | None:
    """The name before the number in brackets, unless it is the number once more."""
    name = (text or "").partition("<")[0].strip(' "') if "<" in (text or "") else ""
    return name[:ID_LENGTH] if name and number_in(name) is None else None


def line_of(row: Row, direction: Direction | None) -> str | None:
    text = first(row, LINE_FIELDS.get(direction or "internal", ()))
    return number_in(text) or text


def extension_of(row: Row, direction: Direction | None) -> str | None:
    """Who talked; of an outbound call who dialled: the SIP login among the callers, else the staff's number."""
    caller = inner_of(row.get("caller", ""))
    if direction == "out" and caller and number_in(caller) is None:
        return caller
    return first(row, EMPLOYEE_FIELDS)


# --- when ---


class Times(NamedTuple):
    """The moments of one call as far as its row tells them."""

    started_at: datetime | None
    answered_at: datetime | None = None
    ended_at: datetime | None = None


def times_of(row: Row, status: Status, raw: RawRequest, zone: tzinfo) -> Times:
    """A date that was not ticked is taken from the arrival: hooks come at once and are never repeated."""
    started_at = start_of(row, zone)
    if not status.is_final:
        return Times(started_at)
    wait, talk = seconds_in(row, "waittime", "waiting"), seconds_in(row, "billsec", "dialog")
    total = total_of(row) or (None if wait is None and talk is None else (wait or timedelta()) + (talk or timedelta()))
    started_at = started_at or raw.received_at - (total or timedelta())
    ended_at = max(started_at, raw.received_at) if total is None else started_at + total
    if not status.is_answered:
        return Times(started_at, None, ended_at)
    answered_at = min(started_at + (wait or timedelta()), ended_at) if talk is None else ended_at - talk
    return Times(started_at, max(started_at, answered_at), ended_at)


def total_of(row: Row) -> timedelta | None:
    total = seconds_in(row, "duration", "call_duration")
    return seconds_in(row, "duration_ms", unit=1000) if total is None else total


def seconds_in(row: Row, *names: str, unit: int = 1) -> timedelta | None:
    """Exports hold negative waits: they count as nought."""
    number = lenient_number(first(row, names))
    return None if number is None or number > LONGEST * unit else timedelta(seconds=max(number, 0) / unit)


def start_of(row: Row, zone: tzinfo) -> datetime | None:
    micros = lenient_number(row.get("calldate_timestamp_micros"))
    moment = None if micros is None else epoch_moment(micros)
    text = first(row, ("calldate", "date"))
    if moment is not None or text is None:
        return moment
    number = lenient_number(text)
    moment = local_moment(text, zone) if number is None else epoch_moment(number)
    if moment is None:
        raise Malformed(f"found {text[:40]!a}, expected YYYY-MM-DD HH:MM:SS", pointer="/calldate")
    return moment


# --- the event ---


def status_of(row: Row) -> Status:
    """A status we do not know, like none at all, decides nothing."""
    word = first(row, ("disposition", "status")) or ("NO ANSWER" if "missed" in row.get("event", "").lower() else "")
    status = STATUSES.get("".join(filter(str.isalpha, word.upper())), LASTING)
    talk = seconds_in(row, "billsec", "dialog")
    return Status() if status.is_answered and talk == timedelta() else status


def event_of(row: Row, raw: RawRequest, zone: tzinfo) -> CallEvent:
    status, direction = status_of(row), direction_of(row)
    times = times_of(row, status, raw, zone)
    talk = seconds_in(row, "billsec", "dialog")
    details = OUTBOUND_DETAILS if direction == "out" else {}
    return CallEvent(
        call_key=key_of(row),
        direction=direction,
        client=client_of(row),
        line=line_of(row, direction),
        **times._asdict(),
        stage=None if direction == "out" and not status.is_answered else status.stage,
        result=status.attempt if direction == "out" else None,
        talk_seconds=int(talk.total_seconds()) if talk and status.is_answered else None,
        extension=extension_of(row, direction) if direction == "out" or status.is_answered else None,
        group=first(row, ("department",)),
        client_name=name_in(row.get("caller")) if direction == "in" else None,
        recording_url=recording_of(row),
        reason_detail=details.get(status.detail, status.detail),
        raw_reason=first(row, ("disposition", "status")),
    )


def recording_of(row: Row) -> str | None:
    found = (row[name] for name in ("recording_wav", "recording", "record") if name in row)
    address = next((text for text in found if text.lower().startswith(("https://", "http://"))), None)
    return None if row.get("has_recording") in ("0", "false", "no") else address


class Ringostat:
    """The dialect of Ringostat."""

    name: str = "ringostat"
    options: Sequence[Option] = (
        Option("auth_key", "what the Auth-Key header, the Basic password or ?token= must be", secret=True),
        Option("project_id", "the project's number, for calls that we start"),
        Option("timezone", "time zone of the cabinet (IANA name); default: the team's"),
    )
    max_body: int = DEFAULT_MAX_BODY

    def verify(self, raw: RawRequest, options: Mapping[str, str]) -> None:
        expected = options.get("auth_key")
        if not expected:
            return
        given = [raw.headers.get("auth-key"), basic_password(raw), raw.query.get("token"), raw.query.get("auth_key")]
        if not any(is_same(expected, key) for key in given if key is not None):
            raise BadSignature("the Auth-Key header, Basic password or token does not fit")

    def check(self, raw: RawRequest, reading: Reading) -> None:
        """Only what no later version could read is refused: the vendor never sends a call twice."""
        for row in rows_in(raw):
            key_of(row)

    def parse(self, raw: RawRequest, reading: Reading) -> list[Event]:
        zone = zone_of(reading)
        return [event_of(row, raw, zone) for row in rows_in(raw)]

    def reply(self, raw: RawRequest) -> Reply:
        return Reply()


def basic_password(raw: RawRequest) -> str | None:
    scheme, _, credentials = raw.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(credentials.strip().encode(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return None
