"""The suite that every PBX dialect must pass: secrets, strangers, garbage and what it does not know."""

import json
from datetime import datetime
from typing import Any, get_args

import pytest

from followup.calls.events import CallEvent, Event, LegSeen
from providers import PROVIDERS
from providers.contract import BadSignature, Malformed, RawRequest
from tests.providers.dialects import DIALECTS, READING, Dialect

EACH = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


def cases(field: str) -> pytest.MarkDecorator:
    found = [
        (dialect, raw, f"{dialect.name}: {name}")
        for dialect in DIALECTS.values()
        for name, raw in getattr(dialect, field).items()
    ]
    return pytest.mark.parametrize(("dialect", "raw"), [found[:2] for found in found], ids=[case for *_, case in found])


def test_every_provider_is_in_the_suite() -> None:
    assert PROVIDERS.keys() == DIALECTS.keys()


@EACH
def test_it_is_registered_under_its_own_name_with_distinct_options(dialect: Dialect) -> None:
    provider = PROVIDERS[dialect.name]
    names = [option.name for option in provider.options]
    assert provider.name == dialect.name
    assert len(set(names)) == len(names)
    assert {option.name for option in provider.options if option.required} <= dialect.options.keys() <= set(names)


@EACH
def test_options_that_hold_secrets_are_marked(dialect: Dialect) -> None:
    secret = {option.name for option in PROVIDERS[dialect.name].options if option.secret}
    assert dialect.options.keys() <= secret


@EACH
def test_the_vendors_own_request_is_read_and_answered(dialect: Dialect) -> None:
    provider = PROVIDERS[dialect.name]
    provider.verify(dialect.good, dialect.options)
    provider.check(dialect.good, READING)
    events = provider.parse(dialect.good, READING)
    assert events
    assert all(isinstance(event, get_args(Event)) for event in events)
    reply = provider.reply(dialect.good)
    assert reply.status == 200
    assert isinstance(json.loads(reply.body), dict)


@EACH
def test_reading_twice_gives_the_same(dialect: Dialect) -> None:
    provider = PROVIDERS[dialect.name]
    assert provider.parse(dialect.good, READING) == provider.parse(dialect.good, READING)


@cases("forged")
def test_a_forged_request_is_refused(dialect: Dialect, raw: RawRequest) -> None:
    with pytest.raises(BadSignature):
        PROVIDERS[dialect.name].verify(raw, dialect.options)


@EACH
def test_another_secret_refuses_the_vendors_own_request(dialect: Dialect) -> None:
    for name in dialect.options:
        for wrong in ("other", "ключ", "a" * 300):
            with pytest.raises(BadSignature):
                PROVIDERS[dialect.name].verify(dialect.good, {**dialect.options, name: wrong})


@EACH
def test_a_missing_secret_opens_only_what_is_documented_as_open(dialect: Dialect) -> None:
    for name in dialect.options:
        for options in (
            {key: dialect.options[key] for key in dialect.options if key != name},
            {**dialect.options, name: ""},
        ):
            if name in dialect.open_without:
                PROVIDERS[dialect.name].verify(dialect.good, options)
                continue
            with pytest.raises(BadSignature):
                PROVIDERS[dialect.name].verify(dialect.good, options)


@cases("silent")
def test_what_tells_nothing_is_accepted_and_empty(dialect: Dialect, raw: RawRequest) -> None:
    provider = PROVIDERS[dialect.name]
    provider.check(raw, READING)
    assert provider.parse(raw, READING) == []
    assert provider.reply(raw).status == 200


@cases("unreadable")
def test_what_can_never_be_read_is_refused_with_a_reason(dialect: Dialect, raw: RawRequest) -> None:
    provider = PROVIDERS[dialect.name]
    with pytest.raises(Malformed) as refused:
        provider.check(raw, READING)
    assert refused.value.message.isprintable()
    assert refused.value.pointer is not None
    with pytest.raises(Malformed):
        provider.parse(raw, READING)


@EACH
def test_moments_have_a_zone(dialect: Dialect) -> None:
    for event in PROVIDERS[dialect.name].parse(dialect.good, READING):
        assert all(value.tzinfo for value in values_of(event) if isinstance(value, datetime))


def values_of(event: Event | LegSeen) -> list[Any]:
    values = [getattr(event, name) for name in event.__slots__]
    legs = event.legs if isinstance(event, CallEvent) else ()
    return values + [value for leg in legs for value in values_of(leg)]
