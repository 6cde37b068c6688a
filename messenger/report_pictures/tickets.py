"""Tickets in three pictures: how many are closed, the mean wait, the mean handling; by time or by whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from messenger.report_pictures.page import Asked, Page, nothing, page, words_of
from messenger.report_pictures.style import EDGE, INNER, SMALL, TEXT, WIDTH, Bar, draw_bars, readable_on
from messenger.report_pictures.ticket_figures import Group, Groups, ticket_groups
from messenger.report_words import fixed_words, option_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEFT, _FOOT = 204, 84
_LABEL_LINE = 34
_BAR = 0.72
_ROW: Final = 112
_LOWEST: Final = 720  # a chat shows a flatter picture as a strip
_DIGIT: Final = 17  # px of a digit at the smallest size
_NICE = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400),
    *(172_800, 432_000, 864_000, 2_592_000, 7_776_000),
)


def draw_closed(asked: Asked) -> bytes:
    """G14: what is closed of each group, with what is still open above it."""
    found = ticket_groups(asked.report, "closed", asked.language)
    if not any(group.count for group in found.items):
        return _nothing(asked, "closed")
    if not found.is_time:
        return _closed_rows(asked, found)
    drawn = _page(asked, "closed", 1100)
    _count_key(drawn, found)
    axes = _columns(drawn, found, max(group.of for group in found.items))
    for is_open, part in ((False, "called_out"), (True, "manual")):
        colour, hatch = drawn.sheet.theme.parts[part]
        bars = [_bar(place, group, is_open=is_open) for place, group in enumerate(found.items)]
        draw_bars(
            axes, [bar for bar in bars if bar[3]], facecolor=colour, hatch=hatch, edgecolor=drawn.sheet.theme.paper
        )
    _count_labels(axes, found, drawn)
    return drawn.png()


def draw_wait(asked: Asked) -> bytes:
    """G15: mean reaction time of each group, and one overall mean."""
    return _draw_spread(asked, "wait")


def draw_handling(asked: Asked) -> bytes:
    """G16: the same of handling."""
    return _draw_spread(asked, "handling")


def _draw_spread(asked: Asked, name: str) -> bytes:
    found = ticket_groups(asked.report, f"{name}_seconds", asked.language)
    if not any(group.count for group in found.items):
        return _nothing(asked, name)
    if not found.is_time:
        return _spread_rows(asked, found, name)
    words = words_of(asked.language)
    note = f"{words[f'{name}_note']} {words['counts_note'] if found.has_counts else ''}".strip()
    drawn = _page(asked, name, 1250, note=note)
    _spread_key(drawn, found)
    highest = max(max(group.mean, group.ninth) for group in found.items if group.count)
    axes = _columns(drawn, found, highest)
    theme = drawn.sheet.theme
    known = [(place, group) for place, group in enumerate(found.items) if group.count]
    draw_bars(axes, [(place - _BAR / 2, 0.0, _BAR, group.mean) for place, group in known], facecolor=theme.accent)
    places = [place for place, _ in known]
    size = 9 if len(found.items) <= 31 else 4
    axes.plot(places, [group.ninth for _, group in known], "D", color=theme.second, markersize=size)
    marks: dict[str, Any] = {"color": theme.ink, "markersize": size, "markeredgecolor": theme.paper}
    axes.plot(places, [group.median for _, group in known], "o", **marks)
    axes.axhline(found.overall, color=theme.second, linewidth=2.5, linestyle="--")
    _span_ticks(axes, axes.get_ylim()[1], drawn)
    return drawn.png()


# --- groups that are stretches of time: columns -----------------------------------------------------------------------


def _columns(drawn: Page, found: Groups, highest: float) -> Axes:
    """With room at the left where heights are spans, and below for counts."""
    foot = _FOOT + _LABEL_LINE * found.has_counts
    left = _LEFT if found.measured else EDGE
    axes = drawn.sheet.axes(left, drawn.top, WIDTH - EDGE - left, drawn.bottom - drawn.top - foot)
    axes.set_xlim(-0.6, len(found.items) - 0.4)
    axes.set_ylim(0, max(highest * 1.1, 1))
    axes.set_yticks([])
    every = max(1, -(-len(found.items) * found.label_room // (WIDTH - EDGE - _LEFT)))
    shown = range(0, len(found.items), every)
    axes.set_xticks(list(shown), [_under(found.items[place], place, every, found) for place in shown])
    return axes


def _under(group: Group, place: int, every: int, found: Groups) -> str:
    """What stands under a column: its name, and how many were measured where there is room for it."""
    count = str(group.count or "") if found.has_counts else ""
    return "\n".join(part for part in (group.name, group.second if place % every == 0 else "", count) if part)


def _bar(place: int, group: Group, *, is_open: bool) -> Bar:
    foot, height = (float(group.count), float(group.of - group.count)) if is_open else (0.0, float(group.count))
    return place - _BAR / 2, foot, _BAR, height


def _count_labels(axes: Axes, found: Groups, drawn: Page) -> None:
    """Figures stand in their bars where there is room, else only the highest is told."""
    slot = INNER / len(found.items)
    longest = len(str(max(group.of for group in found.items)))
    fits, theme = longest * _DIGIT + 6 <= slot, drawn.sheet.theme
    peak = max(range(len(found.items)), key=lambda place: found.items[place].count)
    ink = readable_on(theme.parts["called_out"][0])
    lowest = axes.get_ylim()[1] * 0.06
    for place, group in enumerate(found.items):
        if not group.count or not (fits or place == peak):
            continue
        is_inside = fits and group.count > lowest
        height = group.count / 2 if is_inside else group.of + lowest * 0.2
        style: dict[str, Any] = {"va": "center" if is_inside else "bottom", "color": ink if is_inside else theme.ink}
        axes.text(place, height, str(group.count), ha="center", size=SMALL, weight="bold", **style)


def _span_ticks(axes: Axes, highest: float, drawn: Page) -> None:
    step = next((each for each in _NICE if highest / each <= 6), _NICE[-1])
    ticks = [step * place for place in range(int(highest // step) + 1)]
    axes.set_yticks(ticks, [drawn.span(tick) if tick else "0" for tick in ticks])
    for tick in ticks[1:]:
        axes.axhline(tick, color=drawn.sheet.theme.grid, linewidth=1, zorder=0)


# --- other groups: a line of words and a bar each ---------------------------------------------------------------------


def _closed_rows(asked: Asked, found: Groups) -> bytes:
    drawn = _page(asked, "closed", 196 + 74 + _ROW * len(found.items) + 110 + 50 * bool(found.more))
    _count_key(drawn, found)
    widest = max(group.of for group in found.items)
    for place, group in enumerate(found.items):
        top, sheet = drawn.top + _ROW * place, drawn.sheet
        _name_row(drawn, top, group, drawn.say("closed_of", group.count, group.of))
        closed, whole = (INNER * figure / widest for figure in (group.count, group.of))
        colour, hatch = sheet.theme.parts["manual"]
        sheet.patch(EDGE, top + 56, whole, 30, facecolor=colour, hatch=hatch, edgecolor=sheet.theme.paper, linewidth=0)
        sheet.patch(EDGE, top + 56, closed, 30, facecolor=sheet.theme.parts["called_out"][0], linewidth=0)
    _more(drawn, found)
    return drawn.png()


def _spread_rows(asked: Asked, found: Groups, name: str) -> bytes:
    items = [group for group in found.items if group.count]
    note = words_of(asked.language)[f"{name}_note"]
    height = 196 + 124 + (_ROW + 40) * len(items) + 200 + 50 * bool(found.more)
    drawn = _page(asked, name, height, note=note)
    _spread_key(drawn, found)
    widest = max(*(max(group.mean, group.ninth) for group in items), found.overall)
    top, sheet = drawn.top, drawn.sheet
    for place, group in enumerate(items):
        _spread_row(drawn, top + (_ROW + 40) * place, group, (INNER - 20) / max(widest, 1))
    line = EDGE + (INNER - 20) * found.overall / max(widest, 1)
    for place in range(len(items)):
        foot = top + (_ROW + 40) * place + 48
        sheet.patch(line - 1.5, foot, 3, 46, facecolor=sheet.theme.second, linewidth=0)
    drawn.top = top
    _more(drawn, found, (_ROW + 40) * len(items))
    return drawn.png()


def _spread_row(drawn: Page, top: float, group: Group, scale: float) -> None:
    sheet, theme = drawn.sheet, drawn.sheet.theme
    _name_row(drawn, top, group, f"n {group.count}")
    sheet.patch(EDGE, top + 56, max(group.mean * scale, 3), 30, facecolor=theme.accent, linewidth=0)
    for seconds, sign, colour in ((group.ninth, "◆", theme.second), (group.median, "●", theme.ink)):
        sheet.write(EDGE + seconds * scale, top + 71, sign, TEXT, color=colour, ha="center")
    said = drawn.say("of_row", drawn.span(group.mean), drawn.span(group.median), drawn.span(group.ninth))
    sheet.write(EDGE, top + 112, sheet.shortened(said, INNER, SMALL), SMALL, color=theme.quiet)


def _name_row(drawn: Page, top: float, group: Group, count: str) -> None:
    sheet = drawn.sheet
    sheet.write(EDGE, top + 28, sheet.shortened(group.name, INNER - 240), TEXT, weight="bold")
    sheet.write(EDGE + INNER, top + 28, count, SMALL, ha="right", color=sheet.theme.quiet)


def _more(drawn: Page, found: Groups, below: float | None = None) -> None:
    if found.more:
        top = drawn.top + (_ROW * len(found.items) if below is None else below)
        drawn.sheet.write(EDGE, top + 24, drawn.say("rows_more", found.more), SMALL)


# --- the frame --------------------------------------------------------------------------------------------------------


def _page(asked: Asked, name: str, height: int, *, note: str = "") -> Page:
    said, chosen = fixed_words(asked.language), asked.report.selection
    usual, options = ("created", "wall"), ("basis",) if name == "closed" else ("basis", "clock")
    odd = [
        option_value(option, chosen.option(option), said) for option in options if chosen.option(option) not in usual
    ]
    note = " ".join([*([f"{', '.join(odd).capitalize()}."] if odd else []), note]).strip()
    title, aside = words_of(asked.language)["titles"][f"tickets_{name}"], option_value("by", chosen.option("by"), said)
    return page(asked, title, height=max(height, _LOWEST), aside=aside, note=note)


def _nothing(asked: Asked, name: str) -> bytes:
    words = words_of(asked.language)
    return nothing(asked, words["titles"][f"tickets_{name}"], words["nothing"][f"tickets_{name}"])


def _count_key(drawn: Page, found: Groups) -> None:
    """What the two colours are, with the totals."""
    sheet, middle, left = drawn.sheet, drawn.top + 26, float(EDGE)
    for part, word, figure in (("called_out", "closed_part", found.closed), ("manual", "open_part", found.open)):
        colour, hatch = sheet.theme.parts[part]
        sheet.patch(left, middle - 15, 30, 30, facecolor=colour, hatch=hatch, edgecolor=sheet.theme.paper, linewidth=0)
        after = sheet.write(left + 44, middle, f"{figure} ", TEXT, weight="bold")
        left = sheet.write(after + 8, middle, str(drawn.words[word])) + 52
    drawn.top += 74


def _spread_key(drawn: Page, found: Groups) -> None:
    """What the marks are; below, the overall figures in words."""
    sheet, middle, words = drawn.sheet, drawn.top + 24, drawn.words
    sheet.patch(EDGE, middle - 15, 30, 30, facecolor=sheet.theme.accent, linewidth=0)
    after = sheet.write(EDGE + 44, middle, words["mean"])
    after = sheet.write(after + 40, middle, "●", TEXT, color=sheet.theme.ink)
    after = sheet.write(after + 12, middle, words["median"])
    after = sheet.write(after + 40, middle, "◆", TEXT, color=sheet.theme.second)
    sheet.write(after + 12, middle, words["ninth"])
    said = drawn.say("overall", drawn.span(found.overall), found.measured)
    if found.none_yet:
        said += f" · {drawn.say('none_yet', found.none_yet)}"
    sheet.patch(EDGE, middle + 48, 30, 4, facecolor=sheet.theme.second, linewidth=0)
    sheet.write(EDGE + 44, middle + 50, sheet.shortened(said, INNER - 44, weight="bold"), TEXT, weight="bold")
    drawn.top += 124
