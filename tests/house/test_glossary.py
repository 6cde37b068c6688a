from __future__ import annotations

import re

from tests.house.source import ROOMS, ROOT, modules

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| term ")
]


def test_every_term_has_its_word_in_three_languages_and_a_meaning():
    assert len(ROWS) > 40
    assert [row[0] for row in ROWS if len(row) != 5 or not all(row)] == []
    assert [row[0] for row in ROWS if not re.search("[а-я]", row[1]) or not re.search("[а-яіїєґ]", row[2])] == []


def test_no_term_is_explained_twice():
    terms = [row[0] for row in ROWS]
    assert sorted({term for term in terms if terms.count(term) > 1}) == []


def test_every_name_of_the_glossary_is_in_the_code():
    words = {word for module in modules(*ROOMS) for word in re.findall(r"\w+", module.text)}
    named = {name for row in ROWS for name in re.findall(r"`(\w+)`", row[4])}
    assert sorted(named - words) == []
