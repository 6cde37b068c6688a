"""Tickets of one client from touches and acts: birth, joining, times (X8, X18–X20, T16), closing and reopening."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.tickets.facts import VOICE, Act, Ticket, Touch
from followup.tickets.rules import derive, handling, snoozed

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ANNA, BORYS = 1, 2


def at(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


def miss(minutes: float, key: str = "c:1", opens: bool = True) -> Touch:
    return Touch(key=key, kind="missed", at=at(minutes), opens=opens, number_id=7, entry_point="+38044")


def dial(minutes: float, contact: float | None = None, key: str = "c:2") -> Touch:
    kind = "attempt" if contact is None else "contact_out"
    return Touch(key=key, kind=kind, at=at(minutes), contact_at=None if contact is None else at(contact), number_id=7)


def words(minutes: float, key: str = "m:1", ours: bool = False, account: int = 5) -> Touch:
    kind = "message_out" if ours else "message_in"
    return Touch(key=key, kind=kind, at=at(minutes), opens=not ours, channel="telegram", account_id=account)


def act(minutes: float, kind: str, number: int = 1, lane: str = VOICE, **data) -> Act:
    return Act(id=number, kind=kind, at=at(minutes), lane=lane, member_id=data.pop("by", ANNA), data=data)


def seconds(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds()


def spans(ticket: Ticket) -> tuple[float | None, float | None, int | None]:
    reaction = ticket.first_reaction_at and seconds(ticket.created_at, ticket.first_reaction_at)
    contact = ticket.contact_at and seconds(ticket.created_at, ticket.contact_at)
    return reaction, contact, handling(ticket, seconds)


def test_t16_reaction_is_the_dialling_handling_runs_from_take():
    """Take is no reaction; reaction 6:00, to contact 20:00, handling 21:00."""
    facts = [
        miss(0),
        act(4, "take", 1),
        dial(6),
        dial(19, contact=20, key="c:3"),
        act(25, "close", 2, result=1, status="done", comment="sold"),
    ]
    (ticket,) = derive(facts)
    assert spans(ticket) == (360, 1200, 21 * 60)
    assert (ticket.status, ticket.result_id, ticket.comment, ticket.closed_by) == ("done", 1, "sold", ANNA)


def test_t16_in_any_order():
    facts = [miss(0), act(4, "take", 1), dial(6), dial(19, contact=20, key="c:3"), act(25, "close", 2, status="done")]
    assert derive(reversed(facts)) == derive(facts)


def test_a_second_miss_adds_to_the_open_ticket_and_makes_another_after_it_is_closed():
    """M28, X8."""
    tickets = derive([miss(0), miss(5, "c:2"), act(10, "close", status="refused"), miss(20, "c:3")])
    assert [(each.fact_keys, each.status) for each in tickets] == [
        (["c:1", "c:2", "a:1"], "refused"),
        (["c:3"], "unsorted"),
    ]


def test_an_owner_makes_an_unsorted_ticket_check_and_keeps_a_later_status():
    (ticket,) = derive(
        [miss(0), act(1, "take", 1), act(2, "status", 2, to="selection"), act(3, "transfer", 3, to=BORYS)]
    )
    assert (ticket.owner_id, ticket.status, ticket.owned_at) == (BORYS, "selection", at(3))


def test_a_transfer_to_a_group_leaves_nobody_in_charge():
    (ticket,) = derive([miss(0), act(1, "take", 1), act(2, "transfer", 2, to=None, group="service")])
    assert (ticket.owner_id, ticket.owned_at, ticket.group_name) == (None, None, "service")


def test_without_take_handling_runs_from_the_first_action():
    (ticket,) = derive([miss(0), dial(6), act(25, "close", status="done")])
    assert handling(ticket, seconds) == 19 * 60


def test_nobody_did_anything_so_there_is_no_handling():
    (ticket,) = derive([miss(0), act(25, "close", status="non_target")])
    assert spans(ticket) == (None, None, None)


def test_reopening_adds_a_stretch_and_gives_the_status_back():
    (ticket,) = derive(
        [
            miss(0),
            act(1, "take", 1),
            act(2, "status", 2, to="booking"),
            act(10, "close", 3, status="done"),
            act(60, "reopen", 4),
            act(65, "close", 5, status="done"),
        ]
    )
    assert handling(ticket, seconds) == (9 + 5) * 60
    assert (ticket.reopened, ticket.before_close) == (1, "booking")


def test_an_open_status_opens_a_closed_ticket():
    (ticket,) = derive([miss(0), act(5, "close", 1, status="refused"), act(6, "status", 2, to="deal")])
    assert (ticket.is_open, ticket.status, ticket.reopened) == (True, "deal", 1)


def test_a_call_joins_whatever_ticket_the_client_has_open():
    """X8 speaks of any open ticket; the dialling is a reaction to what he wrote, too."""
    (ticket,) = derive([words(0), miss(5), dial(7)])
    assert (ticket.kind, ticket.fact_keys, ticket.first_reaction_at) == ("text", ["m:1", "c:1", "c:2"], at(7))


def test_words_have_a_ticket_of_their_own():
    """G8: voice and text apart; an answer to one account is none to a call."""
    voice, text = derive([miss(0), words(5), words(6, "m:2", ours=True)])
    assert (voice.kind, voice.first_reaction_at, text.kind, text.first_reaction_at) == ("voice", None, "text", at(6))


def test_two_accounts_of_a_client_do_not_mix():
    first, second = derive([words(0, "m:1", account=5), words(1, "m:2", account=6), words(2, "m:3", True, 6)])
    assert (first.first_reaction_at, second.first_reaction_at) == (None, at(2))


def test_a_ticket_by_hand_is_a_lane_of_its_own():
    (ticket,) = derive(
        [act(0, "create", 9, "a:9", channel="email", subject="Price"), act(5, "topic", 10, "a:9", topic=3)]
    )
    assert (ticket.kind, ticket.channel, ticket.subject, ticket.topic_id) == ("api", "email", "Price", 3)


def test_what_makes_no_ticket_makes_none():
    assert derive([miss(0, opens=False), dial(5), act(6, "take")]) == []


def test_a_client_who_calls_again_wakes_a_ticket_put_off():
    (ticket,) = derive([miss(0), act(1, "take", 1), act(2, "snooze", 2, until=at(60).isoformat()), miss(12, "c:5")])
    assert ticket.snoozed_until is None
    assert snoozed(ticket, seconds) == 10 * 60


def test_put_off_time_counts_once():
    facts = [miss(0), act(1, "take", 1), act(2, "snooze", 2, until=at(10).isoformat())]
    facts += [act(5, "snooze", 3, until=at(20).isoformat()), act(30, "close", 4, status="done")]
    (ticket,) = derive(facts)
    assert (snoozed(ticket, seconds), handling(ticket, seconds)) == (18 * 60, 29 * 60)


@pytest.mark.parametrize("kind", ["take", "release", "snooze", "transfer"])
def test_nothing_is_done_about_a_closed_ticket(kind):
    facts = [miss(0), act(5, "close", 1, status="done")]
    late = act(6, kind, 2, to=BORYS, until=at(90).isoformat(), by=BORYS)
    (ticket,) = derive([*facts, late])
    assert (ticket.owner_id, ticket.snoozed_until, ticket.closed_at) == (None, None, at(5))


MOMENTS = st.integers(0, 600)
KINDS = ("take", "release", "transfer", "close", "reopen", "topic", "snooze", "status")


@st.composite
def histories(draw):
    touches = [draw(st.builds(miss, MOMENTS, st.just(f"c:{n}"))) for n in range(draw(st.integers(1, 5)))]
    touches += [
        draw(st.builds(dial, MOMENTS, st.none(), st.just(f"c:{n + 50}"))) for n in range(draw(st.integers(0, 3)))
    ]
    touches += [
        draw(st.builds(words, MOMENTS, st.just(f"m:{n}"), st.booleans())) for n in range(draw(st.integers(0, 4)))
    ]
    acts = [
        act(draw(MOMENTS), kind, n, draw(st.sampled_from([VOICE, "t:5"])), to=_to(kind), until=at(300).isoformat())
        for n, kind in enumerate(draw(st.lists(st.sampled_from(KINDS), max_size=8)))
    ]
    return [*touches, *acts]


def _to(kind: str) -> int | str:
    return "deal" if kind == "status" else BORYS


def in_hours(begin: datetime, end: datetime) -> float:
    """Seconds of a clock that stands still in every second hour."""
    return 60 * len([minute for minute in range(_minute(begin), _minute(end)) if minute // 60 % 2 == 0])


def _minute(moment: datetime) -> int:
    return round((moment - at(0)).total_seconds() / 60)


def _put_off_in_hours(ticket: Ticket) -> int:
    """Minute by minute: worked on, put off, in working time."""
    stretches = [(begin, end or at(1000)) for begin, end in ticket.worked]
    whole = range(-60, 1060)
    worked, off = (
        {minute for begin, end in each for minute in whole if _minute(begin) <= minute < _minute(end)}
        for each in (stretches, ticket.snoozes)
    )
    return 60 * len([minute for minute in worked & off if minute // 60 % 2 == 0])


@given(histories(), st.randoms(use_true_random=False))
def test_times_of_tickets_hold_together(facts, chance):
    """Whatever happened: nothing before the creation, no lane with two open tickets, no span below zero."""
    tickets = derive(facts)
    for ticket in tickets:
        assert ticket.fact_keys[0] == ticket.origin_key
        assert all(end is None or end >= begin for begin, end in ticket.worked)
        assert ticket.closed_at is None or ticket.closed_at >= ticket.created_at
        assert ticket.first_reaction_at is None or ticket.first_reaction_at >= ticket.created_at
        done = handling(ticket, seconds)
        assert done is None or 0 <= snoozed(ticket, seconds) <= done <= seconds(ticket.created_at, ticket.closed_at)
        assert snoozed(ticket, in_hours) == _put_off_in_hours(ticket)
    lanes = [ticket.lane for ticket in tickets if ticket.is_open]
    assert len(lanes) == len(set(lanes))
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert derive(shuffled) == tickets


def test_the_first_action_is_the_earliest_however_long_the_first_call_rang():
    """He called at 10:00 and was answered at 10:03; at 10:01 somebody had dialled him."""
    rang = Touch(key="c:9", kind="answered", at=at(0), contact_at=at(3), opens=True, number_id=7)
    (ticket,) = derive([rang, dial(1), act(25, "close", status="done")])
    assert (ticket.first_reaction_at, handling(ticket, seconds)) == (at(1), 24 * 60)
