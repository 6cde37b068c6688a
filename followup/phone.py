"""Numbers of clients: any vendor's spelling to E.164, and back to what people may read."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber

ERASED = "erased:"  # what stands in a forgotten number's place begins so; no PBX can guess the rest
_LONGEST_RAW = 512
_LONGEST_KEPT = 64
_DOTS = "•••"

_HIDDEN = frozenset(
    {
        "anonymous",
        "anonimous",
        "blocked",
        "hidden",
        "n/a",
        "no caller id",
        "none",
        "null",
        "private",
        "restricted",
        "unavailable",
        "unknown",
        "withheld",
        # Twilio spells the words on a telephone's keys: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE.
        "+266696687",
        "+7378742833",
        "+2562533",
        "+8566696",
        "+86282452253",
    }
)
_SCHEME = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
_DIALABLE = re.compile(r"\+?[\d\s()./-]*")
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_IN_TEXT = re.compile(
    r"(?P<moment>(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?)?(?![\d-]))"
    r"|\+?\d(?:[\s().-]{0,2}\d){6,}"
)
# Where people read the last four digits in pairs: Russia and Kazakhstan, Belarus, Ukraine.
_PAIRED = frozenset({7, 375, 380})


@lru_cache(maxsize=65536)
def normalise(raw: str | None, region: str) -> str | None:
    """A client's identity: E.164 where the text is a number, else the cleaned text; None = hidden (D2)."""
    text = raw
    # Stripping may bare another prefix; what is stable is the identity, so a second reading changes nothing.
    while (simpler := _read(text, region.upper())) != text:
        text = simpler
    return text


def is_e164(text: str) -> bool:
    return _E164.fullmatch(text) is not None


def is_possible(e164: str) -> bool:
    """Whether its country has numbers of that length."""
    number = _parse(e164, None)
    return number is not None and phonenumbers.is_possible_number(number)


def is_erased(number: str) -> bool:
    """Whether the number was forgotten at its owner's request."""
    return number.startswith(ERASED)


def country_and_rest(e164: str) -> tuple[str, str]:
    """Country code and the rest of the digits; of what is no known number nothing and all its digits."""
    number = _parse(e164, None) if is_e164(e164) else None
    if number is None:
        return "", _digits_of(e164)
    return str(number.country_code), phonenumbers.national_significant_number(number)


@lru_cache(maxsize=8192)
def pretty(e164: str) -> str:
    """The number as people write it, "+380 67 123 45 67"; what is no number stays as it is."""
    number = _parse(e164, None) if is_e164(e164) else None
    return " ".join(_groups(number)) if number else e164


@lru_cache(maxsize=8192)
def mask(e164: str) -> str:
    """What a group may see: country, the first group and the last four digits; of odd texts the last two characters."""
    number = _parse(e164, None) if is_e164(e164) else None
    digits = e164.lstrip("+")
    country = str(number.country_code) if number else ""
    if number is None or len(digits) - len(country) < 7:
        return f"{_DOTS} {e164[-2:]}" if len(e164) > 2 else _DOTS
    area = re.split(r"[\s-]", _international(number))[1]
    hidden = len(digits) - len(country) - len(area) - 4
    shown = [f"+{country}", area] if hidden >= 2 else [f"+{country}"]
    return " ".join([*shown, _DOTS, digits[-4:-2], digits[-2:]])


def mask_in_text(text: str) -> str:
    """The text with every run of seven or more digits masked, for logs; moments of ISO 8601 stay readable."""
    return _IN_TEXT.sub(_mask_match, text)


def _mask_match(match: re.Match[str]) -> str:
    found = match.group()
    if match["moment"]:
        return found
    return mask("+" * found.startswith("+") + _digits_of(found))


def _read(raw: str | None, region: str) -> str | None:
    text = _clean(raw or "")
    if text.lower() in _HIDDEN or not any(map(str.isalnum, text)):
        return None
    if not _DIALABLE.fullmatch(text):
        return text
    digits = _digits_of(text)
    if text.startswith("+"):
        return _international_digits(digits) or f"+{digits}"
    return _local_digits(digits, region) or digits


def _clean(raw: str) -> str:
    """The user part of what a vendor wraps a number in: a display name, a scheme, a host, parameters."""
    text = _printable(raw[:_LONGEST_RAW])
    _, bracket, inside = text.rpartition("<")
    if bracket and (inside := inside.partition(">")[0].strip()):
        text = inside
    scheme = _SCHEME.match(text)
    if scheme:
        text = text[scheme.end() :].partition(";")[0].strip()
    user, at, _ = text.partition("@")
    if at and (_DIALABLE.fullmatch(user) or user.lower() in _HIDDEN):
        text = user
    return text[:_LONGEST_KEPT].strip()


def _printable(raw: str) -> str:
    """One line of printable characters; digits of any script are ASCII digits, marks of direction are gone."""
    if raw.isascii() and raw.isprintable():
        return raw.strip()
    kept = (_ascii_digit(char) for char in " ".join(raw.split()))
    return "".join(char for char in kept if char.isprintable()).strip()


def _ascii_digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _digits_of(text: str) -> str:
    return "".join(_ascii_digit(char) for char in text if char.isdecimal())


def _international_digits(digits: str) -> str | None:
    """Digits that begin with a country code."""
    number = _parse(f"+{digits}", None)
    return _e164(number) if number and phonenumbers.is_valid_number(number) else None


def _local_digits(digits: str, region: str) -> str | None:
    """Digits as dialled in the region, or of another country whose plus was lost on the way."""
    number = _parse(digits, region)
    if number and phonenumbers.is_valid_number(number):
        return _e164(number)
    return _foreign_digits(digits) or _possible_digits(number, digits)


def _foreign_digits(digits: str) -> str | None:
    whole = digits.removeprefix("00")
    if len(whole) < 9:
        return None
    if valid := _international_digits(whole):
        return valid
    # Numbering plans grow: eleven digits that a country may have are its number; fewer may be anything.
    number = _parse(f"+{whole}", None) if len(whole) >= 11 else None
    return f"+{whole}" if number and phonenumbers.is_possible_number(number) else None


def _possible_digits(number: PhoneNumber | None, digits: str) -> str | None:
    """A number the region may have; without a trunk prefix before it, it is a guess, and nobody dials guesses."""
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    return _e164(number) if phonenumbers.national_significant_number(number) != digits else None


@lru_cache(maxsize=4096)  # a card shows the number that was read a moment ago; nobody changes what is found here
def _parse(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str:
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"


def _international(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _groups(number: PhoneNumber) -> list[str]:
    text = _international(number)
    if number.country_code not in _PAIRED:
        return [text]
    groups = re.split(r"[\s-]", text)
    last = groups[-1]
    return [*groups[:-1], last[:2], last[2:]] if len(last) == 4 else groups


def is_region(code: str) -> bool:
    """Whether a country's numbering plan is known by this ISO 3166 code (two capital letters)."""
    return code in phonenumbers.SUPPORTED_REGIONS
