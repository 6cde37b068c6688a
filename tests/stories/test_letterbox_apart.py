"""Nothing leaks: between clients, between companies, to strangers, through forged links and replies (promise 17)."""

from __future__ import annotations

import pytest
import pytest_asyncio

from followup.notices import store as notices
from followup.teams import actions as teams
from followup.tickets.letterbox_entry import entry_payload
from tests.stories.clockwork import start_in_private, with_text
from tests.stories.doors import change
from tests.stories.letterbox_stage import (
    OTHER_GROUP,
    account_rows,
    borealis,
    client,
    greeted,
    letterbox,
    link,
    sends,
    stored,
    ticket_rows,
)
from tests.stories.world import ANNA, GROUP, shown_text


@pytest_asyncio.fixture
async def box(database):
    async with letterbox(database) as world:
        yield world


def said_to(box, chat):
    return "\n".join(shown_text(m) for m in box.messages(chat))


async def test_two_clients_at_once_never_get_one_anothers_words(box):
    marta, petro = client(box, "Marta"), client(box, "Petro")
    await greeted(marta, "Marta asks")
    await greeted(petro, "Petro asks")
    cards = {name: box.olga.sees("🎫", name) for name in ("Marta", "Petro")}
    for round_ in range(3):
        look_alike = box.telegram.world
        for person in (marta, petro):
            look_alike.say(person.id, person.id, f"{person.name} says {round_}")
            look_alike.send(person.id, person.id, "photo", caption=f"{person.name} shows {round_}")
        for person in (petro, marta):
            card = cards[person.name]["message_id"]
            look_alike.say(box.olga.id, GROUP, f"for {person.name} {round_}", reply_to_message_id=card)
        await box.settle()
    for person, other in ((marta, "Petro"), (petro, "Marta")):
        assert other not in said_to(box, person.id)
        assert [text for text in said_to(box, person.id).splitlines() if text.startswith("for ")] == [
            f"for {person.name} {round_}" for round_ in range(3)
        ]
    for message in box.messages():
        for name, other in (("Marta", "Petro"), ("Petro", "Marta")):
            under = message.get("reply_to_message_id") == cards[name]["message_id"]
            assert not (under and other in shown_text(message))
    box.look_away()


async def test_a_team_sees_its_own_clients_only(box):
    await borealis(box, "Taras", text_channel="on")
    marta, petro = client(box, "Marta"), client(box, "Petro")
    await marta.writes(link(box))
    await petro.writes(link(box, 2))
    await marta.writes("for Aurora")
    await petro.writes("for Borealis")
    assert "for Borealis" not in said_to(box, GROUP)
    assert "for Aurora" not in said_to(box, OTHER_GROUP)
    assert "Aurora" in said_to(box, marta.id)
    assert "Borealis" not in said_to(box, marta.id)
    assert "for Borealis" in said_to(box, OTHER_GROUP)
    box.look_away()


async def test_with_two_companies_and_no_link_nobody_guesses_which_is_meant(box):
    await borealis(box, text_channel="on")
    marta = client(box)
    await marta.writes("Hello")
    assert box.messages(marta.id) == []
    await marta.writes("/start")
    marta.sees_in_private(str(marta.id))
    assert await account_rows(box) == []


async def test_he_writes_to_whom_he_came_last_but_answers_whom_he_answers(box):
    await borealis(box, "Taras", text_channel="on")
    marta = client(box)
    await marta.writes(link(box))
    await marta.writes("one")
    await box.olga.says("Aurora here", reply_to=box.olga.sees("🎫"))
    await box.forward(minutes=1)
    await marta.writes(link(box, 2))
    await marta.writes("two")
    await marta.writes("three", reply_to=marta.sees_in_private("Aurora here"))
    assert [(row["team_id"], row["text"]) for row in await stored(box) if not row["is_ours"]] == [
        (1, "one"),
        (2, "two"),
        (1, "three"),
    ]
    await box.forward(minutes=1)
    await marta.writes(link(box))
    await marta.writes("four")
    assert (await stored(box))[-1]["team_id"] == 1
    box.look_away()


async def test_words_for_a_company_that_takes_none_any_more_are_given_to_no_other(box):
    await borealis(box, "Taras", text_channel="on")
    marta = client(box)
    for number in (2, 1):
        await marta.writes(link(box, number))
        await box.forward(minutes=1)
    await marta.writes("one")
    await box.olga.says("Aurora here", reply_to=box.olga.sees("🎫"))
    answer = marta.sees_in_private("Aurora here")
    await change(box, text_channel="off")
    await marta.writes("for Aurora alone")
    await marta.writes("this too", reply_to=answer)
    assert [(row["team_id"], row["text"]) for row in await stored(box) if not row["is_ours"]] == [(1, "one")]
    await marta.writes("/start")
    await box.forward(minutes=1)
    await marta.writes(link(box, 2))
    await marta.writes("for Borealis")
    assert (await stored(box))[-1]["team_id"] == 2
    box.look_away()


FORGED = ["c_", "c_1", "c_1_", "c_1_0123456789abcdef0123456789abcdef", "c_x_y", "c_²_1", "c_99999999999999999999_1"]


@pytest.mark.parametrize("payload", FORGED)
async def test_a_forged_link_opens_nothing(box, payload):
    await borealis(box, text_channel="on")
    marta = client(box)
    await marta.writes(f"/start {payload}")
    marta.sees_in_private(str(marta.id))
    assert await account_rows(box) == []


async def test_the_link_of_a_team_that_takes_no_words_and_that_of_another_installation_open_nothing(box):
    await borealis(box, text_channel="off")
    petro = client(box, "Petro")
    await petro.writes(link(box, 2))
    assert {row["team_id"] for row in await account_rows(box)} <= {1}
    own = entry_payload(box.works.seal, 1)
    assert own != entry_payload(type(box.works.seal)("a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U="), 1)
    assert len(own) <= 64
    box.look_away()


async def test_a_member_is_a_member_in_private_unless_he_came_by_a_link(box):
    await borealis(box, text_channel="on")
    await start_in_private(box, "Olga")
    await box.olga.writes("Is anybody here?")
    assert await stored(box) == []
    await box.olga.writes(link(box, 2))
    box.olga.sees_in_private("You are writing to", "Borealis")
    await box.olga.writes("I want to buy")
    assert [(row["team_id"], row["text"]) for row in await stored(box)] == [(2, "I want to buy")]
    await box.olga.writes("/help")
    assert len(await stored(box)) == 1
    box.look_away()


async def test_her_own_teams_link_makes_no_client_of_her(box):
    await start_in_private(box, "Olga")
    await box.olga.writes(link(box))
    box.olga.sees_in_private("This link is for clients", "Aurora")
    await box.olga.writes("test")
    assert await account_rows(box) == await stored(box) == []


async def test_a_client_who_is_hired_is_a_member_from_then_on(box):
    marta = client(box)
    await greeted(marta)
    card = box.olga.sees("Marta")
    async with box.database.write() as c:
        new = teams.NewMember(name="Marta", telegram_id=marta.id, role="manager", extensions=[])
        marta.member_id = await teams.add_member(c, box.team_id, new, box.clock.now())
    await marta.writes("/start")
    marta.sees_in_private("Hello, Marta!")
    await marta.writes("Is anybody here?")
    assert len(await stored(box)) == 1
    await box.olga.says("Welcome", reply_to=card)
    box.olga.sees("Not sent")
    async with box.database.read() as c:
        chat = await notices.private_chat(c, box.team_id, marta.member_id)
    assert chat is not None
    assert chat.telegram_id == marta.id
    box.look_away()


async def test_a_member_of_both_companies_answers_each_client_from_where_his_card_stands(box):
    await borealis(box, "Taras", text_channel="on")
    marta = client(box)
    await marta.writes(link(box, 2))
    await marta.writes("Hello")
    card = box.taras.sees("Marta", chat=OTHER_GROUP)
    await box.olga.says("I am no member here", chat=GROUP)
    # Message ids count by chat: the same id in the other group is another message.
    for chat, person in ((GROUP, box.olga), (GROUP, box.taras)):
        box.telegram.world.feed.push("message", forged(box, person, chat, card["message_id"]))
    await box.settle()
    assert "forged" not in said_to(box, marta.id)
    await box.taras.says("Yes", chat=OTHER_GROUP, reply_to=card)
    assert "Yes" in said_to(box, marta.id)
    box.look_away()


def forged(box, person, chat, message_id):
    """A reply in one chat to a message that stands in another one."""
    place = {"id": chat, "type": "group", "title": "x"}
    author = {"id": person.id, "is_bot": False, "first_name": person.name}
    base = {"date": int(box.clock.now().timestamp()), "chat": place}
    replied = base | {"message_id": message_id, "from": {"id": 42, "is_bot": True, "first_name": "bot"}, "text": "🎫"}
    return base | {"message_id": 777_000 + person.id, "from": author, "text": "forged", "reply_to_message": replied}


async def test_a_reply_in_a_foreign_chat_goes_nowhere(box):
    marta = client(box)
    await greeted(marta)
    card = box.olga.sees("Marta")
    box.telegram.world.add_chat("group", id=-900, title="Elsewhere", members=[box.olga.id, box.zoya.id, 42])
    for person in (box.olga, box.zoya):
        box.telegram.world.feed.push("message", forged(box, person, -900, card["message_id"]))
        box.telegram.world.feed.push("message", forged(box, person, marta.id, card["message_id"]))
    await box.settle()
    assert len(box.messages(marta.id)) == len(await stored(box)) == 1
    box.look_away()


async def test_a_client_presses_and_replies_in_his_own_chat_and_reaches_nothing_of_the_team(box):
    await box.call(ANNA)
    box.olga.sees("🔴")
    marta = client(box)
    await greeted(marta)
    box.olga.sees("Marta")
    for data in ("c:take:1:", "c:number:1:", "t:take:1:", "t:show:1:", "s:queue:0:", "s:page:1:2"):
        told = await marta.forges(data, chat=marta.id)
        assert "not yours" in told, (data, told)
    await marta.writes("a reply", reply_to=box.messages(marta.id)[0])
    assert [row["is_ours"] for row in await stored(box)] == [False, False]
    [ticket] = [row for row in await ticket_rows(box) if row["kind"] == "text"]
    assert ticket["owner_id"] is None
    box.look_away()


async def test_nothing_meant_for_the_team_is_sent_to_a_client(box):
    marta = client(box)
    await greeted(marta)
    before = box.messages(marta.id)
    await box.call(ANNA)
    await sends(box.olga, "photo", chat=GROUP)
    await box.forward(hours=3)
    await box.forward(hours=9)
    assert box.messages(marta.id) == before
    assert not with_text(box, "🔴", marta.id)
    box.look_away()
