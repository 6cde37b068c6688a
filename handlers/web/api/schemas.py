"""What the answers of the API look like, in JSON Schema: printed in its document and kept by its tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from followup.calls.events import CallResult, HungUpBy, Stage
from followup.calls.verdict import MissReason
from followup.cases.facts import How
from followup.orders.rules import OrderReason
from followup.reports.missed_store import FATES, REASONS
from followup.reports.selection import Kind, values_of_option
from followup.reports.shape import ItemKind
from followup.tickets.facts import TicketKind
from followup.tickets.statuses import STATUSES, Status

Schema = dict[str, Any]

COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
SECONDS: Final[Schema] = {"type": "integer", "minimum": 0, "description": "Whole seconds."}
TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time", "description": "With the team's offset."}
DAY: Final[Schema] = {"type": "string", "format": "date"}
NUMBER: Final[Schema] = {"type": "string", "description": "E.164, or what the PBX sent where that is no number."}


def maybe(schema: Schema) -> Schema:
    """The same or null."""
    found = schema | {"type": [schema["type"], "null"]}
    return found | {"enum": [*schema["enum"], None]} if "enum" in schema else found


def word_of(words: Any) -> Schema:
    """One of the words of a Literal."""
    return {"type": "string", "enum": list(get_args(words))}


def shaped(fields: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    """An object of these fields and no others."""
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": dict(fields), "required": required, "additionalProperties": False}


def listed(schema: Schema) -> Schema:
    """A list of them."""
    return {"type": "array", "items": schema}


def flat_keys(fields: Mapping[str, Schema]) -> tuple[str, ...]:
    """The keys of fields, those of objects with a dot."""
    found: list[str] = []
    for name, schema in fields.items():
        inner = schema.get("properties")
        found += [f"{name}.{key}" for key in inner] if inner else [name]
    return tuple(found)


def _counts(*names: str) -> dict[str, Schema]:
    return dict.fromkeys(names, COUNT)


_SPREAD: Final = shaped({"mean": maybe(SECONDS), "median": maybe(SECONDS), "p90": maybe(SECONDS), "n": COUNT})

_CALLBACKS: Final[dict[str, Schema]] = {
    **_counts("total", "successful", "unsuccessful", "pending"),
    "reasons": shaped(_counts(*get_args(OrderReason))),
    **_counts("in_hours", "off_hours", "unique", "different_numbers", "new_numbers"),
}
_CALLS: Final = _counts(
    *("minutes", "total", "outgoing", "incoming", "target_total", "target_outgoing", "target_incoming"),
    *("first_unique_target", "target_missed", "target_called_back", "called_back", "unknown"),
    *("tickets", "tickets_by_missed", "tickets_in_work"),
)
HIDDEN_BY_OPTION: Final = ("target_missed", "target_called_back", "called_back")
_TEAM: Final[dict[str, Schema]] = {
    **_counts("closed", "proven", "claimed", "attempts"),
    "first_attempt_seconds": _SPREAD,
    "contact_seconds": _SPREAD,
    "talk_seconds": SECONDS,
    "occupancy": {"type": ["number", "null"], "minimum": 0, "description": "Talk of working time, a share."},
}
_FATES: Final = shaped(_counts("total", *FATES))
_SPREAD_SO_FAR: Final = shaped({**_SPREAD["properties"], "none_yet": COUNT})
_TICKETS: Final[dict[str, Schema]] = {
    **_counts("created", "closed"),
    **dict.fromkeys(("wait_seconds", "handling_seconds"), _SPREAD_SO_FAR),
}
GROUPINGS: Final = values_of_option("by")
TICKET_TABLE: Final[dict[str, Schema]] = {
    "channel": TEXT,
    "number": COUNT,
    **dict.fromkeys(("client", "entry_point"), maybe(TEXT)),
    "created_at": MOMENT,
    **dict.fromkeys(("reaction_seconds", "handling_seconds"), maybe(SECONDS)),
    **dict.fromkeys(("employee", "group", "topic", "result", "comment"), maybe(TEXT)),
}

_OPEN_ROW: Final[dict[str, Schema]] = {
    "case_id": COUNT,
    "client": maybe(NUMBER),
    "name": maybe(TEXT),
    "lines": listed(TEXT),
    "reason": maybe(word_of(MissReason)),
    "reasons": listed(word_of(MissReason)),
    "first_call_at": MOMENT,
    "last_call_at": MOMENT,
    **dict.fromkeys(("lost_seconds", "waiting_seconds"), SECONDS),
    **_counts("missed", "attempts"),
    **dict.fromkeys(("first_attempt_seconds", "contact_seconds"), maybe(SECONDS)),
    "taken_by": maybe(TEXT),
    "state": {"type": "string", "enum": ["open", "taken", "snoozed", "closed"]},
}
_CLOSED: Final[dict[str, Schema]] = {
    "closed_at": maybe(MOMENT),
    "closed_by": maybe(TEXT),
    "how": maybe(word_of(How)),
    "close_reason": maybe(TEXT),
    "close_text": maybe(TEXT),
}
QUEUE_ROW: Final = _OPEN_ROW | _CLOSED
PROCESSED_ONLY: Final = tuple(_CLOSED)
ROWS: Final[Mapping[Kind, dict[str, Schema]]] = {
    "callbacks": {"widget": maybe(TEXT), **_CALLBACKS},
    "calls": {"manager": maybe(TEXT), "extension": maybe(TEXT), **_CALLS},
    "missed": QUEUE_ROW,
    "team": {"manager": maybe(TEXT), **_TEAM},
    "tickets": {**dict.fromkeys(GROUPINGS, maybe(TEXT)), **_TICKETS},
}
_TOTALS: Final[Mapping[Kind, Schema]] = {
    "callbacks": shaped(_CALLBACKS),
    "calls": shaped(_CALLS, HIDDEN_BY_OPTION),
    "missed": shaped({"clients": COUNT, "reasons": shaped(_counts(*REASONS)), "cases": _FATES, "calls": _FATES}),
    "team": shaped(_TEAM),
    "tickets": shaped(_TICKETS),
}
_CALL_OUTCOMES: Final = ("missed", "successful", "failed", "in_progress", "unknown")
CALL: Final[dict[str, Schema]] = {
    "id": COUNT,
    "connection_id": COUNT,
    "call_id": {"type": "string", "description": "The PBX's own."},
    "direction": {"type": "string", "enum": ["in", "out"]},
    "client": maybe(NUMBER),
    "client_name": maybe(TEXT),
    "is_erased": FLAG,
    "line": maybe(TEXT),
    "line_name": maybe(TEXT),
    "started_at": MOMENT,
    **dict.fromkeys(("answered_at", "ended_at", "contact_at"), maybe(MOMENT)),
    "legs": listed(
        shaped(
            {
                "extension": maybe(TEXT),
                **dict.fromkeys(("rang_at", "answered_at", "ended_at"), maybe(MOMENT)),
                "result": maybe(TEXT),
            }
        )
    ),
    "stage": maybe(word_of(Stage)),
    "hung_up_by": maybe(word_of(HungUpBy)),
    "result": maybe(word_of(CallResult)),
    "recording_url": maybe(TEXT),
    "talk_seconds": SECONDS,
    "ring_seconds": maybe(SECONDS),
    "extension": maybe(TEXT),
    "group": maybe(TEXT),
    "order_id": maybe(TEXT),
    "outcome": {"type": "string", "enum": list(_CALL_OUTCOMES)},
    "reason": maybe(word_of(MissReason)),
    "reason_detail": maybe(TEXT),
    "raw_reason": maybe(TEXT),
    "manager": maybe(TEXT),
    "case_id": maybe(COUNT),
    "is_non_target": FLAG,
    "is_suspect": FLAG,
}
# What is measured of a whole row has no list behind it.
_CLOSED_FIGURES: Final = ("occupancy",)
OPENS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "callbacks": flat_keys(_CALLBACKS),
    "calls": tuple(key for key in _CALLS if key not in _CLOSED_FIGURES),
    "missed": ("missed", "attempts", *flat_keys(_TOTALS["missed"]["properties"])),
    "team": tuple(key for key in _TEAM if key not in _CLOSED_FIGURES),
    "tickets": tuple(_TICKETS),
}
ITEM: Final[dict[str, Schema]] = {
    "kind": word_of(ItemKind),
    "id": COUNT,
    "at": MOMENT,
    "number": maybe(NUMBER),
    **dict.fromkeys(("name", "line", "manager"), maybe(TEXT)),
    "outcome": {
        "type": "string",
        "enum": [*_CALL_OUTCOMES, "open", *get_args(How), "pending", "unsuccessful", *STATUSES],
    },
    "seconds": maybe(SECONDS),
    "direction": maybe({"type": "string", "enum": ["in", "out"]}),
    "reason": maybe(TEXT),
    "case_id": maybe(COUNT),
    "is_non_target": FLAG,
    "is_erased": FLAG,
}
LISTING: Final = shaped({"total": COUNT, "items": listed(shaped(ITEM))})
_HEAD: Final = {"team": TEXT, "timezone": TEXT}
ERROR: Final = shaped({"error": TEXT, "where": TEXT, "found": TEXT, "expected": TEXT}, ("where", "found", "expected"))
CALL_PAGE: Final = shaped({**_HEAD, "from": DAY, "to": DAY, "rows": listed(shaped(CALL)), "next_cursor": maybe(TEXT)})
CASE_LIST: Final = shaped(
    {
        **_HEAD,
        "as_of": MOMENT,
        "tab": {"type": "string", "enum": ["open", "processed"]},
        "rows": listed(shaped(QUEUE_ROW, tuple(_CLOSED))),
    }
)
_NOTE: Final = shaped({"at": MOMENT, "author": maybe(TEXT), "text": TEXT})
_ORDER: Final = shaped({"ordered_at": MOMENT, "widget_name": TEXT, "topic": maybe(TEXT), "wanted_at": maybe(MOMENT)})
_HISTORY: Final = shaped(
    {
        "at": MOMENT,
        "kind": TEXT,
        **dict.fromkeys(("who", "line_name", "reason"), maybe(TEXT)),
        "seconds": maybe(SECONDS),
        "text": maybe(TEXT),
    }
)
ONE_CASE: Final = shaped(QUEUE_ROW | {"orders": listed(_ORDER), "notes": listed(_NOTE), "history": listed(_HISTORY)})
ONE_CALL: Final = shaped(CALL)
TICKET: Final[dict[str, Schema]] = {
    "id": COUNT,
    "kind": word_of(TicketKind),
    "channel": TEXT,
    "state": {"type": "string", "enum": ["open", "closed"]},
    "status": word_of(Status),
    "status_title": maybe({"type": "string", "description": "The team's own name of the status."}),
    "client": maybe(NUMBER),
    "client_name": maybe(TEXT),
    "is_erased": FLAG,
    **dict.fromkeys(("entry_point", "entry_point_name", "subject", "topic", "group", "employee"), maybe(TEXT)),
    "created_at": MOMENT,
    **dict.fromkeys(("first_reaction_at", "taken_at", "contact_at", "closed_at", "snoozed_until"), maybe(MOMENT)),
    **dict.fromkeys(("reaction_seconds", "contact_seconds", "handling_seconds"), maybe(SECONDS)),
    "reopened": COUNT,
    **dict.fromkeys(("result", "comment"), maybe(TEXT)),
    "call_id": maybe(COUNT | {"description": "The call it was born of."}),
}
_ACT: Final = shaped({"at": MOMENT, "kind": TEXT, **dict.fromkeys(("who", "to", "status", "text"), maybe(TEXT))})
TICKET_LIST: Final = shaped({**_HEAD, "as_of": MOMENT, "total": COUNT, "rows": listed(shaped(TICKET))})
ONE_TICKET: Final = shaped(TICKET | {"history": listed(_ACT)})


_OPTIONAL: Final[Mapping[Kind, tuple[str, ...]]] = {
    "calls": (*HIDDEN_BY_OPTION, "extension"),
    "tickets": GROUPINGS,
}


def report(kind: Kind) -> Schema:
    """The document of one kind of report."""
    row = shaped(ROWS[kind], _OPTIONAL.get(kind, ()))
    table = {"table": listed(shaped(TICKET_TABLE))} if kind == "tickets" else {}
    return shaped(
        {
            "kind": {"type": "string", "const": kind},
            **_HEAD,
            "from": DAY,
            "to": DAY,
            "as_of": MOMENT,
            "filters": {"type": "object", "additionalProperties": listed(TEXT)},
            "options": {"type": "object", "additionalProperties": TEXT},
            "rows": listed(row),
            "total": _TOTALS[kind],
            **table,
        },
        tuple(table),
    )


MADE: Final[Schema] = shaped({"id": COUNT, "status": word_of(Status), "created": FLAG})
