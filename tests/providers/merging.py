"""The merge of the contract in its plainest form, to see what the messages of one call tell together."""

from collections.abc import Iterable
from typing import Any, get_args

from followup.calls.events import CallEvent, LegSeen, Stage
from providers.contract import RawRequest
from tests.providers.dialects import parsed

RANKS = get_args(Stage)


def merged(provider: str, requests: Iterable[RawRequest]) -> dict[str, Any]:
    """Facts of one call, legs flattened to "leg <key> <field>"; messages that contradict each other fail the test."""
    facts: dict[str, Any] = {}
    for raw in requests:
        for event in parsed(provider, raw):
            assert isinstance(event, CallEvent)
            _learn(facts, event)
    return facts


def _learn(facts: dict[str, Any], event: CallEvent | LegSeen, prefix: str = "") -> None:
    for name in event.__slots__:
        value, key = getattr(event, name), f"{prefix}{name}"
        if name == "legs":
            for seen in value:
                _learn(facts, seen, f"leg {seen.key or seen.extension} ")
        elif value is not None:
            facts[key] = _one_of(name, facts.get(key, value), value)


def _one_of(name: str, old: Any, new: Any) -> Any:
    if name == "stage":
        return max(old, new, key=RANKS.index)
    if name in ("started_at", "answered_at", "rang_at"):
        return min(old, new)
    if name == "ended_at":
        return max(old, new)
    assert old == new, f"two messages contradict each other on {name}"
    return new
