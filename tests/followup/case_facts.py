"""Facts of one client, said shortly: the day is 2 March 2026, times are "10:07" or "10:07:30"."""

from datetime import UTC, datetime, timedelta

from followup.cases.facts import ActionFact, CallFact, CasePolicy, OrderFact

POLICY = CasePolicy()
OLGA, TARAS = 1, 2


def at(clock: str, day: int = 2) -> datetime:
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(
        days=day - 1, hours=hours, minutes=minutes, seconds=sum(seconds)
    )


def miss(fact_id: int, clock: str, *, reason="not_answered", line="sales", day=2) -> CallFact:
    return CallFact(id=fact_id, role="missed", started_at=at(clock, day), reason=reason, line=line)


def attempt(fact_id: int, clock: str, *, by=TARAS, short=False) -> CallFact:
    return CallFact(id=fact_id, role="attempt", started_at=at(clock), member_id=by, is_short=short)


def called_out(fact_id: int, clock: str, answered: str, *, by=TARAS) -> CallFact:
    return CallFact(id=fact_id, role="contact_out", started_at=at(clock), contact_at=at(answered), member_id=by)


def called_in(fact_id: int, clock: str, answered: str, *, by=OLGA) -> CallFact:
    return CallFact(id=fact_id, role="contact_in", started_at=at(clock), contact_at=at(answered), member_id=by)


def order(fact_id: int, clock: str, *, reason=None, line="widget") -> OrderFact:
    return OrderFact(id=fact_id, ordered_at=at(clock), reason=reason, line=line)


def press(fact_id: int, kind: str, clock: str, *, by: int | None = OLGA, **data) -> ActionFact:
    return ActionFact(id=fact_id, kind=kind, at=at(clock), member_id=by, data=data)
