"""Hooks: the owner's own executables in `hooks/`, called at four moments.

One at a time, in the order of what happened, in a thread of its own. How one ends is noted in the
log and changes nothing.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from daemon.fs.read import read_regular
from daemon.listeners import hook_files, hook_process
from daemon.listeners.errands import Errands, Lingering, Once, Patience
from daemon.listeners.hook_files import RefusedError
from daemon.listeners.moments import (
    HEARD,
    PICTURE_DONE,
    QUEUE_EMPTY,
    Facts,
    Moment,
    facts_of,
    moment_of,
)
from daemon.notify import events
from daemon.notify.subscribers import Numbered
from daemon.root.layout import Layout

LIMIT = 600.0
"""Seconds a hook may take."""

MOST_RECORDS = 100
"""Records of one job that its hook is handed whole; of more it has the paths."""

Say = Callable[[events.Event], None]


class Hooks(Lingering[Moment]):
    """Those of one root; `say` may be called by any thread."""

    heard = HEARD

    def __init__(self, layout: Layout, say: Say, *, limit: float = LIMIT) -> None:
        self._layout, self._folder = layout, layout.root / hook_files.FOLDER
        self._say, self._limit = say, limit
        self._warn_once = Once(self._warn)
        errands = Errands("hooks", self._run, self._warn)
        super().__init__(errands, Patience(calm=limit, hurried=5.0))
        for text in hook_files.strangers(self._folder):
            self._warn(text)

    def wants(self, event: events.Event) -> bool:
        """Where there are no hooks, nobody is woken for them."""
        return super().wants(event) and os.path.isdir(self._folder)  # noqa: PTH112 (no raise)

    def take(self, told: Numbered) -> None:
        """One event."""
        moment = moment_of(told)
        if moment is not None and moment.word in hook_files.NAMES and self._is_there(moment.word):
            self._errands.put(moment)

    def close(self) -> None:
        """Run what is left, for a while: ten minutes, or seconds if somebody waits."""
        left = self._run_rest()
        if self._errands.thread is not None and self._errands.thread.is_alive():
            self._errands.thread.join(2 * hook_process.GRACE + 1.0)  # the one that runs is ended
        if left:
            self._warn(f"the daemon leaves, and {left} calls of hooks are left out")

    # --- inside -------------------------------------------------------------------------------

    def _is_there(self, name: str) -> bool:
        """Whether it is to be called; said once while it is not fit to be."""
        try:
            return hook_files.find(self._folder, name) is not None
        except RefusedError as error:
            self._warn_once(str(error))
            return False

    def _run(self, moment: Moment) -> None:
        try:
            path = hook_files.find(self._folder, moment.word)  # it may have changed meanwhile
        except RefusedError:
            return
        if path is None:
            return
        job = getattr(getattr(moment.event, "subject", None), "job", None)
        end = time.monotonic() + self._limit

        def say(text: str) -> None:
            self._say(events.HookSaid(moment.word, text, job))

        try:
            how = hook_process.run(
                [str(path)],
                folder=self._layout.root,
                environment={**os.environ, **environment(moment, self._layout)},
                record=record(moment),
                say=say,
                is_over=lambda: time.monotonic() > end or self._patience.is_over(),
            )
        except OSError as error:
            self._warn(f"{hook_files.FOLDER}/{moment.word} can't be run: {_why(error)}")
            return
        if how:
            say(f"it {how}")

    def _warn(self, text: str) -> None:
        self._say(events.Warned(text))


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "its first line names a program that is not there (`#!/bin/sh` is always good)"
    if error.errno == errno.ENOEXEC:
        return "its first line must name its program, such as `#!/bin/sh`"
    return error.strerror or str(error)


def environment(moment: Moment, layout: Layout) -> dict[str, str]:
    """What a hook is told by its environment; what does not apply is empty, so that a script
    under `set -u` finds it."""
    facts = facts_of(moment)
    pictures = _paths(facts, "picture")
    status = {PICTURE_DONE: "published", QUEUE_EMPTY: "empty"}.get(moment.word)
    said: Facts = {
        "EVENT": moment.word,
        "STATUS": status or facts.get("outcome"),
        "ROOT": str(layout.root),
        "PICTURE": pictures[0] if pictures else None,
        "PICTURES": "\n".join(pictures),
        "SIDECAR": next(iter(_paths(facts, "record")), None),
        "INDEX": facts.get("index"),
        "COUNT": facts.get("count"),
        "LETTER": facts.get("letter"),
        "JOB_FILE": facts.get("job_file"),
        "MESSAGE": facts.get("message"),
    }
    said |= {name.upper(): facts.get(name) for name in _NAMED}
    return {
        f"HOTFOLDER_{name}": "" if value is None else str(value).replace("\0", "")
        for name, value in said.items()
    }


_NAMED = (
    "job", "name", "id", "file", "project", "board", "shot", "take", "reason", "made", "done",
    "failed", "cancelled",
)  # fmt: skip
"""Facts that are called the same in the environment."""


def _paths(facts: Facts, kind: str) -> list[str]:
    """The pictures or records that a moment is about."""
    several = facts.get("pictures")
    if isinstance(several, list):
        return [each[kind] for each in several]
    one = facts.get(kind)
    return [str(one)] if one else []


def record(moment: Moment) -> bytes:
    """What a hook reads: of a picture its record as it lies in the outbox; of a job what became of
    it, with its `records`; of the queue the event."""
    facts = facts_of(moment)
    if moment.word == PICTURE_DONE:
        return _read(str(facts["record"])) or b"{}"
    if moment.word != QUEUE_EMPTY:
        whole = [_read(each) for each in _paths(facts, "record")[:MOST_RECORDS]]
        facts["records"] = [_parsed(data) for data in whole if data]
    return json.dumps(facts, indent=1).encode("ascii")


def _read(path: str) -> bytes:
    """A record that was taken away meanwhile says nothing."""
    with contextlib.suppress(OSError):
        return read_regular(Path(path))
    return b""


def _parsed(data: bytes) -> object:
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(data)
    return None
