"""What has become of the files in the inbox since this was last asked: seen, waiting, removed.

Collected where each is noticed, so that it costs nothing to have ten thousand files; told once per
change. Opens no file and looks at no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEEN, REMOVED = "seen", "removed"


@dataclass(frozen=True, slots=True)
class FileChange:
    """`state` is SEEN, REMOVED, or the word for what the file waits for; then `reason` says it."""

    path: Path
    state: str
    reason: str = ""


class FileChanges:
    """Remembers of each file what was told last, so that nothing is told twice."""

    def __init__(self) -> None:
        self._told: dict[Path, FileChange] = {}
        self._news: list[FileChange] = []

    def seen(self, path: Path) -> None:
        """It is there."""
        if path not in self._told:
            self._told[path] = FileChange(path, SEEN)
            self._news.append(self._told[path])

    def ready(self, path: Path) -> None:
        """It waits for nothing but its turn."""
        self._told[path] = FileChange(path, SEEN)

    def waits(self, path: Path, state: str, reason: str) -> None:
        """It can't be claimed yet."""
        change = FileChange(path, state, reason)
        if self._told.get(path) != change:
            self._told[path] = change
            self._news.append(change)

    def claimed(self, path: Path) -> None:
        """It has left for the spool, which is told elsewhere."""
        self._told.pop(path, None)

    def removed(self, path: Path) -> None:
        """It is no longer there, and nobody of ours has taken it."""
        if self._told.pop(path, None) is not None:
            self._news.append(FileChange(path, REMOVED))

    def take(self) -> list[FileChange]:
        """What is new, in order."""
        news, self._news = self._news, []
        return news
