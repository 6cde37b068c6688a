"""The PBX of the stories: calls that have just ended, posted to the team's hook."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bot.wiring import Works
from sandbox.clock import MovableClock

SALES, SERVICE = "+380441112233", "+380441112244"
ANNA, BORYS, VIRA = "+380671234567", "+380502223344", "+380933334455"


class Exchange:
    """What a World's PBX does."""

    works: Works
    clock: MovableClock
    http: aiohttp.ClientSession
    team_id: int
    hook: str
    connection_id: int
    secret: str | None
    _calls: int

    async def settle(self) -> None:
        """Let everything that is due happen."""
        raise NotImplementedError

    async def call(self, client: str | None, *, missed: bool = True, settle: bool = True, **fields: Any) -> str:
        """An inbound call that has just ended: rang 20 s at 101 and 102, nobody answered, or 101 did."""
        event = self.inbound(client, missed=missed, **fields)
        await self.post(event, settle=settle)
        return str(event["call_id"])

    def inbound(self, client: str | None, *, missed: bool = True, **fields: Any) -> dict[str, Any]:
        """The event of an inbound call that ended now."""
        ended = fields.pop("ended", self.clock.now())
        started = fields.pop("started", ended - timedelta(seconds=25 if missed else 65))
        result = "no_answer" if missed else "answered"
        legs = [
            {"extension": e, "rang_at": iso(started), "result": result}
            for e in (("101", "102") if missed else ("101",))
        ]
        event = {
            "type": "call",
            "call_id": self.new_id(),
            "direction": "in",
            "client": client,
            "line": SALES,
            "started_at": iso(started),
            "answered_at": None if missed else iso(started + timedelta(seconds=5)),
            "ended_at": iso(ended),
            "legs": legs,
            "stage": "ringing" if missed else "talk",
            "hung_up_by": "client",
        }
        return event | fields

    async def dial(self, client: str, *, reached: bool, extension: str = "102", **fields: Any) -> str:
        """An outbound call that has just ended."""
        event = self.outbound(client, reached=reached, extension=extension, **fields)
        await self.post(event)
        return str(event["call_id"])

    def outbound(self, client: str, *, reached: bool, extension: str = "102", **fields: Any) -> dict[str, Any]:
        """The event of an outbound call that ended now."""
        ended = fields.pop("ended", self.clock.now())
        started = fields.pop("started", ended - timedelta(seconds=60))
        event = {
            "type": "call",
            "call_id": self.new_id(),
            "direction": "out",
            "client": client,
            "line": SALES,
            "extension": extension,
            "started_at": iso(started),
            "answered_at": iso(started + timedelta(seconds=10)) if reached else None,
            "ended_at": iso(ended),
            "result": "answered" if reached else "no_answer",
        }
        return event | fields

    def new_id(self) -> str:
        """A call id of this story."""
        self._calls += 1
        return f"c-{self._calls}"

    async def post(self, body: Any, *, settle: bool = True, status: int = 200) -> Any:
        """Post JSON to the team's hook, signed where the connection asks for it."""
        raw = json.dumps(body).encode()
        if self.hook.startswith("/"):
            await self.works.inbox_writer.append(
                {
                    "team_id": self.team_id,
                    "connection_id": self.connection_id,
                    "received_at": self.clock.now(),
                    "method": "POST",
                    "path": "",
                    "query": {},
                    "headers": {},
                    "body": raw,
                    "state": "pending",
                }
            )
            if settle:
                await self.settle()
            return None
        async with self.http.post(self.hook, data=raw, headers=self.headers(raw)) as answer:
            told = await answer.text()
            assert answer.status == status, f"{answer.status} {told}"
        if settle:
            await self.settle()
        return json.loads(told) if told.startswith(("{", "[")) else told

    def headers(self, raw: bytes) -> dict[str, str]:
        """The signature of the generic format."""
        if self.secret is None:
            return {}
        stamp = str(int(self.clock.now().timestamp()))
        digest = hmac.new(self.secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        return {"X-Perezvon-Signature": f"t={stamp},v1={digest}"}


def iso(moment: datetime) -> str:
    """As a PBX sends it."""
    return moment.isoformat()
