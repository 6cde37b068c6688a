"""What an owner or the CLI does to a team's directories: topics, results, names of statuses; each raises its revision."""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.errors import FollowupError
from followup.teams import directory_store as store
from followup.teams.book import TeamBook, Topic
from followup.teams.store import load_book, touch
from followup.teams.tables import ticket_results, topics

LONGEST_TITLE: Final = 60
_MOST: Final = 200
_DEEPEST: Final = 5
_LONGEST_SLA: Final = 60 * 24 * 31
ENDS: Final = ("done", "refused", "non_target")  # a result closes with one of these


async def add_topic(
    c: AsyncConnection, team_id: int, title: str, *, parent: int | None = None, sla: int | None = None
) -> int:
    """A topic under another one or at the root; its id."""
    book = await load_book(c, team_id)
    if parent is not None and _depth(book, _topic(book, parent)) >= _DEEPEST:
        raise FollowupError("too_deep", expected=_DEEPEST)
    siblings = [each for each in book.topics.values() if each.parent_id == parent]
    values = {"title": _free(title, [each.title for each in siblings]), "parent_id": parent, "sla_minutes": _sla(sla)}
    if len(book.topics) >= _MOST:
        raise FollowupError("too_many_entries", expected=_MOST)
    topic_id = await store.add_entry(c, topics, team_id, values)
    await touch(c, team_id)
    return topic_id


async def rename_topic(c: AsyncConnection, team_id: int, topic_id: int, title: str) -> None:
    """What it is called from now on; tickets of the past are called so, too."""
    book = await load_book(c, team_id)
    topic = _topic(book, topic_id)
    others = [each.title for each in book.topics.values() if each.parent_id == topic.parent_id and each.id != topic_id]
    await store.change_entry(c, topics, team_id, topic_id, title=_free(title, others))
    await touch(c, team_id)


async def set_topic_sla(c: AsyncConnection, team_id: int, topic_id: int, minutes: int | None) -> None:
    """How long a client may wait; None: as the topic above says, or the team."""
    _topic(await load_book(c, team_id), topic_id)
    await store.change_entry(c, topics, team_id, topic_id, sla_minutes=_sla(minutes))
    await touch(c, team_id)


async def retire_topic(c: AsyncConnection, team_id: int, topic_id: int) -> None:
    """No longer offered, nor is anything under it; it stays on tickets that have it."""
    book = await load_book(c, team_id)
    _topic(book, topic_id)
    gone = {topic_id}
    for _ in range(_DEEPEST):
        gone |= {each.id for each in book.topics.values() if each.parent_id in gone}
    for each in gone:
        await store.change_entry(c, topics, team_id, each, is_retired=True)
    await touch(c, team_id)


async def add_result(c: AsyncConnection, team_id: int, title: str, status: str) -> int:
    """A way for a ticket to end, and the status it closes with; its id."""
    if status not in ENDS:
        raise FollowupError("bad_setting", setting="status", found=status, expected=", ".join(ENDS))
    book = await load_book(c, team_id)
    if len(book.results) >= _MOST:
        raise FollowupError("too_many_entries", expected=_MOST)
    name = _free(title, [each.title for each in book.results.values() if each.title])
    result_id = await store.add_entry(c, ticket_results, team_id, {"title": name, "status": status})
    await touch(c, team_id)
    return result_id


async def rename_result(c: AsyncConnection, team_id: int, result_id: int, title: str) -> None:
    """What it is called from now on."""
    book = await load_book(c, team_id)
    if result_id not in book.results:
        raise FollowupError("no_such_entry", found=result_id)
    others = [each.title for each in book.results.values() if each.title and each.id != result_id]
    await store.change_entry(c, ticket_results, team_id, result_id, title=_free(title, others))
    await touch(c, team_id)


async def retire_result(c: AsyncConnection, team_id: int, result_id: int) -> None:
    """No longer offered. The last one stays: Close without a choice would be a dead end."""
    book = await load_book(c, team_id)
    if result_id not in book.results:
        raise FollowupError("no_such_entry", found=result_id)
    if len(book.results) == 1:
        raise FollowupError("last_result")
    await store.change_entry(c, ticket_results, team_id, result_id, is_retired=True)
    await touch(c, team_id)


async def name_status(c: AsyncConnection, team_id: int, code: str, title: str | None) -> None:
    """What the team calls one of the nine statuses; None: by its built-in name again."""
    if title is None:
        await store.unname_status(c, team_id, code)
    else:
        book = await load_book(c, team_id)
        others = [known for each, known in book.status_titles.items() if each != code]
        await store.name_status(c, team_id, code, _free(title, others))
    await touch(c, team_id)


def _topic(book: TeamBook, topic_id: int) -> Topic:
    topic = book.topics.get(topic_id)
    if topic is None:
        raise FollowupError("no_such_entry", found=topic_id)
    return topic


def _depth(book: TeamBook, topic: Topic) -> int:
    depth = 1
    above = book.topics.get(topic.parent_id or 0)
    while above is not None and depth <= _DEEPEST:
        depth, above = depth + 1, book.topics.get(above.parent_id or 0)
    return depth


def _free(title: str, taken: list[str]) -> str:
    name = " ".join(title.replace("\0", "").split())
    if not name:
        raise FollowupError("text_empty")
    if len(name) > LONGEST_TITLE:
        raise FollowupError("text_too_long", found=len(name), expected=LONGEST_TITLE)
    if name.casefold() in {each.casefold() for each in taken}:
        raise FollowupError("name_taken", found=name)
    return name


def _sla(minutes: int | None) -> int | None:
    if minutes is not None and not 1 <= minutes <= _LONGEST_SLA:
        raise FollowupError("bad_setting", setting="sla", found=minutes, expected=f"1 to {_LONGEST_SLA}")
    return minutes
