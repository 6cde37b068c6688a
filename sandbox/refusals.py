"""The refusals of the Bot API: status, words and parameters exactly as the official server says them."""

from typing import Any


class Refusal(Exception):
    """A request is refused; HTTP status and body error_code are the same number."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON that goes over the wire."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(words: str) -> Refusal:
    """400 with the prefix every such answer carries."""
    return Refusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refusal:
    """403: the bot may not reach this chat or person."""
    return Refusal(403, f"Forbidden: {words}")


def conflict(words: str) -> Refusal:
    """409: two consumers of the same updates."""
    return Refusal(409, f"Conflict: {words}")


def too_many(seconds: int) -> Refusal:
    """429 with the pause in words and in parameters."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
