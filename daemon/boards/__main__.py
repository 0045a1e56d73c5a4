"""The process that reads boards: answers what it is asked, one board at a time.

Started as `python -m daemon.boards SOCKET ROOT ENGINE MODEL LOOKS`. Ends when its parent does, or
when nothing is asked for a while.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sys
import threading
import time
from pathlib import Path

from daemon.boards.asked import COMPARE, READ, Answer, Question
from daemon.boards.bookkeeping import Started
from daemon.boards.desk import Desk
from daemon.root.layout import Layout
from daemon.sandbox.frames import framed, unframed
from daemon.settings import parse_settings

IDLE = 20.0
"""Seconds without a question after which it is not worth its memory."""

ORPHANED = 0.5
"""Seconds between looks whether the parent is there: what an orphan writes down is old."""

MEMORY = 1 << 30
"""Bytes of address space: boards of 60,000 pictures take a third of it."""

SECONDS = 300
"""Of the processor that one answer may take."""


def main() -> None:
    """Serve the socket whose number is the first argument."""
    with contextlib.suppress(OSError, ValueError):  # macOS knows the limit and keeps none
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    number, root, engine, model, looks = sys.argv[1:]
    with socket.socket(fileno=int(number)) as parent:
        parent.settimeout(IDLE)
        heard = bytearray()
        with contextlib.suppress(OSError):  # a parent that is gone, or silent
            settings = parse_settings(_next(parent, heard))
            desk = Desk(Layout(Path(root)), settings, Started(engine, model, looks))
            parent.sendall(framed(b"{}"))  # it is here
            while True:
                answer = _answer(desk, Question.from_json(_next(parent, heard)))
                parent.sendall(framed(answer.to_json()))


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHANED)
    os._exit(0)


def _next(parent: socket.socket, heard: bytearray) -> bytes:
    """The next message. Raises OSError if there is none."""
    while (message := unframed(heard)) is None:
        data = parent.recv(1 << 20)
        if not data:
            raise ConnectionError
        heard += data
    return message


def _answer(desk: Desk, question: Question) -> Answer:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + SECONDS
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    try:
        if question.verb == READ:
            return desk.read(question)
        if question.verb == COMPARE:
            return desk.compare(question)
        return desk.sweep(question)
    except OSError as error:
        return Answer(trouble=(error.errno or 0, error.strerror or str(error), _file(error)))
    except MemoryError:
        # what it holds of other boards may be what is too much: a new process is asked again
        os._exit(1)


def _file(error: OSError) -> str:
    return os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""


if __name__ == "__main__":
    main()
