"""Promises 6 and 7: who is written to next, and that nobody waits for another chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from followup.notices import priorities
from messenger.limits import History, Limits
from messenger.plan import Plan, Traffic, Waiting, plan

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AURORA, BEREH, OLGA = -1001, -1002, 101


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def waiting(number: int, chat: int, priority: int = priorities.ALERT, age: float = 0) -> Waiting:
    since = NOON - timedelta(seconds=age)
    return Waiting(kind="card", id=number, team_id=1, telegram_id=chat, priority=priority, since=since)


def traffic(**limits: int) -> Traffic:
    return Traffic(History(Limits(**limits)))


def ids(planned: Plan) -> list[int]:
    return [each.id for each in planned.send_now]


def deliver(waits: list[Waiting], roads: Traffic, seconds: float) -> list[tuple[float, Waiting]]:
    """What a loop sends that looks again whenever the plan says, with answers that come at once."""
    now, left, sent = NOON, list(waits), []
    while left:
        planned = plan(left, roads, now)
        for each in planned.send_now:
            roads.history.note(each.telegram_id, now)
            left.remove(each)
            sent.append(((now - NOON).total_seconds(), each))
        again = plan(left, roads, now).wake_at
        if again is None or again > after(seconds):
            break
        assert again > now
        now = again
    return sent


def test_nothing_waits():
    assert plan([], traffic(), NOON) == Plan([], None)


def test_the_order_is_priority_then_age():
    waits = [
        waiting(1, 11, priorities.FILE, age=900),
        waiting(2, 12, priorities.ALERT, age=1),
        waiting(3, 13, priorities.ANSWER),
        waiting(4, 14, priorities.ALERT, age=60),
        waiting(5, 15, priorities.EDIT, age=60),
        waiting(6, 16, priorities.ESCALATION),
        waiting(7, 17, priorities.DIGEST),
        waiting(8, 18, priorities.REMINDER),
    ]
    assert ids(plan(waits, traffic(), NOON)) == [3, 4, 2, 6, 8, 5, 7, 1]


def test_within_a_chat_an_answer_goes_first():
    waits = [waiting(1, AURORA, age=500), waiting(2, AURORA, priorities.ANSWER)]
    assert plan(waits, traffic(), NOON) == Plan([waits[1]], after(1))


def test_a_chat_has_one_message_in_flight():
    roads = traffic()
    roads.in_flight = {AURORA}
    assert plan([waiting(1, AURORA), waiting(2, OLGA)], roads, NOON) == Plan([waiting(2, OLGA)], None)


def test_a_paused_chat_delays_nobody():
    roads = traffic()
    roads.pauses.refuse(AURORA, after(30), NOON)
    planned = plan([waiting(1, AURORA, priorities.ANSWER), waiting(2, OLGA, priorities.FILE)], roads, NOON)
    assert (ids(planned), planned.wake_at) == ([2], after(30))


def test_a_chat_at_its_limit_is_looked_at_when_it_is_free():
    roads = traffic()
    roads.history.note(AURORA, after(-0.25))
    assert plan([waiting(1, AURORA)], roads, NOON) == Plan([], after(0.75))


def test_the_bots_own_limit_lets_the_best_through():
    roads = traffic(per_second=3)  # one in a third of a second
    waits = [waiting(1, 11, priorities.EDIT), waiting(2, 12), waiting(3, 13, priorities.ANSWER)]
    sent = deliver(waits, roads, 5)
    assert [(round(at, 3), each.id) for at, each in sent] == [(0, 3), (0.333, 2), (0.667, 1)]


def test_no_more_requests_are_under_way_than_there_is_room():
    roads = traffic()
    roads.in_flight = set(range(200, 263))
    assert ids(plan([waiting(1, 11), waiting(2, 12)], roads, NOON)) == [1]
    roads.in_flight = set(range(200, 264))
    assert ids(plan([waiting(1, 11), waiting(2, 12)], roads, NOON)) == []


def test_three_hundred_alerts_of_one_group_do_not_delay_the_first_of_another():
    flood = [waiting(number, AURORA, age=3600) for number in range(300)]
    roads = traffic()
    first = waiting(1000, BEREH)
    assert first in plan([*flood, first], roads, NOON).send_now
    for each in plan(flood, roads, NOON).send_now:
        roads.history.note(each.telegram_id, NOON)
        roads.in_flight = {each.telegram_id}
    assert ids(plan([*flood, first], roads, NOON)) == [1000]


def test_twenty_of_a_flood_leave_in_a_minute():
    sent = deliver([waiting(number, AURORA) for number in range(50)], traffic(), 119)
    assert [at for at, _ in sent] == [*range(20), *range(60, 80)]


def test_chats_are_served_by_turns():
    """Sixty chats with five alerts each, those of one chat all older than those of the next: none waits for another's."""
    waits = [waiting(number, 1 + number // 5, age=1000 - number) for number in range(300)]
    sent = deliver(waits, traffic(), 60)
    turns = [each.telegram_id for _, each in sent]
    assert [sorted(turns[at : at + 60]) for at in range(0, 300, 60)] == [list(range(1, 61))] * 5
    assert sent[-1][0] <= 300 / 30 * 1.02


def test_turns_do_not_go_before_urgency():
    waits = [waiting(number, 1 + number % 40, priorities.EDIT) for number in range(40)]
    waits += [waiting(100 + number, 1 + number % 40) for number in range(80)]
    sent = deliver(waits, traffic(), 60)
    assert [each.priority for _, each in sent] == [priorities.ALERT] * 80 + [priorities.EDIT] * 40


def test_a_thousand_alerts_over_two_hundred_chats_take_what_the_limits_allow():
    waits = [waiting(number, 1 + number % 200) for number in range(1000)]
    sent = deliver(waits, traffic(), 60)
    assert len(sent) == 1000
    assert sent[-1][0] <= 1000 / 30 * 1.02


messages = st.builds(
    waiting,
    number=st.integers(1, 10**6),
    chat=st.sampled_from([AURORA, BEREH, OLGA, 102]),
    priority=st.sampled_from([0, 10, 40, 60]),
    age=st.integers(0, 100),
)


@given(st.lists(messages, max_size=60, unique_by=lambda each: each.id), st.sets(st.sampled_from([AURORA, OLGA])))
def test_every_free_chat_gets_its_best_and_nobody_is_forgotten(waits, busy):
    roads = traffic()
    for chat in busy:
        roads.pauses.pause(chat, after(20), NOON)
    planned = plan(waits, roads, NOON)
    by_chat = {chat: min((e for e in waits if e.telegram_id == chat), key=lambda e: e.order) for chat in
               {e.telegram_id for e in waits} - busy}  # fmt: skip
    assert planned.send_now == sorted(by_chat.values(), key=lambda each: each.order)
    sent = deliver(waits, roads, 10_000)
    assert sorted(each.id for _, each in sent) == sorted(each.id for each in waits)
