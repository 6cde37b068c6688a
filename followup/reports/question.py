"""A selection put to one team: whose phones were whose, which lines and people the filters mean (D12, D15, M3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from followup.errors import FollowupError
from followup.hours import local_day
from followup.phone import is_e164, normalise
from followup.reports.selection import NOT_ASSIGNED, Selection
from followup.teams.book import ExtensionPeriod, TeamBook
from followup.teams.desk import Desk

UNKNOWN_AFTER = timedelta(hours=4)  # promise 2
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """Whose a phone was, from a moment until another (None: from the beginning, to this day)."""

    extension: str
    member_id: int
    begins_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the queries of a report need to know."""

    book: TeamBook
    selection: Selection
    now: datetime
    part: Span | None = None  # a stretch of one local day instead of whole days: what a digest compares with

    @classmethod
    def of(cls, desk: Desk, selection: Selection) -> Question:
        return cls(book=desk.book, selection=selection, now=desk.now)

    @cached_property
    def span(self) -> Span:
        """The period in UTC."""
        return self.part or self.selection.span(self.timezone)

    @property
    def timezone(self) -> str:
        return self.book.policy.timezone

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def days(self) -> tuple[Span, ...]:
        """Every local day of the period in UTC."""
        if self.part is not None:
            return (self.part,)
        begins = self.selection.begins
        return tuple(local_day(begins + timedelta(days=n), self.timezone) for n in range(self.selection.days))

    @cached_property
    def phones(self) -> tuple[Phone, ...]:
        """Every mapping as it is known today: one added later speaks of earlier calls, too."""
        return tuple(phone for periods in self.book.extensions.values() for phone in _phones(periods))

    @cached_property
    def changes(self) -> tuple[datetime, ...]:
        """The moments when some phone changed hands, in order."""
        return tuple(sorted({phone.begins_at for phone in self.phones if phone.begins_at is not None}))

    def member_of(self, extension: str | None, stretch: int) -> int | None:
        """Whose phone it was between two of ``changes``; ``stretch`` counts those that were past."""
        phone = (extension, stretch)
        if phone not in self._known:
            at = self.changes[stretch - 1] if stretch else None
            self._known[phone] = self.book.member_by_extension(extension, at)
        return self._known[phone]

    @cached_property
    def _known(self) -> dict[tuple[str | None, int], int | None]:
        """Looked up once: a year closes a hundred thousand cases by a few phones."""
        return {}

    @cached_property
    def members(self) -> frozenset[int | None] | None:
        """Whom the filter means; None: everybody."""
        return self.people("manager")

    def people(self, name: str) -> frozenset[int | None] | None:
        """Whom a filter of people means."""
        texts = self.selection.filters.get(name)
        return frozenset(each for text in texts for each in _members(self.book, name, text)) if texts else None

    def keys(self, name: str) -> tuple[str, ...]:
        """The lines or widgets that a filter means, by number, id or name."""
        found = (key for text in self.selection.filters.get(name, ()) for key in _keys(self.book, text))
        return tuple(dict.fromkeys(found))


def _phones(periods: Sequence[ExtensionPeriod]) -> Iterator[Phone]:
    for place, period in enumerate(periods):
        following = periods[place + 1] if place + 1 < len(periods) else None
        if following is None or following.valid_from != period.valid_from:
            yield Phone(
                extension=period.extension,
                member_id=period.member_id,
                begins_at=period.valid_from,
                ends_at=following.valid_from if following else None,
            )


def _members(book: TeamBook, name: str, text: str) -> Iterable[int | None]:
    if text.lower() == NOT_ASSIGNED:
        return [None]
    found = [member.id for member in book.members.values() if member.name.casefold() == text.casefold()]
    if not found and text.isdigit() and len(text) < 19 and int(text) in book.members:
        found = [int(text)]
    if not found:
        names = ", ".join(sorted(member.name for member in book.members.values()))
        raise FollowupError("bad_setting", setting=name, found=text, expected=f"none, {names}"[:200])
    return found


def _keys(book: TeamBook, text: str) -> Iterable[str]:
    """Calls come on numbers that nobody has named, too: what is no known name is taken as it is."""
    if text in book.lines:
        return [text]
    named = [line.key for line in book.lines.values() if line.name.casefold() == text.casefold()]
    number = normalise(text, book.policy.region)
    return named or [number if number is not None and is_e164(number) else text]
