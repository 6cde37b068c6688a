"""The link of clients and the moment of a message: pure rules of the letterbox."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from followup.teams.rules import policy_from
from followup.teams.seal import Seal
from followup.tickets.letterbox_client import heard_at
from followup.tickets.letterbox_entry import entry_payload, team_of_entry

SEAL = Seal(Fernet.generate_key().decode())
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@given(st.integers(1, 2**63 - 1))
def test_a_link_leads_to_its_team_and_is_one_that_telegram_takes(team_id):
    payload = entry_payload(SEAL, team_id)
    assert team_of_entry(SEAL, payload) == team_id
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)


def test_links_are_the_same_after_a_restart_and_others_with_another_key():
    assert len({entry_payload(SEAL, 1), entry_payload(SEAL, 2)}) == 2
    other = Seal(Fernet.generate_key().decode())
    assert team_of_entry(other, entry_payload(SEAL, 1)) is None


@given(st.text() | st.from_regex(r"c_\d{1,30}_[0-9a-f]{0,40}", fullmatch=True))
def test_nothing_else_opens_anything(payload):
    assert team_of_entry(SEAL, payload) is None


@given(st.integers(-5_000_000, 5_000_000))
def test_a_message_was_said_within_its_second_and_not_after_it_was_heard(milliseconds):
    now = NOON + timedelta(milliseconds=milliseconds)
    at = heard_at(NOON, now)
    assert NOON <= at < NOON + timedelta(seconds=1)
    assert at == NOON or at <= now


def test_greeting_and_consent_are_kept_as_typed():
    policy = policy_from({"client_greeting": " Hi\n<b>& co ", "client_consent": "none"})
    assert (policy.client_greeting, policy.client_consent) == ("Hi\n<b>& co", None)
