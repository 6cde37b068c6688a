"""Rich messages: HTML with tables read into blocks, within the limits of the server's options."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from sandbox.arguments import Arguments
from sandbox.models import Json
from sandbox.refusals import bad_request

MAX_CHARACTERS = 32_768
MAX_BLOCKS = 500
MAX_COLUMNS = 20
HEADINGS = {f"h{size}": size for size in range(1, 7)}
CELLS = {"td": False, "th": True}
TABLE_PARTS = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
FLOW = frozenset({"p", "footer", "blockquote", "pre", "ul", "ol", "li", "details", "summary", *HEADINGS})
INLINE = frozenset(
    {"a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "mark", "sub", "sup", "span",
     "tg-spoiler", "tg-emoji", "tg-time"}
)  # fmt: skip
VOID = frozenset({"br", "hr"})


def read_rich(args: Arguments) -> Json:
    """The rich content of a request: what the message shows and the HTML it came from."""
    given = args.parsed("rich_message", "rich message")
    if not isinstance(given, dict):
        raise bad_request("object expected as rich message")
    sources = [name for name in ("html", "markdown", "blocks") if given.get(name)]
    if len(sources) != 1:
        raise bad_request("exactly one of the fields html, markdown, and blocks must be specified in the rich message")
    source = given[sources[0]]
    blocks = {"html": html_blocks, "markdown": paragraph_blocks, "blocks": given_blocks}[sources[0]](source)
    check_blocks(blocks)
    return {"message": {"blocks": blocks}, "html": given.get("html")}


def check_blocks(blocks: list[Json]) -> None:
    """Not empty, not too long, not too wide."""
    if not blocks:
        raise bad_request("message text is empty")
    if len(blocks) > MAX_BLOCKS or sum(len(text) for text in texts(blocks)) > MAX_CHARACTERS:
        raise bad_request("message is too long")
    for block in blocks:
        if any(len(row) > MAX_COLUMNS for row in block.get("cells", [])):
            raise bad_request("too many columns in the table")


def texts(value: Any) -> list[str]:
    """All strings shown anywhere in the blocks."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if isinstance(value, dict):
        shown = ("text", "caption", "cells", "summary", "blocks", "items")
        return [text for name in shown if name in value for text in texts(value[name])]
    return []


def paragraph_blocks(text: str) -> list[Json]:
    """Markdown is shown as it is written."""
    return [{"type": "paragraph", "text": text}]


def given_blocks(blocks: Any) -> list[Json]:
    """Blocks the bot made itself; cells get the alignment the server would fill in."""
    if not isinstance(blocks, list) or not all(isinstance(b, dict) and isinstance(b.get("type"), str) for b in blocks):
        raise bad_request("can't parse rich message: Array of blocks expected")
    return [{**block, "cells": filled_rows(block["cells"])} if "cells" in block else block for block in blocks]


def filled_rows(rows: list[list[Json]]) -> list[list[Json]]:
    """Rows of cells with every field a client needs."""
    return [[{"align": "left", "valign": "middle", **cell} for cell in row] for row in rows]


def html_blocks(html: str) -> list[Json]:
    """Read HTML into headings, paragraphs and tables."""
    reader = RichReader()
    reader.feed(html)
    reader.close()
    if reader.open_tags:
        raise bad_request(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{reader.open_tags[-1]}\""
        )
    reader.flush("paragraph")
    return reader.blocks


@dataclass
class Table:
    """A table being read."""

    flags: Json
    rows: list[list[Json]] = field(default_factory=list)
    caption: str = ""


class RichReader(HTMLParser):
    """Collects blocks; inline styles are checked but their text is kept plain."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Json] = []
        self.open_tags: list[str] = []
        self._text: list[str] = []
        self._table: Table | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block, a cell or a style."""
        if tag not in TABLE_PARTS | FLOW | INLINE | VOID:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self._offset()}')
        if tag in VOID:
            self._text.append("\n" if tag == "br" else "")
            return
        self.open_tags.append(tag)
        attributes = dict(attrs)
        if tag in FLOW | {"table"} and self._table is None:
            self.flush("paragraph")
        if tag == "table":
            flags = {f"is_{name}": True for name in ("bordered", "striped", "compact") if name in attributes}
            self._table = Table(flags)
        elif self._table and tag == "tr":
            self._table.rows.append([])
        elif self._table and self._table.rows and tag in CELLS:
            self._table.rows[-1].append(make_cell(tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        if not self.open_tags or self.open_tags[-1] != tag:
            expected = self.open_tags[-1] if self.open_tags else ""
            where = f"byte offset {self._offset()}"
            words = f'Unmatched end tag at {where}, expected "</{expected}>", found "</{tag}>"'
            raise bad_request(f"can't parse entities: {words if expected else 'Unexpected end tag at ' + where}")
        self.open_tags.pop()
        if self._table is not None:
            self._end_in_table(self._table, tag)
        elif tag in HEADINGS:
            self.flush("heading", size=HEADINGS[tag])
        elif tag in FLOW:
            self.flush("footer" if tag == "footer" else "paragraph")

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self._text.append(data)

    def flush(self, kind: str, **fields: Any) -> None:
        """Make a block of the text collected so far, if there is any."""
        text = self._taken()
        if text:
            self.blocks.append({"type": kind, "text": text, **fields})

    def _end_in_table(self, table: Table, tag: str) -> None:
        if tag == "caption":
            table.caption = self._taken()
        elif tag in CELLS and table.rows and table.rows[-1]:
            table.rows[-1][-1]["text"] = self._taken()
        elif tag == "table":
            self._taken()
            caption = {"caption": table.caption} if table.caption else {}
            self.blocks.append({"type": "table", "cells": table.rows, **table.flags, **caption})
            self._table = None

    def _taken(self) -> str:
        text = "".join(self._text).strip()
        self._text.clear()
        return text

    def _offset(self) -> int:
        line, column = self.getpos()
        return len("".join(self.rawdata.splitlines(keepends=True)[: line - 1]).encode()) + column


def make_cell(tag: str, attributes: dict[str, str | None]) -> Json:
    """A cell with its alignment and spans."""
    cell: Json = {
        "align": attributes.get("align") or "left",
        "valign": attributes.get("valign") or "middle",
        "text": "",
    }
    if CELLS[tag]:
        cell["is_header"] = True
    for span in ("colspan", "rowspan"):
        if (attributes.get(span) or "").isdigit():
            cell[span] = int(attributes[span] or 1)
    return cell
