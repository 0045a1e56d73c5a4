"""The parent's handle on the process that reads boards: one question at a time, each with an end.

Started when it is needed; it leaves by itself when it is not. One that dies, hangs or swells over a
board has thereby answered: it is asked once more, alone, and then that board is to blame. Knows
nothing of what is done with an answer.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Sequence

from daemon.boards.asked import READ, Answer, Question, Wrong
from daemon.boards.letters import letter_text
from daemon.errors import JobError
from daemon.sandbox.child import Child
from daemon.sandbox.frames import framed

MODULE = "daemon.boards"

TIME = 600.0
"""Seconds by the clock that an answer may take; the process counts those of the processor."""

START = 5.0
"""Seconds that a new process gets to take the settings, where they are larger than any are."""

TRIES = 2


class BoardProcess:
    """Asks the process, which is told `arguments` and then `settings` (the bytes of their file)."""

    def __init__(self, arguments: Sequence[str], settings: bytes) -> None:
        self._arguments = arguments
        self._settings = settings
        self._child: Child | None = None
        self._asked: Question | None = None
        self._until = 0.0
        self._deaths = 0
        self.is_ready = False
        """Whether the process has begun to listen."""

    @property
    def asked(self) -> Question | None:
        """What it has not answered yet."""
        return self._asked

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def ask(self, question: Question) -> None:
        """Raises OSError if there can be no process."""
        assert self._asked is None
        self._asked, self._deaths = question, 0
        self._send()

    def hear(self, patience: float = 0.0) -> Answer | None:
        """The answer, if it comes within `patience` seconds. Raises OSError if there can be no
        process."""
        if self._asked is None:
            self._notice_its_end()
            return None
        if self._child is None:  # it could not be started before
            self._send()
        try:
            heard = self._heard(max(0.0, min(patience, self._until - time.monotonic())))
        except ConnectionError:
            return self._buried("ended the process that did it")
        if heard is not None:
            self._asked = None
            return Answer.from_json(heard)
        if time.monotonic() >= self._until:
            self._deaths = TRIES
            return self._buried("takes longer than any good board does")
        return None

    def close(self) -> None:
        """End the process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    # --- inside -------------------------------------------------------------------------------

    def _send(self) -> None:
        assert self._asked is not None
        message = framed(self._asked.to_json())
        self._until = time.monotonic() + TIME
        if self._child is None or not _sent(self._child, message):  # it had left, being idle
            self.close()
            self.is_ready = False
            self._child = Child(MODULE, self._arguments)
            _sent(self._child, framed(self._settings) + message)  # its death is heard of

    def _heard(self, patience: float) -> bytes | None:
        """An answer, if it comes within `patience` seconds. Raises ConnectionError where the
        process has died over it, OSError where it could not even begin."""
        assert self._child is not None
        try:
            if not self.is_ready and self._child.hear(patience) is not None:
                self.is_ready = True
            return self._child.hear(patience) if self.is_ready else None
        except ConnectionError:
            if self.is_ready:
                raise
            self.close()
            what = "the process that reads boards ends as soon as it is started"
            raise OSError(errno.ECHILD, what) from None

    def _notice_its_end(self) -> None:
        """One that has left is waited for, so that no zombie stays."""
        if self._child is not None:
            try:
                self._child.hear(0.0)
            except ConnectionError:
                self.close()

    def _buried(self, what: str) -> Answer | None:
        """After a death: nothing yet, since it is asked once more, or what that says of the
        board."""
        self.close()
        self._deaths += 1
        asked = self._asked
        assert asked is not None
        if self._deaths < TRIES:
            self._send()
            return None
        self._asked = None
        return Answer(wrong=_no_good(asked, what))


def _sent(child: Child, message: bytes) -> bool:
    """Whether the process is there to take it."""
    try:
        child.socket.settimeout(START)
        child.socket.sendall(message)
        child.socket.setblocking(False)
    except OSError:
        return False
    return True


def _no_good(asked: Question, what: str) -> Wrong:
    doing = "Reading" if asked.verb == READ else "Planning"
    error = JobError(
        f"{doing} this board {what}.",
        why="It asks for too much, or it is made to keep a reader busy.",
        remedy="Make several boards of it, or take out what was added last.",
    )
    return Wrong(letter_text(asked.file or "board", error, None), str(error), is_final=True)
