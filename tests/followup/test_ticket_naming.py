"""A name and numbers in one answer (G3): told apart, read by the region's rules, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.errors import FollowupError
from followup.tickets.naming import named

ANNA = "+380671234567"


@pytest.mark.parametrize(
    ("text", "name", "numbers"),
    [
        ("Anna Koval", "Anna Koval", ()),
        ("Anna Koval +380 67 123 45 67", "Anna Koval", (ANNA,)),
        ("Anna Koval\n067 123-45-67", "Anna Koval", (ANNA,)),
        ("+380671234567\nAnna  Koval", "Anna Koval", (ANNA,)),
        ("Anna Koval, (067) 123 45 67", "Anna Koval", (ANNA,)),
        ("Anna — 0671234567 — Kyiv", "Anna Kyiv", (ANNA,)),
        ("Anna+380671234567", "Anna", (ANNA,)),
        ("Anna 067 123 45 67; 050 222 33 44", "Anna", (ANNA, "+380502223344")),
        ("0671234567 +380671234567", None, (ANNA,)),
        ("Shop 24, flat 12", "Shop 24, flat 12", ()),
        ("Flat 12\n067 123 45 67", "Flat 12", (ANNA,)),
        ("Marek +48 601 234 567", "Marek", ("+48601234567",)),
        ("Anna (Kyiv)", "Anna (Kyiv)", ()),
        ("Order AB123456", "Order AB123456", ()),
    ],
)
def test_name_and_numbers_are_told_apart(text, name, numbers):
    found = named(text, "UA")
    assert (found.name, found.numbers) == (name, numbers)


@pytest.mark.parametrize("number", ["+380 67 123 45 6", "123456", "067 123 45", "+999 123 45 67", "12345678901234567"])
def test_a_number_that_nobody_can_dial_is_refused_by_its_own_words(number):
    with pytest.raises(FollowupError) as refused:
        named(f"Anna Koval {number}", "UA")
    assert (refused.value.key, refused.value.values["found"]) == ("bad_number", number)


@given(st.text(max_size=80).filter(lambda text: sum(map(str.isdecimal, text)) < 6))
def test_without_digits_everything_is_name(text):
    assert named(text, "UA").name == (" ".join(text.split()) or None)
