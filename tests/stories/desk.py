"""What the stories of tickets share: messages from the site, tickets as the database has them, three languages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from followup.tickets.tables import tickets
from tests.stories.world import ANNA, World, iso

# A word of the card in each language: open and new, Take, Close, the first result, without a comment.
WORDS = {
    "en": ("Unsorted", "Take", "Close", "Resolved", "Without a comment", "Deal done"),
    "ru": ("Неразобранное", "Взять", "Закрыть", "Решено", "Без комментария", "Сделка проведена"),
    "uk": ("Нерозібране", "Взяти", "Закрити", "Вирішено", "Без коментаря", "Угоду проведено"),
}


async def writes_on_site(world: World, text: str, **fields: Any) -> None:
    """A client writes through a form on the site."""
    event = {"type": "message", "message_id": world.new_id(), "channel": "webform", "text": text}
    event |= {"client": ANNA, "client_name": "Anna K.", "at": iso(world.clock.now())}
    await world.post(event | fields)


async def all_tickets(world: World) -> list[dict[str, Any]]:
    """Every ticket that is not gone, the oldest first."""
    query = select(tickets).where(tickets.c.state != "gone").order_by(tickets.c.id)
    async with world.database.read() as c:
        return [dict(row) for row in (await c.execute(query)).mappings()]


async def only_ticket(world: World) -> dict[str, Any]:
    """The one there is."""
    [ticket] = await all_tickets(world)
    return ticket
