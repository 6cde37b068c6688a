"""The case card: one message per case and chat, rendered from the stored state whenever it changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from followup.cases.views import CaseView, HistoryLine
from followup.phone import pretty
from messenger.case_keyboard import case_keyboard
from messenger.chats import ChatContext, ChatKind, MemberChoice, Menu, MenuKind, ReasonChoice
from messenger.filters import cut, number, person
from messenger.markup import fit, fits
from messenger.outgoing import Outgoing
from messenger.render import render
from messenger.words import ANOTHER_REASON

__all__ = ["ChatContext", "ChatKind", "MemberChoice", "Menu", "MenuKind", "ReasonChoice", "case_card"]

_HISTORY_SIZES = (40, 20, 10, 4)


def case_card(view: CaseView, chat: ChatContext, menu: Menu | None, now: datetime) -> Outgoing:
    """The card of the case in this chat, as it stands at ``now``."""
    return Outgoing(text=_text(view, chat, menu, now), keyboard=case_keyboard(view, chat, menu, now))


def _text(view: CaseView, chat: ChatContext, menu: Menu | None, now: datetime) -> str:
    context = _context(view, chat, menu, now)
    for size in _HISTORY_SIZES:
        text = _without_blank_lines(render("cards/case.j2", chat.language, **context, history=_last(chat, size)))
        if fits(text):
            break
    return fit(text)


def _context(view: CaseView, chat: ChatContext, menu: Menu | None, now: datetime) -> dict[str, Any]:
    is_open = view.state == "open"
    return {
        "view": view,
        "chat": chat,
        "menu": menu if menu and (is_open or menu.kind == "history") else None,
        "now": now,
        "tone": _tone(view, chat, now),
        "name": person(view.client_name or "", chat.mask, 40),
        "lines": _joined([cut(pretty(name), 40) for name in view.line_names], 3),
        "reasons": tuple(dict.fromkeys(view.reasons or ((view.reason,) if view.reason else ()))),
        "repeats": view.missed or len(view.orders),
        "other_numbers": _joined([cut(number(other, chat.mask), 40) for other in view.other_numbers], 3),
        "titles": {reason.code: cut(reason.title, 60) for reason in chat.reasons if reason.title},
        "another": ANOTHER_REASON,
        "is_open": is_open,
        "is_waiting": is_open and view.number is not None,
        "is_calling": is_open and bool(view.calling_by or view.calling_at),
        "is_snoozed": is_open and view.snoozed_until is not None and view.snoozed_until > now,
    }


def _tone(view: CaseView, chat: ChatContext, now: datetime) -> str:
    """What colours the card; ``sla`` does nothing but that (promise 11)."""
    if view.state == "withdrawn":
        return "withdrawn"
    if view.state == "closed":
        return view.how or "expired"
    if view.owner_id or view.attempts or view.calling_by or view.calling_at or view.snoozed_until:
        return "acted"
    return "overdue" if now - view.opened_at >= chat.sla else "waiting"


def _last(chat: ChatContext, size: int) -> tuple[HistoryLine, ...]:
    return chat.history[-size:]


def _joined(texts: list[str], limit: int) -> str:
    more = len(texts) - limit
    return ", ".join(texts[:limit]) + (f" +{more}" if more > 0 else "")


def _without_blank_lines(text: str) -> str:
    """A card is one block: what a missing line leaves behind is closed up."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
