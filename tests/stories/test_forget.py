"""A client asks to be forgotten: what told of him goes from the database and from the chats; what was counted stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from followup.digests.figures import day_figures, today
from followup.hours import local_day
from followup.retention.actions import forget
from followup.teams.desk import Desk
from storage.retention import overwrite_freed
from tests.stories.clockwork import start_in_private, with_text
from tests.stories.world import ANNA, BORYS, GROUP, SALES, iso, labels, shown_text

SPELLINGS = ("671234567", "67 123 45 67", "67-123-45-67", "067123", "Anna")


async def erase(world, number=ANNA):
    async with world.database.write() as c:
        desk = Desk(c, await world.works.shelf.book(c, world.team_id), world.clock.now())
        receipt = await forget(desk, world.works.seal, number)
    await world.settle()
    return receipt


async def a_busy_day(world):
    """Anna misses us twice, orders, writes; people take, note, handle; her number is in every kind of message."""
    await start_in_private(world, "Olga", "Iryna")
    await world.call(ANNA, client_name="Anna K.", recording_url=f"https://pbx.example/rec/{ANNA}.mp3")
    await world.olga.presses("Take")
    await world.olga.presses("Call back")
    await world.olga.presses("⋯")
    await world.olga.presses("Note")
    await world.olga.says("Anna asks for the price", reply_to=world.messages()[-1])
    await world.forward(minutes=16)
    await world.call("067 123 45 67", call_id="pbx-380671234567-1")
    await world.call(BORYS)
    await world.forward(minutes=40)
    ordered = {"type": "order", "order_id": "w-0671234567", "widget": "site", "client": "0671234567"}
    await world.post(ordered | {"ordered_at": iso(world.clock.now()), "topic": "Price for Anna", "name": "Anna"})
    wrote = {"type": "message", "message_id": "m-1", "channel": "webform", "entry_point": "site", "text": "I am Anna"}
    await world.post(
        wrote | {"client": "+38 (067) 123-45-67", "client_account": "anna_k", "at": iso(world.clock.now())}
    )
    await world.olga.says("/missed")
    await world.olga.says("/digest")
    world.look_away()


async def everything(database):
    """Every text in the database."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if not database.is_sqlite:
        tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    async with database.read() as c:
        found = {}
        for (name,) in (await c.exec_driver_sql(tables)).all():
            rows = (await c.exec_driver_sql(f'SELECT * FROM "{name}"')).all()
            found[name] = str([[v.decode("latin-1") if isinstance(v, bytes) else v for v in row] for row in rows])
    return found


async def test_neither_the_database_nor_the_chats_say_the_number_or_the_name_any_more(world):
    await a_busy_day(world)
    before = await everything(world.database)
    assert any("671234567" in told for told in before.values())
    receipt = await erase(world)
    assert receipt is not None
    after = await everything(world.database)
    # What people write to the bot themselves is theirs; what the bot keeps of it is not.
    strays = [(name, word) for name, told in after.items() for word in SPELLINGS if word in told]
    assert strays == []
    said = [
        shown_text(m) + str(labels(m))
        for place in (GROUP, world.olga.id, world.iryna.id)
        for m in world.messages(place)
    ]
    assert [text for text in said if any(word in text for word in (*SPELLINGS, "45 67"))] == []
    assert with_text(world, "Erased at the client's request")
    assert receipt.messages_edited >= 4
    world.look_away()


async def test_the_receipt_counts_rows_names_what_stays_and_says_no_number(world):
    await a_busy_day(world)
    await world.olga.says("/missed")
    await world.olga.presses("Export", under="Aurora")
    await world.olga.presses("CSV", under="Aurora")
    [file] = [m for m in world.messages() if m.get("document")]
    told = (await erase(world)).as_json()
    assert told["rows"].items() >= {"calls": 2, "orders": 1, "messages": 1, "numbers": 1, "clients": 1}.items()
    assert told["teams"] == ["Aurora"]
    assert len(told["number_hash"]) == 64
    files = [item for item in told["not_erased"] if item["what"] == "file"]
    assert files == [{"what": "file", "team": "Aurora", "chat": GROUP, "message_id": file["message_id"]}]
    assert any(item["what"] == "answer" for item in told["not_erased"])
    assert not any(word in json.dumps(told, ensure_ascii=False) for word in SPELLINGS)
    world.look_away()


async def figures(world):
    async with world.database.read() as c:
        desk = Desk(c, await world.works.shelf.book(c, world.team_id), world.clock.now())
        return await day_figures(desk, local_day(today(desk), "Europe/Kyiv"))


async def test_what_was_counted_stays_and_the_open_case_is_closed_by_hand(world):
    await a_busy_day(world)
    before = await figures(world)
    await erase(world)
    after = await figures(world)
    assert (after.calls, after.clients, after.missed, after.orders) == (
        before.calls,
        before.clients,
        before.missed,
        before.orders,
    )
    assert (after.open, after.manual) == (before.open - 1, before.manual + 1)
    world.look_away()


async def test_others_in_the_same_lists_stay(world):
    await a_busy_day(world)
    await erase(world)
    assert with_text(world, "22 33" if "22 33" in world.transcript() else "33 44")
    async with world.database.read() as c:
        assert (await c.exec_driver_sql(f"SELECT count(*) FROM numbers WHERE number = '{BORYS}'")).scalar() == 1
    world.look_away()


async def test_twice_is_once_and_a_stranger_is_nobody(world):
    await a_busy_day(world)
    first = await erase(world)
    again = await erase(world)
    assert again.number_hash == first.number_hash
    assert (again.rows.total(), again.messages_edited) == (0, 0)
    stranger = await erase(world, "+380999999999")
    assert stranger is None, stranger.as_json()
    world.look_away()


async def test_later_words_of_a_forgotten_call_bring_nobody_back(world):
    call = world.inbound(ANNA, missed=True)
    order = {"type": "order", "order_id": "w-1", "widget": "site", "client": ANNA, "ordered_at": iso(world.clock.now())}
    await world.post([call, order])
    await erase(world)
    await world.post([call | {"recording_url": "https://pbx.example/1.mp3"}, order | {"name": "Anna"}])
    assert not any("671234567" in told for name, told in (await everything(world.database)).items() if name != "inbox")
    world.look_away()


async def orders_of(world):
    async with world.database.read() as c:
        rows = await c.exec_driver_sql("SELECT widget, is_returning FROM orders ORDER BY id")
        return [(row[0], bool(row[1])) for row in rows]


async def test_an_erased_number_is_not_new_again_on_its_widget(world):
    order = {"type": "order", "order_id": "w-1", "widget": "site", "client": ANNA, "ordered_at": iso(world.clock.now())}
    await world.post(order)
    await erase(world)
    await world.forward(days=1)
    later = {"ordered_at": iso(world.clock.now())}
    await world.post([order | later | {"order_id": "w-2"}, order | later | {"order_id": "w-3", "widget": "shop"}])
    await world.post(order | later | {"order_id": "w-4", "client": BORYS})
    assert await orders_of(world) == [("site", False), ("site", True), ("shop", False), ("site", False)]
    world.look_away()


async def test_a_request_that_waits_goes_on_as_a_hidden_callers(world):
    await world.call(ANNA)
    await world.post(world.inbound("067-123-45-67", missed=True), settle=False)
    await erase(world)
    assert not any(word in told for told in (await everything(world.database)).values() for word in SPELLINGS)
    assert with_text(world, "Hidden number")
    world.look_away()


async def test_a_merged_client_is_forgotten_whole(world):
    await world.call(ANNA)
    await world.olga.presses("⋯")
    await world.olga.presses("Another number")
    await world.olga.says(BORYS, reply_to=world.messages()[-1])
    receipt = await erase(world)
    assert receipt.rows["numbers"] == 2
    told = await everything(world.database)
    assert not any(word in text for text in told.values() for word in ("671234567", "502223344"))
    assert SALES in str(told["lines"])
    world.look_away()


# --- in Telegram ------------------------------------------------------------------------------------------------------


async def test_the_head_forgets_in_private_after_one_more_question(world):
    await a_busy_day(world)
    await world.iryna.writes("/forget 067 123-45-67")
    question = world.iryna.sees_in_private("Erase everything", "45 67")
    assert "671234567" not in json.dumps(question)
    await world.iryna.presses("Erase for good", chat=world.iryna.id)
    done = world.iryna.sees_in_private("Erased", "messages are being edited")
    assert done["message_id"] == question["message_id"]
    told = await everything(world.database)
    assert [(name, word) for name, text in told.items() for word in SPELLINGS if word in text] == []
    everybody = json.dumps(world.telegram.world.messages(world.iryna.id), default=str)
    assert "/forget 067" not in everybody or '"deleted": true' in everybody
    world.look_away()


async def test_keep_it_keeps_it_and_forgets_the_question(world):
    await world.call(ANNA)
    await start_in_private(world, "Iryna")
    await world.iryna.writes(f"/forget {ANNA}")
    await world.iryna.presses("Keep it", chat=world.iryna.id)
    world.iryna.sees_in_private("Nothing was erased")
    async with world.database.read() as c:
        assert ANNA not in str((await c.exec_driver_sql("SELECT params FROM screens")).all())
    await world.call(ANNA)
    assert with_text(world, "×2")
    world.look_away()


@pytest.mark.parametrize(
    ("who", "where", "text", "told"),
    [
        ("Olga", "private", f"/forget {ANNA}", "Only the head or the owner"),
        ("Iryna", "group", f"/forget {ANNA}", "Only in a private chat"),
        ("Iryna", "private", "/forget +380999999999", "Nothing is known"),
        ("Iryna", "private", "/forget", "not a phone number"),
    ],
)
async def test_who_may_not_and_where_not_is_told_in_words(world, who, where, text, told):
    await world.call(ANNA)
    await start_in_private(world, who)
    person = world.people[who]
    chat = person.id if where == "private" else GROUP
    await person.says(text, chat=chat)
    person.sees(told, chat=chat)
    world.look_away()


async def test_nobody_presses_for_the_head_and_nothing_is_done_twice(world):
    await world.call(ANNA)
    await start_in_private(world, "Iryna", "Olga")
    await world.iryna.writes(f"/forget {ANNA}")
    async with world.database.read() as c:
        screen = (await c.exec_driver_sql("SELECT max(id) FROM screens WHERE kind = 'forget'")).scalar()
    world.look_away()
    assert "not yours" in await world.olga.forges(f"s:forget:{screen}:")
    assert "not yours" in await world.zoya.forges(f"s:forget:{screen}:")
    await world.iryna.presses("Erase for good", chat=world.iryna.id)
    assert "no longer valid" in await world.iryna.forges(f"s:forget:{screen}:", chat=world.iryna.id)
    world.look_away()


async def test_the_bytes_of_the_file_do_not_hold_the_number(world):
    if not world.database.is_sqlite:
        pytest.skip("PostgreSQL's files are vacuumed by PostgreSQL")
    await a_busy_day(world)
    path = world.database.url.database
    await erase(world)
    await overwrite_freed(world.database)
    held = b"".join(each.read_bytes() for each in Path(path).parent.glob("perezvon.db*"))
    assert len(held) > 100_000
    assert [word for word in SPELLINGS if word.encode() in held] == []
    world.look_away()
