from __future__ import annotations

import asyncio
import hashlib
import hmac
from datetime import timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from followup.webhooks import actions, store
from followup.webhooks.rules import FEWEST_TRIES
from providers.contract import RawRequest
from providers.generic import Generic
from tests.webhooks.stage import NOON, SECRET


async def test_an_event_arrives_signed(stage):
    await stage.webhook(path="/hooks/perezvon?x=1")
    await stage.emit(("case.closed", "case:3:2", {"case_id": 3, "name": "Анна"}))
    assert await stage.step(seconds=5) == 1
    [heard] = stage.receiver.heard
    row = await stage.row()
    assert heard.path == "/hooks/perezvon?x=1"
    assert heard.document == {
        "id": row["event_id"],
        "event": "case.closed",
        "at": "2026-11-20T12:00:00.000+00:00",
        "team": "Aurora",
        "data": {"case_id": 3, "name": "Анна"},
    }
    stamp = str(int(NOON.timestamp()) + 5)
    digest = hmac.new(SECRET.encode(), stamp.encode() + b"." + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["X-Perezvon-Signature"] == f"t={stamp},v1={digest}"
    assert heard.headers["X-Perezvon-Event"] == "case.closed"
    assert heard.delivery == row["event_id"]
    assert heard.headers["Content-Type"] == "application/json"
    assert (row["state"], row["tries"], row["sent_at"]) == ("sent", 1, stage.clock.now())
    assert await stage.step() == 0


async def test_our_own_generic_hook_takes_the_signature(stage):
    await stage.webhook()
    await stage.tickets(1)
    await stage.step()
    [heard] = stage.receiver.heard
    raw = RawRequest(
        method="POST",
        path="",
        query={},
        headers={name.lower(): value for name, value in heard.headers.items()},
        body=heard.body,
        received_at=stage.clock.now(),
    )
    Generic().verify(raw, {"secret": SECRET})


async def test_what_failed_comes_again_later_with_the_same_id_and_body(stage):
    webhook_id = await stage.webhook()
    stage.receiver.says += [500, 503]
    await stage.tickets(1)
    assert await stage.step() == 1
    row = await stage.row()
    assert (row["state"], row["tries"], row["error"]) == ("pending", 1, "500")
    assert (await stage.webhook_row(webhook_id))["failures"] == 1
    assert await stage.step() == 0
    assert await stage.step(seconds=7) == 1
    assert await stage.step(seconds=7) == 0
    assert await stage.step(seconds=13) == 1
    assert (await stage.row())["state"] == "sent"
    assert len({heard.delivery for heard in stage.receiver.heard}) == 1
    assert len({heard.body for heard in stage.receiver.heard}) == 1
    assert len({heard.headers["X-Perezvon-Signature"] for heard in stage.receiver.heard}) == 3
    assert (await stage.webhook_row(webhook_id))["failures"] == 0


async def test_a_killed_sender_is_followed_by_another_one_when_its_time_is_over(stage):
    """SIGKILL between the claim and the record: nobody knows whether the receiver heard, so it hears again."""
    await stage.webhook()
    await stage.tickets(1)
    async with stage.database.write() as c:
        row = await store.claim(c, stage.team_id, (await stage.row())["id"], NOON, NOON + timedelta(seconds=60))
    assert row is not None
    assert await stage.step(seconds=59) == 0
    assert await stage.step(seconds=1) == 1
    assert (await stage.row())["state"] == "sent"
    assert stage.receiver.heard[0].delivery == row["event_id"]


async def test_who_comes_back_too_late_changes_nothing(stage):
    await stage.webhook()
    await stage.tickets(1)
    delivery_id = (await stage.row())["id"]
    async with stage.database.write() as c:
        slow = await store.claim(c, stage.team_id, delivery_id, NOON, NOON + timedelta(seconds=60))
    assert await stage.step(seconds=60) == 1
    async with stage.database.write() as c:
        assert not await store.release(c, slow, state="dead", error="too late")
    assert await stage.states() == ["sent"]


async def test_two_processes_send_each_delivery_once(stage):
    await stage.webhook()
    await stage.webhook(path="/second")
    for subject in range(12):
        await stage.tickets(1, subject=subject)
    first, second = stage.sender(), stage.sender()
    while sum(await asyncio.gather(first.step(), second.step())):
        pass
    assert set(await stage.states()) == {"sent"}
    assert len(stage.receiver.heard) == 24


async def test_events_of_one_subject_arrive_in_order_and_others_overtake_them(stage):
    await stage.webhook()
    await stage.tickets(1, 2, 3)
    await stage.tickets(10, subject=8)
    stage.receiver.says.append(500)
    assert await stage.step() == 2
    assert sorted(n for _, n in stage.receiver.told) == [1, 10]
    await stage.step(seconds=2)
    assert len(stage.receiver.heard) == 2, "the second change waits for the first"
    stage.clock.forward(timedelta(seconds=10))
    await stage.settle()
    assert [n for _, n in stage.receiver.told if n < 10] == [1, 1, 2, 3]


async def test_a_dead_one_does_not_hold_up_what_comes_after_it(stage):
    await stage.webhook()
    await stage.tickets(1, 2)
    stage.receiver.says.append(422)
    await stage.settle()
    assert await stage.states() == ["dead", "sent"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 301, 302, 307, 304])
async def test_what_is_refused_is_given_up_at_once(stage, status):
    await stage.webhook()
    await stage.tickets(1)
    stage.receiver.says.append(
        web.Response(status=status, headers={"Location": "/elsewhere"}, text="no\n such\0 thing")
    )
    await stage.settle()
    row = await stage.row()
    assert (row["state"], row["tries"], len(stage.receiver.heard)) == ("dead", 1, 1)
    assert row["error"] == (f"{status} no such thing" if status != 304 else "304")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_what_may_go_well_later_is_tried_again(stage, status):
    await stage.webhook()
    await stage.tickets(1)
    stage.receiver.says.append(status)
    await stage.step()
    assert await stage.states() == ["pending"]


@pytest.mark.parametrize("asked", ["100", format_datetime(NOON + timedelta(seconds=100), usegmt=True)])
async def test_a_receiver_that_asks_for_patience_gets_it_for_all_it_is_told(stage, asked):
    await stage.webhook()
    await stage.webhook(path="/other")
    await stage.tickets(1)
    stage.receiver.says.append(web.Response(status=429, headers={"Retry-After": asked}))
    await stage.step()
    patient = next(heard.path for heard in stage.receiver.heard)
    await stage.tickets(1, subject=8)
    await stage.step(seconds=99)
    assert [heard.path for heard in stage.receiver.heard].count(patient) == 1
    await stage.step(seconds=1)
    await stage.settle()
    assert [heard.path for heard in stage.receiver.heard].count(patient) == 3


async def test_a_receiver_that_is_gone_is_told_nothing_any_more(stage):
    webhook_id = await stage.webhook()
    await stage.tickets(1, 2)
    stage.receiver.says.append(web.Response(status=410, text="moved out"))
    await stage.settle()
    await stage.tickets(3)
    assert len(stage.receiver.heard) == 1
    assert await stage.states() == ["dead", "dead"]
    row = await stage.webhook_row(webhook_id)
    assert (row["removed_at"], row["error"]) == (NOON, "410 moved out")
    async with stage.database.write() as c:
        assert await store.lost_webhooks(c) == 1
        assert [each["id"] for each in await store.webhooks_of(c, stage.team_id)] == [webhook_id]
        assert await store.revive(c, stage.team_id, None, {"not_before": NOON, "give_up_at": NOON}) == []
        assert await actions.remove_webhook(c, stage.team_id, webhook_id, NOON)
        assert (await store.lost_webhooks(c), await store.dead_deliveries(c)) == (0, 0)


async def test_a_day_of_silence_is_the_end(stage):
    await stage.webhook()
    await stage.receiver.stop()
    await stage.tickets(1)
    tries = 0
    while (await stage.row())["state"] == "pending":
        assert stage.clock.now() < NOON + timedelta(hours=25)
        tries += await stage.step(minutes=5)
    row = await stage.row()
    assert row["state"] == "dead"
    assert row["error"].startswith("no connection")
    assert row["tries"] == tries > 50
    assert timedelta(hours=24) <= stage.clock.now() - NOON <= timedelta(hours=24, minutes=20)
    await stage.receiver.start()


async def test_what_grew_old_while_we_slept_is_still_tried_some_times(stage):
    await stage.webhook()
    await stage.tickets(1)
    stage.receiver.says += [500] * FEWEST_TRIES
    stage.clock.forward(timedelta(days=2))
    for _ in range(FEWEST_TRIES):
        assert await stage.states() == ["pending"]
        assert await stage.step(minutes=1) == 1
    assert await stage.states() == ["dead"]


async def test_dead_ones_can_be_sent_again(stage):
    await stage.webhook()
    await stage.tickets(1)
    stage.receiver.says.append(404)
    await stage.step()
    later = NOON + timedelta(days=3)
    stage.clock.forward(timedelta(days=3))
    fresh = {"not_before": later, "give_up_at": later + timedelta(hours=24)}
    async with stage.database.write() as c:
        assert await store.dead_deliveries(c) == 1
        assert await store.revive(c, stage.other_team_id, None, fresh) == []
        assert await store.revive(c, stage.team_id, [99], fresh) == []
        assert len(await store.revive(c, stage.team_id, None, fresh)) == 1
    await stage.step()
    assert await stage.states() == ["sent"]
    assert len({heard.delivery for heard in stage.receiver.heard}) == 1


async def test_a_receiver_that_hangs_holds_up_nobody_else(stage):
    hanging = asyncio.Event()

    async def hang(request):
        await hanging.wait()
        return web.Response()

    await stage.webhook()
    stage.receiver.says += [hang] * 4
    for subject in range(20):
        await stage.tickets(1, subject=subject)
    sender = stage.sender()
    async with asyncio.TaskGroup() as group:
        group.create_task(sender.step())
        while len(stage.receiver.heard) < 4:
            stage.receiver.came.clear()
            await stage.receiver.came.wait()
        await stage.webhook(path="/quick", events=["case.closed"])
        await stage.emit(("case.closed", "case:1:1", {}))
        assert await sender.step() == 1
        assert [heard.path for heard in stage.receiver.heard] == ["/in"] * 4 + ["/quick"]
        hanging.set()
    await stage.settle()
    assert set(await stage.states()) == {"sent"}


async def test_a_running_sender_finishes_what_it_has_begun(stage):
    answering = asyncio.Event()

    async def slow(request):
        await answering.wait()
        return web.Response()

    await stage.webhook()
    await stage.tickets(1, 2)
    stage.receiver.says.append(slow)
    sender = stage.sender()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(sender.run())
        await stage.receiver.came.wait()
        sender.stop()
        answering.set()
        await running
    assert await stage.states() == ["sent", "pending"]
    assert len(stage.receiver.heard) == 1


async def test_another_key_delays_and_does_not_lose(stage):
    await stage.webhook()
    await stage.tickets(1)
    right, stage.seal = stage.seal, type(stage.seal)("A" * 43 + "=")
    await stage.step()
    row = await stage.row()
    assert (row["state"], row["error"]) == ("pending", "wrong_secret_key")
    stage.seal = right
    await stage.step(minutes=1)
    assert await stage.states() == ["sent"]
