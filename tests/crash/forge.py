"""The one warm parent: it has imported everything and runs nothing, so that a child of it is ready at once.

Every process of a test run asks the same one, at a socket in the run's directory: `f` and an order forks a child that
answers on that connection; `h` holds the parent. It ends when nobody holds it any more.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import threading
from pathlib import Path

from tests.crash.program import live, watch_progress
from tests.crash.warmth import warm_up


def main(path: Path, bell: int) -> None:
    """Listen until the last holder is gone; the bell rings when the door is open."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children need no funeral: their connections tell of their end
    warm_up()
    watch_progress()
    gc.collect()
    gc.freeze()
    assert threading.active_count() == 1, "a forked child would miss the other threads"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(64)
    os.write(bell, b"1")
    os.close(bell)
    holders: list[socket.socket] = []
    has_been_held = False
    while holders or not has_been_held:
        for ready in select.select([listener, *holders], [], [])[0]:
            if ready is not listener:
                holders.remove(ready)
                ready.close()
            elif _is_held(line := listener.accept()[0], [listener, *holders]):
                holders.append(line)
                has_been_held = True
    path.unlink()


def _is_held(line: socket.socket, of_parent: list[socket.socket]) -> bool:
    """Whether somebody holds the parent; else a child was born."""
    if line.recv(1) == b"h":
        return True
    if os.fork() == 0:
        for each in of_parent:
            each.close()
        with line.makefile() as words:
            order = json.loads(words.readline())
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        live(order, line)
        os._exit(0)
    line.close()
    return False


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
