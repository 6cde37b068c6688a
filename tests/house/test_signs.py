"""The page draws the signs itself where no font has them in colour: none that a message uses may be an empty box."""

from __future__ import annotations

from tests.house.source import ROOT

# In every font.
_PLAIN = set("✂✖☰ⓘ←→↑↓•…")


def _is_sign(character: str) -> bool:
    return ord(character) >= 0x1F000 or 0x2600 <= ord(character) <= 0x27BF or 0x23E9 <= ord(character) <= 0x23FA


def test_every_sign_of_a_message_is_drawn_on_the_page():
    drawn = (ROOT / "sandbox/web/emoji.js").read_text()
    templates = list((ROOT / "templates").rglob("*.j2"))
    assert templates
    used = {sign for path in templates for sign in path.read_text() if _is_sign(sign)}
    assert len(used) > 30
    assert sorted(used - _PLAIN - set(drawn)) == []
