"""The blacklist on a ticket's card: by a head, of whoever writes or calls, and off it again."""

from __future__ import annotations

import pytest

from tests.stories.desk import all_tickets, only_ticket, writes_on_site
from tests.stories.letterbox_stage import client, greeted, letterbox, stored
from tests.stories.test_tickets_contacts import attaches, open_cases
from tests.stories.touch import has_button
from tests.stories.world import ANNA, BORYS, shown_text

WORDS = {
    "en": ("Blacklist", "Yes, blacklist", "blacklist this client?", "Blacklisted", "Unblock"),
    "ru": (
        *("В чёрный список", "Да, в чёрный список", "добавить клиента в чёрный список?"),
        *("В чёрном списке", "Разблокировать"),
    ),
    "uk": (
        *("У чорний список", "Так, у чорний список", "додати клієнта до чорного списку?"),
        *("У чорному списку", "Розблокувати"),
    ),
}


async def blocks(world, ticket: int) -> None:
    """The head means it."""
    await world.iryna.presses("⋯", under=f"🎫 #{ticket}")
    await world.iryna.presses("Blacklist", under=f"🎫 #{ticket}")
    assert await world.iryna.presses("Yes, blacklist", under=f"🎫 #{ticket}") == "🚫 Blacklisted"
    world.iryna.sees(f"🎫 #{ticket}", "🚫 Blacklisted")


@pytest.mark.parametrize("language", WORDS)
async def test_who_only_writes_is_blocked_and_unblocked_by_a_head(database, language):
    block, yes, asked, told, unblock = WORDS[language]
    async with letterbox(database, language=language) as world:
        marta = client(world)
        await greeted(marta, "first")
        card = world.olga.sees("🎫", "first")
        await world.iryna.presses("⋯")
        await world.iryna.presses(block)
        world.iryna.sees("🎫", asked)
        await world.iryna.presses(yes)
        assert world.iryna.sees("🎫", told, "first")["message_id"] == card["message_id"]
        await marta.writes("second")
        assert len(await stored(world)) == 1
        assert not world.unseen()
        await world.iryna.presses("⋯", under="🎫")
        assert not has_button(world.iryna.sees("🎫"), block)
        await world.iryna.presses(unblock)
        assert told not in shown_text(world.iryna.sees("🎫"))
        await marta.writes("third")
        world.olga.sees("🎫", "third")
        assert len(await stored(world)) == 2
        world.look_away()


async def test_only_who_leads_blocks(world):
    await writes_on_site(world, "Hello", client=None, client_account="marta", client_name="Marta")
    ticket = await only_ticket(world)
    await world.olga.presses("⋯")
    assert "Only the head" in await world.olga.presses("Blacklist")
    for op in ("block", "blockyes", "unblock"):
        assert "Only the head" in await world.olga.forges(f"t:{op}:{ticket['id']}:")
        assert "not in this team" in await world.zoya.forges(f"t:{op}:{ticket['id']}:")
    await world.forward(minutes=3)  # nobody chose anything
    assert "Blacklisted" not in shown_text(world.olga.sees("🎫"))
    world.look_away()


async def test_who_writes_from_a_site_is_not_heard_either(world):
    await writes_on_site(world, "Hello", client=None, client_account="marta", client_name="Marta")
    await blocks(world, 1)
    await writes_on_site(world, "Buy my seeds", client=None, client_account="marta", client_name="Marta")
    await writes_on_site(world, "Hello", client=None, client_account="petro", client_name="Petro")
    world.olga.does_not_see("seeds")
    world.olga.sees("🎫 #2", "Petro")
    world.iryna.sees("🎫 #1", "🚫 Blacklisted")


async def test_whoever_calls_is_blocked_by_his_number(world):
    """With his open case, which it closes; and one who has no case now, for whatever comes."""
    await world.call(ANNA)
    await world.olga.writes("/start t_1")
    world.look_away()
    await world.iryna.presses("⋯", under="Missed")
    await world.iryna.presses("Ticket", under="Missed")
    await blocks(world, 1)
    world.iryna.sees("⚫", "Blacklisted", "Iryna")
    assert await open_cases(world) == 0
    world.look_away()
    await world.forward(minutes=1)
    await world.call(ANNA)
    assert not world.unseen()
    await world.iryna.presses("⋯", under="🎫 #1")
    assert await world.iryna.presses("Unblock", under="🎫 #1") == "Taken off the blacklist"
    await world.forward(minutes=1)
    await world.call(ANNA)
    world.olga.sees("🔴", "Missed")
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=True, extension="101")
    assert await open_cases(world) == 0
    await blocks(world, 1)
    world.look_away()
    await world.forward(minutes=1)
    await world.call(ANNA)
    assert not world.unseen()
    assert await open_cases(world) == 0


async def test_a_blocked_account_stays_blocked_at_whomever_it_is_attached_to(world):
    await world.call(BORYS)
    await writes_on_site(world, "Hello", client=None, client_account="marta", client_name="Marta")
    world.look_away()
    await blocks(world, 2)
    await attaches(world, 2, "3344")
    world.olga.sees("🎫 #2", "+380 50 ••• 33 44", "🚫 Blacklisted")
    await writes_on_site(world, "Buy my seeds", client=None, client_account="marta", client_name="Marta")
    world.olga.does_not_see("seeds")
    await world.call(BORYS)
    world.olga.sees("🔴", "×2")
    assert {ticket["client_id"] for ticket in await all_tickets(world)} == {1}
    world.look_away()
