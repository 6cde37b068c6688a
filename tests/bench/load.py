"""A child: signed requests of the generic format over many kept connections, each sent when the one before is answered."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime

import uvloop

from tests.bench.companies import miss, signed
from tests.bench.ground import percentile, say

_HEAD = (
    "POST /hooks/{token} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "X-Perezvon-Signature: {signature}\r\nContent-Length: {length}\r\n\r\n"
)


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, token: str, number: int, until: float) -> None:
        self._token, self._number, self._until = token, number, until
        self._sent = self._sent_at = 0.0
        self._said = b""
        now = datetime.now(UTC)
        self._event = json.dumps(miss("CALL", f"+380671{number:06d}", now))
        self.spans: list[float] = []
        self.refused = 0
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._said += data
        head, end, body = self._said.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().partition(b"content-length:")[2].split(None, 1)[0]):
            return
        self._said = b""
        self.refused += not head.startswith(b"HTTP/1.1 200")
        self.spans.append(time.perf_counter() - self._sent_at)
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def _ask(self) -> None:
        self._sent_at = time.perf_counter()
        if self._sent_at > self._until:
            self._transport.close()
            return
        self._sent += 1
        body = self._event.replace("CALL", f"{self._number}-{self._sent_at}").encode()
        head = _HEAD.format(token=self._token, signature=signed(body, int(time.time())), length=len(body))
        self._transport.write(head.encode() + body)


async def main(port: int, token: str, seconds: float, connections: int) -> None:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    callers = [Caller(token, number, began + seconds) for number in range(connections)]
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    for caller in callers:
        await caller.over
    spans = [span for caller in callers for span in caller.spans]
    refused = sum(caller.refused for caller in callers)
    took = time.perf_counter() - began
    say({"rate": len(spans) / took, "count": len(spans), "refused": refused, "p99": percentile(spans, 0.99)})


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
