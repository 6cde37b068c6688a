"""What a site posts: a ticket's card, escaped and masked, and whole under it where the card must cut."""

from __future__ import annotations

import pytest

from tests.stories.world import ANNA, iso, shown_text


def posted(world, text, **other):
    """A message of a form."""
    message = {"type": "message", "message_id": "m-1", "channel": "webform", "entry_point": "site", "text": text}
    return message | {"client": ANNA, "client_name": "Anna & <Co>", "at": iso(world.clock.now())} | other


async def test_a_form_makes_a_card_that_is_escaped_and_hides_the_number(world):
    await world.post(posted(world, "Call\n+380 67 123-45-67 <now> </blockquote>"))
    told = shown_text(world.olga.sees("🎫", "Anna & <Co>", "<now> </blockquote>"))
    assert "123-45" not in told
    assert len(world.messages()) == 2  # the greeting and the card


@pytest.mark.parametrize("times", [1, 2])
async def test_a_text_as_long_as_the_door_takes_stands_under_the_card_whole_and_once(world, times):
    text = "&" + "ж" * 4094 + "."
    for _ in range(times):
        await world.post(posted(world, text + "cut off at the door" * 300, client=""))
    card = world.olga.sees("🎫", "Anna", "…")
    parts = [m for m in world.messages() if m.get("reply_to_message_id") == card["message_id"]]
    assert "".join(shown_text(part).partition("<Co>\n")[2] for part in parts) == text
    assert len(parts) == 2
    world.look_away()
