"""Troubles planned for the bot's requests: taken in the order they were planned, and counted."""

from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sandbox.refusals import Refusal, bad_request, forbidden, too_many

HTML_PAGE = (
    "<html>\r\n<head><title>{code}</title></head>\r\n<body><center><h1>{code}</h1></center></body>\r\n</html>\r\n"
)
REASONS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
    413: "Request Entity Too Large", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip
WORDS = {
    "403_kicked": forbidden("bot was kicked from the supergroup chat"),
    "403_kicked_group": forbidden("bot was kicked from the group chat"),
    "403_not_member": forbidden("bot is not a member of the supergroup chat"),
    "403_blocked": forbidden("bot was blocked by the user"),
    "403_deactivated": forbidden("user is deactivated"),
    "403_deleted": forbidden("the group chat was deleted"),
    "400_chat_not_found": bad_request("chat not found"),
    "400_edit_not_found": bad_request("message to edit not found"),
    "400_not_modified": bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message"
    ),
    "400_thread_not_found": bad_request("message thread not found"),
    "400_topic_closed": bad_request("TOPIC_CLOSED"),
    "400_rights": bad_request("not enough rights to send text messages to the chat"),
    "400_parse": bad_request('can\'t parse entities: Unsupported start tag "x" at byte offset 0'),
    "429_bare": Refusal(429, "Too Many Requests"),
    "500_restart": Refusal(500, "Internal Server Error: restart"),
}
CUTS = frozenset({"reset_before", "reset_after", "hang", "hang_after", "slow"})


class FaultFields(TypedDict, total=False):
    """Where and how often a fault strikes."""

    chat_id: int | None
    times: int
    retry_after: int
    seconds: float
    description: str | None


@dataclass
class Fault:
    """One kind of trouble for some requests."""

    kind: str
    method: str = "*"
    chat_id: int | None = None
    times: int = 1
    retry_after: int = 1
    seconds: float = 3600.0
    description: str | None = None
    used: int = 0

    def __post_init__(self) -> None:
        if self.kind not in CUTS | WORDS.keys() and self.code not in REASONS:
            raise ValueError(f"unknown fault: {self.kind}")

    def strikes(self, method: str, chat_id: str) -> bool:
        """Is this request meant, and is the fault not used up?"""
        is_method = self.method == "*" or self.method.lower() == method.lower()
        return is_method and self.used < self.times and self.chat_id in (None, _number(chat_id))

    @property
    def code(self) -> int:
        """HTTP status of a refusing fault, 0 of one that cuts the line."""
        digits = self.kind.partition("_")[0]
        return int(digits) if digits.isdigit() else 0

    @property
    def is_html(self) -> bool:
        """Does a proxy's page come instead of JSON?"""
        return self.kind.endswith("_html")

    def refusal(self) -> Refusal:
        """The refusal as the server would say it."""
        if self.description is not None:
            return Refusal(self.code, self.description)
        if self.kind == "429":
            return too_many(self.retry_after)
        return WORDS.get(self.kind) or Refusal(self.code, REASONS[self.code])

    def page(self) -> str:
        """The page of a proxy."""
        return HTML_PAGE.format(code=f"{self.code} {REASONS[self.code]}")


class FaultPlan:
    """Planned faults in order; the used ones stay to be counted."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def add(self, kind: str, method: str = "*", **details: Unpack[FaultFields]) -> Fault:
        """Plan a fault; `fault.used` tells how often it struck."""
        fault = Fault(kind, method, **details)
        self.planned.append(fault)
        return fault

    def take(self, method: str, chat_id: str) -> Fault | None:
        """The first fault that strikes this request, counted."""
        for fault in self.planned:
            if fault.strikes(method, chat_id):
                fault.used += 1
                return fault
        return None

    def clear(self) -> None:
        """Plan nothing any more."""
        self.planned.clear()


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
