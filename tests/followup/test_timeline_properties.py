"""Laws of the timeline, tried on hundreds of made-up clients whose facts often share an instant."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from followup.cases.facts import ActionFact, CallFact, CasePolicy, OrderFact
from followup.cases.moments import Moment, Rank, in_order
from followup.cases.rules import Boundary, StoredKeys, boundary_after, event_moments, match, timeline
from tests.followup.case_facts import at

law = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

START = at("10:00")
LAST_MINUTE = 40
NOW = START + timedelta(minutes=LAST_MINUTE + 1)

minutes = st.integers(0, LAST_MINUTE).map(lambda n: START + timedelta(minutes=n))
members = st.sampled_from([1, 2, 3])
policies = st.sampled_from([CasePolicy(), CasePolicy(window=timedelta(minutes=12), reopen_within=timedelta(minutes=9))])


@st.composite
def calls(draw, fact_id, roles=("missed", "missed", "contact_in", "contact_out", "attempt")):
    role, started_at = draw(st.sampled_from(roles)), draw(minutes)
    contact_at = started_at + timedelta(minutes=draw(st.integers(0, 3))) if role.startswith("contact") else None
    return CallFact(
        id=fact_id,
        role=role,
        started_at=started_at,
        contact_at=contact_at,
        line=draw(st.sampled_from(["a", "b", None])),
        reason="not_answered" if role == "missed" else None,
        member_id=draw(members) if role != "missed" else None,
        is_short=draw(st.booleans()) if role == "attempt" else False,
    )


@st.composite
def orders(draw, fact_id):
    return OrderFact(id=fact_id, ordered_at=draw(minutes), line="w", reason=draw(st.sampled_from([None, "forbidden"])))


KINDS = ("take", "release", "transfer", "return", "handle", "handle", "reopen", "reopen", "snooze", "note", "dial")


@st.composite
def actions(draw, fact_id):
    kind, moment, member = draw(st.sampled_from((*KINDS, "block", "unblock"))), draw(minutes), draw(members)
    data = {
        "transfer": {"to": draw(members)},
        "return": {"from": member},
        "handle": {"reason": "spam", "text": None},
        "snooze": {"until": (moment + timedelta(minutes=7)).isoformat()},
        "note": {"text": "call after lunch"},
    }
    return ActionFact(id=fact_id, kind=kind, at=moment, member_id=member, data=data.get(kind, {}))


@st.composite
def undone(draw, fact_id):
    """A case handled by hand and reopened soon after."""
    handled_at, soon = draw(minutes), timedelta(minutes=draw(st.integers(0, 5)))
    handle = ActionFact(id=fact_id, kind="handle", at=handled_at, member_id=draw(members), data={"reason": "spam"})
    return [handle, ActionFact(id=fact_id + 100, kind="reopen", at=handled_at + soon, member_id=draw(members))]


CAST = st.sampled_from([calls, calls, calls, orders, actions, actions, undone])


@st.composite
def clients(draw):
    """The facts of one client, in the order they were made up in, which is no order of time."""
    drawn = [draw(kind(n)) for n, kind in enumerate(draw(st.lists(CAST, min_size=1, max_size=14)), 1)]
    return [fact for some in drawn for fact in (some if isinstance(some, list) else [some])]


def contacts(facts):
    moments = [moment for fact in facts for moment in event_moments(fact)]
    return [moment for moment in moments if moment.rank is Rank.CONTACT]


@law
@given(clients(), policies, st.data())
def test_any_order_and_any_repeats_give_the_same_episodes(facts, policy, data):
    shuffled = data.draw(st.permutations(facts + data.draw(st.lists(st.sampled_from(facts), max_size=6))))
    assert timeline(shuffled, policy, NOW) == timeline(facts, policy, NOW)


@law
@given(clients(), policies)
def test_episodes_follow_each_other_and_only_the_last_is_open(facts, policy):
    episodes = timeline(facts, policy, NOW)
    for before, after in pairwise(episodes):
        assert not before.is_open
        assert before.closed_at <= after.opened_at
    for episode in episodes:
        assert episode.is_open or episode.opened_at <= episode.closed_at


@law
@given(clients(), policies)
def test_every_miss_and_every_order_belongs_to_one_episode(facts, policy):
    episodes = timeline(facts, policy, NOW)
    misses = [fact.id for fact in facts if isinstance(fact, CallFact) and fact.role == "missed"]
    placed = [call_id for episode in episodes for call_id in episode.miss_ids]
    assert sorted(placed) == sorted(misses)
    placed = [order_id for episode in episodes for order_id in episode.order_ids]
    assert sorted(placed) == sorted(fact.id for fact in facts if isinstance(fact, OrderFact))


@law
@given(clients(), policies)
def test_a_contact_closes_what_was_missed_before_it_and_nothing_else(facts, policy):
    missed_at = {fact.id: fact.started_at for fact in facts if isinstance(fact, CallFact) and fact.role == "missed"}
    all_contacts = contacts(facts)
    for episode in timeline(facts, policy, NOW):
        if episode.contact_at is not None:
            assert (episode.contact_at, episode.contact_id) in {(moment.at, moment.fact.id) for moment in all_contacts}
            assert all(missed_at[call_id] < episode.contact_at for call_id in episode.miss_ids)
        end = episode.closed_at or NOW
        assert not [moment for moment in all_contacts if episode.opened_at < moment.at < end]
        assert (episode.how in {"called_in", "called_out"}) == (episode.contact_at is not None)


@law
@given(clients(), policies)
def test_counters_are_the_lengths_of_their_lists(facts, policy):
    roles = {fact.id: fact.role for fact in facts if isinstance(fact, CallFact)}
    for episode in timeline(facts, policy, NOW):
        assert episode.missed == len(episode.miss_ids)
        assert episode.attempts == len(episode.attempt_ids) == len(set(episode.attempt_ids))
        assert episode.short_attempts <= episode.attempts
        assert {roles[call_id] for call_id in episode.attempt_ids} <= {"attempt", "contact_out"}
        assert len(set(episode.fact_keys)) == len(episode.fact_keys)
        listed = {f"c:{n}" for n in (*episode.miss_ids, *episode.attempt_ids)} | {f"o:{n}" for n in episode.order_ids}
        if episode.contact_id is not None:
            listed.add(f"c:{episode.contact_id}")
        assert listed == {key for key in episode.fact_keys if not key.startswith("a:")}
        assert (episode.first_attempt_at is None) == (episode.attempts == 0)
        if episode.first_attempt_at is not None:
            assert episode.opened_at <= episode.first_attempt_at <= episode.last_attempt_at


@law
@given(clients(), policies)
def test_the_clocks_agree_with_the_misses(facts, policy):
    missed_at = {fact.id: fact.started_at for fact in facts if isinstance(fact, CallFact) and fact.role == "missed"}
    ordered_at = {fact.id: fact.ordered_at for fact in facts if isinstance(fact, OrderFact)}
    for episode in timeline(facts, policy, NOW):
        misses = [missed_at[call_id] for call_id in episode.miss_ids]
        ordered = [ordered_at[order_id] for order_id in episode.order_ids]
        assert episode.opened_at == min(misses + ordered)
        assert episode.last_missed_at == max(misses or ordered)
        if episode.is_open:
            assert episode.expires_at == max(misses + ordered) + policy.window > NOW
        if episode.how == "expired":
            assert episode.closed_at == max(misses + ordered) + policy.window <= NOW


@law
@given(clients(), policies, calls(99, roles=("attempt",)))
def test_an_unanswered_call_back_closes_nothing(facts, policy, attempt):
    def ends(episodes):
        return [(episode.opened_at, episode.closed_at, episode.how, episode.contact_id) for episode in episodes]

    assert ends(timeline([*facts, attempt], policy, NOW)) == ends(timeline(facts, policy, NOW))


@law
@given(clients(), policies)
def test_an_owner_is_one_who_took_it_or_was_given_it(facts, policy):
    acts = {f"a:{fact.id}": fact for fact in facts if isinstance(fact, ActionFact)}
    for episode in timeline(facts, policy, NOW):
        mine = [acts[key] for key in episode.fact_keys if key.startswith("a:")]
        takers = {act.member_id for act in mine if act.kind == "take"}
        takers |= {act.data["to"] for act in mine if act.kind == "transfer"}
        assert episode.owner_id is None or episode.owner_id in takers
        assert (episode.owner_id is None) == (episode.taken_at is None)


def was_blocked(facts, boundary: Boundary) -> bool:
    acts = [fact for fact in facts if isinstance(fact, ActionFact) and fact.kind in {"block", "unblock"}]
    before = [moment.fact.kind for moment in in_order(acts) if moment.place <= boundary]
    return before[-1:] == ["block"]


def is_reopened_later(facts, episode) -> bool:
    """Whether a later press undid this very end: then the episode did not end there for good."""
    boundary = boundary_after(episode)
    acts = {f"a:{fact.id}": fact for fact in facts if isinstance(fact, ActionFact)}
    reopens = [acts[key] for key in episode.fact_keys if key in acts and acts[key].kind == "reopen"]
    return any(event_moments(act)[0].place > boundary for act in reopens)


@law
@given(clients(), policies)
def test_facts_after_the_end_of_an_episode_are_enough_for_what_follows(facts, policy):
    episodes = timeline(facts, policy, NOW)
    for n, episode in enumerate(episodes):
        if episode.is_open or is_reopened_later(facts, episode):
            continue
        boundary = boundary_after(episode)
        loaded = [fact for fact in facts if any(moment.at >= boundary.at for moment in event_moments(fact))]
        event("episodes after the boundary" if episodes[n + 1 :] else "nothing after the boundary")
        again = timeline(loaded, policy, NOW, since=boundary, blocked=was_blocked(facts, boundary))
        assert again == episodes[n + 1 :]


class Desk:
    """What the writer does with every fact that arrives: derive, match, save."""

    def __init__(self, policy):
        self.policy = policy
        self.facts = []
        self.cases = {}
        self.withdrawn = set()

    def receive(self, fact, now):
        self.facts.append(fact)
        episodes = timeline(self.facts, self.policy, now)
        stored = [
            StoredKeys(id=case_id, fact_keys=episode.fact_keys, opened_at=episode.opened_at)
            for case_id, episode in self.cases.items()
        ]
        matching = match(stored, episodes)
        self.withdrawn.update(matching.left_over)
        first_new = max([0, *self.cases, *self.withdrawn]) + 1
        self.cases = dict(matching.pairs) | dict(enumerate(matching.fresh, first_new))
        assert sorted(self.cases.values(), key=lambda e: e.fact_keys) == sorted(episodes, key=lambda e: e.fact_keys)


def missed_keys(episode):
    return {f"c:{n}" for n in episode.miss_ids} | {f"o:{n}" for n in episode.order_ids}


@law
@given(clients(), policies)
def test_whatever_comes_late_a_case_whose_misses_stay_together_keeps_its_id(facts, policy):
    desk = Desk(policy)
    for fact in facts:
        before = dict(desk.cases)
        desk.receive(fact, NOW)
        for case_id, was in before.items():
            for now_id, episode in desk.cases.items():
                strangers = set().union(*(missed_keys(e) for other, e in before.items() if other != case_id))
                if missed_keys(was) <= missed_keys(episode) and not missed_keys(episode) & strangers:
                    assert now_id == case_id


@law
@given(clients(), policies)
def test_facts_that_come_in_time_withdraw_no_case_and_move_no_opening(facts, policy):
    desk = Desk(policy)
    for fact in sorted(facts, key=lambda fact: event_moments(fact)[-1].place):
        before = dict(desk.cases)
        desk.receive(fact, event_moments(fact)[-1].at)
        assert {case_id: desk.cases[case_id].opened_at for case_id in before} == {
            case_id: episode.opened_at for case_id, episode in before.items()
        }
    assert desk.withdrawn == set()


def test_made_up_clients_are_lively():
    """The laws above would hold for dull clients, too: here each way to end is seen to be reached."""
    seen = set()

    @settings(law, max_examples=500)
    @given(clients(), policies)
    def look(facts, policy):
        for episode in timeline(facts, policy, NOW):
            seen.add(episode.how)
            seen.update({"owned"} if episode.owner_id else ())
            seen.update({"reopened"} if episode.is_open and _has(facts, episode, "reopen") else ())

    look()
    assert seen >= {None, "called_out", "called_in", "manual", "expired", "blocked", "owned", "reopened"}


def _has(facts, episode, kind):
    return any(isinstance(f, ActionFact) and f.kind == kind and f"a:{f.id}" in episode.fact_keys for f in facts)


def test_a_moment_knows_its_place():
    fact = CallFact(id=5, role="missed", started_at=START)
    assert Moment(START, Rank.MISS, fact).place == Boundary(START, Rank.MISS, 5)
