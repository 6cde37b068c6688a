"""How somebody who is to be forgotten is named: by a number, by Telegram's name or id, by what a site calls him."""

from __future__ import annotations

import pytest

from followup.errors import FollowupError
from followup.retention.whom import Whom, whom


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" 067 123-45-67 ", Whom(said="+380671234567", number="+380671234567")),
        ("tel:+380671234567", Whom(said="+380671234567", number="+380671234567")),
        ("@Anna_K", Whom(said="@anna_k", username="anna_k")),
        ("tg:123456789", Whom(said="telegram:123456789", channel="telegram", account="123456789")),
        ("TG:123456789", Whom(said="telegram:123456789", channel="telegram", account="123456789")),
        ("email:anna@example.com", Whom(said="email:anna@example.com", channel="email", account="anna@example.com")),
        ("webform:anna:k", Whom(said="webform:anna:k", channel="webform", account="anna:k")),
        ("old-login", Whom(said="old-login", number="old-login")),
    ],
)
def test_who_is_meant(text, found):
    assert whom(text, "UA") == found
    assert whom(found.said, "UA") == found, "what is told is read again"


@pytest.mark.parametrize("text", ["", "   ", "anonymous", "@"])
def test_nobody_is_meant(text):
    with pytest.raises(FollowupError) as refused:
        whom(text, "UA")
    assert refused.value.key == "bad_number"
