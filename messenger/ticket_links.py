"""The address that opens one ticket (G20): pressed anywhere, it brings whoever is in the ticket's team to its card."""

from __future__ import annotations


def ticket_link(address: str | None, ticket_id: int) -> str | None:
    """``address``: the bot's user name; who does not know it has no link to give."""
    return f"https://t.me/{address}?start=t_{ticket_id}" if address else None
