"""New contact, attached to a contact, and undone (G3, G4): numbers, accounts, cases and tickets move together."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from followup.cases.tables import cases
from followup.clients import store as clients
from followup.ledger.tables import ledger
from tests.stories.desk import all_tickets, writes_on_site
from tests.stories.test_orders import order
from tests.stories.touch import has_button, question
from tests.stories.world import ANNA, BORYS, VIRA, World, new_world, shown_text


async def open_cases(world: World) -> int:
    """How many clients wait."""
    async with world.database.read() as c:
        return len((await c.execute(select(cases.c.id).where(cases.c.state == "open"))).all())


async def attaches(world: World, ticket: int, whom: str, *, choice: str = "1") -> None:
    """Olga finds whose ticket it is and chooses the first."""
    await world.olga.presses("⋯", under=f"🎫 #{ticket}")
    await world.olga.presses("Attach", under=f"🎫 #{ticket}")
    await world.olga.says(whom, reply_to=question(world, f"whose ticket is it? #{ticket}"))
    assert await world.olga.presses(choice, under=f"🔗 #{ticket}") == "🔗 One contact from now on"


async def test_a_client_gets_a_name(world):
    """G3, G21: the name in the book goes before the account's and the number."""
    await world.call(BORYS)
    await world.olga.presses("⋯")
    await world.olga.presses("Ticket")
    await world.olga.presses("⋯", under="🎫")
    await world.olga.presses("New contact")
    asked = question(world, "what is the client called? #1 · +380 50 ••• 33 44")
    await world.olga.says("x" * 61, reply_to=asked)
    world.olga.sees("Too long: 61 characters")
    await world.olga.says("Borys <Ltd>", reply_to=asked)
    world.olga.sees("🎫 #1", "Borys <Ltd> · +380 50 ••• 33 44")
    world.olga.sees("Missed", "Borys <Ltd>")


async def test_a_written_ticket_joins_a_contact_and_leaves_it_again(world):
    await world.call(ANNA)
    await writes_on_site(world, "It is me", client=None, client_name="anna2000", client_account="anna2000")
    world.look_away()
    await attaches(world, 2, "4567")
    world.olga.sees("🎫 #2", "+380 67 ••• 45 67", "It is me")
    first, second = await all_tickets(world)
    assert first["client_id"] == second["client_id"]
    assert has_button(world.olga.sees("🎫 #2"), "1 more open")
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=True, extension="101")
    assert (await all_tickets(world))[1]["contact_at"] is not None, "a call of the client joins his open ticket (X8)"
    done = world.olga.sees("✅ Joined")
    assert has_button(done, "Undo the joining")
    assert "Separate clients" in await world.olga.presses("Undo the joining", under="✅ Joined")
    world.olga.sees("🔗 #2 · 4567", "1. 👤 +380 67 ••• 45 67")
    assert "no longer valid" in await world.olga.forges("s:undo:1:"), "taken back once"
    first, second = await all_tickets(world)
    assert first["client_id"] != second["client_id"]
    assert second["contact_at"] is None
    world.olga.sees("🎫 #2", "anna2000")
    async with world.database.read() as c:
        kinds = list(await c.scalars(select(ledger.c.kind).order_by(ledger.c.id)))
    assert [kind for kind in kinds if kind in ("merge", "unmerge")] == ["merge", "unmerge"]
    world.look_away()


async def test_two_numbers_of_one_client_become_one_case_and_one_ticket(world):
    await world.call(ANNA)
    await world.call(BORYS)
    assert await open_cases(world) == 2
    await world.olga.presses("⋯", under="33 44")
    await world.olga.presses("Ticket", under="33 44")
    world.look_away()
    await attaches(world, 2, "4567")
    assert await open_cases(world) == 1
    [ticket] = await all_tickets(world)
    assert ticket["id"] == 1
    world.olga.sees("🎫 #2", "It goes on in another ticket")
    await world.olga.presses("Open ticket", under="✅ Joined")
    assert "goes on in another" in await world.olga.forges("t:take:2:")
    await world.forward(minutes=5)
    await world.dial(BORYS, reached=True, extension="101")
    assert await open_cases(world) == 0
    assert (await all_tickets(world))[0]["contact_at"] is not None
    world.look_away()


async def test_numbers_joined_on_a_case_take_their_tickets_along_and_back(world):
    """X11: a merge on the card of a case is a merge of tickets, too."""
    await world.call(ANNA)
    await world.call(BORYS)
    assert len(await all_tickets(world)) == 2
    await world.olga.presses("⋯", under="45 67")
    await world.olga.presses("Another number", under="45 67")
    await world.olga.says(BORYS, reply_to=question(world, "which other number"))
    assert [ticket["id"] for ticket in await all_tickets(world)] == [1]
    await world.olga.presses("⋯", under="45 67")
    await world.olga.presses("Separate numbers", under="45 67")
    assert len(await all_tickets(world)) == 2
    assert len({ticket["client_id"] for ticket in await all_tickets(world)}) == 2
    world.look_away()


async def test_what_is_refused_when_joining(world):
    await world.call(ANNA)
    await world.call(VIRA)
    await writes_on_site(world, "Hello")
    world.look_away()
    ticket = (await all_tickets(world))[-1]["id"]
    await world.olga.presses("⋯", under=f"🎫 #{ticket}")
    await world.olga.presses("Attach")
    asked = question(world, "whose ticket is it?")
    await world.olga.says("nobody at all", reply_to=asked)
    world.olga.sees("Nothing is found by “nobody at all”")
    await world.olga.says("4567", reply_to=asked)
    world.olga.sees("🔗", "Anna K.")
    assert await world.olga.presses("1", under="🔗") == "It is this contact's already"
    assert "for Olga" in await world.taras.presses("1", under="🔗")
    await world.victor.presses("1", under="🔗")
    assert "not in this team" in await world.zoya.presses("1", under="🔗")
    assert "Anna" in shown_text(world.olga.sees(f"🎫 #{ticket}"))
    world.look_away()


async def called(world: World, ticket: int, words: str) -> None:
    """Olga says who the client of a ticket is."""
    await world.olga.presses("⋯", under=f"🎫 #{ticket}")
    await world.olga.presses("New contact", under=f"🎫 #{ticket}")
    await world.olga.says(words, reply_to=question(world, f"what is the client called? #{ticket}"))


async def test_a_name_given_by_a_person_stands_whatever_a_widget_or_a_site_calls_him(world):
    await writes_on_site(world, "Hello", client=BORYS, client_name="Borys")
    await called(world, 1, "Boris B.")
    world.olga.sees("🎫 #1", "Boris B.")
    await world.post(order(world, client=BORYS, name="Borys Borysenko the customer"))
    world.olga.sees("Callback order", "Boris B.")
    await writes_on_site(world, "Me again", client=BORYS, client_name="Borys Borysenko from the site")
    world.olga.sees("🎫 #1", "Boris B.", "Me again")
    for message in world.messages():
        assert "borysenko" not in shown_text(message).lower()


@pytest.mark.parametrize("by_whom", ["a person", "a PBX"])
async def test_a_pbx_renames_only_whom_no_person_has_named(world, by_whom):
    await world.call(BORYS)
    async with world.database.write() as c:
        number = await clients.find_number(c, world.team_id, BORYS)
        if by_whom == "a person":
            await clients.rename_client(c, world.team_id, number["client_id"], "Boris")
        else:
            await clients.name_client(c, world.team_id, number["id"], "Boris")
        await clients.name_client(c, world.team_id, number["id"], "BORYS BORYSENKO")
        [(name, _, _)] = (await clients.people(c, world.team_id, [number["client_id"]])).values()
    assert name == ("Boris" if by_whom == "a person" else "BORYS BORYSENKO")
    world.look_away()


async def test_a_given_name_goes_along_when_clients_are_joined_and_comes_back(world):
    await world.post(order(world, name="ANNA KOVALENKO 4567"))
    world.olga.sees("Callback order", "ANNA KOVALENKO")
    await writes_on_site(world, "It is me", client=None, client_name="anna2000", client_account="anna2000")
    await called(world, 1, "Anna from the fair")
    await attaches(world, 1, "4567")
    world.olga.sees("Callback order", "Anna from the fair")
    await world.post(order(world, key="w-2", name="ANNA KOVALENKO, THE LONGEST NAME EVER 4567"))
    world.olga.sees("Callback order", "Anna from the fair")
    await world.olga.presses("Undo the joining", under="✅ Joined")
    world.olga.sees("🎫 #1", "Anna from the fair")
    world.olga.does_not_see("Anna from the fair · +380 67")
    await world.post(order(world, key="w-3", name="ANNA KOVALENKO 4567"))
    world.olga.sees("Callback order", "ANNA KOVALENKO")
    world.look_away()


_ASKED = {
    "en": ("New contact", "what is the client called? #1", "a number if you like", "is not a phone number"),
    "ru": ("Новый контакт", "как зовут клиента? №1", "если нужно, номер", "не номер"),
    "uk": ("Новий контакт", "як звати клієнта? №1", "якщо треба, номер", "не номер"),
}


@pytest.mark.parametrize("language", _ASKED)
async def test_a_number_may_be_said_with_the_name(database, language):
    """G3: it is read by the team's region, and everything of whoever has it is this client's from now on."""
    button, asked, hint, refusal = _ASKED[language]
    async with new_world(database, language=language) as world:
        await world.call(BORYS)
        await writes_on_site(world, "Hello", client=None, client_name="b2000", client_account="b2000")
        await world.olga.presses("⋯", under="b2000")
        await world.olga.presses(button, under="b2000")
        world.look_away()
        number = next(each["id"] for each in await all_tickets(world) if each["kind"] == "text")
        letter = question(world, asked.replace("1", str(number)))
        assert hint in shown_text(letter)
        await world.olga.says("Borys Bondar 050 222 33 4", reply_to=letter)
        world.olga.sees("050 222 33 4", refusal)
        assert len({ticket["client_id"] for ticket in await all_tickets(world)}) == 2, "nothing is done by halves"
        world.olga.does_not_see("Borys Bondar")
        await world.olga.says("Borys Bondar\n050 222 33 44", reply_to=letter)
        world.olga.sees("🎫", "Borys Bondar · +380 50 ••• 33 44", "Hello")
        world.olga.sees("🔴", "+380 50 ••• 33 44", "Borys Bondar")
        [client_id] = {ticket["client_id"] for ticket in await all_tickets(world)}
        assert client_id == (await all_tickets(world))[-1]["client_id"]
        assert not world.unseen()


async def test_a_number_alone_names_nobody_anew(world):
    await writes_on_site(world, "Hello", client=None, client_name="b2000", client_account="b2000")
    await called(world, 1, "+380 50 222 33 44 / 067 123 45 67")
    world.olga.sees("🎫 #1", "b2000 · +380 50 ••• 33 44")
    await world.call(ANNA)
    world.olga.sees("Missed", "b2000")
    await world.olga.presses("⋯", under="🎫 #1")
    await world.olga.presses("Undo the joining", under="🎫 #1")
    world.olga.sees("🎫 #1", "b2000 · +380 50 ••• 33 44")
    world.olga.sees("🔴")
    world.look_away()
