"""A client who wrote asks to be forgotten: his words, his accounts and the copies of what he sent go, the counts stay."""

from __future__ import annotations

import json

import pytest_asyncio

from tests.stories.clockwork import start_in_private, with_text
from tests.stories.letterbox_stage import account_rows, client, greeted, letterbox, sends, stored, ticket_rows
from tests.stories.test_forget import erase, everything
from tests.stories.world import ANNA, BORYS, GROUP, shown_text


@pytest_asyncio.fixture
async def box(database):
    async with letterbox(database) as world:
        yield world


async def joined(box, name="Wilhelmina"):
    """Somebody who wrote, sent, shared the number and was answered."""
    await start_in_private(box, "Olga")
    writer = client(box, name)
    await greeted(writer, "a secret wish")
    card = box.olga.sees("🎫", name)
    await sends(writer, "contact", phone=ANNA, of_user_id=writer.id)
    await sends(writer, "photo", caption="a secret door")
    await box.olga.says("a secret answer", reply_to=card)
    await writer.writes("a secret word " * 20)
    box.look_away()
    return writer


async def test_nothing_of_what_he_wrote_is_left_in_the_database_or_in_the_teams_chats(box):
    writer = await joined(box)
    await box.call(ANNA)
    before = await everything(box.database)
    assert any("secret" in told for told in before.values())
    receipt = await erase(box)
    after = await everything(box.database)
    words = ("secret", "Wilhelmina", "671234567", str(writer.id))
    # "Olga answered" is Olga's own message: what the bot was told of it is gone, too.
    assert [
        (table, word) for table, told in after.items() for word in words if word in told and table != "updates"
    ] == []
    assert not [word for word in ("wish", "Wilhelmina", "671234567") if word in after["updates"]]
    assert not [m for m in box.messages() if "secret" in shown_text(m) or m.get("photo")]
    assert with_text(box, "Erased at the client's request")
    told = receipt.as_json()
    assert told["rows"].items() >= {"messages": 5, "accounts": 1, "tickets": 2}.items()
    assert [item["what"] for item in told["not_erased"]] == ["answer"]
    assert "secret" not in json.dumps(told)
    box.look_away()


async def test_the_ticket_is_closed_and_still_counted(box):
    await joined(box)
    before = await ticket_rows(box)
    await erase(box)
    after = await ticket_rows(box)
    assert [row["id"] for row in after] == [row["id"] for row in before]
    assert [(row["state"], row["status"], row["comment"]) for row in after] == [("closed", "refused", None)]
    assert len(await stored(box)) == 5
    box.look_away()


async def test_whoever_writes_again_afterwards_is_somebody_new(box):
    writer = await joined(box)
    await erase(box)
    await writer.writes("Hello")
    writer.sees_in_private("You are writing to")
    assert [row["telegram_id"] for row in await account_rows(box)] == [None, writer.id]
    assert len([row for row in await ticket_rows(box) if row["state"] == "open"]) == 1
    box.look_away()


async def test_a_picture_that_is_too_old_to_delete_is_named_in_the_receipt(box):
    await joined(box)
    [photo] = [m for m in box.messages() if m.get("photo")]
    await box.forward(hours=49)
    receipt = await erase(box)
    named = [item for item in receipt.not_erased if item["what"] == "file"]
    assert named == [{"what": "file", "team": "Aurora", "chat": GROUP, "message_id": photo["message_id"]}]
    [left] = [m for m in box.messages() if m.get("photo")]
    assert "secret" not in shown_text(left)
    box.look_away()


async def test_others_stay_as_they_are(box):
    await joined(box)
    other = client(box, "Petro")
    await greeted(other, "another wish")
    await sends(other, "contact", phone=BORYS, of_user_id=other.id)
    await sends(other, "photo", caption="another door")
    await erase(box)
    box.olga.sees("🎫", "Petro", "another wish")
    assert [m["caption"] for m in box.messages() if m.get("photo")] == ["another door"]
    assert [row["name"] for row in await account_rows(box)] == [None, "Petro"]
    box.look_away()
