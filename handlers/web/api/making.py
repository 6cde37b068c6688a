"""`POST /api/v1/tickets`: what a program may make, read strictly, once-only by its own id."""

from __future__ import annotations

from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from followup.teams.desk import Desk
from followup.tickets.made import Wish, make
from handlers.web.answers import answer
from handlers.web.api.parameters import Misasked
from handlers.web.bodies import Broken, TooLarge, read_body

_LARGEST: Final = 64 * 1024
_Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=r"^[\w.\-]+$")]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class NewTicketBody(BaseModel):
    """The body. Without ``account`` or ``text`` it is a ticket by hand, with both the client's own words."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"additionalProperties": False})

    external_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = Field(
        description="The caller's own id: asked twice under it, the ticket is the same."
    )
    channel: _Word = Field("api", description="email, vk, webform…")
    client: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        None, description="His number, any spelling."
    )
    account: _Line | None = Field(None, description="Who writes, in the channel's own words.")
    name: _Line | None = None
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)] | None = None
    entry_point: _Line | None = None
    topic: _Line | None = Field(None, description="Its title or id, of the team's directory.")
    group: _Line | None = None
    at: Annotated[AwareDatetime, Field(strict=False)] | None = Field(
        None, description="When he wrote; now, if not said."
    )


async def read_wish(request: web.Request) -> Wish:
    """The body as a wish; says where it is wrong and what is expected there."""
    try:
        raw = await read_body(request, _LARGEST)
    except TooLarge:
        raise Misasked("body", f"more than {_LARGEST} bytes", f"at most {_LARGEST} bytes") from None
    except Broken as broken:
        raise Misasked("body", str(broken), "a whole JSON object") from None
    try:
        body = NewTicketBody.model_validate_json(raw)
    except ValidationError as errors:
        first = errors.errors(include_url=False)[0]
        where = "/" + "/".join(str(part) for part in first["loc"])
        found = first["input"] if first["loc"] else raw[:64].decode(errors="replace")
        raise Misasked(where, str(found), first["msg"]) from None
    return Wish(**_without_nul(body.model_dump()))


def _without_nul(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in values.items()}


async def make_ticket(desk: Desk, wish: Wish) -> web.Response:
    """201 with a new ticket, 200 with one that was made before."""
    ticket, is_new = await make(desk, wish)
    document = {"id": ticket["id"], "status": ticket["status"], "created": is_new}
    return answer(document, status=201 if is_new else 200)
