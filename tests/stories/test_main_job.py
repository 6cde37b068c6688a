"""The main job, end to end: a missed call becomes a card, a press or a call closes it."""

from __future__ import annotations

from tests.stories.world import ANNA, labels


async def test_a_miss_becomes_a_card_and_a_call_back_closes_it(world):
    await world.call(ANNA)
    card = world.olga.sees("Missed", "+380 67 ••• 45 67", "Sales")
    assert any("Take" in label for label in labels(card))
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=False)
    world.olga.sees("attempts 1")
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=True)
    closed = world.olga.sees("🔵")
    assert closed["message_id"] == card["message_id"]


async def test_take_has_one_winner(world):
    await world.call(ANNA)
    assert "yours" in (await world.taras.presses("Take")).lower()
    world.olga.sees("Taras")
    told = await world.olga.forges(
        f"c:take:{1}:",
    )
    assert "Taras" in told


async def test_handle_by_reason(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    menu = world.olga.sees("Missed")
    assert any("Spam" in label for label in labels(menu))
    await world.olga.presses("Spam")
    world.olga.sees("⚪")


async def test_another_variant(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    await world.olga.presses("Another variant")
    question = world.messages()[-1]
    world.seen.add((-500, question["message_id"], question["edits"]))
    await world.olga.says("Talked <b>by mail</b>", reply_to=question)
    world.olga.sees("⚪", "Talked <b>by mail</b>")
