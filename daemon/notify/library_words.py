"""What libraries complain of in this process, heard instead of printed: each complaint once.

Python's warnings, the records of `logging` from WARNING on, and exceptions that end a library's
thread would go to standard error, which a service fills for years and a terminal full of bars does
not want. Standard library only.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import warnings
from collections.abc import Callable, Hashable, Iterator
from typing import TextIO

from daemon.text.printable import one_line

MOST = 500
"""Different complaints that are told; whoever has more has said enough."""

LONGEST = 400
"""Letters of a complaint: some print all that they hold."""


class LibraryWords(logging.Handler):
    """Hands complaints to `tell`, from whatever thread they come."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell
        self._told: set[Hashable] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """A record of `logging`."""
        try:
            text = record.getMessage()
        except Exception:  # its arguments don't fit; what it wanted to say is lost anyhow
            text = str(record.msg)
        self._once(f"{record.name}: {text}", (record.name, record.msg))

    def warned(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        """A warning of Python's; the arguments are those of `warnings.showwarning`."""
        del file, line
        place = (category.__name__, filename, lineno)  # its words may name another thing each time
        self._once(f"{category.__name__} in {filename}, line {lineno}: {message}", place)

    def thread_ended(self, ended: threading.ExceptHookArgs) -> None:
        """An exception has ended a thread."""
        name = ended.thread.name if ended.thread else "unknown"
        text = f"the thread {name} has ended: {ended.exc_type.__name__}: {ended.exc_value}"
        self._once(text, text)

    def _once(self, text: str, about: Hashable) -> None:
        if about not in self._told and len(self._told) < MOST:
            self._told.add(about)
            self._tell(one_line(text, LONGEST))


@contextlib.contextmanager
def heard(tell: Callable[[str], None]) -> Iterator[None]:
    """While this lasts, complaints go to `tell`, which must not wait and takes calls of any
    thread."""
    words, root = LibraryWords(tell), logging.getLogger()
    before = warnings.showwarning, threading.excepthook
    root.addHandler(words)
    warnings.showwarning, threading.excepthook = words.warned, words.thread_ended
    try:
        yield
    finally:
        warnings.showwarning, threading.excepthook = before
        root.removeHandler(words)
