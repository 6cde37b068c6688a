"""A client who wrote asks to be forgotten: his words, his accounts and the copies of what he sent go, the counts stay."""

from __future__ import annotations

import json

import pytest
import pytest_asyncio

from tests.stories.clockwork import start_in_private, with_text
from tests.stories.desk import writes_on_site
from tests.stories.letterbox_stage import account_rows, client, greeted, letterbox, sends, stored, ticket_rows
from tests.stories.test_forget import erase, everything
from tests.stories.world import ANNA, BORYS, GROUP, Person, shown_text


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


MARTA = 512_345_678


async def only_wrote(box):
    """Somebody who never gave a number: found by what Telegram calls her, and by nothing else."""
    user = box.telegram.world.add_user("Marta Kvitka", id=MARTA, username="Marta_K", language_code="en")
    box.people["Marta"] = writer = Person(box, user.id, "Marta")
    await greeted(writer, "a secret wish")
    card = box.olga.sees("🎫", "Marta Kvitka")
    await sends(writer, "photo", caption="a secret door")
    await box.olga.says("a secret answer", reply_to=card)
    box.look_away()
    return writer


@pytest.mark.parametrize("named", ["@marta_k", f"tg:{MARTA}"])
async def test_whoever_only_writes_is_forgotten_by_what_telegram_calls_him(box, named):
    await only_wrote(box)
    before = await ticket_rows(box)
    receipt = await erase(box, named)
    after = await everything(box.database)
    words = ("secret", "Kvitka", "Marta_K", "marta_k", str(MARTA))
    assert [(table, word) for table, told in after.items() for word in words if word in told] == []
    assert not [m for m in box.messages() if "secret" in shown_text(m) or m.get("photo")]
    told = receipt.as_json()
    assert told["rows"].items() >= {"messages": 3, "accounts": 1, "tickets": 1}.items()
    assert "numbers" not in told["rows"]
    assert [item["what"] for item in told["not_erased"]] == ["answer"]
    assert [row["id"] for row in await ticket_rows(box)] == [row["id"] for row in before]
    assert [(row["state"], row["status"]) for row in await ticket_rows(box)] == [("closed", "refused")]
    again = await erase(box, f"tg:{MARTA}")
    assert again.rows.total() == 0
    box.look_away()


async def test_the_head_forgets_a_writer_after_one_more_question(box):
    await start_in_private(box, "Iryna")
    await only_wrote(box)
    await box.iryna.writes("/forget @Nobody_known")
    box.iryna.sees_in_private("Nothing is known of this client")
    await box.iryna.writes("/forget @Marta_K")
    box.iryna.sees_in_private("Erase everything about this client?", "@marta_k", "3 messages", "0 calls")
    await box.iryna.presses("Erase", chat=box.iryna.id)
    box.iryna.sees_in_private("Erased")
    assert [row["name"] for row in await account_rows(box)] == [None]
    box.look_away()


async def test_a_user_name_is_whose_it_is_now(box):
    """Marta gives her name up and Petro takes it: he is who is meant."""
    marta = await only_wrote(box)
    user = box.telegram.world.users[marta.id]
    user.username = None
    petro = client(box, "Petro")
    box.telegram.world.users[petro.id].username = "marta_k"
    await greeted(petro, "my wish")
    assert [(row["name"], row["username"]) for row in await account_rows(box)] == [
        ("Marta Kvitka", None),
        ("Petro", "marta_k"),
    ]
    await erase(box, "@marta_k")
    assert [row["name"] for row in await account_rows(box)] == ["Marta Kvitka", None]
    box.look_away()


async def test_who_writes_from_a_site_is_forgotten_by_what_it_calls_him(box):
    await writes_on_site(box, "a secret wish", client=None, client_account="anna@example.com", client_name="Wilhelmina")
    await writes_on_site(box, "another wish", client=None, client_account="b@example.com", client_name="Petro")
    receipt = await erase(box, "webform:anna@example.com")
    after = await everything(box.database)
    words = ("secret", "Wilhelmina", "anna@example")
    assert [(table, word) for table, told in after.items() for word in words if word in told] == []
    assert receipt.rows["messages"] == 1
    box.olga.sees("🎫", "Petro", "another wish")
    box.look_away()


async def test_the_head_sees_by_what_he_may_be_named_where_numbers_are_not_masked(box):
    await start_in_private(box, "Iryna")
    await only_wrote(box)
    await box.iryna.writes("/start t_1")
    for chat in (box.iryna.id, GROUP):
        for button in ("⋯", "History", "The whole contact"):
            await box.iryna.presses(button, chat=chat)
    box.iryna.sees_in_private("👤 Marta Kvitka", f"💬 @marta_k, tg:{MARTA}")
    assert "marta_k" not in shown_text(box.iryna.sees("👤 Marta Kvitka"))
    await erase(box, "@marta_k")
    assert not [m for m in box.messages(box.iryna.id) if "marta_k" in shown_text(m)]
    box.look_away()
