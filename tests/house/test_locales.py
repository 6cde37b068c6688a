from __future__ import annotations

import pytest
from babel.messages.catalog import Message

from tests.house.catalogues import (
    LOCALES,
    catalogue,
    catalogue_file,
    extracted,
    forms,
    key,
    messages,
    placeholders,
    tags,
)

pytestmark = pytest.mark.parametrize("locale", LOCALES)


def asked(message: Message) -> list[set[str]]:
    """What the source says must be filled in, by plural form: the last form of the source speaks for all others."""
    return [placeholders(text) for text in forms(message.id)]


def test_every_text_of_the_templates_and_no_other_is_in_the_catalogue(locale):
    said = {key(message) for message in messages(extracted())}
    assert len(said) > 20, "the templates say nothing?"
    known = {key(message) for message in messages(catalogue(locale))}
    assert (said - known, known - said) == (set(), set()), "run `make messages`"


def test_every_text_is_translated_in_every_plural_form(locale):
    empty = [
        message.id
        for message in messages(catalogue(locale))
        if not all(text.strip() for text in forms(message.string))
        or len(forms(message.string)) != (LOCALES[locale] if message.pluralizable else 1)
    ]
    assert empty == []


def test_plural_forms_are_those_of_the_language(locale):
    assert catalogue(locale).num_plurals == LOCALES[locale]
    assert f"nplurals={LOCALES[locale]}" in catalogue_file(locale).read_text(encoding="utf-8")


def test_nothing_is_fuzzy_or_obsolete(locale):
    catalog = catalogue(locale)
    assert [message.id for message in messages(catalog) if message.fuzzy] == []
    assert list(catalog.obsolete) == []


def test_placeholders_are_those_of_the_source(locale):
    """The first form of ru and uk also says 21 and 31, so it must print the number wherever the plural does."""
    wrong = []
    for message in messages(catalogue(locale)):
        singular, plural = asked(message)[0], asked(message)[-1]
        for index, text in enumerate(forms(message.string)):
            may_omit = index == 0 and LOCALES[locale] == 2
            if placeholders(text) not in ([singular, plural] if may_omit else [plural]):
                wrong.append((text, plural))
    assert wrong == []


def test_markup_is_that_of_the_source(locale):
    wrong = [
        text
        for message in messages(catalogue(locale))
        for text in forms(message.string)
        if tags(text) not in [tags(source) for source in forms(message.id)]
    ]
    assert wrong == []


def test_a_translation_is_in_its_own_language(locale):
    """A Russian text in the Ukrainian catalogue (or a forgotten English one) is found by the letters it uses."""
    foreign = {"en": "абвгдежзиклмнопрстуфхцчшщьюяіїєґ", "ru": "іїєґ", "uk": "ыэъё"}[locale]
    wrong = [
        text
        for message in messages(catalogue(locale))
        for text in forms(message.string)
        if set(text.lower()) & set(foreign)
    ]
    assert wrong == []
