"""Vendors spell one number in many ways; we keep one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from followup.phone import is_e164, mask, mask_in_text, normalise, pretty

ANNA = "+380671234567"


@pytest.mark.parametrize(
    "raw",
    [
        "+380671234567",
        "380671234567",
        "0671234567",
        "00380671234567",
        " +38 (067) 123-45-67 ",
        "38067.123.45.67",
        '"Anna K." <380671234567>',
        "<+380671234567>",
        "sip:380671234567@pbx.example.com",
        "SIP:+380671234567@pbx.example.com;user=phone",
        "<sip:380671234567@10.0.0.1:5060;transport=udp>",
        "tel:+380671234567",
        "tel:+380671234567;ext=5",
        "٣٨٠٦٧١٢٣٤٥٦٧",
        "＋３８０671234567".replace("＋", "+"),
        "\u202a+380671234567\u202c",
        "+380\u00a067\u00a01234567",
        "\x00+380671234567\x00",
        "+38 0671234567",
    ],
)
def test_every_spelling_of_one_number_is_one_client(raw):
    assert normalise(raw, "UA") == ANNA


@pytest.mark.parametrize(
    "raw, region, expected",
    [
        ("89161234567", "RU", "+79161234567"),
        ("8 (800) 555-35-35", "RU", "+78005553535"),
        ("9161234567", "RU", "+79161234567"),
        ("810380671234567", "RU", ANNA),
        ("380671234567", "RU", ANNA),
        ("79161234567", "UA", "+79161234567"),
        ("79161234567", "ua", "+79161234567"),
        ("12125550100", "UA", "+12125550100"),
        ("(212) 555-0100", "US", "+12125550100"),
        ("375291234567", "UA", "+375291234567"),
        # A number no plan knows yet, but long enough and with its country's code.
        ("380000000001", "UA", "+380000000001"),
        ("0301234567", "UA", "+380301234567"),
        ("380671234567", "XX", ANNA),
    ],
)
def test_numbers_of_other_places(raw, region, expected):
    assert normalise(raw, region) == expected


@pytest.mark.parametrize(
    "raw",
    [
        *[None, "", " ", "\x00", "-", "+", "()", "<>"],
        *["anonymous", "Anonymous", "UNKNOWN", "<unknown>", "restricted", "private", "hidden", "withheld"],
        *["unavailable", "+266696687", "sip:anonymous@anonymous.invalid", '"Anonymous" <sip:anonymous@host>'],
    ],
)
def test_hidden_callers_have_no_number(raw):
    assert normalise(raw, "UA") is None


@pytest.mark.parametrize(
    "raw, kept",
    [
        ("anna@voip", "anna@voip"),
        ("sip:anna@voip", "anna@voip"),
        ("101", "101"),
        ("sip:101@pbx", "101"),
        ("1-0-1", "101"),
        ("9161234567", "9161234567"),
        ("+123", "+123"),
        ("client:anna", "client:anna"),
        ("ан\x00на\n", "анна"),
        ("x" * 100, "x" * 64),
    ],
)
def test_what_is_no_number_is_still_somebody(raw, kept):
    assert normalise(raw, "UA") == kept


@given(
    st.text() | st.from_regex(r"[+<\"]?[0-9 ()+@;:<>sip-]{0,25}", fullmatch=True),
    st.sampled_from(["UA", "RU", "US", "IT", "XX"]),
)
@example("sip:tel:1", "UA")
@example('"a" <"b" <1>', "UA")
@example("<<1>>", "UA")
@example("tel:;", "UA")
@example("\ud800", "UA")
def test_reading_twice_changes_nothing_and_never_fails(raw, region):
    once = normalise(raw, region)
    assert normalise(once, region) == once
    assert once is None or (once and once.isprintable() and len(once) <= 64)


@given(st.from_regex(r"\+?[0-9]{5,16}", fullmatch=True), st.sampled_from(["UA", "RU", "US", "IT", "AR", "DE"]))
def test_a_number_read_once_reads_the_same_in_any_region(raw, region):
    once = normalise(raw, region)
    if once and once.startswith("+"):
        assert {normalise(once, other) for other in ("UA", "RU", "GB")} == {once}


@pytest.mark.parametrize(
    "text, expected",
    [
        (ANNA, True),
        ("380671234567", False),
        ("+0671234567", False),
        ("+12", False),
        ("anna", False),
        (ANNA + "\n", False),
    ],
)
def test_is_e164(text, expected):
    assert is_e164(text) is expected


@pytest.mark.parametrize(
    "number, shown",
    [
        (ANNA, "+380 67 123 45 67"),
        ("+79161234567", "+7 916 123 45 67"),
        ("+12125550100", "+1 212-555-0100"),
        ("101", "101"),
        ("anna@voip", "anna@voip"),
    ],
)
def test_pretty(number, shown):
    assert pretty(number) == shown


@pytest.mark.parametrize(
    "number, shown",
    [
        (ANNA, "+380 67 ••• 45 67"),
        ("+79161234567", "+7 916 ••• 45 67"),
        ("+12125550100", "+1 212 ••• 01 00"),
        ("101", "••• 01"),
        ("anna@voip", "••• ip"),
        ("7", "•••"),
        ("+123", "••• 23"),
    ],
)
def test_mask(number, shown):
    assert mask(number) == shown


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_a_mask_hides_at_least_two_digits(number):
    shown = [char for char in mask(number) if char.isdigit()]
    assert len(shown) <= len(number) - 1 - 2


def test_mask_in_text_hides_numbers_and_leaves_moments_and_short_codes():
    line = "2026-11-20 10:00:00 from +380671234567 and 067 123-45-67 to 101, id 123456, 2026-11-20"
    assert mask_in_text(line) == ("2026-11-20 10:00:00 from +380 67 ••• 45 67 and ••• 67 to 101, id 123456, 2026-11-20")


@given(st.text(alphabet="0123456789 +-().:TZab/"))
def test_no_run_of_seven_digits_survives_in_a_text(text):
    assert not any(len(run) >= 7 for run in _runs(mask_in_text(text)))


def _runs(text):
    return "".join(char if char.isdigit() else " " for char in text).split()
