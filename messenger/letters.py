"""What is said once: reminders, nudges, questions, greetings; one function a kind, each gives a whole message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from aiogram.enums import ButtonStyle
from aiogram.types import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from followup.cases.views import CaseView
from messenger.buttons import CasePress, ScreenPress, case_button, copy_button, keyboard, label, rows, screen_button
from messenger.dates import clock_time
from messenger.filters import cut
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render, render_plain

Mention = tuple[int, str]  # a person's Telegram id and name
Step = Literal["sent", "edited", "passed"]
ChatKind = Literal["group", "private"]

PLAIN_QUESTIONS = ("title", "period")
_CASES_LISTED = 20
NEW_SCREEN = 0  # a press that opens a screen has none yet


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContext:
    """Where and when a letter is read; ``mask``: numbers are masked in this chat."""

    language: str
    timezone: str
    mask: bool
    team_name: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pbx:
    """A PBX that said nothing from a moment on; ``ends_at``: when it spoke again."""

    name: str
    begins_at: datetime
    ends_at: datetime | None = None


def morning_list(cases: Sequence[CaseView], ctx: LetterContext) -> Outgoing:
    """Who called while it was closed: one list instead of forty alerts at night (promise 13)."""
    return _list("morning", cases, ctx)


def reminder(cases: Sequence[CaseView], ctx: LetterContext) -> Outgoing:
    """All cases that are due in this chat now (promise 11)."""
    return _list("reminder", cases, ctx)


def escalation(cases: Sequence[CaseView], ctx: LetterContext, mention: Mention | None = None) -> Outgoing:
    """The same to the head: in private, or in the team's chat with a mention."""
    return _list("escalation", cases, ctx, mention)


def nudge(case: CaseView, owner: Mention, ctx: LetterContext) -> Outgoing:
    """The owner took the case and has not reached the client (promise 10)."""
    return _about("nudge", case, ctx, owner)


def returned(case: CaseView, owner_name: str, ctx: LetterContext, heads: Sequence[Mention] = ()) -> Outgoing:
    """The team learns that a forgotten case is free again; ``heads`` could not be told in private."""
    return _about("returned", case, ctx, owner_name, heads)


def returned_head(case: CaseView, owner_name: str, ctx: LetterContext) -> Outgoing:
    """The head learns who forgot it."""
    return _about("returned_head", case, ctx, owner_name)


def woke(case: CaseView, ctx: LetterContext) -> Outgoing:
    """The moment somebody chose under Later has come."""
    return _about("woke", case, ctx)


def missed_again(case: CaseView, ctx: LetterContext) -> Outgoing:
    """A short reply to the card: an edit makes no sound (promise 11)."""
    return Outgoing(text=_case_text("missed_again", case, ctx))


def transferred(case: CaseView, by: str | None, ctx: LetterContext) -> Outgoing:
    """The new owner learns in private what a colleague handed over."""
    return _about("transferred", case, ctx, by)


def number_letter(case: CaseView, ctx: LetterContext) -> Outgoing:
    """The full number for the presser's private chat, to copy or to tap."""
    copied = [copy_button(label("copy", ctx.language), case.number)] if case.number else []
    call = case_button(label("call", ctx.language), CasePress(op="call", case=case.id), ButtonStyle.PRIMARY)
    is_open = case.state == "open" and case.number is not None
    return Outgoing(text=_case_text("number", case, ctx), keyboard=keyboard(copied, [call] if is_open else []))


def question_reason(case: CaseView, asked: Mention, ctx: LetterContext) -> Outgoing:
    """How it was handled, in the person's own words (R18)."""
    return _question("reason", case, asked, ctx)


def question_note(case: CaseView, asked: Mention, ctx: LetterContext) -> Outgoing:
    """What colleagues shall know."""
    return _question("note", case, asked, ctx)


def question_snooze(case: CaseView, asked: Mention, ctx: LetterContext) -> Outgoing:
    """When to remind."""
    return _question("snooze", case, asked, ctx)


def question_number(case: CaseView, asked: Mention, ctx: LetterContext) -> Outgoing:
    """Another number of the same client."""
    return _question("number", case, asked, ctx)


def plain_question(kind: str, asked: Mention, ctx: LetterContext) -> Outgoing:
    """About no case: the name of a new Handle reason, 1 to 60 characters (R17); the days of a report."""
    return _question(kind, None, asked, ctx)


def chat_trouble(title: str, error: str, ctx: LetterContext) -> Outgoing:
    """An owner learns that a chat cannot be written to (promise 5)."""
    return _plain_letter("letters/chat.j2", ctx, kind="trouble", title=title, error=error)


def silence(pbx: Pbx, people: Sequence[Mention], ctx: LetterContext) -> Outgoing:
    """An owner learns that his PBX says nothing in working time (promise 16); ``people`` could not be told in private."""
    return _plain_letter("letters/silence.j2", ctx, kind="silence", pbx=pbx, people=people)


def heard_again(pbx: Pbx, ctx: LetterContext) -> Outgoing:
    """The same person learns for how long nothing was known."""
    return _plain_letter("letters/silence.j2", ctx, kind="heard_again", pbx=pbx, people=())


def never_heard(pbx: Pbx, people: Sequence[Mention], ctx: LetterContext) -> Outgoing:
    """A hint, once: a connection that was made and never used."""
    return _plain_letter("letters/silence.j2", ctx, kind="never_heard", pbx=pbx, people=people)


def topic_closed(title: str, error: str, ctx: LetterContext) -> Outgoing:
    """An owner learns that a topic takes no messages and that the group does instead (promise 5)."""
    return _plain_letter("letters/chat.j2", ctx, kind="topic", title=title, error=error)


def added_to_group(chat_id: int, ctx: LetterContext, *, is_connected: bool) -> Outgoing:
    """What to do next in a chat the bot was added to, with the very command to type."""
    add = f'perezvon team add "{_shell_word(ctx.team_name)}" --timezone {ctx.timezone} --language {ctx.language} --chat {chat_id}'
    given = {"is_connected": is_connected, "command": add, "command_set": f"perezvon team set TEAM chat={chat_id}"}
    button = copy_button(_label("copy_command", ctx.language), add)
    letter = _plain_letter("letters/chat.j2", ctx, kind="added", **given)
    return letter if is_connected else Outgoing(text=letter.text, keyboard=keyboard([button]))


def start_private(role: str, name: str, teams: Sequence[str], ctx: LetterContext) -> Outgoing:
    """The first words to a member."""
    given = {"role": role, "name": name, "teams": [cut(team, 60) for team in teams[:20]]}
    return _plain_letter("letters/start.j2", ctx, kind="member", **given)


def start_stranger(telegram_id: int, ctx: LetterContext) -> Outgoing:
    """The first words to somebody no team knows: the id that the owner needs."""
    return _with_id("stranger", telegram_id, ctx)


def not_member(telegram_id: int, ctx: LetterContext) -> Outgoing:
    """The same to somebody who asked for what is the team's own."""
    return _with_id("not_member", telegram_id, ctx)


def start_group_member(ctx: LetterContext) -> Outgoing:
    """/start in the team's chat."""
    return _plain_letter("letters/start.j2", ctx, kind="group")


def help_letter(role: str, chat: ChatKind, ctx: LetterContext) -> Outgoing:
    """How it works, on one screen."""
    return _plain_letter("letters/help.j2", ctx, role=role, is_group=chat == "group")


def selftest(step: Step, ctx: LetterContext) -> Outgoing:
    """The self-test: it writes, changes what it wrote, and asks for a press (ScreenPress "selftest")."""
    press = screen_button(_label("press_me", ctx.language), ScreenPress(op="selftest", screen=NEW_SCREEN))
    text = render("letters/selftest.j2", ctx.language, step=step)
    return Outgoing(text=text, keyboard=keyboard([press]) if step == "edited" else None)


def error_general(ctx: LetterContext) -> Outgoing:
    """Something broke on our side."""
    return _plain_letter("letters/error.j2", ctx)


def _list(kind: str, cases: Sequence[CaseView], ctx: LetterContext, mention: Mention | None = None) -> Outgoing:
    # Hidden callers are nobody one could call: they are counted, not listed (D2).
    known = [case for case in cases if case.number is not None]
    given = {
        "kind": kind,
        "cases": known[:_CASES_LISTED],
        "total": len(known),
        "more": max(len(known) - _CASES_LISTED, 0),
        "hidden": len(cases) - len(known),
        "person": mention,
        "as_of": clock_time(ctx.now, ctx.timezone),
    }
    letter = _plain_letter("letters/lists.j2", ctx, **given)
    return Outgoing(text=letter.text, keyboard=_list_keyboard(known[:_CASES_LISTED], ctx.language))


def _list_keyboard(cases: Sequence[CaseView], language: str) -> InlineKeyboardMarkup | None:
    opens = [case_button(str(place), CasePress(op="open", case=case.id)) for place, case in enumerate(cases, start=1)]
    queue = screen_button(_label("open_queue", language), ScreenPress(op="queue", screen=NEW_SCREEN))
    return keyboard(*rows(opens, 5), [queue])


def _about(
    kind: str, case: CaseView, ctx: LetterContext, person: Mention | str | None = None, heads: Sequence[Mention] = ()
) -> Outgoing:
    return Outgoing(
        text=_case_text(kind, case, ctx, person, heads), keyboard=keyboard([_open_card(case, ctx.language)])
    )


def _case_text(
    kind: str, case: CaseView, ctx: LetterContext, person: Mention | str | None = None, heads: Sequence[Mention] = ()
) -> str:
    return fit(render("letters/case.j2", ctx.language, kind=kind, case=case, ctx=ctx, person=person, heads=heads))


def _open_card(case: CaseView, language: str) -> InlineKeyboardButton:
    return case_button(_label("open_card", language), CasePress(op="open", case=case.id))


def _question(kind: str, case: CaseView | None, asked: Mention, ctx: LetterContext) -> Outgoing:
    # Selective: in a group only the person mentioned gets the field opened.
    hint = render_plain("letters/hints.j2", ctx.language, kind=kind)
    reply = ForceReply(selective=True, input_field_placeholder=cut(hint, 64))
    text = render("letters/question.j2", ctx.language, kind=kind, case=case, person=asked, ctx=ctx)
    return Outgoing(text=fit(text), keyboard=reply)


def _with_id(kind: str, telegram_id: int, ctx: LetterContext) -> Outgoing:
    letter = _plain_letter("letters/start.j2", ctx, kind=kind, telegram_id=telegram_id)
    return Outgoing(
        text=letter.text, keyboard=keyboard([copy_button(_label("copy_id", ctx.language), str(telegram_id))])
    )


def _plain_letter(template: str, ctx: LetterContext, **given: Any) -> Outgoing:
    return Outgoing(text=fit(render(template, ctx.language, ctx=ctx, **given)))


def _label(code: str, language: str) -> str:
    return render_plain("letters/buttons.j2", language, code=code)


def _shell_word(text: str) -> str:
    """A chat's title inside double quotes of a command line, whatever it contains."""
    return "".join(sign for sign in cut(text, 60) if sign not in '"\\$`!')
