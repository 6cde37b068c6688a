"""Templates to text: one environment a language, catalogues read from the .po files themselves."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment, PackageLoader, StrictUndefined

from messenger import filters
from messenger.markup import plain

LANGUAGES = ("ru", "uk", "en")
_FALLBACK = "en"
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def render(template: str, language: str, **context: Any) -> str:
    """The template's text as Telegram HTML: stripped, at most one blank line in a row, safe to send."""
    return tidy(environment(language).get_template(template).render(context))


def render_plain(template: str, language: str, **context: Any) -> str:
    """The same without mark-up: for toasts, labels and files, where HTML would be shown as typed."""
    return plain(render(template, language, **context))


def phrase(macro: str, language: str, *args: Any, **kwargs: Any) -> str:
    """What a macro of macros.j2 says, as plain text on one line."""
    spoken = getattr(environment(language).get_template("macros.j2").module, macro)
    return " ".join(plain(str(spoken(*args, **kwargs))).split())


def known_language(language: str) -> str:
    """The language itself where we speak it ("uk-UA" is uk), else English."""
    base = language.replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else _FALLBACK


def environment(language: str) -> Environment:
    """The environment that speaks the language."""
    return _environment(known_language(language))


def tidy(text: str) -> str:
    """Control and direction marks out, blank lines few: what templates leave behind and names smuggle in."""
    text = _TRAILING.sub("", filters.printable(text))
    return _BLANK_LINES.sub("\n\n", text).strip()


@lru_cache(maxsize=len(LANGUAGES))
def _environment(language: str) -> Environment:
    made = Environment(
        loader=PackageLoader("templates", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(_catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["language"] = language
    made.filters.update(filters.FILTERS)
    made.filters["span"] = lambda value: phrase("span_words", language, *filters.span_parts(value))
    return made


def _catalogue(language: str) -> Translations:
    source = files("templates").joinpath("locales", f"{language}.po")
    with source.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
