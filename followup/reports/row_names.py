"""Which row of a report a text from outside means: whoever reads a report knows names, not keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from followup.errors import FollowupError
from followup.reports.question import Question
from followup.reports.selection import NOT_ASSIGNED, Selection
from followup.reports.ticket_names import ticket_row_key
from followup.teams.desk import Desk


def row_key(desk: Desk, selection: Selection, text: str) -> str:
    """The key of the row; refuses what can be none of this report."""
    return _KEYS[selection.kind](Question.of(desk, selection), text)


def _widget(question: Question, text: str) -> str:
    return _only(question, "widget", text).keys("widget")[0]


def _case(_: Question, text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise _wrong(text, "a case_id of the report")
    return str(int(text))


def _member_and_phone(question: Question, text: str) -> str:
    """Names may have a slash, too."""
    try:
        return _member(question, text)
    except FollowupError:
        name, slash, phone = text.rpartition("/")
        if not slash:
            raise
        return f"{_member(question, name)}/{phone}"


def _member(question: Question, text: str) -> str:
    try:
        found = _only(question, "manager", text).members or frozenset()
    except FollowupError as wrong:
        raise _wrong(text, str(wrong.values["expected"])) from None
    if len(found) > 1:
        raise _wrong(text, f"one of the ids {', '.join(sorted(map(str, found)))}: they have one name")
    (member,) = found
    if question.members is not None and member not in question.members:
        raise _wrong(text, "somebody whom the filter manager lets through")
    return NOT_ASSIGNED if member is None else str(member)


def _only(question: Question, name: str, text: str) -> Question:
    """As if only this one had been asked for."""
    return replace(question, selection=replace(question.selection, filters={name: (text,)}))


def _wrong(text: str, expected: str) -> FollowupError:
    return FollowupError("bad_setting", setting="row", found=text[:64], expected=expected)


_KEYS: Mapping[str, Callable[[Question, str], str]] = {
    "callbacks": _widget,
    "calls": _member_and_phone,
    "missed": _case,
    "team": _member,
    "tickets": ticket_row_key,
}
