"""What other programs hear of tickets: made by a miss, changed and closed by people, in that order."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from sqlalchemy import select

from followup.teams.actions import NewConnection, NewMember, add_connection, add_member
from followup.tickets import actions as acts
from followup.tickets.actions import TicketPress
from followup.tickets.tables import tickets
from tests.webhooks.stage import NOON
from tests.webhooks.test_cases import MINUTE, Company, answered, missed

EVENTS = ["ticket.created", "ticket.changed", "ticket.closed"]


class Desk(Company):
    """A company with tickets."""

    async def does(self, action, key, *more, **named):
        async with self.stage.database.read() as c:
            ticket_id = await c.scalar(select(tickets.c.id))

        async def work(desk):
            press = TicketPress(ticket_id=ticket_id, member=desk.book.members[self.member_id], source_key=key)
            await action(desk, press, *more, **named)

        await self.desk(work)
        await self.stage.settle()

    async def result(self) -> int:
        return await self.desk(_first_result)


async def _first_result(desk) -> int:
    return next(iter(desk.book.results))


@pytest.fixture
async def company(stage):
    async with stage.database.write() as c:
        new = NewConnection(provider="generic", name="PBX")
        connection_id, _ = await add_connection(c, stage.team_id, new, stage.seal, NOON)
        member = NewMember(name="Olga", telegram_id=700, extensions=[("101", None)])
        member_id = await add_member(c, stage.team_id, member, NOON)
    await stage.webhook(events=EVENTS)
    return Desk(stage, connection_id, member_id)


async def test_a_ticket_from_birth_to_end(company):
    await company.hears(missed())
    assert company.told == [("ticket.created", "open")]
    assert company.last["client"] == "+380671234567"
    assert (company.last["status"], company.last["owner"]) == ("unsorted", None)
    assert datetime.fromisoformat(company.last["created_at"]) == NOON - 10 * MINUTE

    await company.does(acts.take, "u:1")
    assert (company.told[-1], company.last["owner"], company.last["status"]) == (
        ("ticket.changed", "open"),
        "Olga",
        "check",
    )
    await company.hears(answered("a-2", NOON - 4 * MINUTE))
    assert company.last["reaction_seconds"] == company.last["contact_seconds"] == 360

    await company.does(acts.close, "u:2", await company.result(), "sold")
    assert company.told[-1] == ("ticket.closed", "closed")
    assert (company.last["status"], company.last["result"], company.last["comment"]) == ("done", "resolved", "sold")


async def test_the_same_event_again_tells_nothing(company):
    await company.hears(missed())
    await company.hears(missed())
    assert company.told == [("ticket.created", "open")]


async def test_what_nobody_listens_to_is_not_written(stage, company):
    await company.hears(missed())
    assert len(await stage.rows()) == 1
    async with stage.database.read() as c:
        assert len(list(await c.scalars(select(tickets.c.id)))) == 1


async def test_what_a_client_writes_is_told_in_the_order_of_his_conversation(stage):
    async with stage.database.write() as c:
        new = NewConnection(provider="generic", name="Site")
        connection_id, _ = await add_connection(c, stage.team_id, new, stage.seal, NOON)
    await stage.webhook(events=["message.received"])
    site = Desk(stage, connection_id, 0)
    for number, text in enumerate(("Hello", "Are you <b>there</b>?")):
        words = {"type": "message", "message_id": f"m-{number}", "channel": "webform", "client_account": "anna_k"}
        words |= {"client": "0671234567", "text": text, "at": NOON.isoformat()}
        await site.hears(json.dumps(words).encode())
        await site.hears(json.dumps(words).encode())
    told = [each.document["data"] for each in stage.receiver.heard]
    assert [(each["text"], each["client"], each["author"]) for each in told] == [
        ("Hello", "+380671234567", None),
        ("Are you <b>there</b>?", "+380671234567", None),
    ]
