"""The parent's handle on the child that looks at files: one question at a time, each with an end.

A question that takes longer than a moment is answered later: whoever asked goes on, and asks again
about the same file. A child that dies, hangs or swells over a file has thereby answered.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from daemon.errors import StillLookingError
from daemon.sandbox.answer import Answer, Question, Refusal
from daemon.sandbox.child import Child

PATIENCE = 0.1
"""Seconds that the daemon waits for an answer before it goes on with something else."""

TIME = 20.0
PER_SECOND = 5_000_000
"""Seconds a look may take, and one more for so many bytes."""

TRIES = 2
"""Deaths of the child over one file until the file is taken to be the cause."""

KEPT = 8
"""Answers kept at most for those who have not asked again yet."""

Key = tuple[object, ...]


@dataclass(slots=True)
class _Pending:
    """The question that the child is at, and the descriptors it needs, ours until it ends."""

    key: Key
    question: Question
    descriptors: list[int]
    until: float
    deaths: int = 0


class Sandbox:
    """Asks the child, which is started when it is needed and leaves when it is not. `patience` is
    in seconds; None waits for every answer."""

    def __init__(self, patience: float | None = PATIENCE) -> None:
        self._patience = patience
        self._child: Child | None = None
        self._pending: _Pending | None = None
        self._answers: dict[Key, Answer] = {}

    def look(
        self,
        verb: str,
        source: int,
        *,
        name: str = "",
        keywords: tuple[str, ...] = (),
        target: Callable[[], int] | None = None,
        box: tuple[float, ...] = (),
        kind: str = "",
    ) -> Answer:
        """What the child says of the file behind the descriptor `source`; `target` opens the place
        of a copy, of the part `box`, or of the strokes of a drawing of that `kind`. Raises
        JobError if the file is no good, StillLookingError if it is not known yet, OSError if there
        can be no child."""
        facts = os.fstat(source)
        key = (verb, box, kind, facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
        if self._pending is not None and key not in self._answers:
            waiting_for_ours = self._pending.key == key
            self._listen(None if self._patience is None else 0.0)
            if waiting_for_ours and self._pending is not None:
                raise _still(name)
        if self._pending is None and key not in self._answers:
            limit = TIME + facts.st_size / PER_SECOND
            descriptors = [os.dup(source), *([target()] if target else [])]
            question = Question(verb, name, keywords, int(limit), box, kind)
            self._pending = _Pending(key, question, descriptors, time.monotonic() + limit)
            self._ask()
            self._listen(self._patience)
        if key not in self._answers:
            raise _still(name)
        answer = self._answers.pop(key)
        if answer.refusal is not None:
            raise answer.refusal.error()
        return answer

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.end()
        self._forget_pending()

    # --- inside -------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Send the pending question, once more after a death. Raises OSError."""
        pending = self._pending
        assert pending is not None
        try:
            while True:
                child = self._child = self._child or Child("daemon.sandbox")
                try:
                    socket.send_fds(child.socket, [pending.question.to_json()], pending.descriptors)
                    return
                except ConnectionError:  # it had left, having had nothing to do
                    self._let_go()
        except BaseException:
            self._forget_pending()
            raise

    def _listen(self, patience: float | None) -> None:
        """Hear the answer to the pending question, if it comes within `patience` seconds."""
        while self._pending is not None:
            pending, child = self._pending, self._child
            assert child is not None
            left = max(0.0, pending.until - time.monotonic())
            try:
                heard = child.hear(left if patience is None else min(left, patience))
            except ConnectionError:
                self._buried(pending)
                continue
            if heard is not None:
                self._answered(Answer.from_json(heard))
            elif time.monotonic() >= pending.until:
                self._let_go()
                self._answered(_no_good("takes longer than any good picture does"))
            elif patience is not None:
                return

    def _buried(self, pending: _Pending) -> None:
        self._let_go()
        pending.deaths += 1
        if pending.deaths >= TRIES:
            self._answered(_no_good("ended the process that did it"))
        else:
            self._ask()

    def _let_go(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _answered(self, answer: Answer) -> None:
        assert self._pending is not None
        while len(self._answers) >= KEPT:
            self._answers.pop(next(iter(self._answers)))
        self._answers[self._pending.key] = answer
        self._forget_pending()

    def _forget_pending(self) -> None:
        pending, self._pending = self._pending, None
        for descriptor in pending.descriptors if pending is not None else ():
            os.close(descriptor)


def _still(name: str) -> StillLookingError:
    return StillLookingError(f"The file {name} is being looked at." if name else "It is looked at.")


def _no_good(what: str) -> Answer:
    return Answer(
        refusal=Refusal(
            f"Looking at this file {what}.",
            why="It is broken, or made to keep a reader busy.",
            remedy="Open it in a picture editor, save it anew, and drop the job again.",
        )
    )
