"""Every refusal and every press is answered in words, in three languages."""

from __future__ import annotations

import re

import pytest

from followup.errors import FollowupError
from followup.hours import check_hours
from messenger.answers import refusal, toast
from tests.messenger.cast import NOW, kyiv

LANGUAGES = ("ru", "uk", "en")
KEYS = (
    *("taken_by_other", "already_yours", "not_taken", "case_closed", "case_open", "not_yours"),
    *("viewer_cannot", "reopen_too_late", "nothing_to_call", "text_too_long", "text_empty", "bad_moment"),
    *("moment_past", "no_such_member", "menu_of_other", "stale_card", "question_of_other", "question_answered"),
    *("team_only_head", "same_client", "no_such_client", "bad_number", "bad_setting", "bad_hours"),
    *("name_taken", "wrong_secret_key", "nothing_here", "no_such_team"),
)
TOASTS = (
    *("taken", "released", "handled", "snoozed", "transferred", "noted", "reopened", "blocked", "unblocked"),
    *("non_target_on", "non_target_off", "number", "number_added", "calling", "question_sent", "updated"),
    *("split", "reason_added", "reason_dropped", "settings_saved"),
)
VALUES = {"name": "Taras", "at": kyiv("12:03"), "how": "called_out", "found": "abc", "key": "hours", "expected": "x"}


def said(key: str, language: str = "en", /, **values) -> str:
    return refusal(FollowupError(key, **values), language, timezone="Europe/Kyiv", now=NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_has_a_sentence_of_its_own(language):
    sentences = {said(key, language, **VALUES) for key in KEYS}
    assert len(sentences) == len(KEYS)
    assert said("no such key", language, **VALUES) not in sentences
    assert max(map(len, sentences)) <= 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_a_refusal_that_brings_nothing_still_finds_words(key, language):
    sentence = said(key, language)
    assert sentence
    assert not re.search(r"None|Undefined|%|[{}<>]", sentence)


@pytest.mark.parametrize("key", [*KEYS, "no such key"])
def test_languages_differ(key):
    assert len({said(key, language, **VALUES) for language in LANGUAGES}) == 3 or key == "taken_by_other"
    assert said(key, "en", **VALUES) != said(key, "ru", **VALUES)


def test_the_loser_is_told_who_and_when():
    assert said("taken_by_other", name="Taras", at=kyiv("12:03")) == "Taras took it at 12:03"
    assert said("taken_by_other", "ru", name="Тарас", at=kyiv("12:03")) == "Взято: Тарас, 12:03"
    assert (
        said("case_closed", name="Olga", how="manual", at=kyiv("12:03"))
        == "Already closed: handled by hand · Olga · 12:03"
    )


def test_a_forged_press_is_not_yours():
    assert "not yours" in said("not_yours")


def test_values_are_shown_as_typed():
    assert said("bad_setting", key="hours", found="<b>&", expected="a word") == "hours: found “<b>&”, expected a word"
    rule = "a number or a duration such as 30s, 5m, 1h, 3d, from 1m to 31d"
    assert said("bad_setting", setting="remind_minutes", found="soon", expected=rule).endswith(rule)
    assert said("bad_setting", setting="reasons", found="", expected="one") == "reasons: expected one"


def test_a_text_that_is_too_long_is_told_the_limit_it_broke():
    assert said("text_too_long", found=812) == "Too long: 812 characters, at most 500 fit"
    assert said("text_too_long", found=75, expected=60) == "Too long: 75 characters, at most 60 fit"


def test_hours_that_cannot_be_read_are_told_with_the_parsers_words():
    with pytest.raises(FollowupError) as refused:
        check_hours("Mo-Xx 09:00-18:00")
    words = refusal(refused.value, "en")
    assert "“Mo-Xx 09:00-18:00”" in words
    assert "Mo-Fr 09:00-18:00; PH off" in words
    assert words.endswith("(at 1:4: expected wday)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_of_hours_is_shown_whatever_the_parser_says(language):
    assert "Mo-Fr 09:00-18:00; PH off" in said("bad_hours", language, found="x" * 900, expected="y" * 900)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_moment_that_is_not_understood_is_told_with_an_example(language):
    assert "15:30" in said("bad_moment", language)


def test_who_holds_a_menu_is_named():
    assert said("menu_of_other", name="Olga").startswith("Olga is choosing here now")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_toast_has_its_words(language):
    values = {"until": kyiv("11:30"), "to": "Olga", "number": "+380671234567", "is_started": True}
    toasts = {toast(kind, language, timezone="Europe/Kyiv", now=NOW, **values) for kind in TOASTS}
    assert len(toasts) == len(TOASTS)
    assert toast("no such kind", language) not in toasts
    assert all(toast(kind, language) for kind in TOASTS)


def test_the_presser_reads_the_full_number():
    unknown = toast("number", "en", number="+380671234567", is_started=False)
    assert unknown.splitlines() == ["+380 67 123 45 67", "Start me in private to copy it"]
    known = toast("number", "en", number="+380671234567", is_started=True)
    assert known.splitlines()[0] == "+380 67 123 45 67"
    assert "Start me" not in known


def test_a_snooze_names_its_moment():
    assert "11:30" in toast("snoozed", "uk", timezone="Europe/Kyiv", now=NOW, until=kyiv("11:30"))
