"""MANGO OFFICE VPBX API: signed form posts of call legs, call summaries and recordings, in any order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from followup.calls.events import CallEvent, Direction, Event, LegSeen, Stage
from providers.bodies import ID_LENGTH, epoch_moment, form_of, is_same, json_of, lenient_number, lenient_text, text_at
from providers.contract import DEFAULT_MAX_BODY, BadSignature, Malformed, Option, RawRequest, Reading, Reply
from providers.mango_codes import HUNG_UP_BY, Code, code_of

Message = Mapping[str, Any]


DIRECTIONS: Final[Mapping[str | None, Direction]] = {"0": "internal", "1": "in", "2": "out"}
# Only these say that a robot or a command of ours made the leg: its `from` may then be the client we call.
MADE_BY_COMMAND: Final = ("command_id", "task_id", "callback_initiator")


# --- fields: each may be a string, a number or absent, whatever the document says ---


def moment_at(message: Message, name: str) -> datetime | None:
    """Unix seconds; 0 stands for "did not happen"."""
    text = text_at(message, name)
    number = lenient_number(text)
    if text is None or number == 0:
        return None
    moment = None if number is None else epoch_moment(number)
    if moment is None:
        raise Malformed(f"found {text[:40]!a}, expected Unix seconds", pointer=f"/{name}")
    return moment


def party_of(message: Message, side: str) -> Message:
    party = message.get(side)
    return party if isinstance(party, dict) else {}


def outside_number(text: str | None) -> str | None:
    """Digits without plus as Mango sends them; a sip address is a phone of ours, never a client."""
    if text is None or text.lower().startswith("sip:"):
        return None
    return f"+{text}" if text.isascii() and text.isdigit() and len(text) >= 7 else text


def extension_of(party: Message) -> str | None:
    number = text_at(party, "number") or ""
    user = number[4:].partition("@")[0] if number.lower().startswith("sip:") else ""
    return text_at(party, "extension") or (user if user.isdigit() and len(user) <= 5 else None)


# --- events/call: one change of one leg ---


def call_key_of(message: Message) -> str:
    key = lenient_text(message.get("entry_id"))
    if key is None or len(key) > ID_LENGTH:
        raise Malformed(f"expected the call's id of 1-{ID_LENGTH} characters", pointer="/entry_id")
    return key


def leg_events(message: Message) -> list[Event]:
    at = moment_at(message, "timestamp")
    is_inbound = is_inbound_leg(message)
    caller, callee = party_of(message, "from"), party_of(message, "to")
    stage = stage_of_leg(message, is_inbound=is_inbound)
    event = CallEvent(
        call_key=call_key_of(message),
        direction="in" if is_inbound else None,
        client=outside_number(text_at(caller, "number")) if is_inbound else None,
        line=outside_number(text_at(callee, "line_number")) if is_inbound else None,
        started_at=at if text_at(message, "call_state") in ("Appeared", "Connected") else None,
        answered_at=at if stage == "talk" else None,
        legs=legs_of(message, at),
        stage=stage,
        group=text_at(callee, "acd_group"),
        command_key=text_at(message, "command_id"),
    )
    return [event]


def is_inbound_leg(message: Message) -> bool:
    """A leg proves direction only so; transfers, callbacks and outbound calls are told apart by the summary alone."""
    caller, callee = party_of(message, "from"), party_of(message, "to")
    numbers = outside_number(text_at(caller, "number")), outside_number(text_at(callee, "line_number"))
    return None not in numbers and is_from_outside(message)


def is_from_outside(message: Message) -> bool:
    return not is_by_command(message) and extension_of(party_of(message, "from")) is None


def is_by_command(message: Message) -> bool:
    return any(text_at(message, name) for name in MADE_BY_COMMAND)


def is_human_leg(message: Message) -> bool:
    return place_of(message) == "abonent"


def place_of(message: Message) -> str | None:
    return text_at(message, "location") or text_at(message, "locaton")  # the PDF's own misprint


def stage_of_leg(message: Message, *, is_inbound: bool) -> Stage | None:
    state = text_at(message, "call_state")
    if place_of(message) in ("ivr", "queue"):
        return "ivr" if place_of(message) == "ivr" else "queue"
    if not is_human_leg(message) or not is_from_outside(message):
        return None
    if state == "Connected" and is_inbound:
        return "talk"
    return "ringing" if state in ("Appeared", "Connected") else None


def legs_of(message: Message, at: datetime | None) -> tuple[LegSeen, ...]:
    """The phone of ours that rang. A robot is none (its 1100 is no miss), nor is what a command dialled."""
    key = text_at(message, "call_id")
    extension = extension_of(party_of(message, "to"))
    is_ours = extension is not None or is_inbound_leg(message)
    if key is None or not is_ours or not is_human_leg(message) or is_by_command(message):
        return ()
    change = CHANGES.get(text_at(message, "call_state") or "", no_change)
    return (LegSeen(key=key, extension=extension, **change(message, at)),)


def no_change(_message: Message, _at: datetime | None) -> dict[str, Any]:
    return {}


CHANGES: Final[Mapping[str, Callable[[Message, datetime | None], dict[str, Any]]]] = {
    "Appeared": lambda _message, at: {"rang_at": at},
    "Connected": lambda _message, at: {"answered_at": at, "result": "answered"},
    "Disconnected": lambda message, at: {
        "ended_at": at,
        "result": code_of(text_at(message, "disconnect_reason")).leg,
    },
}


# --- events/summary: one for the whole call, after its end ---


def summary_events(message: Message) -> list[Event]:
    talked_at, ended_at = moment_at(message, "talk_time"), moment_at(message, "end_time")
    direction = DIRECTIONS.get(text_at(message, "call_direction"))
    code = code_of(text_at(message, "disconnect_reason"))
    unanswered = {} if talked_at else what_unanswered_says(message, direction, code)
    event = CallEvent(
        call_key=call_key_of(message),
        direction=direction,
        client=client_of(message, direction),
        line=outside_number(text_at(message, "line_number")),
        started_at=moment_at(message, "create_time"),
        answered_at=talked_at,
        ended_at=ended_at,
        talk_seconds=max(0, int((ended_at - talked_at).total_seconds())) if talked_at and ended_at else None,
        extension=employee_of(message, direction, is_answered=talked_at is not None),
        hung_up_by=HUNG_UP_BY.get((code.ended_by, direction)),
        raw_reason=text_at(message, "disconnect_reason"),
        **(unanswered or {"stage": "talk", "result": "answered" if direction == "out" else None}),
    )
    return [event]


def client_of(message: Message, direction: Direction | None) -> str | None:
    side = {"in": "from", "out": "to"}.get(direction or "")
    return outside_number(text_at(party_of(message, side), "number")) if side else None


def employee_of(message: Message, direction: Direction | None, *, is_answered: bool) -> str | None:
    """Who talked or dialled; of a missed call `to` is the first who missed it, perhaps a group: nobody's talk."""
    if direction == "in":
        return extension_of(party_of(message, "to")) if is_answered else None
    return extension_of(party_of(message, "from"))


def what_unanswered_says(message: Message, direction: Direction | None, code: Code) -> dict[str, Any]:
    if direction == "out":
        detail = "client_no_answer" if code.detail == "no_answer" else code.detail
        is_ours = code.ended_by == "caller"  # our employee gave up: no fault of the client's phone
        return {"result": code.attempt, "reason_detail": None if is_ours else detail}
    if direction != "in":
        return {"stage": None}
    stage = reached_in(message, code)
    # Left in the menu or, as another message may tell, in the queue: `hung_up_by` and the stage say it all.
    is_left_to_stage = stage == "ivr" and code.ended_by == "caller"
    return {"stage": stage, "reason_detail": None if is_left_to_stage else code.detail}


def reached_in(message: Message, code: Code) -> Stage | None:
    """How far an unanswered inbound call surely came; an empty `to` is the vendor's sign of "ended in the IVR"."""
    party = message.get("to")
    if code.reached != "ringing":
        return code.reached
    if not isinstance(party, dict):
        return None
    return "ringing" if text_at(party, "extension") or text_at(party, "number") else "ivr"


# --- recordings ---


def recording_events(message: Message) -> list[Event]:
    """There is no address to give: the file is fetched by its id with the connection's own keys."""
    recording = text_at(message, "recording_id")
    state = text_at(message, "recording_state") or "Completed"  # events/record/added comes without a state
    if recording is None or state != "Completed" or text_at(message, "entry_id") is None:
        return []
    return [CallEvent(call_key=call_key_of(message), recording_url=f"mango:{recording}")]


READERS: Final[Mapping[str, Callable[[Message], list[Event]]]] = {
    "events/call": leg_events,
    "events/summary": summary_events,
    "events/recording": recording_events,
    "events/record/added": recording_events,
}


class Mango:
    """The dialect of MANGO OFFICE."""

    name: str = "mango"
    options: Sequence[Option] = (
        Option("api_key", "the VPBX API key of the product (vpbx_api_key)", required=True, secret=True),
        Option("api_salt", "the key for the signature (vpbx_api_salt)", required=True, secret=True),
    )
    max_body: int = DEFAULT_MAX_BODY

    def verify(self, raw: RawRequest, options: Mapping[str, str]) -> None:
        fields = form_of(raw.body)
        if "json" not in fields:  # the cabinet's "check connection" is unsigned and tells nothing
            return
        key, salt = options.get("api_key"), options.get("api_salt")
        if not key or not salt:
            raise BadSignature("the connection has no api_key or no api_salt")
        expected = hashlib.sha256(key.encode() + fields["json"] + salt.encode()).hexdigest()
        is_key = is_same(key, fields.get("vpbx_api_key", b"").decode(errors="replace"))
        is_sign = is_same(expected, fields.get("sign", b"").decode(errors="replace").lower())
        if not (is_key and is_sign):
            raise BadSignature("vpbx_api_key or sign does not fit")

    def check(self, raw: RawRequest, reading: Reading) -> None:
        """Only what no later version could read is refused: the vendor never sends a call twice."""
        message = message_in(raw)
        if message is not None and raw.path in ("events/call", "events/summary"):
            call_key_of(message)

    def parse(self, raw: RawRequest, reading: Reading) -> list[Event]:
        message = message_in(raw)
        return [] if message is None else READERS[raw.path](message)

    def reply(self, raw: RawRequest) -> Reply:
        return Reply()


def message_in(raw: RawRequest) -> Message | None:
    """The document of a kind that we read; None for a ping, results of commands, DTMF, SMS and what comes yet."""
    fields = form_of(raw.body)
    if raw.path not in READERS or "json" not in fields:
        return None
    document = json_of(fields["json"])
    if not isinstance(document, dict):
        raise Malformed("expected a JSON object in the field json", pointer="")
    return document
