"""Codes to words: what a reason, a fate, a state or a role is called in the reader's language."""

from __future__ import annotations

from messenger.render import phrase

# X14: the default list of Handle reasons, in the order of the buttons.
BUILT_IN_REASONS = (
    "messenger",
    "mobile",
    "spam",
    "wrong_number",
    "duplicate",
    "not_client",
    "asked_not_to_call",
    "unreachable",
)
ANOTHER_REASON = "other"  # the code of a close with a free text (R18)


def miss_reason(code: str | None, language: str) -> str:
    """Why the call was missed (R14)."""
    return phrase("miss_reason", language, code)


def how_word(code: str | None, language: str) -> str:
    """How the case was closed (D10)."""
    return phrase("how_word", language, code)


def state_word(code: str, language: str) -> str:
    """How an unclosed case stands: open, taken, snoozed."""
    return phrase("state_word", language, code)


def role_word(code: str, language: str) -> str:
    """What a member may do, in one word."""
    return phrase("role_word", language, code)


def reason_title(code: str, language: str, title: str | None = None) -> str:
    """The label of a Handle reason: the team's own words where it has them."""
    return title or phrase("handle_reason", language, code)
