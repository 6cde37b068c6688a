"""What is kept how long, and how a number is found and taken out of texts in whatever spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from followup.phone import country_and_rest, is_e164, pretty

INSTEAD = "•••"
_SHORTEST = 6  # a shorter run of digits or letters may be anything
_BETWEEN = r"(?:[\s().\-/\u00a0]|%20|%28|%29|%2[Dd]|\\u00a0){0,3}"
# What describes the client beside his number in payloads, snapshots and ledger lines.
_PERSONAL = frozenset({"name", "client_name", "client_account", "recording_url", "text", "topic"})
_OF_MANY = frozenset({"digest", "digest_more"})
_TEXTS = frozenset({"text", "contact"})  # copied in our own words
_DELETABLE = timedelta(hours=48)

Change = Callable[[str], str]
Fate = Literal["edit", "report"]


@dataclass(frozen=True)
class Mention:
    """A client's number as it may stand in a text: with or without its country, in groups, percent-encoded."""

    number: str

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """What a database can look for: the end of the number as PBXs and as people write it."""
        if not self._is_searchable:
            return ()
        country, rest = country_and_rest(self.number)
        grouped = pretty(self.number).removeprefix(f"+{country} ") if country else self.number
        return tuple(dict.fromkeys((rest if country else self.number, grouped, grouped.replace(" ", "-"))))

    def is_in(self, text: str) -> bool:
        """Whether the text says the number."""
        return text == self.number or bool(self._whole and self._whole.search(text))

    def is_in_raw(self, body: bytes) -> bool:
        """The same for a request as it came; better once too often than once too seldom."""
        return bool(self._loose and self._loose.search(body.decode("latin-1")))

    def without(self, text: str, instead: str = INSTEAD) -> str:
        """The text with something else in the number's place."""
        if text == self.number:
            return instead
        return self._whole.sub(lambda _: instead, text) if self._whole else text

    @cached_property
    def _is_searchable(self) -> bool:
        return len(self.number.lstrip("+")) >= _SHORTEST

    @cached_property
    def _loose(self) -> re.Pattern[str] | None:
        if not self._is_searchable:
            return None
        return re.compile(self._digits if is_e164(self.number) else re.escape(self.number))

    @cached_property
    def _whole(self) -> re.Pattern[str] | None:
        if not self._is_searchable:
            return None
        if not is_e164(self.number):
            return re.compile(rf"(?<!\w){re.escape(self.number)}(?!\w)")
        country, _ = country_and_rest(self.number)
        begins = r"(?:(?<=%20)|(?<=%2[Bb])|(?<!\d))"
        prefix = rf"(?:(?:\+|00|%2[Bb])?{_BETWEEN}{country}{_BETWEEN})?(?:\(?8?0?\)?{_BETWEEN})?"
        return re.compile(rf"{begins}{prefix}{self._digits}(?!\d)")

    @cached_property
    def _digits(self) -> str:
        return _BETWEEN.join(country_and_rest(self.number)[1])


def scrubbed(value: Any, mention: Mention) -> Any:
    """A JSON value without the number, and without what stands beside it about the same person."""
    if isinstance(value, str):
        return mention.without(value)
    if isinstance(value, list):
        return [scrubbed(each, mention) for each in value]
    if isinstance(value, Mapping):
        is_his = any(isinstance(each, str) and mention.is_in(each) for each in value.values())
        kept = {name: None if is_his and name in _PERSONAL else each for name, each in value.items()}
        return {mention.without(name): scrubbed(each, mention) for name, each in kept.items()}
    if isinstance(value, int) and not isinstance(value, bool) and mention.is_in(str(value)):
        return None
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What a team knows of a client: his numbers, when which case of his was open, his tickets and his messages."""

    numbers: Mapping[int, str]
    cases: Mapping[int, tuple[datetime, datetime | None]]
    tickets: frozenset[int] = frozenset()
    messages: Mapping[int, str] = field(default_factory=dict)  # what he wrote and was answered, by kind
    also: tuple[str, ...] = ()  # what else names him and nobody else: the id he writes from, an address

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """His numbers to look for."""
        return tuple(map(Mention, (*self.numbers.values(), *self.also)))

    def was_open(self, moment: datetime) -> bool:
        """Whether a list of that moment named him."""
        return any(opened <= moment and (closed is None or moment <= closed) for opened, closed in self.cases.values())


def fate_of_letter(letter: Mapping[str, Any], traces: Traces, now: datetime) -> Fate | None:
    """What becomes of a letter when the client is forgotten: its message is edited, or can only be named."""
    payload, moment = letter["payload"], letter["sent_at"] or letter["created_at"]
    if letter["kind"] in ("file", "report_file", "digest_picture"):
        return "report" if _lists_him(letter, traces, moment) else None
    if letter["kind"] in _OF_MANY:
        return "edit" if traces.was_open(moment) or _says(payload, traces.mentions) else None
    if not _is_about(letter, traces) and not _says(payload, traces.mentions):
        return None
    return "report" if _is_out_of_reach(letter, traces, now) else "edit"


def _is_out_of_reach(letter: Mapping[str, Any], traces: Traces, now: datetime) -> bool:
    # The question was deleted when it was answered; the answer is a person's own message.
    if letter["kind"] == "question":
        return bool(letter["payload"].get("answered"))
    return letter["kind"] == "from_client" and _stays(letter, traces, now)


def _is_about(letter: Mapping[str, Any], traces: Traces) -> bool:
    payload = letter["payload"]
    named = {letter["case_id"], payload.get("case_id"), *(payload.get("case_ids") or ())}
    written = payload.get("ticket_id") in traces.tickets or payload.get("message_id") in traces.messages
    return bool(named & set(traces.cases)) or written


def _stays(letter: Mapping[str, Any], traces: Traces, now: datetime) -> bool:
    """A copy that is no text can be deleted for two days; afterwards only the words under it can be changed."""
    kind = traces.messages.get(letter["payload"].get("message_id", 0), "text")
    sent_at = letter["sent_at"]
    return kind not in _TEXTS and sent_at is not None and now - sent_at >= _DELETABLE


def _lists_him(letter: Mapping[str, Any], traces: Traces, moment: datetime) -> bool:
    """Of the reports only missed and tickets have rows of clients; a picture has none of them."""
    had_case = any(opened <= moment for opened, _ in traces.cases.values())
    if letter["kind"] != "report_file":
        return letter["kind"] == "file" and had_case
    chosen, payload = letter["payload"]["chosen"]["kind"], letter["payload"]
    is_listed = {"missed": had_case, "tickets": bool(traces.tickets)}.get(chosen, False)
    return is_listed and not payload["format"].startswith("png")


def _says(payload: Mapping[str, Any], mentions: Collection[Mention]) -> bool:
    told = json.dumps(payload, ensure_ascii=False)
    return any(mention.is_in(told) for mention in mentions)


def keep_calls_for(days: int | None, window: timedelta, first_call_days: int | None) -> timedelta | None:
    """How long calls are kept: never shorter than what open cases and the recent numbers look back at."""
    if days is None:
        return None
    looked_back = window + timedelta(days=first_call_days or 0) + timedelta(days=1)
    return max(timedelta(days=days), looked_back)
