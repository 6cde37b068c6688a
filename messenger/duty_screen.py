"""Who is there now, the buttons to say it of oneself, and what of one's open cases when one goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from followup.cases.reading import case_views
from followup.cases.views import CaseView
from followup.duty import store as duty
from followup.duty.rules import DutyFacts, Standing, standing_at, uses_duty
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.tickets.in_hand import tickets_besides_cases
from followup.tickets.reading import ticket_views
from messenger.buttons import ScreenPress, keyboard, rows, screen_button
from messenger.filters import cut, person
from messenger.letters import LetterContext
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render, render_plain
from storage.rows import Row

if TYPE_CHECKING:
    from messenger.content import Readers

SPANS = {"away15": 15, "away60": 60}  # minutes
CHOICES = ("available", *SPANS, "off")
_CASES_LISTED = 20
_GROUPS_LISTED = 20
_NAMES_LISTED = 30
_PEOPLE_OFFERED = 90  # of Telegram's hundred buttons

Buttons = list[InlineKeyboardButton]


@dataclass(frozen=True, slots=True)
class Crew:
    """The people of a group by status; ``away`` with the end of each one's stay. ``title`` None: of no group."""

    title: str | None
    available: str
    away: tuple[tuple[str, Standing], ...]
    off: str


async def duty_message(desk: Desk, ctx: LetterContext, screen: Mapping[str, Any]) -> Outgoing:
    """The team's statuses now; by ``menu`` of the params also its people, or one of them (``whom``), for a head.

    Its presses are ScreenPress with op and arg: set <choice>, people, person <id>, other <id>.<choice>, menu none.
    """
    facts, params = await duty.facts_of(desk.c, desk.book.id, (desk.now, desk.now)), screen["params"]
    menu = params.get("menu")
    about = desk.book.members.get(params["whom"] if menu == "person" else screen["member_id"])
    board = _Board(desk, ctx, screen["id"], facts)
    given: dict[str, Any] = {
        "ctx": ctx,
        "menu": menu,
        "person": (about.name, board.standing(about)) if about and about.may_work else None,
        "is_used": uses_duty(facts, desk.now),
        "crews": board.crews(),
    }
    text = fit(render("reports/duty.j2", ctx.language, **given))
    return Outgoing(text=text, keyboard=keyboard(*board.lines(menu, about)))


@dataclass(frozen=True, slots=True)
class _Board:
    """Knows everybody's status and builds the rows of buttons."""

    desk: Desk
    ctx: LetterContext
    screen_id: int
    facts: DutyFacts

    @property
    def workers(self) -> list[Member]:
        found = [member for member in self.desk.book.members.values() if member.may_work]
        return sorted(found, key=lambda member: member.name.casefold())

    def standing(self, member: Member) -> Standing:
        return standing_at(self.facts, member.id, self.desk.now)

    def name(self, member: Member) -> str:
        """With his sign; where duty is not used nobody has one."""
        is_used = uses_duty(self.facts, self.desk.now)
        return f"{_SIGNS[self.standing(member).status]} {member.name}" if is_used else member.name

    def crews(self) -> list[Crew]:
        """Every group, and last those who are in none."""
        groups: dict[str | None, list[Member]] = defaultdict(list)
        for member in self.workers:
            for group in member.groups or (None,):
                groups[group].append(member)
        titles = sorted(groups, key=lambda title: (title is None, title or ""))
        return [self.crew(title, groups[title]) for title in titles[:_GROUPS_LISTED]]

    def crew(self, title: str | None, people: Sequence[Member]) -> Crew:
        away = [member for member in people if self.standing(member).status == "away"]
        return Crew(
            title=cut(title, 40) if title else None,
            available=_names([member for member in people if self.standing(member).status == "available"]),
            away=tuple((cut(member.name, 30), self.standing(member)) for member in away[:_NAMES_LISTED]),
            off=_names([member for member in people if self.standing(member).status == "off"]),
        )

    def lines(self, menu: str | None, about: Member | None) -> list[Buttons]:
        if menu == "people":
            people = [
                self.button(self.name(member), "person", str(member.id)) for member in self.workers[:_PEOPLE_OFFERED]
            ]
            return [*rows(people, 2), [self.back("menu", "none")]]
        if menu == "person" and about is not None:
            return [*self.choices("other", f"{about.id}."), [self.back("people")]]
        return [*self.choices("set", ""), [self.button(self.label("people"), "people")]]

    def choices(self, op: str, prefix: str) -> list[Buttons]:
        return rows([self.button(self.label(code), op, f"{prefix}{code}") for code in CHOICES], 2)

    def back(self, op: str, arg: str | None = None) -> InlineKeyboardButton:
        return self.button(self.label("back"), op, arg)

    def button(self, text: str, op: str, arg: str | None = None) -> InlineKeyboardButton:
        return screen_button(text, ScreenPress(op=op, screen=self.screen_id, arg=arg))

    def label(self, code: str) -> str:
        return _label(code, self.ctx.language)


_SIGNS = {"available": "🟢", "away": "🟡", "off": "⚪"}


def _names(people: Sequence[Member]) -> str:
    shown = ", ".join(cut(member.name, 30) or "…" for member in people[:_NAMES_LISTED])
    more = len(people) - _NAMES_LISTED
    return f"{shown} +{more}" if more > 0 else shown


def _label(code: str, language: str) -> str:
    return render_plain("reports/duty_buttons.j2", language, code=code)


async def owned_cases(desk: Desk, member_id: int, case_ids: Sequence[int]) -> list[CaseView]:
    """Which of the cases are still in his hands."""
    views = await case_views(desk.c, desk.book, case_ids)
    return [view for view in views if view.state == "open" and view.owner_id == member_id]


async def owned_tickets(desk: Desk, member_id: int, *, mask: bool) -> list[str]:
    """His open tickets in a few words each; one that goes with a case of his is not told twice."""
    owned = [row["id"] for row in await tickets_besides_cases(desk, member_id)]
    views = await ticket_views(desk.c, desk.book, owned)
    names = [(view.id, view.client.name or view.client.account_name or "") for view in views.values()]
    return [f"#{ticket_id} {person(name, mask, 40)}".strip() for ticket_id, name in names]


async def handover_message(desk: Desk, ctx: LetterContext, screen: Mapping[str, Any]) -> Outgoing:
    """What somebody who goes still has in hand, and what shall become of it.

    Its presses are ScreenPress with op and arg: return, hand, to <id>, mine, back. In params: ``step`` ask, to or
    done, ``whom``, ``case_ids``; when done ``what`` (returned, handed, kept), ``count``, ``to``.
    """
    params, whom = screen["params"], desk.book.members.get(screen["params"]["whom"])
    views = await owned_cases(desk, params["whom"], params["case_ids"]) if params["step"] != "done" else []
    open_tickets = await owned_tickets(desk, params["whom"], mask=ctx.mask) if params["step"] != "done" else []
    listed = views[:_CASES_LISTED]
    given: dict[str, Any] = {
        "ctx": ctx,
        "step": params["step"],
        "what": params.get("what"),
        "name": whom.name if whom else "…",
        "cases": listed,
        "tickets": [cut(title, 60) for title in open_tickets[:_CASES_LISTED]],
        "total": params.get("count", len(views) + len(open_tickets)),
        "more": max(0, len(views) - _CASES_LISTED) + max(0, len(open_tickets) - _CASES_LISTED),
        "to": desk.book.member_name(params.get("to")) or "…",
    }
    facts = await duty.facts_of(desk.c, desk.book.id, (desk.now, desk.now))
    board = _Board(desk, ctx, screen["id"], facts)
    asks = params["step"] != "done" and bool(views or open_tickets)
    text = fit(render("reports/duty_handover.j2", ctx.language, **given))
    return Outgoing(text=text, keyboard=keyboard(*(_handover_lines(board, params) if asks else ())))


def _handover_lines(board: _Board, params: Mapping[str, Any]) -> list[Buttons]:
    if params["step"] == "to":
        others = [member for member in board.workers if member.id != params["whom"]][:_PEOPLE_OFFERED]
        others.sort(key=lambda member: board.standing(member).status != "available")
        people = [board.button(board.name(member), "to", str(member.id)) for member in others]
        return [*rows(people, 2), [board.back("back")]]
    returns = ScreenPress(op="return", screen=board.screen_id)
    return [
        [screen_button(board.label("return"), returns, ButtonStyle.PRIMARY)],
        [board.button(board.label("hand"), "hand"), board.button(board.label("keep"), "mine")],
    ]


async def _letter(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """The break is over, or a head has said it for him; not told when it is no longer so."""
    payload, now = row["payload"], readers.now
    facts = await duty.facts_of(readers.c, readers.book.id, (now, now))
    standing = standing_at(facts, payload["member_id"], now)
    if payload["what"] == "back":
        is_true = facts[payload["member_id"]][-1].id == payload["fact"]
    else:
        is_true = standing.status == payload["status"]
    given = {"what": payload["what"], "by": payload.get("by"), "standing": standing, "ctx": readers.context}
    return Outgoing(text=fit(render("letters/duty.j2", readers.context.language, **given))) if is_true else None


DUTY_LETTERS: dict[str, Callable[[object, Readers, Row], Awaitable[Outgoing | None]]] = {"duty": _letter}
