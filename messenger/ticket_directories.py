"""What a head sets about tickets by presses: topics, results, names of statuses, the fan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.types import InlineKeyboardButton

from followup.teams.book import Topic
from followup.teams.directory import ENDS
from followup.tickets.fan_weights import weights_of
from followup.tickets.reading import path_of
from followup.tickets.statuses import STATUSES
from messenger.buttons import keyboard, rows
from messenger.outgoing import Outgoing
from messenger.render import render_plain
from messenger.ticket_screens import TICKET_SCREENS, Place
from messenger.ticket_words import ICONS, result_word, status_word

_A_PAGE = 20

Buttons = list[InlineKeyboardButton]


async def _topics(place: Place, params: Mapping[str, Any]) -> Outgoing:
    """A branch of the tree: what is under it stands as buttons, what may be done to itself below."""
    book = place.book
    chosen = book.topics.get(params.get("under") or 0)
    here = [each for each in book.topics.values() if each.parent_id == (chosen.id if chosen else None)]
    page, shown = _part(here, params.get("page", 0))
    text = place.text(
        "reports/ticket_directory.j2",
        kind="topics",
        path=" › ".join(path_of(book, chosen.id)) if chosen else None,
        sla=chosen.sla_minutes * 60 if chosen and chosen.sla_minutes else None,
        entries=[each.title for each in here],
    )
    under = str(chosen.id) if chosen else "0"
    opens = [place.button(each.title, "dirtopic", str(each.id)) for each in shown]
    own = _of_topic(place, chosen) if chosen else []
    up = place.button(_label(place, "back"), "dirtopic", str(chosen.parent_id or 0)) if chosen else _home(place)
    turn = place.pages(page, max(1, -(-len(here) // _A_PAGE)))
    add = place.button(_label(place, "add_under" if chosen else "add_topic"), "addtopic", under)
    return Outgoing(text=text, keyboard=keyboard(*rows(opens, 2), turn, [add], own, [up]))


def _of_topic(place: Place, topic: Topic) -> Buttons:
    arg = str(topic.id)
    return [
        place.button(_label(place, "rename"), "nametop", arg),
        place.button(_label(place, "sla"), "slatop", arg),
        place.button(_label(place, "retire"), "droptop", arg),
    ]


async def _results(place: Place, params: Mapping[str, Any]) -> Outgoing:
    """One chosen may be renamed or retired; a new one asks first which status it closes with."""
    book, language = place.book, place.ctx.language
    named = [(each, result_word(each.code, each.title, language)) for each in book.results.values()]
    chosen = next((pair for pair in named if pair[0].id == params.get("result")), None)
    entries = [f"{name} → {status_word(each.status, book, language)}" for each, name in named]
    is_adding = params.get("adding") is True
    text = place.text(
        "reports/ticket_directory.j2",
        kind="ends" if is_adding else "results",
        path=chosen and chosen[1],
        sla=None,
        entries=entries,
    )
    if is_adding:
        ends = [place.button(f"{ICONS[code]} {status_word(code, book, language)}", "resstate", code) for code in ENDS]
        return Outgoing(
            text=text, keyboard=keyboard(*rows(ends, 1), [place.button(_label(place, "back"), "menu", "results")])
        )
    if chosen is not None:
        own = [place.button(_label(place, "rename"), "nameres", str(chosen[0].id))]
        own += [place.button(_label(place, "retire"), "dropres", str(chosen[0].id))] if len(named) > 1 else []
        return Outgoing(text=text, keyboard=keyboard(own, [place.button(_label(place, "back"), "menu", "results")]))
    page, shown = _part(named, params.get("page", 0))
    opens = [place.button(name, "dirres", str(each.id)) for each, name in shown]
    turn = place.pages(page, max(1, -(-len(named) // _A_PAGE)))
    return Outgoing(
        text=text,
        keyboard=keyboard(*rows(opens, 2), turn, [place.button(_label(place, "add_result"), "addres")], [_home(place)]),
    )


async def _statuses(place: Place, _: Mapping[str, Any]) -> Outgoing:
    language = place.ctx.language
    names = {code: f"{ICONS[code]} {status_word(code, place.book, language)}" for code in STATUSES}
    text = place.text("reports/ticket_directory.j2", kind="statuses", path=None, sla=None, entries=[*names.values()])
    choices = [place.button(name, "namestat", code) for code, name in names.items()]
    standard = [place.button(_label(place, "standard"), "stdstat")] if place.book.status_titles else []
    return Outgoing(text=text, keyboard=keyboard(*rows(choices, 2), standard, [_home(place)]))


async def _fan(place: Place, params: Mapping[str, Any]) -> Outgoing:
    """A press on a person gives the next weight: 0, 1, 2, 3."""
    book = place.book
    weights = await weights_of(place.desk.c, book)
    entries = [f"{book.member_name(each)} · {weight}" for each, weight in weights.items()]
    is_on = book.policy.ticket_fan
    text = place.text(
        "reports/ticket_directory.j2", kind="fan_on" if is_on else "fan_off", path=None, sla=None, entries=entries
    )
    page, shown = _part([*weights.items()], params.get("page", 0))
    people = [place.button(f"{book.member_name(each)} · {weight}", "fan", str(each)) for each, weight in shown]
    turn = place.pages(page, max(1, -(-len(weights) // _A_PAGE)))
    switch = place.button(_label(place, "fan_off" if is_on else "fan_on"), "fanmode", "off" if is_on else "on")
    return Outgoing(text=text, keyboard=keyboard(*rows(people, 2), turn, [switch], [_home(place)]))


def _part(entries: Sequence[Any], page: int) -> tuple[int, Sequence[Any]]:
    page = min(max(page, 0), max(0, -(-len(entries) // _A_PAGE) - 1))
    return page, entries[page * _A_PAGE : (page + 1) * _A_PAGE]


def _home(place: Place) -> InlineKeyboardButton:
    return place.button(_label(place, "back"), "menu", "none")


def _label(place: Place, code: str) -> str:
    return render_plain("reports/directory_buttons.j2", place.ctx.language, code=code)


DIRECTORIES = {"topics": _topics, "results": _results, "statuses": _statuses, "fan": _fan}


async def ticket_screen(place: Place, screen: Mapping[str, Any]) -> Outgoing | None:
    """A list of tickets, or a directory among the settings; None: it is a screen of another kind."""
    kind, params = screen["kind"], screen["params"]
    write = DIRECTORIES.get(params.get("menu") or "") if kind == "settings" else TICKET_SCREENS.get(kind)
    return await write(place, params) if write is not None else None
