"""Which row of the tickets report a text from outside means."""

from __future__ import annotations

from dataclasses import replace

from followup.errors import FollowupError
from followup.reports.question import Question
from followup.reports.selection import NOT_ASSIGNED
from followup.reports.ticket_choice import TIMES, Choice, topic_path


def ticket_row_key(question: Question, text: str) -> str:
    """The key of the row named by its first cell; refuses what can be none of this report."""
    by = question.selection.option("by")
    if by == "hour":
        return _hour(text)
    if by in TIMES:
        return _stretch(question, text)
    if by == "employee":
        return _employee(question, text)
    return text if by != "topic" or text.lower() == NOT_ASSIGNED else _topic(question, text)


def _hour(text: str) -> str:
    if not (text.isascii() and text.isdigit() and int(text[:9]) < 24):
        raise _no_row(text, "an hour from 0 to 23")
    return str(int(text))


def _stretch(question: Question, text: str) -> str:
    known = dict(Choice(question=question).spans)
    if text not in known:
        raise _no_row(text, f"one of the period, such as {next(iter(known))}")
    return text


def _employee(question: Question, text: str) -> str:
    asked = replace(question, selection=replace(question.selection, filters={"employee": (text,)}))
    found = asked.people("employee") or frozenset()
    if len(found) > 1:
        raise _no_row(text, f"one of the ids {', '.join(sorted(map(str, found)))}: they have one name")
    (member,) = found
    return NOT_ASSIGNED if member is None else str(member)


def _topic(question: Question, text: str) -> str:
    """A row is one topic alone, whatever stands below it; one that is retired goes by its id."""
    topics = {id_: (topic.parent_id, topic.title) for id_, topic in question.book.topics.items()}
    found = [id_ for id_ in topics if text.casefold() == topic_path(topics, id_).casefold()]
    if len(found) != 1 and text.isascii() and text.isdigit() and len(text) < 19:
        found = [int(text)]
    if len(found) != 1:
        raise _no_row(text, "a topic's path, or its id")
    return str(found[0])


def _no_row(text: str, expected: str) -> FollowupError:
    return FollowupError("bad_setting", setting="row", found=text[:64], expected=expected)
