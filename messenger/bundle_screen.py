"""Several cases in one message: a line each, kept true like a card (promise 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from followup.cases.views import CaseView
from messenger.buttons import CasePress, ScreenPress, case_button, keyboard, rows, screen_button
from messenger.letters import NEW_SCREEN, LetterContext
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render, render_plain

_BUTTONS_A_ROW = 5


def bundle_card(cases: Sequence[CaseView], ctx: LetterContext) -> Outgoing:
    """The bundle as it stands at ``ctx.now``; each open case's number opens its own card."""
    lines = [(case, _tone(case, ctx.now)) for case in cases]
    waiting = sum(case.state == "open" for case in cases)
    text = render("cards/bundle.j2", ctx.language, ctx=ctx, lines=lines, total=len(lines), waiting=waiting)
    places = [(str(place), case.id) for place, case in enumerate(cases, start=1) if case.state == "open"]
    opens = [case_button(place, CasePress(op="open", case=case_id)) for place, case_id in places]
    queue = screen_button(
        render_plain("letters/buttons.j2", ctx.language, code="open_queue"), ScreenPress(op="queue", screen=NEW_SCREEN)
    )
    return Outgoing(text=fit(text), keyboard=keyboard(*rows(opens, _BUTTONS_A_ROW), [queue]) if waiting else None)


def _tone(case: CaseView, now: datetime) -> str:
    """How the case stands, in one word: the last one that holds."""
    if case.state == "withdrawn":
        return "withdrawn"
    if case.state == "closed":
        return case.how or "expired"
    is_snoozed = case.snoozed_until is not None and case.snoozed_until > now
    said = {"taken": case.owner_id, "snoozed": is_snoozed, "calling": case.calling_by or case.calling_at}
    tried = "tried" if case.attempts else "waiting"
    return next((tone for tone in ("calling", "snoozed", "taken") if said[tone]), tried)
