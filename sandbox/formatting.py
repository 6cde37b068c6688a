"""From raw text to what a message holds: nesting rules, trimming, found commands, and the limits of length."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.arguments import Arguments
from sandbox.entities import parse_html, utf16_length
from sandbox.models import Json
from sandbox.refusals import bad_request

MAX_RAW_BYTES = 1 << 15
MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100
SOLID = frozenset({"code", "pre"})
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
FOUND_BY_ITSELF = (
    ("bot_command", re.compile(r"(?<![\w/>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w@])")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
    ("url", re.compile(r"\bhttps?://[^\s<>]+[^\s<>.,;:!?)]")),
)


@dataclass
class Formatted:
    """Text as shown and its entities."""

    text: str
    entities: list[Json]


def format_argument(args: Arguments, name: str, entities_name: str) -> Formatted:
    """Read text and formatting of a request."""
    raw = args.text(name)
    if len(raw.encode()) > MAX_RAW_BYTES:
        raise bad_request("text is too long")
    mode = args.text("parse_mode").lower()
    if raw and mode == "html":
        return settle(*parse_html(raw))
    if raw and mode not in {"", "none"}:
        # Markdown is not played here: nothing of ours speaks it
        raise bad_request("unsupported parse_mode")
    return settle(raw, given_entities(args.parsed(entities_name, "message entities"), raw))


def message_text(args: Arguments) -> Formatted:
    """The text of a message: 1-4096 characters after the entities are taken out."""
    if not args.text("text"):
        raise bad_request("message text is empty")
    formatted = format_argument(args, "text", "entities")
    if not formatted.text:
        raise bad_request("message text is empty")
    if len(formatted.text) > MAX_TEXT:
        raise bad_request("message is too long")
    return formatted


def message_caption(args: Arguments) -> Formatted:
    """The caption of a file: up to 1024 characters."""
    formatted = format_argument(args, "caption", "caption_entities")
    if len(formatted.text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return formatted


def given_entities(given: Any, text: str) -> list[Json]:
    """Entities that the bot counted itself must lie in the text and not cut a character."""
    if not isinstance(given, list):
        return []
    cuts, end = {0}, 0
    for character in text:
        end += 2 if ord(character) > 0xFFFF else 1
        cuts.add(end)
    return [checked_entity(entity, cuts, end) for entity in given]


def checked_entity(entity: Any, cuts: set[int], end: int) -> Json:
    """One entity with whole numbers on character borders."""
    if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
        raise bad_request("can't parse MessageEntity: Object expected as message entity")
    start, length = entity.get("offset"), entity.get("length")
    if not isinstance(start, int) or not isinstance(length, int):
        raise bad_request('can\'t parse MessageEntity: Field "offset" must be of type Number')
    if start < 0 or length < 0 or start + length > end:
        what = f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}"
        raise bad_request(what)
    if start not in cuts or start + length not in cuts:
        raise bad_request(f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol")
    return {**entity}


def settle(text: str, entities: list[Json]) -> Formatted:
    """Apply the server's rules: what may nest, what is trimmed, what is found by itself."""
    text = text.replace("\r", "").replace("\0", "")
    trimmed, kept = trim(text, nest(entities))
    kept = kept + find_entities(trimmed, kept)
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(trimmed, kept[:MAX_ENTITIES])


def nest(entities: list[Json]) -> list[Json]:
    """Code takes no other style inside or around itself, quotes do not stand in quotes."""
    # of two equally long ones the outer tag closed last
    outer_first = list(reversed(entities))
    ordered = sorted(outer_first, key=lambda entity: (entity["offset"], -entity["length"]))
    solid = [named_language(e) for e in outermost([e for e in ordered if e["type"] in SOLID])]
    quotes = outermost([e for e in ordered if e["type"] in QUOTES])
    kept = solid + quotes
    for entity in ordered:
        if entity["type"] not in SOLID | QUOTES:
            kept += without(entity, solid)
    return kept


def outermost(ordered: list[Json]) -> list[Json]:
    """Entities that lie in no earlier one; <pre><code class=...> keeps the language."""
    kept: list[Json] = []
    for entity in ordered:
        if kept and entity["offset"] < end_of(kept[-1]):
            if "language" in entity and kept[-1]["type"] == "pre":
                kept[-1] = {**kept[-1], "language": entity["language"]}
            continue
        kept.append(entity)
    return kept


def named_language(entity: Json) -> Json:
    """Only a block names its language."""
    return entity if entity["type"] == "pre" else {k: v for k, v in entity.items() if k != "language"}


def without(entity: Json, solid: list[Json]) -> list[Json]:
    """The parts of a style that lie outside code."""
    parts, start = [], entity["offset"]
    for block in solid:
        if block["offset"] >= end_of(entity) or end_of(block) <= start:
            continue
        if block["offset"] > start:
            parts.append({**entity, "offset": start, "length": block["offset"] - start})
        start = end_of(block)
    if start < end_of(entity):
        parts.append({**entity, "offset": start, "length": end_of(entity) - start})
    return parts


def end_of(entity: Json) -> int:
    """Where an entity ends, in UTF-16 units."""
    return int(entity["offset"] + entity["length"])


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut white space: at the end always, at the start up to the first entity."""
    stripped = text.rstrip()
    end = utf16_length(stripped)
    kept = [{**e, "length": min(end_of(e), end) - e["offset"]} for e in entities if e["offset"] < end]
    kept = [e for e in kept if e["length"] > 0]
    first = min((e["offset"] for e in kept), default=end)
    # white space is one UTF-16 unit each, so characters and units agree here
    cut = min(len(stripped) - len(stripped.lstrip()), first)
    return stripped[cut:], [{**e, "offset": e["offset"] - cut} for e in kept]


def find_entities(text: str, taken: list[Json]) -> list[Json]:
    """Commands, mentions and links that the server finds by itself outside of code and links."""
    found: list[Json] = []
    closed = [e for e in taken if e["type"] in SOLID | {"text_link", "text_mention", "bot_command", "mention", "url"}]
    for kind, pattern in FOUND_BY_ITSELF:
        for match in pattern.finditer(text):
            offset = utf16_length(text[: match.start()])
            entity: Json = {"type": kind, "offset": offset, "length": utf16_length(match.group())}
            if all(end_of(entity) <= e["offset"] or entity["offset"] >= end_of(e) for e in closed + found):
                found.append(entity)
    return found
