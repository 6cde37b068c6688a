"""Telegram's HTML to text and entities, refusing what its parser refuses, in its words (byte offsets and all)."""

import re
from dataclasses import dataclass, field

from sandbox.models import Json
from sandbox.refusals import Refusal, bad_request

KIND_OF_TAG = {
    "a": "text_link", "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "s": "strikethrough",
    "strike": "strikethrough", "del": "strikethrough", "u": "underline", "ins": "underline",
    "tg-spoiler": "spoiler", "span": "spoiler", "tg-emoji": "custom_emoji", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "tg-time": "date_time",
}  # fmt: skip
ARGUMENT_OF_TAG = {"a": "href", "code": "class", "span": "class", "tg-emoji": "emoji-id"}
NAMED_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
TIME_FORMAT = re.compile(r"(?:r|w?[dD]?[tT]?)")
LINK = re.compile(r"(?:https?|tg|ton)://[^\s]+", re.IGNORECASE)
USER_LINK = re.compile(r"tg://user\?id=(\d+)", re.IGNORECASE)


def utf16_length(text: str) -> int:
    """Length in UTF-16 units: what entity offsets are counted in."""
    return len(text.encode("utf-16-le")) // 2


@dataclass
class Tag:
    """An open tag and where its text began."""

    name: str
    attributes: dict[str, str]
    offset: int
    start: int


@dataclass
class HtmlReader:
    """Walks once through the text like the official parser does."""

    text: str
    at: int = 0
    offset: int = 0
    out: list[str] = field(default_factory=list)
    open_tags: list[Tag] = field(default_factory=list)
    found: list[Json] = field(default_factory=list)

    def read(self) -> tuple[str, list[Json]]:
        """The plain text and its entities in order."""
        while self.at < len(self.text):
            if self._peek() != "<":
                self._emit(self._character())
            elif self.text.startswith("/", self.at + 1):
                self._end_tag()
            else:
                self._start_tag()
        if self.open_tags:
            raise self._refusal(f'Can\'t find end tag corresponding to start tag "{self.open_tags[-1].name}"')
        return "".join(self.out), self.found

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else "\0"

    def _emit(self, characters: str) -> None:
        self.out.append(characters)
        self.offset += utf16_length(characters)

    def _character(self) -> str:
        decoded = self._decoded() if self._peek() == "&" else ""
        if decoded:
            return decoded
        self.at += 1
        return self.text[self.at - 1]

    def _decoded(self) -> str:
        # other named characters stay as they are written: the server knows these four only
        match = CHARACTER.match(self.text, self.at)
        if match is None:
            return ""
        hexadecimal, decimal, name = match.groups()
        if name:
            found = NAMED_CHARACTERS.get(name, "")
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            found = chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000 else ""
        self.at = match.end() if found else self.at
        return found

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self._until_space().lower()
        self._must_go_on("Unclosed start tag", begin)
        if name not in KIND_OF_TAG:
            raise self._refusal(f'Unsupported start tag "{name}"', begin)
        attributes = self._attributes(name, begin)
        self.at += 1
        self._check_attributes(name, attributes, begin)
        self.open_tags.append(Tag(name, attributes, self.offset, len(self.out)))

    def _until_space(self) -> str:
        start = self.at
        while self.at < len(self.text) and not self._peek().isspace() and self._peek() != ">":
            self.at += 1
        return self.text[start : self.at]

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_spaces()
            if self._peek() == ">":
                return attributes
            self._must_go_on("Unclosed start tag", begin)
            name = self._take(ATTRIBUTE_NAME).lower()
            if not name:
                raise self._refusal(f'Empty attribute name in the tag "{tag}"', begin)
            attributes[name] = self._attribute_value(tag, begin)

    def _attribute_value(self, tag: str, begin: int) -> str:
        self._skip_spaces()
        if self._peek() != "=":
            self._must_go_on("Unclosed start tag", begin)
            if tag != "blockquote":
                raise self._refusal(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
            return ""
        self.at += 1
        self._skip_spaces()
        value = self._quoted() if self._peek() in "\"'" else self._bare_value()
        self._must_go_on("Unclosed start tag", begin)
        return value

    def _quoted(self) -> str:
        quote = self._peek()
        self.at += 1
        value = ""
        while self.at < len(self.text) and self._peek() != quote:
            value += self._character()
        self.at += 1
        return value

    def _bare_value(self) -> str:
        start = self.at
        value = self._take(NAME_TOKEN).lower()
        if self._peek() not in ">\0" and not self._peek().isspace():
            raise self._refusal("Unexpected end of name token", start)
        return value

    def _check_attributes(self, tag: str, attributes: dict[str, str], begin: int) -> None:
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refusal('Tag "span" must have class "tg-spoiler"', begin)
        if tag != "tg-time":
            return
        if not attributes.get("unix", "").isdigit():
            raise self._refusal('Tag "tg-time" must have valid attribute "unix"', begin)
        if not TIME_FORMAT.fullmatch(attributes.get("format", "")):
            raise self._refusal('Tag "tg-time" must have valid attribute "format"', begin)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open_tags:
            raise self._refusal("Unexpected end tag", begin)
        self.at += 2
        name = self._until_space().lower()
        self._skip_spaces()
        if self._peek() != ">":
            raise self._refusal("Unclosed end tag", begin)
        self.at += 1
        tag = self.open_tags.pop()
        if name not in {"", tag.name}:
            where = f"byte offset {self._bytes(begin)}"
            raise bad_request(
                f'can\'t parse entities: Unmatched end tag at {where}, expected "</{tag.name}>", found "</{name}>"'
            )
        self._close(tag)

    def _close(self, tag: Tag) -> None:
        length = self.offset - tag.offset
        entity = make_entity(tag, "".join(self.out[tag.start :])) if length else None
        if entity is not None:
            self.found.append({**entity, "offset": tag.offset, "length": length})

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        taken = match.group() if match else ""
        self.at += len(taken)
        return taken

    def _skip_spaces(self) -> None:
        while self._peek().isspace():
            self.at += 1

    def _bytes(self, position: int) -> int:
        return len(self.text[:position].encode())

    def _must_go_on(self, words: str, begin: int) -> None:
        if self.at >= len(self.text):
            raise self._refusal(words, begin)

    def _refusal(self, words: str, begin: int | None = None) -> Refusal:
        where = "" if begin is None else f" at byte offset {self._bytes(begin)}"
        return bad_request(f"can't parse entities: {words}{where}")


def make_entity(tag: Tag, inner: str) -> Json | None:
    """The entity of a closed tag; a link that is no link silently stays plain text."""
    if tag.name == "a":
        return link_entity(tag.attributes.get("href") or inner)
    if tag.name == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": tag.attributes.get("emoji-id", "")}
    if tag.name == "tg-time":
        entity: Json = {"type": "date_time", "unix_time": int(tag.attributes["unix"])}
        return {**entity, "date_time_format": tag.attributes["format"]} if tag.attributes.get("format") else entity
    if tag.name == "blockquote" and "expandable" in tag.attributes:
        return {"type": "expandable_blockquote"}
    language = tag.attributes.get("class", "").removeprefix("language-") if tag.name == "code" else ""
    return {"type": KIND_OF_TAG[tag.name], **({"language": language} if language else {})}


def link_entity(url: str) -> Json | None:
    """A text link, a mention of a person without username, or nothing."""
    if USER_LINK.fullmatch(url):
        return {"type": "text_mention", "url": url}
    if "://" not in url and "." in url and " " not in url:
        url = f"http://{url}/"
    return {"type": "text_link", "url": url} if LINK.fullmatch(url) else None


def parse_html(text: str) -> tuple[str, list[Json]]:
    """Plain text and raw entities of an HTML text."""
    return HtmlReader(text).read()
