"""The simulated PBX posts what a real one would, when it would, the same way every time."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from followup.calls.events import CallEvent
from followup.calls.merge import merge
from followup.calls.rules import judge
from followup.calls.verdict import CallFacts, Terms
from providers.generic import events_in
from sandbox.days.count import count
from sandbox.days.exchange import PhoneExchange
from sandbox.days.ordinary_day import ROWS, TRUTH, ZONE, ordinary_day
from sandbox.days.plan import Planned
from sandbox.pbx import SimulatedPbx

FRIDAY = date(2026, 11, 20)
CLIENT = "+380671234567"


class HandClock:
    """Time moves only when somebody moves it."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def forward(self, span: timedelta) -> None:
        self._at += span


class Hook:
    """Takes posts and remembers them; answers what it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, Any], dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    async def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.taken.append((json.loads(body), headers, body))
        return status

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [fields for fields, _, _ in self.taken]


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 20, hour, minute, tzinfo=ZONE)


def exchange(at: datetime, *, seed: int = 1) -> tuple[PhoneExchange, Hook, HandClock]:
    clock, hook = HandClock(at.astimezone(UTC)), Hook()
    pbx = SimulatedPbx(clock, hook, seed=seed)
    return PhoneExchange(pbx, clock, ordinary_day(FRIDAY)), hook, clock


def merged(bodies: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The contract's merge, as much of it as the plan needs: non-null beats null, answered beats all."""
    calls: dict[str, dict[str, Any]] = {}
    for body in bodies:
        call = calls.setdefault(body.get("call_id") or body["order_id"], {})
        call.update({key: value for key, value in body.items() if value is not None})
    return calls


async def test_the_whole_day_arrives_and_tells_its_truth() -> None:
    desk, hook, _ = exchange(local(23, 59))
    await desk.play("all")
    calls = merged(hook.bodies).values()
    assert sum(call["type"] == "call" and call["direction"] != "internal" for call in calls) == TRUTH["calls"]
    missed = [call for call in calls if call.get("direction") == "in" and "answered_at" not in call]
    assert len(missed) == TRUTH["missed"]
    assert len({call["client"] for call in missed if "client" in call}) == TRUTH["clients"]
    assert desk.view({})["truth"] == count(ordinary_day(FRIDAY))


async def test_some_posts_are_doubled_and_some_swapped() -> None:
    desk, hook, _ = exchange(local(23, 59))
    await desk.play("all")
    stages: dict[str, list[str]] = {}
    for body in hook.bodies:
        if body["type"] == "call":
            stages.setdefault(body["call_id"], []).append("end" if body.get("ended_at") else body["stage"])
    assert any(len(seen) > len(set(seen)) for seen in stages.values()), "no call was doubled"
    assert any(seen[-1] != "end" for seen in stages.values()), "no call ended before it was answered"
    assert all("end" in seen for seen in stages.values())


async def test_the_same_seed_gives_the_same_posts_and_another_does_not() -> None:
    days = []
    for seed in (1, 1, 2):
        desk, hook, _ = exchange(local(23, 59), seed=seed)
        await desk.play("all")
        days.append(hook.bodies)
    assert days[0] == days[1] != days[2]


async def test_next_moves_the_clock_through_one_call_only() -> None:
    desk, hook, clock = exchange(local(0, 1))
    await desk.play("next")
    assert {body["call_id"] for body in hook.bodies} == {"1120-01"}
    assert local(2, 14) < clock.now() < local(2, 15)
    assert [row["state"] for row in desk.view({})["plan"]][:2] == ["done", "waiting"]


async def test_all_until_now_leaves_the_future_alone_and_does_not_move_the_clock() -> None:
    desk, _, clock = exchange(local(10, 30))
    await desk.play("all")
    states = {row["title"]: row["state"] for row in desk.view({})["plan"]}
    assert states["Third time, everyone is busy"] == "done"
    assert states["Taras reaches the client"] == "waiting"
    assert clock.now() == local(10, 30)
    assert await desk.play("all") == 0


async def test_a_call_in_the_middle_is_ringing() -> None:
    desk, _, _ = exchange(local(2, 14) + timedelta(seconds=5))
    await desk.play("all")
    assert desk.view({})["plan"][0]["state"] == "ringing"
    assert desk.view({})["truth"]["missed"] == 0


async def test_play_takes_a_local_moment() -> None:
    desk, hook, _ = exchange(local(0, 1))
    await desk.play("2026-11-20T09:00:00")
    assert {body["call_id"] for body in hook.bodies} == {"1120-01", "1120-02"}
    with pytest.raises(ValueError, match="Invalid isoformat"):
        await desk.play("tomorrow")


async def test_a_signature_covers_the_stamp_and_the_raw_body() -> None:
    clock, hook = HandClock(local(10).astimezone(UTC)), Hook()
    await SimulatedPbx(clock, hook, secret="s3cret").missed(CLIENT)
    for _, headers, body in hook.taken:
        stamp, given = (part.split("=", 1)[1] for part in headers["X-Perezvon-Signature"].split(","))
        expected = hmac.new(b"s3cret", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        assert given == expected
        assert abs(int(stamp) - clock.now().timestamp()) < 60


async def test_without_a_secret_there_is_no_signature() -> None:
    hook = Hook()
    await SimulatedPbx(HandClock(local(10)), hook).missed(CLIENT)
    assert all("X-Perezvon-Signature" not in headers for _, headers, _ in hook.taken)


async def test_posts_the_bot_cannot_take_now_are_sent_later() -> None:
    desk, hook, clock = exchange(local(8))
    hook.statuses = [503]
    assert await desk.play("all") == 0
    assert desk.view({})["plan"][0]["state"] == "waiting"
    assert await desk.play("all") >= 4
    hook.statuses = [429]
    await desk.scene("missed_new")
    before = len(hook.taken)
    clock.forward(timedelta(minutes=1))
    await desk.play("all")
    assert len(hook.taken) >= before + 2


async def test_a_refused_post_is_remembered_and_not_repeated() -> None:
    clock, hook = HandClock(local(10)), Hook()
    hook.statuses = [400] * 8
    pbx = SimulatedPbx(clock, hook)
    call = await pbx.missed(CLIENT)
    assert (call.id, 400) in pbx.refused
    assert await pbx.play(local(23)) == 0


@pytest.mark.parametrize(
    "scene, key, value",
    [
        ("missed_new", "missed", 1),
        ("hidden", "missed_hidden", 1),
        ("order", "orders", 1),
        ("night", "missed_off_hours", 1),
        ("outbound_unanswered", "outgoing", 1),
    ],
)
async def test_a_scene_joins_the_truth(scene: str, key: str, value: int) -> None:
    desk, _, _ = exchange(local(0, 30))
    await desk.scene(scene)
    assert desk.view({})["truth"][key] == value


@pytest.mark.parametrize("scene, key", [("answered", "called_in"), ("outbound_reached", "called_out")])
async def test_scenes_go_on_with_the_last_missed_client(scene: str, key: str) -> None:
    desk, _, _ = exchange(local(0, 30))
    await desk.scene("missed_new")
    await desk.scene("missed_again")
    await desk.scene(scene)
    truth = desk.view({})["truth"]
    assert (truth["missed"], truth["clients"], truth[key], truth["not_reached"]) == (2, 1, 1, 0)


async def test_the_night_scene_waits_for_the_night() -> None:
    desk, hook, _ = exchange(local(11))
    await desk.scene("night")
    assert datetime.fromisoformat(hook.bodies[0]["started_at"]).astimezone(ZONE).hour == 22


async def test_an_unknown_scene_changes_nothing() -> None:
    desk, hook, _ = exchange(local(11))
    with pytest.raises(KeyError):
        await desk.scene("earthquake")
    assert not hook.taken
    assert len(desk.view({})["plan"]) == len(ROWS)


async def test_direct_calls_give_back_what_was_planted() -> None:
    clock, hook = HandClock(local(10)), Hook()
    pbx = SimulatedPbx(clock, hook)
    order: Planned = await pbx.order(CLIENT)
    await pbx.outbound(CLIENT, "102", reached=True, order_id=order.order_id)
    call = [body for body in hook.bodies if body["type"] == "call" and body.get("ended_at")][-1]
    assert (call["order_id"], call["extension"], call["result"]) == (order.order_id, "102", "answered")


async def test_the_bots_own_rules_find_what_was_planted() -> None:
    desk, hook, _ = exchange(local(23, 59))
    await desk.play("all")
    facts: dict[str, CallFacts] = {}
    for _, _, body in hook.taken:
        for event in events_in(body):
            if isinstance(event, CallEvent):
                facts[event.call_key] = merge(facts.get(event.call_key), event)
    found = {call.id: judge(facts[call.id], terms(call)) for call in ordinary_day(FRIDAY) if call.kind != "order"}
    outcomes = {"answered": "successful", "missed": "missed", "internal": "internal"}
    for call in ordinary_day(FRIDAY):
        if call.kind != "order":
            expected = outcomes.get(call.kind, "successful" if call.reached else "failed")
            assert (found[call.id].outcome, found[call.id].reason) == (expected, call.why), call.title
            assert not found[call.id].is_suspect


def terms(call: Planned) -> Terms:
    is_open = 9 <= call.started_at.hour < 18
    return Terms(min_talk=timedelta(seconds=1), short_call=timedelta(seconds=10), is_open=is_open)
