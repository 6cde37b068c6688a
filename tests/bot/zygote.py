"""`python -m bot`, all of whose imports are done: each command is a process of its own, forked instead of started.

`client.py` stands where the program would stand: it hands over its arguments, directory, variables and open files,
passes signals on and ends as the program ended. One zygote serves all processes of a test run; it ends with the last
that holds it. Nothing has run in it, so a child differs from a cold start in nothing but the seconds of the imports.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import messenger.charts  # noqa: F401 - all of them for the children
from bot.cli import main


def serve(path: Path, bell: int) -> None:
    """Returns in a child only, which is to be the program; the bell rings when the door is open."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
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
                continue
            line = listener.accept()[0]
            word, files, _, _ = socket.recv_fds(line, 1, 3)
            if word == b"h":
                holders.append(line)
                has_been_held = True
            elif os.fork() == 0:
                for each in (listener, *holders):
                    each.close()
                _watched(line, files)
                return
            else:
                for each in files:
                    os.close(each)
                line.close()
    path.unlink()
    os._exit(0)


def _watched(line: socket.socket, files: list[int]) -> None:
    """Returns in the program; its watcher kills it when nobody listens any more, and tells how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with line.makefile() as words:
        order = json.loads(words.readline())
    program = os.fork()
    if program == 0:
        line.close()
        return _become(order, files)
    for each in files:
        os.close(each)
    end = os.pidfd_open(program)
    listening = [line, end]
    while end not in (ready := select.select(listening, [], [])[0]):
        said = ready[0].recv(1)
        listening = listening if said else [end]
        os.kill(program, said[0] if said else signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    try:
        line.sendall(code.to_bytes(4, "big", signed=True))
    finally:
        os._exit(0)


def _become(order: dict[str, Any], files: list[int]) -> None:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(order["directory"])
    os.environ.clear()
    os.environ.update(order["variables"])
    sys.argv = ["perezvon", *order["arguments"]]


def _end() -> None:
    """As an interpreter ends, except that it does not take all modules apart: that takes longer than most commands."""
    code: int | str | None = 1
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    assert code is None or isinstance(code, int)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
    _end()
