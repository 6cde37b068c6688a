"""How the bot is found in Telegram: its commands by scope and language, its webhook or none."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from aiogram import Bot
from aiogram.types import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from handlers.telegram.polling import KINDS
from messenger.render import LANGUAGES, render_plain

_IN_GROUPS = ("missed", "tickets", "mine", "find", "report", "digest", "duty", "settings", "selftest", "help")
_IN_PRIVATE = (*_IN_GROUPS, "forget", "start")
_SCOPES = (
    (BotCommandScopeAllGroupChats, _IN_GROUPS),
    (BotCommandScopeAllPrivateChats, _IN_PRIVATE),
)


@dataclass(frozen=True, slots=True)
class HookAddress:
    """Where Telegram posts updates: an unguessable path and a secret header, both born of the installation's key."""

    path: str
    secret: str

    @classmethod
    def of(cls, secret_key: str) -> HookAddress:
        """The same for every process of the installation."""

        def derive(purpose: str) -> str:
            return hmac.new(secret_key.encode(), purpose.encode(), hashlib.sha256).hexdigest()[:48]

        return cls(derive("telegram webhook path"), derive("telegram webhook secret"))


async def publish_commands(bot: Bot) -> None:
    """The menu behind "/": what fits the chat, in the reader's language; English for everybody else."""
    for scope, codes in _SCOPES:
        for language in LANGUAGES:
            commands = [
                BotCommand(command=code, description=render_plain("letters/commands.j2", language, code=code))
                for code in codes
            ]
            only_for = None if language == "en" else language
            await bot.set_my_commands(commands, scope=scope(), language_code=only_for)


async def receive_by_webhook(bot: Bot, public_url: str, address: HookAddress) -> None:
    """From now on Telegram posts to us; what came while we were down is kept, never dropped."""
    await bot.set_webhook(
        f"{public_url.rstrip('/')}/telegram/{address.path}",
        secret_token=address.secret,
        allowed_updates=list(KINDS),
        max_connections=40,
    )


async def receive_by_polling(bot: Bot) -> None:
    """From now on we ask; what came while we were down is kept, never dropped."""
    await bot.delete_webhook(drop_pending_updates=False)
