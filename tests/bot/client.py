"""Stands where `python -m bot` would stand: see zygote.py. Nothing but what starts in a few milliseconds is imported."""

import json
import os
import signal
import socket
import sys
from pathlib import Path


def run(path: str, arguments: list[str]) -> int:
    line = socket.socket(socket.AF_UNIX)
    line.connect(path)
    socket.send_fds(line, [b"p"], [0, 1, 2])
    order = {"arguments": arguments, "directory": str(Path.cwd()), "variables": dict(os.environ)}
    line.sendall(json.dumps(order).encode() + b"\n")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: line.send(bytes([number])))
    answer = line.recv(4)
    assert len(answer) == 4, "the zygote is gone"
    return int.from_bytes(answer, "big", signed=True)


if __name__ == "__main__":
    code = run(sys.argv[1], sys.argv[2:])
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
