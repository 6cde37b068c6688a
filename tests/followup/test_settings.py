"""Settings are stored as typed: what a person may write, what it means, and what is refused in which words."""

from dataclasses import fields
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.errors import FollowupError
from followup.teams.policy import Policy
from followup.teams.rules import parse_settings, policy_from, setting_keys

CONTRACT_KEYS = """
language timezone region hours holidays_country digest_at sla_minutes remind_minutes escalate_minutes taken_minutes
short_call_seconds min_talk_seconds window_days first_call_days mask_numbers minutes_mode separate_lines ticket_fan
dial_hours quiet silence_minutes order_deadline short_attempt_seconds keep_calls_days
ticket_sources ticket_sla_minutes ticket_return_minutes text_channel client_greeting client_consent
"""

MINUTES = [f"{name}_minutes" for name in ("sla", "remind", "escalate", "taken", "silence")]


def minutes(count):
    return timedelta(minutes=count)


def test_every_key_of_the_contract_and_no_other():
    assert sorted(setting_keys()) == sorted(CONTRACT_KEYS.split())


def test_every_key_moves_a_field_of_its_own():
    changed = {
        "language": "uk", "timezone": "Europe/Kyiv", "region": "RU", "hours": "Mo-Fr 09:00-18:00",
        "holidays_country": "DE", "digest_at": "19:00", "first_call_days": "90", "mask_numbers": "never",
        "minutes_mode": "per_call_ceil", "separate_lines": "yes", "ticket_fan": "on", "dial_hours": "10:00-19:00",
        "quiet": "off", "ticket_sources": "orders", "text_channel": "on",
    }  # fmt: skip
    moved = set()
    for key in setting_keys():
        before, after = policy_from({}), policy_from({key: changed.get(key, "7" if key.endswith("_days") else "7h")})
        differing = {f.name for f in fields(Policy) if getattr(before, f.name) != getattr(after, f.name)}
        moved |= differing
        assert len(differing - {"holidays_country"} or differing) == 1, key
    assert moved == {field.name for field in fields(Policy)}


def test_nothing_set_is_the_defaults():
    assert policy_from({}) == Policy(holidays_country="UA")


@pytest.mark.parametrize(
    "key, typed, meant",
    [
        *((key, text, minutes(5)) for key in MINUTES for text in ("5", "5m", "300s", " 5 M ")),
        ("sla_minutes", "1h", minutes(60)),
        ("sla_minutes", "2s", timedelta(seconds=2)),
        ("short_call_seconds", "12", timedelta(seconds=12)),
        ("short_call_seconds", "0", timedelta(0)),
        ("min_talk_seconds", "5s", timedelta(seconds=5)),
        ("short_attempt_seconds", "1m", minutes(1)),
        ("window_days", "14", timedelta(days=14)),
        ("window_days", "3d", timedelta(days=3)),
        ("order_deadline", "3d", timedelta(days=3)),
        ("order_deadline", "90", minutes(90)),
        ("order_deadline", "none", None),
        ("first_call_days", "90", 90),
        ("keep_calls_days", "365", 365),
        ("keep_calls_days", "none", None),
        ("first_call_days", "90d", 90),
        ("first_call_days", "none", None),
        ("quiet", "off", False),
        ("quiet", "on", True),
        ("separate_lines", "Yes", True),
        ("ticket_fan", "off", False),
        ("dial_hours", "09:00-20:00", (time(9), time(20))),
        ("dial_hours", "9:30 - 18:00", (time(9, 30), time(18))),
        ("digest_at", "18:05", time(18, 5)),
        ("language", "RU", "ru"),
        ("region", "ru", "RU"),
        ("timezone", "Europe/Kyiv", "Europe/Kyiv"),
        ("hours", "Mo-Fr 09:00-18:00; PH off", "Mo-Fr 09:00-18:00; PH off"),
        ("hours", "none", None),
        ("holidays_country", "de", "DE"),
        ("mask_numbers", "always", "always"),
    ],
)
def test_what_a_text_means(key, typed, meant):
    assert parse_settings({key: typed}) == {key: meant}


@pytest.mark.parametrize(
    "key, typed, hint",
    [
        *((key, text, "duration") for key in MINUTES for text in ("0", "-5", "5 weeks", "", "five", "99999999d")),
        ("window_days", "0", "duration"),
        ("first_call_days", "0", "none, or"),
        ("first_call_days", "36h", "whole number of days"),
        ("order_deadline", "soon", "none, or"),
        ("quiet", "maybe", "on | off"),
        ("separate_lines", "", "yes | no"),
        ("dial_hours", "20:00-09:00", "09:00-20:00"),
        ("dial_hours", "09:00", "09:00-20:00"),
        ("dial_hours", "9-18", "09:00-20:00"),
        ("digest_at", "24:00", "18:30"),
        ("digest_at", "18:30:00", "18:30"),
        ("language", "de", "ru | uk | en"),
        ("mask_numbers", "sometimes", "groups | always | never"),
        *(
            ("timezone", text, "Europe/Kyiv")
            for text in ("Mars/Base", "", "../etc/passwd", "/etc/passwd", "Europe", "\x00")
        ),
        *(("region", text, "UA") for text in ("XX", "UKR", "", "001")),
        *(("holidays_country", text, "UA") for text in ("ZZ", "UKR")),
        ("hours", "Mo-Fr 9-18", "at 1:7"),
        ("sla", "5", "sla_minutes"),
    ],
)
def test_what_is_refused_says_what_was_found_and_what_is_expected(key, typed, hint):
    with pytest.raises(FollowupError) as refused:
        policy_from({key: typed})
    assert refused.value.key == "bad_setting"
    assert (refused.value.values["setting"], refused.value.values["found"]) == (key, typed)
    assert hint in refused.value.values["expected"]


def test_holidays_are_those_of_the_numbers_country_unless_said():
    assert policy_from({"region": "RU"}).holidays_country == "RU"
    assert policy_from({"region": "RU", "holidays_country": "KZ"}).holidays_country == "KZ"
    assert policy_from({"region": "RU", "holidays_country": "none"}).holidays_country == "RU"


@given(st.sampled_from(setting_keys()), st.text() | st.from_regex(r"[0-9]{1,12} ?[smhd]?", fullmatch=True))
def test_any_text_is_read_or_refused(key, typed):
    refusal = _refusal(key, typed)
    assert refusal is None or (refusal.key == "bad_setting" and refusal.values["expected"])


def _refusal(key, typed):
    try:
        policy_from({key: typed})
    except FollowupError as refused:
        return refused
    return None
