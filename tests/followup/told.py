"""Calls as messages tell them: the short way to write one down in a test."""

from datetime import UTC, datetime, timedelta

from followup.calls.events import CallEvent, LegSeen
from followup.calls.merge import merge
from followup.calls.rules import judge
from followup.calls.verdict import Terms

TEN = datetime(2026, 11, 20, 8, tzinfo=UTC)
TERMS = Terms(min_talk=timedelta(seconds=1), short_call=timedelta(seconds=10), is_open=True)
CLOSED = Terms(min_talk=timedelta(seconds=1), short_call=timedelta(seconds=10), is_open=False)


def after(seconds):
    return TEN + timedelta(seconds=seconds)


def leg(extension, result=None, *, answered=None, **fields):
    answered_at = None if answered is None else after(answered)
    return LegSeen(extension=extension, rang_at=after(1), result=result, answered_at=answered_at, **fields)


def facts(direction="in", *, ended=None, answered=None, **fields):
    """A call that began at ten; ``answered`` and ``ended`` are seconds after that."""
    for name, seconds in (("ended_at", ended), ("answered_at", answered)):
        if seconds is not None:
            fields[name] = after(seconds)
    return merge(None, CallEvent(call_key="a-1", direction=direction, **{"started_at": TEN, **fields}))


def inbound(**fields):
    return judge(facts("in", **fields), TERMS)


def outbound(**fields):
    return judge(facts("out", **fields), TERMS)
