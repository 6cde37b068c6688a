"""People of the stories: they see chats, press, write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stories.world import World

GROUP = -500


@dataclass
class Person:
    """Somebody with Telegram: sees chats, presses, writes."""

    world: World
    id: int
    name: str
    member_id: int | None = None

    def sees(self, *parts: str, chat: int = GROUP) -> dict[str, Any]:
        """The newest message of a chat that contains every part; it counts as looked at from now on."""
        for message in reversed(self.world.messages(chat)):
            text = shown_text(message)
            if all(part in text for part in parts):
                self.world.seen.add((chat, message["message_id"], message["edits"]))
                return message
        raise AssertionError(f"{self.name} does not see {parts} in\n{self.world.transcript(chat)}")

    def does_not_see(self, part: str, chat: int = GROUP) -> None:
        """No message of the chat contains it now."""
        found = [shown_text(m) for m in self.world.messages(chat) if part in shown_text(m)]
        assert not found, f"{self.name} sees {part!r} in {found}"

    def sees_in_private(self, *parts: str) -> dict[str, Any]:
        """The same in his own chat with the bot."""
        return self.sees(*parts, chat=self.id)

    async def presses(self, button: str, *, under: str = "", chat: int = GROUP) -> str:
        """Press a button by its label under the newest message (containing ``under``) that has it; the toast."""
        for message in reversed(self.world.messages(chat)):
            if under in shown_text(message) and any(button in label for label in labels(message)):
                query = self.world.telegram.world.press(self.id, chat, message["message_id"], text=button)
                return await self.world.answer_to(query)
        raise AssertionError(f"no button {button!r} under {under!r} in\n{self.world.transcript(chat)}")

    async def forges(self, data: str, *, chat: int = GROUP) -> str:
        """Send callback data that no button has."""
        message = self.world.messages(chat)[-1]
        query = self.world.telegram.world.press(self.id, chat, message["message_id"], data=data, forge=True)
        return await self.world.answer_to(query)

    async def says(self, text: str, *, chat: int = GROUP, reply_to: dict[str, Any] | None = None) -> None:
        """Write into a chat."""
        where = {"reply_to_message_id": reply_to["message_id"]} if reply_to else {}
        self.world.telegram.world.say(self.id, chat, text, **where)
        await self.world.settle()

    async def writes(self, text: str, *, reply_to: dict[str, Any] | None = None) -> None:
        """Write to the bot in private."""
        await self.says(text, chat=self.id, reply_to=reply_to)


def shown_text(message: dict[str, Any]) -> str:
    """Text or caption; of a rich message its paragraphs and its tables, a row a line."""
    if "rich_message" in message:
        return "\n".join(_block_text(block) for block in message["rich_message"]["blocks"])
    return str(message.get("text") or message.get("caption") or "")


def _block_text(block: dict[str, Any]) -> str:
    if "cells" in block:
        return "\n".join(" | ".join(cell["text"] for cell in row) for row in block["cells"])
    return str(block.get("text", ""))


def labels(message: dict[str, Any]) -> list[str]:
    """Labels of its inline buttons."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]
