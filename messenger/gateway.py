"""The only door to Telegram for what the bot says: requests out, values back, never an exception."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputRichMessage,
    LinkPreviewOptions,
    Message,
    MessageId,
    ReplyParameters,
)

from messenger.letterbox_copy import Copy, Removed, of_target
from messenger.markup import CAPTION_LIMIT, MESSAGE_LIMIT, TOAST_LIMIT, fit, plain, visible_length
from messenger.outgoing import Outgoing
from messenger.refusals import TROUBLES, meaning
from messenger.results import Broken, Later, Refused, Result, Sent

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_PICTURE = "picture.png"
_OF_CONTENT = ("can't parse", "too long", "too many", "is empty", "not modified")

# Text and its parse mode → a request.
_Request: TypeAlias = Callable[[str, ParseMode | None], Awaitable[Message | MessageId | bool]]
_Rich: TypeAlias = Callable[[str], Awaitable[Message | bool]]


class Gateway:
    """Sends, edits and deletes messages of one bot."""

    def __init__(
        self,
        bot: Bot,
        *,
        patience: timedelta = timedelta(seconds=15),
        upload_patience: timedelta = timedelta(seconds=60),
    ) -> None:
        self._bot = bot
        self._patience = patience.total_seconds()
        self._upload_patience = upload_patience.total_seconds()

    async def send(self, chat_id: int, thread_id: int, outgoing: Outgoing) -> Result:
        """A new message; a text too long for a caption goes first, its picture or file after it."""
        if isinstance(outgoing, Copy):
            return await self.copy(chat_id, thread_id, outgoing)
        if not _has_file(outgoing):
            return await self._send_text(chat_id, thread_id, outgoing)
        if visible_length(outgoing.text) <= CAPTION_LIMIT:
            result = await self._send_file(chat_id, thread_id, outgoing, outgoing.text)
            # A picture that is refused (rights, size, format) must not take its text along.
            is_new = outgoing.photo is not None and outgoing.file_id is None
            is_text_left = isinstance(result, Refused) and is_new and outgoing.text
            return await self._send_text(chat_id, thread_id, outgoing) if is_text_left else result
        result = await self._send_text(chat_id, thread_id, outgoing)
        if not isinstance(result, Sent):
            return result
        after = await self._send_file(chat_id, thread_id, outgoing, "")
        # A picture adorns its text; a file is what was asked for, and rather comes with its text twice than not at all.
        return after if outgoing.document is not None and isinstance(after, Later) else result

    async def edit(self, chat_id: int, message_id: int, outgoing: Outgoing, *, is_photo: bool) -> Result:
        """The message as it shall look now; one to be removed is emptied where it cannot be deleted."""
        if isinstance(outgoing, Removed):
            gone = await self.delete(chat_id, message_id)
            if not isinstance(gone, Refused):
                return gone
        if is_photo and outgoing.photo is not None:
            result = await self._edit_picture(chat_id, message_id, outgoing)
        elif is_photo:
            result = await self._edit_caption(chat_id, message_id, outgoing)
        else:
            result = await self._edit_text(chat_id, message_id, outgoing)
        return Sent(message_id, is_photo, result.is_rich) if isinstance(result, Sent) else result

    async def copy(self, chat_id: int, thread_id: int, copied: Copy) -> Result:
        """Somebody's message once more, without his name; content that cannot be copied is refused."""

        async def request(text: str, mode: ParseMode | None) -> MessageId:
            return await self._bot.copy_message(
                chat_id,
                copied.from_chat,
                copied.from_message,
                message_thread_id=thread_id or None,
                caption=text or None,
                parse_mode=mode,
                reply_parameters=_reply(copied),
            )

        if copied.caption is None:
            result = await self._try(request, "", None, self._patience)
        else:
            result = await self._rich_or_plain(request, copied.caption, CAPTION_LIMIT, self._patience)
        return of_target(result, chat_id)

    async def delete(self, chat_id: int, message_id: int) -> Result:
        """Take a message away; Missing if it is not there, Refused if it is older than 48 hours."""

        async def request(_text: str, _mode: ParseMode | None) -> bool:
            return await self._bot.delete_message(chat_id, message_id)

        result = await self._try(request, "", None, self._patience)
        return Sent(message_id) if isinstance(result, Sent) else result

    async def answer(self, callback_query_id: str, text: str | None = None, *, alert: bool = False) -> bool:
        """The toast of a press, at once and past every queue; False if Telegram did not take it (too old)."""

        async def request(said: str, _mode: ParseMode | None) -> bool:
            return await self._bot.answer_callback_query(callback_query_id, said or None, show_alert=alert)

        result = await self._try(request, fit(text or "", TOAST_LIMIT), None, self._patience)
        return isinstance(result, Sent)

    async def answer_inline(self, inline_query_id: str, results: Sequence[InlineQueryResultArticle]) -> bool:
        """What inline mode has found, for the asker alone; False if Telegram did not take it (too old)."""

        async def request(_text: str, _mode: ParseMode | None) -> bool:
            return await self._bot.answer_inline_query(inline_query_id, [*results], cache_time=0, is_personal=True)

        return isinstance(await self._try(request, "", None, self._patience), Sent)

    async def address(self) -> str | None:
        """The bot's user name, which links to it are made of; None while Telegram does not answer."""
        try:
            async with asyncio.timeout(self._patience):
                return (await self._bot.me()).username
        except TROUBLES:
            return None

    async def _send_text(self, chat_id: int, thread_id: int, outgoing: Outgoing) -> Result:
        async def rich(html: str) -> Message:
            return await self._bot.send_rich_message(
                chat_id,
                InputRichMessage(html=html),
                message_thread_id=thread_id or None,
                reply_parameters=_reply(outgoing),
                reply_markup=outgoing.keyboard,
            )

        async def request(text: str, mode: ParseMode | None) -> Message:
            return await self._bot.send_message(
                chat_id,
                text,
                message_thread_id=thread_id or None,
                parse_mode=mode,
                link_preview_options=_NO_PREVIEW,
                reply_parameters=_reply(outgoing),
                reply_markup=outgoing.keyboard,
            )

        return await self._with_tables(rich, request, outgoing)

    async def _send_file(self, chat_id: int, thread_id: int, outgoing: Outgoing, caption: str) -> Result:
        # The keyboard goes with the text; a picture that only follows it has none.
        keyboard = outgoing.keyboard if caption or not outgoing.text else None

        async def request(text: str, mode: ParseMode | None) -> Message:
            where = {"chat_id": chat_id, "message_thread_id": thread_id or None}
            what = {"caption": text or None, "parse_mode": mode, "reply_markup": keyboard}
            reply = _reply(outgoing)
            if outgoing.photo is not None:
                picture = outgoing.file_id or BufferedInputFile(outgoing.photo, _PICTURE)
                return await self._bot.send_photo(photo=picture, reply_parameters=reply, **where, **what)  # type: ignore[arg-type]
            name, body = outgoing.document or ("", b"")
            file = outgoing.file_id or BufferedInputFile(body, name)
            return await self._bot.send_document(document=file, reply_parameters=reply, **where, **what)  # type: ignore[arg-type]

        result = await self._rich_or_plain(request, caption, CAPTION_LIMIT, self._upload_patience)
        return replace(result, is_photo=outgoing.photo is not None) if isinstance(result, Sent) else result

    async def _edit_text(self, chat_id: int, message_id: int, outgoing: Outgoing) -> Result:
        async def rich(html: str) -> Message | bool:
            return await self._bot.edit_message_text(
                chat_id=chat_id,
                message_id=message_id,
                rich_message=InputRichMessage(html=html),
                parse_mode=None,
                link_preview_options=None,
                reply_markup=_inline(outgoing),
            )

        async def request(text: str, mode: ParseMode | None) -> Message | bool:
            return await self._bot.edit_message_text(
                text,
                chat_id=chat_id,
                message_id=message_id,
                parse_mode=mode,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_inline(outgoing),
            )

        return await self._with_tables(rich, request, outgoing)

    async def _edit_caption(self, chat_id: int, message_id: int, outgoing: Outgoing) -> Result:
        async def request(text: str, mode: ParseMode | None) -> Message | bool:
            return await self._bot.edit_message_caption(
                chat_id=chat_id,
                message_id=message_id,
                caption=text or None,
                parse_mode=mode,
                reply_markup=_inline(outgoing),
            )

        return await self._rich_or_plain(request, outgoing.text, CAPTION_LIMIT, self._patience)

    async def _edit_picture(self, chat_id: int, message_id: int, outgoing: Outgoing) -> Result:
        async def request(text: str, mode: ParseMode | None) -> Message | bool:
            picture = BufferedInputFile(outgoing.photo or b"", _PICTURE)
            return await self._bot.edit_message_media(
                InputMediaPhoto(media=picture, caption=text or None, parse_mode=mode),
                chat_id=chat_id,
                message_id=message_id,
                reply_markup=_inline(outgoing),
            )

        return await self._rich_or_plain(request, outgoing.text, CAPTION_LIMIT, self._upload_patience)

    async def _with_tables(self, rich: _Rich, request: _Request, outgoing: Outgoing) -> Result:
        """Real tables where they are offered and taken, else the same as text."""
        refused: bool | None = None
        if outgoing.rich:
            result = await self._try(lambda html, _: rich(html), outgoing.rich, None, self._patience)
            # A server that does not know the method says 404, like one that does not know the token: the text will tell.
            if not isinstance(result, Refused | Broken) or "can't be edited" in result.why:
                return replace(result, is_rich=True) if isinstance(result, Sent) else result
            refused = False if _is_unknown(result) else None
        result = await self._rich_or_plain(request, outgoing.text, MESSAGE_LIMIT, self._patience)
        return replace(result, is_rich=refused) if isinstance(result, Sent) else result

    async def _rich_or_plain(self, request: _Request, html: str, limit: int, patience: float) -> Result:
        """A text refused with its mark-up is sent once more without it (promise 15)."""
        result = await self._try(request, html, ParseMode.HTML, patience)
        if not isinstance(result, Refused) or not html or "can't be edited" in result.why:
            return result
        return await self._try(request, plain(html)[:limit], None, patience)

    async def _try(self, request: _Request, text: str, mode: ParseMode | None, patience: float) -> Result:
        try:
            async with asyncio.timeout(patience):
                done = await request(text, mode)
        except TROUBLES as trouble:
            return meaning(trouble)
        if isinstance(done, MessageId):
            return Sent(done.message_id)
        return Sent(done.message_id, file_id=_file_id(done)) if isinstance(done, Message) else Sent(0)


def _is_unknown(result: Refused | Broken) -> bool:
    """The server or the chat knows no tables at all; a table that cannot be read is another matter."""
    return isinstance(result, Broken) or not any(words in result.why.lower() for words in _OF_CONTENT)


def _file_id(message: Message) -> str | None:
    if message.photo:
        return message.photo[-1].file_id
    return message.document.file_id if message.document else None


def _has_file(outgoing: Outgoing) -> bool:
    return outgoing.photo is not None or outgoing.document is not None


def _reply(outgoing: Outgoing) -> ReplyParameters | None:
    if outgoing.reply_to is None:
        return None
    return ReplyParameters(message_id=outgoing.reply_to, allow_sending_without_reply=True)


def _inline(outgoing: Outgoing) -> InlineKeyboardMarkup | None:
    """An edit takes inline buttons only."""
    return None if isinstance(outgoing.keyboard, ForceReply) else outgoing.keyboard
