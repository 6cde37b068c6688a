from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from followup.teams.desk import Desk
from followup.webhooks import actions, store
from followup.webhooks.actions import is_heard
from tests.webhooks.stage import NOON


async def book_of(stage):
    async with stage.database.read() as c:
        return await stage.shelf.book(c, stage.team_id)


async def test_where_nobody_listens_nothing_is_asked_of_the_database(stage):
    book = await book_of(stage)
    assert book.webhooks == ()
    assert not is_heard(book, "case.opened", "ticket.created")
    await actions.emit(Desk(None, book, NOON), "ticket.created", {"n": 1}, "ticket:7:1")  # no connection at all
    assert await stage.rows() == []


async def test_one_event_for_all_who_want_it_is_one_id(stage):
    first, second = await stage.webhook(), await stage.webhook(path="/second")
    deaf = await stage.webhook(path="/deaf", events=["case.closed"])
    await stage.webhook(team_id=stage.other_team_id)
    await stage.emit(("ticket.created", "ticket:7:1", {"n": 1, "name": "Анна"}), ("ticket.changed", "ticket:7:2", {}))
    rows = await stage.rows()
    assert [(row["webhook_id"], row["event"], row["subject"]) for row in rows] == [
        (first, "ticket.created", "ticket:7"),
        (second, "ticket.created", "ticket:7"),
        (first, "ticket.changed", "ticket:7"),
        (second, "ticket.changed", "ticket:7"),
    ]
    ids = [row["event_id"] for row in rows]
    assert ids[0] == ids[1] != ids[2] == ids[3]
    assert {str(uuid.UUID(each)) for each in ids} == set(ids)
    assert rows[0]["payload"] == {"n": 1, "name": "Анна"}
    assert rows[0]["give_up_at"] - rows[0]["created_at"] == timedelta(hours=24)
    book = await book_of(stage)
    assert is_heard(book, "case.closed")
    assert not is_heard(replace(book, webhooks=tuple(each for each in book.webhooks if each.id == deaf)), "case.opened")


async def test_what_was_said_once_is_not_said_again(stage):
    await stage.webhook()
    await stage.tickets(1, 1, 2)
    await stage.tickets(2)
    assert [row["key"] for row in await stage.rows()] == ["ticket.changed:ticket:7:1", "ticket.changed:ticket:7:2"]


async def test_a_crm_gets_one_lead_of_a_ticket_however_often_it_opens(stage):
    await stage.webhook("bitrix24", events=["case.opened"])
    await stage.emit(*(("case.opened", f"case:3:{version}", {}) for version in (1, 5, 9)))
    assert len(await stage.rows()) == 1


async def test_what_is_rolled_back_was_never_said(stage):
    await stage.webhook()
    try:
        async with stage.database.write() as c:
            desk = Desk(c, await stage.shelf.book(c, stage.team_id), NOON)
            await actions.emit(desk, "ticket.created", {}, "ticket:7:1")
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert await stage.rows() == []


async def test_the_book_knows_of_a_removed_webhook_at_once(stage):
    webhook_id = await stage.webhook()
    await stage.tickets(1)
    async with stage.database.write() as c:
        assert not await actions.remove_webhook(c, stage.other_team_id, webhook_id, NOON)
        assert await actions.remove_webhook(c, stage.team_id, webhook_id, NOON)
        assert not await actions.remove_webhook(c, stage.team_id, webhook_id, NOON)
    await stage.tickets(2)
    assert await stage.rows() == []
    async with stage.database.read() as c:
        assert await store.webhooks_of(c, stage.team_id) == []


async def test_secrets_and_addresses_are_not_readable_in_the_database(stage):
    webhook_id = await stage.webhook(path="/hooks/very-secret?token=also-secret")
    row = await stage.webhook_row(webhook_id)
    assert row["url"] == f"{stage.receiver.url}/…"
    assert "secret" not in row["options"]
    opened = stage.seal.open(row["options"])
    assert opened["url"].endswith("/hooks/very-secret?token=also-secret")


async def test_what_was_told_long_ago_is_forgotten_and_what_waits_is_not(stage):
    await stage.webhook()
    await stage.tickets(1)
    await stage.settle()
    await stage.tickets(2, 3)
    stage.clock.forward(timedelta(days=40))
    async with stage.database.write() as c:
        await store.forget_deliveries(c, stage.other_team_id, stage.clock.now())
        await store.forget_deliveries(c, stage.team_id, stage.clock.now() - timedelta(days=30))
    assert [row["payload"]["n"] for row in await stage.rows()] == [2, 3]
