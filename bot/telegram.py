"""One bot, and the session it speaks through."""

from __future__ import annotations

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.methods import AnswerCallbackQuery, EditMessageText, Response, SendMessage, SendPhoto

# pydantic forgets a generic model that nobody holds, and would build it anew for every answer of Telegram.
_HELD = [Response[method.__returning__] for method in (SendMessage, EditMessageText, AnswerCallbackQuery, SendPhoto)]  # type: ignore[name-defined]
_AT_ONCE = 100  # requests on their way


def make_bot(token: str, api_url: str) -> Bot:
    """The bot of ``token`` at a Bot API server (Telegram's own, a local one, the sandbox)."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api_url), limit=_AT_ONCE, timeout=60)
    return Bot(token, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
