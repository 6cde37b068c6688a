"""What the server accepts as reply markup, and its words for everything else."""

from typing import Any
from urllib.parse import urlsplit

from sandbox.arguments import Arguments
from sandbox.models import Json
from sandbox.refusals import Refusal, bad_request

MAX_ROW = 8
MAX_BUTTONS = 100
MAX_DATA_BYTES = 64
MAX_COPY_TEXT = 256
MAX_PLACEHOLDER = 64
STYLES = frozenset({"primary", "success", "danger"})
ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
)  # fmt: skip
KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")


def reply_markup(args: Arguments, is_private: bool) -> Json | None:
    """The markup of a request, checked."""
    markup = args.parsed("reply_markup", "reply keyboard markup")
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = inline_rows(markup["inline_keyboard"], is_private)
        return {**markup, "inline_keyboard": rows} if rows else None
    if not any(kind in markup for kind in KINDS):
        return None
    check_placeholder(markup)
    return markup


def inline_markup(args: Arguments, is_private: bool) -> Json | None:
    """The markup of an edit: inline keyboards only."""
    markup = reply_markup(args, is_private)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def inline_rows(rows: Any, is_private: bool) -> list[list[Json]]:
    """Rows of checked buttons; empty rows vanish, as on the server."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'can\'t parse reply keyboard markup JSON object: Field "inline_keyboard" must be of type Array'
        )
    if any(len(row) > MAX_ROW for row in rows) or sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return [[checked_button(button, is_private) for button in row] for row in rows if row]


def checked_button(button: Any, is_private: bool) -> Json:
    """One button with a text and exactly one action."""
    if not isinstance(button, dict):
        raise unparsable("InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise unparsable('Can\'t find field "text"')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if button.get("style") not in STYLES | {None}:
        raise unparsable("invalid button style specified")
    check_action(button, is_private)
    return button


def check_action(button: Json, is_private: bool) -> None:
    """What a press would do must be one thing and a thing that works."""
    actions = [name for name in ACTIONS if button.get(name) not in (None, False)]
    if not actions or (actions == ["callback_data"] and button["callback_data"] == ""):
        raise unparsable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        # documented as "exactly one"; the server itself takes the first, which hides a mistake
        raise unparsable("exactly one action must be specified")
    checks = {"callback_data": check_data, "url": check_url, "copy_text": check_copy_text}
    if actions[0] in checks:
        checks[actions[0]](button[actions[0]])
    if actions[0] == "web_app" and not is_private:
        raise bad_request("BUTTON_TYPE_INVALID")


def check_data(data: Any) -> None:
    """1-64 bytes, not characters."""
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def check_url(url: Any) -> None:
    """http, https, tg and ton only: tel: is refused, and so is a host without a dot."""
    parts = urlsplit(str(url))
    if parts.scheme.lower() not in {"http", "https", "tg", "ton"}:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if parts.scheme.lower() in {"http", "https"} and "." not in (parts.hostname or ""):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_copy_text(copied: Any) -> None:
    """1-256 characters to copy."""
    text = copied.get("text") if isinstance(copied, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def check_placeholder(markup: Json) -> None:
    """The hint in an input field is up to 64 characters."""
    if len(str(markup.get("input_field_placeholder") or "")) > MAX_PLACEHOLDER:
        raise bad_request("input field placeholder is too long")


def unparsable(words: str) -> Refusal:
    """A button that the server could not read."""
    return bad_request(f"can't parse inline keyboard button: {words}")
