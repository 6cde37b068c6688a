"""What other programs hear of cases: the row of the queue, once a change, in order."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial

import pytest

from followup.cases import actions as acts
from followup.cases.actions import Press
from followup.cases.reconcile import Touched, reconcile
from followup.intake import take_history, take_in
from followup.retention.actions import forget
from followup.teams.actions import NewConnection, NewLine, NewMember, add_connection, add_line, add_member
from followup.teams.desk import Desk
from providers.generic import events_in
from tests.stores.arrivals import call
from tests.webhooks.stage import NOON

ANNA = "+380671234567"
CASES = ["case.opened", "case.changed", "case.closed"]
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def company(stage):
    """A PBX, a named line, one manager, and a program that hears of cases."""
    async with stage.database.write() as c:
        new = NewConnection(provider="generic", name="PBX")
        connection_id, _ = await add_connection(c, stage.team_id, new, stage.seal, NOON)
        await add_line(c, stage.team_id, NewLine(number="+380441112233", name="Sales line"), NOON)
        member = NewMember(name="Olga", telegram_id=700, extensions=[("101", None)])
        member_id = await add_member(c, stage.team_id, member, NOON)
    await stage.webhook(events=CASES)
    return Company(stage, connection_id, member_id)


class Company:
    def __init__(self, stage, connection_id, member_id):
        self.stage, self.connection_id, self.member_id = stage, connection_id, member_id

    async def desk(self, work):
        async with self.stage.database.write() as c:
            desk = Desk(c, await self.stage.shelf.book(c, self.stage.team_id), self.stage.clock.now())
            return await work(desk)

    async def hears(self, *bodies, how=take_in):
        events = [event for body in bodies for event in events_in(body)]
        if how is take_in:
            await self.desk(lambda desk: take_in(desk, [(self.connection_id, event) for event in events]))
        else:
            await self.desk(lambda desk: how(desk, self.connection_id, events))
        await self.stage.settle()

    async def acts(self, action, case_id, key, *more):
        async def work(desk):
            press = Press(case_id=case_id, member=desk.book.members[self.member_id], source_key=key)
            await action(desk, press, *more)

        await self.desk(work)
        await self.stage.settle()

    @property
    def told(self):
        return [(each.document["event"], each.document["data"]["state"]) for each in self.stage.receiver.heard]

    @property
    def last(self):
        return self.stage.receiver.heard[-1].document["data"]


def missed(key="a-1", at=NOON - 10 * MINUTE, **fields):
    times = {"started_at": at.isoformat(), "ended_at": (at + MINUTE / 2).isoformat()}
    return call(key, **times, **fields)


def answered(key, at, direction="out"):
    times = {"answered_at": at.isoformat(), "talk_seconds": 60, "extension": "101", "direction": direction}
    return call(key, started_at=at.isoformat(), ended_at=(at + MINUTE).isoformat(), **times)


async def test_a_miss_is_told_as_the_row_of_the_queue(company):
    await company.hears(missed(client_name="Anna"))
    assert company.told == [("case.opened", "open")]
    data = company.last
    assert datetime.fromisoformat(data.pop("first_call_at")) == NOON - 10 * MINUTE
    assert data.pop("last_call_at").endswith("+02:00")
    assert data == {
        "case_id": 1,
        "client": ANNA,
        "name": data["name"],
        "lines": ["Sales line"],
        "reason": "not_answered",
        "reasons": ["not_answered"],
        "lost_seconds": 0,
        "waiting_seconds": 600,
        "missed": 1,
        "attempts": 0,
        "first_attempt_seconds": None,
        "contact_seconds": None,
        "taken_by": None,
        **dict.fromkeys(("closed_at", "closed_by", "how", "close_reason", "close_text")),
        "state": "open",
    }


async def test_a_case_is_followed_to_its_end(company):
    await company.hears(missed())
    await company.hears(missed("a-2", NOON - 5 * MINUTE))
    await company.acts(acts.take_case, 1, "u:1")
    company.stage.clock.forward(5 * MINUTE)
    await company.hears(answered("a-3", NOON + MINUTE))
    assert company.told == [
        ("case.opened", "open"),
        ("case.changed", "open"),
        ("case.changed", "taken"),
        ("case.closed", "closed"),
    ]
    assert (company.last["how"], company.last["missed"], company.last["contact_seconds"]) == ("called_out", 2, 660)


async def test_a_repeated_event_and_a_change_nobody_sees_are_no_news(company):
    await company.hears(missed())
    await company.hears(missed())
    await company.acts(acts.note_case, 1, "u:1", "asks for the price")
    assert company.told == [("case.opened", "open")]


async def test_a_case_that_is_opened_anew_is_told_as_opened(company):
    await company.hears(missed())
    await company.acts(acts.handle_case, 1, "u:1", "spam")
    await company.acts(acts.reopen_case, 1, "u:2")
    assert [event for event, _ in company.told] == ["case.opened", "case.closed", "case.opened"]


async def test_a_case_that_was_over_before_anybody_heard_of_it_is_only_closed(company):
    company.stage.clock.forward(5 * MINUTE)
    await company.hears(answered("a-2", NOON), missed("a-1"))
    assert company.told == [("case.closed", "closed")]


async def test_a_case_that_was_never_true_is_withdrawn(company):
    await company.hears(missed())
    legs = [{"extension": "101", "rang_at": NOON.isoformat(), "answered_at": NOON.isoformat(), "result": "answered"}]
    await company.hears(missed(answered_at=(NOON - 10 * MINUTE).isoformat(), talk_seconds=25, stage="talk", legs=legs))
    assert company.told == [("case.opened", "open"), ("case.closed", "withdrawn")]


async def test_the_past_is_told_to_nobody(company):
    await company.hears(missed(), how=take_history)
    assert company.told == []
    assert await company.stage.rows() == []


async def test_who_listens_for_tickets_hears_of_no_cases(company):
    await company.stage.webhook(path="/tickets", events=["ticket.created"])
    await company.hears(missed())
    told = {(heard.path, heard.document["event"]) for heard in company.stage.receiver.heard}
    assert told == {("/in", "case.opened"), ("/tickets", "ticket.created")}


async def test_a_second_look_at_the_same_facts_is_no_news(company):
    await company.hears(missed())

    async def again(desk):
        assert await reconcile(desk, Touched(clients={1})) == []

    await company.desk(again)
    await company.stage.settle()
    assert company.told == [("case.opened", "open")]


async def test_of_a_forgotten_client_nothing_is_left_and_nothing_more_is_told(company):
    stage = company.stage
    await company.hears(missed(), missed("b-1", client="+380501112233"))
    stage.receiver.says.append(404)
    await company.acts(acts.take_case, 1, "u:1")
    await company.desk(partial(forget, seal=stage.seal, said=ANNA))
    await stage.settle()
    assert company.told[-1] == ("case.closed", "closed")
    assert company.last["client"] != ANNA
    kept = json.dumps([row["payload"] for row in await stage.rows()], ensure_ascii=False)
    assert "671234567" not in kept
    assert "501112233" in kept
