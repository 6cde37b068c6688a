"""Every team's book at hand: read once, and again only when its revision has moved on."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.errors import FollowupError
from followup.teams import store
from followup.teams.book import TeamBook

_MOST_BOOKS: Final = 2000


class Shelf:
    """The books of one process; what the CLI or another process changes is seen at the next look."""

    def __init__(self) -> None:
        self._books: OrderedDict[int, TeamBook] = OrderedDict()

    async def book(self, c: AsyncConnection, team_id: int, revision: int | None = None) -> TeamBook:
        """The team's present book; refuses a team that is not there (any more). ``revision``: read a moment ago."""
        if revision is None:
            revision = await store.revision(c, team_id)
        if revision is None:
            self._books.pop(team_id, None)
            raise FollowupError("no_such_team", found=team_id)
        known = self._books.get(team_id)
        if known is None or known.revision != revision:
            known = await store.load_book(c, team_id)
            self._keep(known)
        return known

    def _keep(self, book: TeamBook) -> None:
        self._books[book.id] = book
        self._books.move_to_end(book.id)
        if len(self._books) > _MOST_BOOKS:
            self._books.popitem(last=False)
