"""The texts of the templates and the three catalogues; `python -m tests.house.catalogues` carries the first into the second."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

from tests.house.source import ROOT

TEMPLATES = ROOT / "templates"
LOCALES = {"en": 2, "ru": 3, "uk": 3}  # and the number of their plural forms
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?[a-z][\w-]*")
_OPTIONS = {"trimmed": "true", "silent": "false"}


@cache
def template_files() -> tuple[Path, ...]:
    return tuple(sorted(TEMPLATES.rglob("*.j2")))


def catalogue_file(locale: str) -> Path:
    return TEMPLATES / "locales" / f"{locale}.po"


def extracted() -> Catalog:
    """Every text of every template, with the files that say it."""
    catalog = Catalog(charset="utf-8")
    for path in template_files():
        where = path.relative_to(ROOT).as_posix()
        with path.open("rb") as file:
            for line, message, comments, context in extract("jinja2", file, DEFAULT_KEYWORDS, ["NOTE:"], _OPTIONS):
                catalog.add(message, None, [(where, line)], auto_comments=comments, context=context)
    return catalog


def catalogue(locale: str) -> Catalog:
    with catalogue_file(locale).open("rb") as file:
        return read_po(file, locale=locale)


def messages(catalog: Catalog) -> Iterator[Message]:
    """Without the header."""
    return (message for message in catalog if message.id)


def key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    return message.context, forms(message.id)


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """One text, or one for each plural form."""
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def tags(text: str) -> list[str]:
    return sorted(TAG.findall(text))


def carry_over(locale: str) -> None:
    """New texts in, texts no template says out; what is translated stays. English translates to itself."""
    catalog = catalogue(locale) if catalogue_file(locale).exists() else Catalog(locale=locale, charset="utf-8")
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    if locale == "en":
        for message in messages(catalog):
            if not any(forms(message.string)):
                message.string = message.id
    catalog.header_comment = f"# Perezvon's texts in `{locale}`. `make messages` brings new ones; a person translates."
    catalog.project, catalog.last_translator, catalog.language_team = "Perezvon", "Perezvon contributors", locale
    catalog.msgid_bugs_address = ""
    with catalogue_file(locale).open("wb") as file:
        write_po(file, catalog, width=0, no_location=True, sort_output=True)


if __name__ == "__main__":
    for each in LOCALES:
        carry_over(each)
