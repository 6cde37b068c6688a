"""How a test's bot leaves its look-alike."""

from __future__ import annotations

from aiogram import Bot


async def hang_up(bot: Bot) -> None:
    """aiogram's own `close` then waits a quarter of a second for TLS, which nobody speaks here."""
    if (session := bot.session._session) is not None:
        await session.close()
