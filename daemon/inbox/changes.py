"""What has become of the files in the inbox since this was last asked: seen, waiting, removed.

Collected where each is noticed, so that it costs nothing to have ten thousand files; told once per
change, and once more when it lasts. Opens no file and looks at no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

SEEN, REMOVED = "seen", "removed"

LASTING = 10.0
"""Seconds of waiting for the same thing after which a person is told."""

_IN_PASSING = frozenset({"growing", "busy", "unparsed"})
"""What ends by itself, or is told in another way."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """`state` is SEEN, REMOVED, or the word for what the file waits for; then `reason` says it,
    and `lasting` that it has waited so for a while, which a person should know."""

    path: Path
    state: str
    reason: str = ""
    lasting: bool = False


class FileChanges:
    """Remembers of each file what was told last, so that nothing is told twice."""

    def __init__(self) -> None:
        self._told: dict[Path, FileChange] = {}
        self._news: list[FileChange] = []
        self._since: dict[Path, float] = {}

    def seen(self, path: Path) -> None:
        """It is there."""
        if path not in self._told:
            self._told[path] = FileChange(path, SEEN)
            self._news.append(self._told[path])

    def ready(self, path: Path) -> None:
        """It waits for nothing but its turn."""
        self._told[path] = FileChange(path, SEEN)
        self._since.pop(path, None)

    def waits(self, path: Path, state: str, reason: str, now: float) -> None:
        """It can't be claimed yet."""
        change = FileChange(path, state, reason)
        if self._told.get(path) != change:
            self._told[path] = change
            self._news.append(change)
            self._since.pop(path, None)
            if state not in _IN_PASSING:
                self._since[path] = now

    def claimed(self, path: Path) -> None:
        """It has left for the spool, which is told elsewhere."""
        self._told.pop(path, None)
        self._since.pop(path, None)

    def removed(self, path: Path) -> None:
        """It is no longer there, and nobody of ours has taken it."""
        self._since.pop(path, None)
        if self._told.pop(path, None) is not None:
            self._news.append(FileChange(path, REMOVED))

    def take(self, now: float) -> list[FileChange]:
        """What is new, in order."""
        for path in [path for path, since in self._since.items() if now - since >= LASTING]:
            del self._since[path]
            self._news.append(replace(self._told[path], lasting=True))
        news, self._news = self._news, []
        return news
