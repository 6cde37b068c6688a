"""Promise 15: ten thousand random names, and never a message that Telegram refuses."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from followup.cases.views import HistoryLine, NoteView, OrderView
from followup.errors import FollowupError
from messenger.answers import refusal, toast
from messenger.buttons import CasePress, ScreenPress, packable, unpacked
from messenger.markup import fit, plain, visible_length
from messenger.screens import MemberChoice, Menu, ReasonChoice, case_card
from sandbox.entities import parse_html
from tests.messenger.cast import BY_HAND, NOW, TAKEN, TRIED, case, chat
from tests.messenger.checker import keyboard_refusals, refusals

PIECES = (
    *(
        "<b>",
        "</b>",
        "<",
        ">",
        "&",
        "&amp;",
        "&#0;",
        "<a href='x'>",
        "{{",
        "}}",
        "{% raw %}",
        "%(x)s",
        "%",
        "\\",
        '"',
        "'",
    ),
    *(
        "\u202e",
        "\u200f",
        "\u2066",
        "\u2069",
        "\u200d",
        "\ufe0f",
        "\ufeff",
        "\x00",
        "\x1b",
        "\ud83d",
        "\udc00",
        "\u2028",
    ),
    *(
        "👨‍👩‍👧‍👦",
        "🇺🇦",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "👍🏽",
        "e\u0301",
        "Z\u0351\u0352\u0353",
        "\n",
        "\t",
        " ",
        "\r\n",
        "\u00a0",
        "Анна",
        "עברית",
        "عربي",
    ),
    *("@admin", "/start", "t.me/x", "+380671234567", "a" * 50, "1️⃣", "𝔘", "漢字"),
)


def hostile(chance: random.Random) -> str:
    length = chance.choice((0, 1, 2, 3, 5, 8, 200))
    return "".join(chance.choice(PIECES) for _ in range(length))


def accepted(message) -> None:
    assert refusals(message.text.replace("{{", "").replace("{%", "").replace("%(", "")) == []
    assert keyboard_refusals(message) == []
    parse_html(message.text)  # the look-alike reads mark-up as the server does and refuses as it does
    plain(message.text).encode()


def test_ten_thousand_names_and_no_unsent_alert():
    chance = random.Random(15)
    names = iter([hostile(chance) for _ in range(10_000)])
    for number, (client, owner, caller, one, two) in enumerate(zip(*[names] * 5, strict=True)):
        people = {**TAKEN, **TRIED, "owner_name": owner, "last_attempt_by": caller}
        view = case(client_name=client, line_names=(one, two), **people)
        accepted(case_card(view, chat(language=("ru", "uk", "en")[number % 3], mask=number % 5 > 0), None, NOW))


def test_every_text_from_outside_at_its_worst():
    chance = random.Random(16)
    for number in range(100):
        text = hostile(chance)
        note = NoteView(at=NOW, author=text, text=hostile(chance) * 9)
        order = OrderView(ordered_at=NOW, widget_name=text, topic=hostile(chance), wanted_at=None)
        view = case(
            client_name=text * 50,
            number=hostile(chance) or None,
            other_numbers=(hostile(chance), text),
            line_names=(text, hostile(chance)) * 3,
            notes=(note, note, note),
            orders=(order,) * 4,
            **{**TRIED, "last_attempt_by": text},
        )
        if number % 2:
            view = case(
                **{**BY_HAND, "closed_by": text}, close_reason="own", close_text=hostile(chance) * 9, notes=(note,)
            )
        context = chat(
            language=("ru", "uk", "en")[number % 3],
            mask=number % 5 > 0,
            reasons=(ReasonChoice(text or "x", hostile(chance)), ReasonChoice("own", hostile(chance))),
            members=(MemberChoice(1, text), MemberChoice(2, hostile(chance))),
            history=(HistoryLine(at=NOW, kind="note", who=text, line_name=text, text=hostile(chance)),) * 50,
        )
        for kind in ("reasons", "more", "transfer", "history"):
            accepted(case_card(view, context, Menu(kind, opener=text), NOW))


def test_ten_thousand_letters_are_cut():
    message = case_card(case(client_name="x" * 10_000), chat(), None, NOW)
    assert visible_length(message.text) < 300
    assert "x…" in message.text


@settings(deadline=None, max_examples=50)
@given(st.text(), st.text())
def test_answers_fit_a_toast(name, found):
    for key in ("taken_by_other", "bad_number", "bad_setting", "case_closed", name):
        error = FollowupError(key, name=name * 20, found=found * 20, key=name, expected=found, at=NOW, how=found)
        for language in ("ru", "uk", "en"):
            assert 1 <= len(refusal(error, language)) <= 200
    assert 1 <= len(toast("transferred", "uk", to=name * 50)) <= 200


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.sampled_from(("<b>", "<i>", "<code>", "a&amp;", "&lt;", "б", "👍🏽", "x\n")), max_size=60),
    st.integers(1, 40),
)
def test_cutting_breaks_nothing(pieces, limit):
    html, open_tags = "", []
    for piece in pieces:
        if piece.startswith("<"):
            open_tags.append(piece[1:-1])
        html += piece
    html += "".join(f"</{tag}>" for tag in reversed(open_tags))
    cut = fit(html, limit)
    assert visible_length(cut) <= limit
    assert all("visible" in problem for problem in refusals(cut))
    assert cut == html if visible_length(html) <= limit else plain(cut).endswith("…")


@given(st.text(min_size=1, max_size=64), st.integers(0, 2**63 - 1))
def test_a_press_carries_at_most_64_bytes(code, number):
    for press in (CasePress, ScreenPress):
        key = "case" if press is CasePress else "screen"
        packed = press(op="transfer", arg=packable(code), **{key: number}).pack()
        assert len(packed.encode()) <= 64
        assert unpacked(press.unpack(packed).arg, ["another", code]) == code
