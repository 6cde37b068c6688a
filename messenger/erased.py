"""What stands in a chat where a forgotten client stood, and the question before he is forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from aiogram.enums import ButtonStyle
from pydantic import TypeAdapter

from followup.cases.reading import case_views
from followup.digests import store as digests
from followup.digests.figures import digest_numbers
from followup.digests.numbers import DigestNumbers
from followup.teams.desk import Desk
from messenger import letters as say
from messenger.buttons import ScreenPress, keyboard, screen_button
from messenger.digest import digest_text
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render, render_plain
from storage.rows import Row

if TYPE_CHECKING:
    from messenger.content import Readers

FORGET_OPS = ("forget", "keep")
_NUMBERS: TypeAdapter[DigestNumbers] = TypeAdapter(DigestNumbers)
_LISTS: dict[str, Callable[..., Outgoing]] = {
    "morning": say.morning_list,
    "reminder": say.reminder,
    "escalation": say.escalation,
}


def erased(ctx: say.LetterContext) -> Outgoing:
    """Where a message told of the client."""
    return Outgoing(text=fit(render("letters/erased.j2", ctx.language, what="message", ctx=ctx)))


async def erased_letter(readers: Readers, letter: Row) -> Outgoing | None:
    """A list goes on without him; of what told of him alone nothing is left (None)."""
    if letter["kind"] in _LISTS:
        return await _list(readers, letter)
    write = _OF_MANY.get(letter["kind"])
    return await write(readers, letter) if write else None


async def _list(readers: Readers, letter: Row) -> Outgoing | None:
    views = await case_views(readers.c, readers.book, letter["payload"]["case_ids"])
    waiting = [view for view in views if view.state == "open"]
    return _LISTS[letter["kind"]](waiting, readers.context) if waiting else None


async def _digest(readers: Readers, letter: Row) -> Outgoing | None:
    """The snapshot that was sent, in which he has no name now; without one, the day as it stands."""
    day = date.fromisoformat(letter["payload"]["day"])
    taken = await digests.digest_of(readers.c, readers.book.id, readers.chat.id, day)
    is_its_own = taken is not None and taken["id"] == letter["payload"].get("digest_id")
    if taken is not None and is_its_own and taken["numbers"]:
        numbers = _NUMBERS.validate_python(taken["numbers"])
    else:
        numbers = await digest_numbers(Desk(readers.c, readers.book, readers.now), day)
    return Outgoing(text=digest_text(numbers, readers.book.policy.language, mask=readers.mask)[0])


_OF_MANY: dict[str, Callable[[Readers, Row], Awaitable[Outgoing | None]]] = {"digest": _digest}


def forget_screen(screen_id: int, params: Mapping[str, Any], ctx: say.LetterContext) -> Outgoing:
    """What is known, and whether to erase it; afterwards, what was done. The number is never shown whole here."""
    text = fit(render("letters/erased.j2", ctx.language, what=params["step"], about=params, ctx=ctx))
    if params["step"] != "ask":
        return Outgoing(text=text)
    erase = screen_button(_label("erase", ctx.language), ScreenPress(op="forget", screen=screen_id), ButtonStyle.DANGER)
    keep = screen_button(_label("keep", ctx.language), ScreenPress(op="keep", screen=screen_id))
    return Outgoing(text=text, keyboard=keyboard([erase], [keep]))


def _label(code: str, language: str) -> str:
    return render_plain("letters/buttons.j2", language, code=code)
