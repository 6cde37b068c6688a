"""A client's events as a PBX may send them, teams that receive them in different orders, and what is then stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from hypothesis import strategies as st
from sqlalchemy import select

from followup.calls.events import CallEvent, Event, LegSeen, OrderEvent
from followup.cases import store as case_store
from followup.cases.reconcile import Touched, reconcile
from followup.clients import store as clients
from followup.clients.tables import numbers
from followup.intake import take_in
from followup.teams import actions as teams
from followup.teams import store as team_store
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.tickets import store as ticket_store
from followup.tickets.follow import follow
from storage.engine import Database

START = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
NOW = START + timedelta(days=120)
ANNA, SECOND, BORYS = "+380671234567", "+380502223344", "+380933334455"
SALES, SERVICE = "+380441112233", "+380441112244"

# Minutes, hours and days apart: close together, on both sides of ten minutes, and beyond the window of 31 days.
OFFSETS = st.one_of(
    st.integers(0, 30).map(lambda n: timedelta(minutes=n)),
    st.integers(0, 40).map(lambda n: timedelta(hours=n)),
    st.integers(0, 90).map(lambda n: timedelta(days=n, minutes=5)),
    st.integers(0, 60).map(lambda n: timedelta(seconds=n)),
)


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did about a number at a moment that is part of the story, whenever the PBX tells its part."""

    kind: str
    at: datetime
    scope: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that happened to a few clients of one team."""

    events: tuple[Event, ...]
    acts: tuple[Act, ...]
    settings: tuple[tuple[tuple[str, str], ...], ...]  # versions, a fortnight apart
    is_merged: bool
    ticket_acts: tuple[Act, ...] = ()


@st.composite
def whole_calls(draw: st.DrawFn, key: str) -> CallEvent:
    start = START + draw(OFFSETS)
    kind = draw(st.sampled_from(["missed", "missed", "missed", "in", "out", "failed", "internal", "hidden", "short"]))
    line = draw(st.sampled_from([SALES, SERVICE, None]))
    client = None if kind == "hidden" else draw(st.sampled_from([ANNA, ANNA, "0671234567", SECOND, BORYS]))
    length = timedelta(seconds=draw(st.sampled_from([3, 9, 25, 700])))
    talked_at = start + timedelta(seconds=1) if kind in ("in", "out") else None
    result: Any = {"in": "answered", "out": "answered", "failed": "no_answer"}.get(kind)
    leg = LegSeen(extension="101", rang_at=start, result="answered" if kind == "in" else "no_answer")
    return CallEvent(
        call_key=key,
        direction={"out": "out", "failed": "out", "internal": "internal"}.get(kind, "in"),  # type: ignore[arg-type]
        client=client,
        line=line,
        started_at=start,
        answered_at=talked_at,
        ended_at=None if kind == "short" else start + length,
        legs=(leg,) if draw(st.booleans()) else (),
        stage={"in": "talk", "missed": "ringing"}.get(kind),  # type: ignore[arg-type]
        result=result,
    )


@st.composite
def parts_of(draw: st.DrawFn, whole: CallEvent) -> list[Event]:
    """The call in one to three posts, each knowing something of it; what they say of one thing may differ."""
    count = draw(st.integers(1, 3))
    said: list[dict[str, Any]] = [{"call_key": whole.call_key} for _ in range(count)]
    for field in fields(CallEvent):
        value = getattr(whole, field.name)
        if field.name == "call_key" or value in (None, ()):
            continue
        tellers = draw(st.sets(st.integers(0, count - 1), min_size=1))
        for teller in tellers:
            said[teller][field.name] = value
    if draw(st.booleans()):
        late = timedelta(seconds=draw(st.sampled_from([1, 3600, 86_400])))
        said[-1]["started_at"] = said[-1].get("started_at", whole.started_at + late if whole.started_at else None)
    if draw(st.integers(0, 5)) == 0:
        said[0] |= draw(st.sampled_from([{"client": "anonymous"}, {"client": BORYS}, {"direction": "out"}]))
    return [CallEvent(**one) for one in said]


@st.composite
def orders_of(draw: st.DrawFn, key: str) -> list[Event]:
    order = OrderEvent(
        order_key=key,
        widget=draw(st.sampled_from(["site", SALES])),
        ordered_at=START + draw(OFFSETS),
        client=draw(st.sampled_from([ANNA, SECOND, "+38099", None])),
        topic=draw(st.sampled_from([None, "Price"])),
        name=draw(st.sampled_from([None, "Anna", "Anna K."])),
    )
    repeated = replace(
        order,
        client=draw(st.sampled_from([order.client, None, BORYS])),
        ordered_at=order.ordered_at + draw(st.sampled_from([timedelta(0), timedelta(hours=-3), timedelta(days=2)])),
        wanted_at=draw(st.sampled_from([None, order.ordered_at + timedelta(days=1)])),
    )
    return [order, repeated] if draw(st.booleans()) else [order]


HOURS = (
    (("hours", "Mo-Fr 09:00-18:00"),),
    (("hours", "24/7"),),
    (("window_days", "10"),),
    (("short_call_seconds", "4"),),
    (("ticket_sources", "missed, orders, answered"),),
    (("ticket_sources", "none"),),
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    events: list[Event] = []
    for number in range(draw(st.integers(1, 9))):
        events += draw(parts_of(draw(whole_calls(f"call-{number}"))))
    for number in range(draw(st.integers(0, 2))):
        events += draw(orders_of(f"order-{number}"))
    kinds = st.sampled_from(["take", "handle", "reopen", "block", "unblock", "release"])
    acts = st.builds(Act, kinds, OFFSETS.map(lambda span: START + span), st.sampled_from([SALES, SERVICE, ""]))
    about_tickets = st.sampled_from(["take", "close", "reopen", "topic", "snooze", "transfer"])
    ticket_acts = st.builds(Act, about_tickets, OFFSETS.map(lambda span: START + span), st.just(""))
    brands = draw(st.sampled_from(["no", "no", "yes"]))
    versions = draw(st.lists(st.sampled_from(HOURS), max_size=3))
    return Story(
        events=tuple(events),
        acts=tuple(draw(st.lists(acts, max_size=4))),
        settings=((("separate_lines", brands),), *versions),
        is_merged=draw(st.booleans()),
        ticket_acts=tuple(draw(st.lists(ticket_acts, max_size=3))),
    )


_DATA: dict[str, dict[str, Any]] = {
    "snooze": {"until": (START + timedelta(days=45)).isoformat()},
    "close": {"status": "refused", "comment": "said no"},
    "transfer": {"to": None, "group": "second line"},
}


class Receiver:
    """One team that hears the story."""

    def __init__(self, database: Database, name: str) -> None:
        self.database, self.name = database, name
        self.team_id = self.connection_id = 0
        self.was_joined = False
        self._seal = Seal(Fernet.generate_key().decode())

    async def found(self, story: Story) -> None:
        """The team, its line hours, its settings as they changed, and what people did."""
        async with self.database.write() as c:
            texts = {"timezone": "Europe/Kyiv", "region": "UA", **dict(story.settings[0])}
            self.team_id = await teams.add_team(c, teams.NewTeam(name=self.name, settings=texts, chat=-5), START)
            for number, version in enumerate(story.settings[1:], start=1):
                await teams.set_team(c, self.team_id, dict(version), START + number * timedelta(days=14))
            line = teams.NewLine(number=SERVICE, name="Service", hours="Mo-Su 10:00-12:00")
            await teams.add_line(c, self.team_id, line, START)
            new = teams.NewConnection(provider="generic", name="PBX")
            self.connection_id, _ = await teams.add_connection(c, self.team_id, new, self._seal, START)
            ids = await clients.number_ids(c, self.team_id, [ANNA, SECOND], START)
            for number, act in enumerate(story.acts):
                await case_store.add_action(c, self._act(act, ids[ANNA], number))
            for number, act in enumerate(story.ticket_acts):
                lane = {"number_id": ids[ANNA], "account_id": None, "born_as": None, "client_id": None}
                row = {name: value for name, value in self._act(act, ids[ANNA], number).items() if name != "scope"}
                await ticket_store.add_act(c, row | lane | {"data": _DATA.get(act.kind, {})})

    def _act(self, act: Act, number_id: int, number: int) -> dict[str, Any]:
        data = {"reason": "spam", "text": None} if act.kind == "handle" else {}
        about = {"team_id": self.team_id, "number_id": number_id, "scope": act.scope, "member_id": None}
        return about | {
            "kind": act.kind,
            "at": act.at,
            "made_at": act.at,
            "data": data,
            "source_key": f"a:{number}",
        }

    async def hears(self, events: Sequence[Event], now: datetime = NOW) -> None:
        """One batch of the inbox."""
        async with self.database.write() as c:
            book = await team_store.load_book(c, self.team_id)
            await take_in(Desk(c, book, now), [(self.connection_id, event) for event in events])

    async def joins(self) -> None:
        """Anna's second number is found to be hers."""
        self.was_joined = True
        await self._group(clients.add_merge)

    async def separates(self) -> None:
        """And that this was a mistake."""

        async def undo(c: Any, merge: dict[str, Any]) -> bool:
            row = await clients.last_merge(c, self.team_id, merge["into_client_id"])
            assert row is not None
            await clients.undo_merge(c, self.team_id, row, NOW)
            return True

        await self._group(undo)

    async def _group(self, change: Any) -> None:
        """Everybody who had or has a number is looked at."""
        async with self.database.write() as c:
            ids = await clients.number_ids(c, self.team_id, [ANNA, SECOND], NOW)
            owner = await self._owners(c)
            merge = {"team_id": self.team_id, "into_client_id": owner[ids[ANNA]], "source_key": "m:1"}
            merge |= {"from_client_id": owner[ids[SECOND]], "number_ids": [ids[SECOND]], "merged_at": NOW}
            await change(c, merge)
            both = {*owner.values(), *(await self._owners(c)).values()}
            book = await team_store.load_book(c, self.team_id)
            await reconcile(Desk(c, book, NOW), Touched(clients=both, is_merge=True))
            await follow(Desk(c, book, NOW), both, None)

    async def _owners(self, c: Any) -> dict[int, int]:
        rows = await c.execute(select(numbers.c.id, numbers.c.client_id).where(numbers.c.team_id == self.team_id))
        return {row.id: row.client_id for row in rows}

    async def expires(self) -> None:
        """Time passes: what the last batch did not touch is looked at, too."""
        async with self.database.write() as c:
            book = await team_store.load_book(c, self.team_id)
            for _, case_id, client_id in await case_store.due_to_expire(c, NOW):
                case = await case_store.case_by_id(c, self.team_id, case_id)
                if case is None or case["team_id"] != self.team_id or case["state"] != "open":
                    continue
                touched = Touched(clients={client_id} - {None}, since=case["opened_at"], linked={case_id})
                if client_id is None:
                    touched.hidden_calls.add(int(case["fact_keys"][0][2:]))
                await reconcile(Desk(c, book, NOW), touched)
