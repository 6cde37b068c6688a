"""Telegram's HTML: what becomes of it, and the words for what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.entities import parse_html
from sandbox.formatting import settle
from sandbox.refusals import Refusal


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("a<p>b</p>", 'Unsupported start tag "p" at byte offset 1'),
        ("жа<br>", 'Unsupported start tag "br" at byte offset 4'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("a <b>b", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-time>x</tg-time>", 'Tag "tg-time" must have valid attribute "unix" at byte offset 0'),
        ('<tg-time unix="1" format="zz">x</tg-time>', 'must have valid attribute "format"'),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x_y>z</a>", "Unexpected end of name token at byte offset 8"),
    ],
)
def test_refused_with_the_servers_words(html, words):
    with pytest.raises(Refusal) as caught:
        parse_html(html)
    assert caught.value.description.startswith("Bad Request: can't parse entities: ")
    assert words in caught.value.description


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<STRONG>a</STRONG>", "a", [("bold", 0, 1)]),
        ("<b></b>a", "a", []),
        ("&lt;b&gt; &amp; &quot;&#33;&#x1F514;", '<b> & "!🔔', []),
        ("&nbsp; &copy; &", "&nbsp; &copy; &", []),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<b>x<code>y</code>z</b>", "xyz", [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]),
        ("<code><b>y</b></code>", "y", [("code", 0, 1)]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", [("blockquote", 0, 2)]),
        ("  <b>a</b> \n", "a", [("bold", 0, 1)]),
        ("<b> a</b>", " a", [("bold", 0, 2)]),
        ('<a href="javascript:x">a</a>', "a", []),
        ('<tg-time unix="5" format="wDT">a</tg-time>', "a", [("date_time", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("/take@some_bot and /x, a/b", "/take@some_bot and /x, a/b", [("bot_command", 0, 14), ("bot_command", 19, 2)]),
        ("ask @taras", "ask @taras", [("mention", 4, 6)]),
        ("<code>/x</code>", "/x", [("code", 0, 2)]),
    ],
)
def test_understood(html, text, entities):
    settled = settle(*parse_html(html))
    assert settled.text == text
    assert [(e["type"], e["offset"], e["length"]) for e in settled.entities] == entities


def test_details_of_entities():
    blocks = settle(
        *parse_html('<pre><code class="language-py">x</code></pre> <a href="https://a.example/?q=1&amp;r=2">l</a>')
    )
    assert blocks.entities == [
        {"type": "pre", "language": "py", "offset": 0, "length": 1},
        {"type": "text_link", "url": "https://a.example/?q=1&r=2", "offset": 2, "length": 1},
    ]
    (moment,) = settle(*parse_html('<tg-time unix="1700000000" format="t">14:02</tg-time>')).entities
    assert (moment["unix_time"], moment["date_time_format"]) == (1_700_000_000, "t")


def test_at_most_a_hundred_entities_are_kept():
    assert len(settle(*parse_html("<b>a</b> " * 120)).entities) == 100


PIECES = ["<b>", "</b>", "<i>", "</i>", "<code>", "</code>", "<pre>", "</pre>", "<blockquote>", "</blockquote>", "</>"]
WORDS = [" ", "\n", "a", "🔔", "ж", "&lt;", "&", "/x", "@taras", '<a href="https://a.example">', "</a>", "<", ">"]


@given(st.lists(st.sampled_from(PIECES + WORDS), max_size=14).map("".join))
def test_every_text_is_understood_or_refused_and_entities_lie_in_it(html):
    try:
        settled = settle(*parse_html(html))
    except Refusal:
        return
    units = settled.text.encode("utf-16-le")
    assert settled.text == settled.text.rstrip()
    for entity in settled.entities:
        start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        assert 0 <= start < end <= len(units)
        assert units[start:end].decode("utf-16-le")
