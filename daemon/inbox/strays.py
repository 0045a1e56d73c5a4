"""Files in the inbox that are no jobs: each is found, waited for, and named once with its cure.

Everything that lies in the inbox is a job, an input that a job names, a folder's defaults, or a
stray. Defaults are looked after here too: they are no jobs either, and a mistake in them is told at
once, whether jobs wait for them or not. Whether a picture is an input and defaults are good, others
answer; nothing is moved here, and nothing opened but what looks like a page of our own.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import DefaultsError, NotYetError, sentences, to_keep
from daemon.fs.moment import Moment
from daemon.inbox.leftovers import STILL, is_ours
from daemon.inbox.remedies import Remedy, remedy_for
from daemon.inbox.scanner import Inbox
from daemon.inbox.settle import Look
from daemon.root.layout import DEFAULTS_NAMES

AGAIN = 30.0
"""Seconds until a judged file is looked at again."""

BUDGET = 0.05
"""Seconds of judging in one look."""


@dataclass(frozen=True, slots=True)
class Stray:
    """One file that is no job, and what to tell of it; of defaults with a mistake, `error` is it,
    and of defaults that are good again or gone `remedy` is None."""

    path: Path
    remedy: Remedy | None
    error: DefaultsError | None = None


@dataclass(slots=True)
class _Seen:
    look: Look
    since: float
    judged_at: float | None = None
    stray: Stray | None = None

    def rests(self, now: float) -> bool:
        """Whether it was judged a moment ago."""
        return self.judged_at is not None and now - self.judged_at < AGAIN


class Strays:
    """What lies in `inbox` beside the jobs. `is_input` tells whether a job names this file, None
    while that is not known; `check_defaults` raises DefaultsError; `settle` is seconds."""

    def __init__(
        self,
        inbox: Inbox,
        is_input: Callable[[Path], bool | None],
        check_defaults: Callable[[Path], None],
        *,
        settle: float,
    ) -> None:
        self._inbox = inbox
        self._is_input = is_input
        self._check_defaults = check_defaults
        self._settle = settle
        self._seen: dict[Path, _Seen] = {}
        self._news: list[Stray] = []

    def look(self, at: Moment) -> list[Path]:
        """Look at everything that is no job, and judge what has lain still; returns the defaults
        that have changed since the last look."""
        changed: list[Path] = []
        present = set(self._inbox.others())
        for path in self._seen.keys() - present:
            self._gone(path, changed)
        end = time.monotonic() + BUDGET
        for path in present:
            seen = self._see(path, at)
            if seen is None:
                continue
            if path.name in DEFAULTS_NAMES and seen.since == at.now:
                changed.append(path)
            if self._is_due(path, seen, at) and time.monotonic() < end:
                self._judge(path, seen, at)
        return changed

    def take(self) -> list[Stray]:
        """What is newly so, to be told once."""
        news, self._news = self._news, []
        return news

    def folder_of(self, path: Path) -> str:
        """The folder of a file below the inbox, as a/b; "" for the inbox itself."""
        folder = path.parent.relative_to(self._inbox.folder).as_posix()
        return "" if folder == "." else folder

    @property
    def all(self) -> list[Stray]:
        """Every stray there is now, by path."""
        found = (seen.stray for seen in self._seen.values())
        strays = (each for each in found if each is not None and each.remedy is not None)
        return sorted(strays, key=lambda each: each.path)

    # --- inside -------------------------------------------------------------------------------

    def _see(self, path: Path, at: Moment) -> _Seen | None:
        before = self._seen.get(path)
        if before is not None and path.name not in DEFAULTS_NAMES and before.rests(at.now):
            return before
        try:
            look = Look.from_stat(os.lstat(path))
        except OSError:
            return before
        if before is None:
            rested = max(0.0, at.wall - max(look.ctime_ns, look.mtime_ns) / 1e9)
            since = at.now - (rested if path.name not in DEFAULTS_NAMES else 0.0)
            self._inbox.saw_growth(path, look, at)
            self._seen[path] = _Seen(look, since)
        elif before.look.identity != look.identity:
            self._inbox.saw_growth(path, look, at)
            told = before.stray if path.name in DEFAULTS_NAMES else None
            self._seen[path] = _Seen(look, at.now, stray=told)
        else:
            before.look = look
        return self._seen[path]

    def _is_due(self, path: Path, seen: _Seen, at: Moment) -> bool:
        if path.name in DEFAULTS_NAMES:
            again = seen.judged_at is None or seen.stray is not None  # another beside it may go
            return again and at.now - seen.since >= self._settle
        if seen.rests(at.now):
            return False
        return at.now - seen.since >= STILL and at.now >= self._inbox.held_until(path)

    def _judge(self, path: Path, seen: _Seen, at: Moment) -> None:
        before = seen.stray
        if path.name in DEFAULTS_NAMES:
            found = self._judged_defaults(path)
        else:
            known = self._is_input(path) if stat.S_ISREG(seen.look.mode) else False
            if known is None:
                return
            found = None if known or is_ours(path) else self._stray(path, seen.look)
        first = seen.judged_at is None
        seen.stray, seen.judged_at = found, at.now
        if path.name in DEFAULTS_NAMES:
            if _differs(before, found) or (first and found is None):
                self._news.append(found or Stray(path, None))
        elif first and found is not None:
            self._news.append(found)

    def _judged_defaults(self, path: Path) -> Stray | None:
        try:
            self._check_defaults(path)
        except DefaultsError as error:
            to_keep(error)
            reason = sentences(error.what, error.why)
            remedy = error.remedy or "Correct it: the jobs of its folder wait for that."
            return Stray(path, Remedy(reason, remedy), error)
        except (NotYetError, OSError):
            return None
        return None

    def _stray(self, path: Path, look: Look) -> Stray:
        relative = path.relative_to(self._inbox.folder).as_posix()
        leads = os.path.exists(path) if stat.S_ISLNK(look.mode) else True  # noqa: PTH110
        return Stray(path, remedy_for(relative, look.mode, look.size, leads=leads))

    def _gone(self, path: Path, changed: list[Path]) -> None:
        seen = self._seen.pop(path)
        if path.name in DEFAULTS_NAMES:
            changed.append(path)
            if seen.stray is not None:
                self._news.append(Stray(path, None))


MOST_NAMED = 3
"""Strays of one kind in one folder that are named one by one."""


def grouped(strays: Iterable[Stray]) -> Iterator[tuple[Stray, int]]:
    """The strays to name, each with how many more of its kind lie in its folder."""
    groups: dict[tuple[Path, str], list[Stray]] = {}
    for stray in strays:
        assert stray.remedy is not None
        groups.setdefault((stray.path.parent, stray.remedy.reason), []).append(stray)
    for group in groups.values():
        if len(group) <= MOST_NAMED:
            yield from ((stray, 0) for stray in group)
        else:
            yield group[0], len(group) - 1


def _differs(before: Stray | None, found: Stray | None) -> bool:
    """Whether defaults have another mistake now, or none any more."""
    told = [None if each is None else str(each.error) for each in (before, found)]
    return told[0] != told[1]
