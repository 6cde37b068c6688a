"""Whole conversations: our own samples (numbers invented), and the vendors' documents where they lie at hand."""

import itertools
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from followup.calls.events import CallEvent
from providers import PROVIDERS
from providers.contract import RawRequest
from tests.providers.dialects import json_request, mango_request, parsed
from tests.providers.merging import merged

OURS = Path(__file__).parent / "samples"
THEIRS = Path(os.environ.get("SHARED_SAMPLES") or Path(__file__).parents[3] / "shared/providers/samples")
SAMPLES = sorted(OURS.rglob("*.json"))
needs_theirs = pytest.mark.skipif(
    not THEIRS.is_dir(), reason="the vendors' samples are not here; SHARED_SAMPLES may name their folder"
)


def asked(provider: str, message: dict[str, Any]) -> RawRequest:
    if provider == "mango":
        return mango_request(message["path"], message["json"])
    return json_request(message["json"], query=message.get("query", {}))


def theirs(name: str) -> Any:
    return json.loads((THEIRS / name).read_text(encoding="utf-8"))


def one(provider: str, raw: RawRequest) -> CallEvent:
    (event,) = parsed(provider, raw)
    assert isinstance(event, CallEvent)
    return event


@pytest.mark.parametrize("path", SAMPLES, ids=[f"{path.parent.name}/{path.stem}" for path in SAMPLES])
def test_a_conversation_in_any_order_tells_its_facts(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))
    requests = [asked(path.parent.name, message) for message in sample["requests"]]
    for order in itertools.islice(itertools.permutations(requests), 0, 720, 31):
        facts = merged(path.parent.name, [*order, requests[0]])
        told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
        assert told == sample["facts"]


def test_every_dialect_has_a_sample() -> None:
    assert {path.parent.name for path in SAMPLES} == PROVIDERS.keys()


@needs_theirs
@pytest.mark.parametrize(
    ("name", "direction", "is_answered", "stage", "detail"),
    [
        ("doc_summary_1_inbound_answered", "in", True, "talk", None),
        ("doc_summary_2_inbound_ended_in_ivr", "in", False, "ivr", "dropped_by_scheme"),
        ("doc_summary_3_outbound_answered", "out", True, "talk", None),
        ("doc_summary_4_outbound_failed", "out", False, None, None),
    ],
)
def test_the_summaries_of_mangos_document(
    name: str, direction: str, is_answered: bool, stage: str | None, detail: str | None
) -> None:
    summary = theirs("mango/doc_v1_10_summary_examples.json")["examples"][name]
    event = one("mango", mango_request("events/summary", summary))
    assert (event.direction, event.stage, event.reason_detail) == (direction, stage, detail)
    assert (event.answered_at is not None) == is_answered
    assert event.call_key == summary["entry_id"]


@needs_theirs
def test_the_click_to_call_of_mangos_document_claims_no_answer() -> None:
    steps = theirs("mango/doc_v1_10_click_to_call_rejected.json")["steps"]
    facts = merged("mango", [mango_request(step["_path"], step["json"]) for step in steps])
    assert facts.keys() == {"call_key", "command_key", "started_at"}
    assert facts["command_key"] == "cmd.2.vpbx.12345.external.system.com.net"


@needs_theirs
def test_the_classic_hook_of_ringostats_document() -> None:
    event = one("ringostat", json_request(theirs("ringostat/doc_classic_webhook_example.json")["event"]))
    assert (event.direction, event.client, event.line) == ("out", "+380440000002", "+380670000001")
    assert (event.result, event.talk_seconds, event.extension) == ("answered", 23, "1111")


@needs_theirs
def test_the_real_values_of_ringostat() -> None:
    answered, voicemail = theirs("ringostat/real_webhook20_field_values_anonymised.json")["events"]
    event = one("ringostat", json_request(answered))
    assert (event.client, event.line, event.stage) == ("+380730000002", "+380730000001", "talk")
    assert (event.extension, event.talk_seconds) == ("company_operator1", 3)
    left = one("ringostat", json_request(voicemail | {"cdr_id": "v.1"}))
    assert (left.stage, left.answered_at, left.talk_seconds) == ("voicemail", None, None)
