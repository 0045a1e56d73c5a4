"""What one listing of a folder of the inbox found, and whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass, field

RACY = 2.0
"""Seconds: a folder changed this recently may change again within the same timestamp."""


@dataclass(slots=True)
class ListedFolder:
    """`names` are of candidates, `others` of what is none; `listed_wall` is when."""

    mtime_ns: int
    inode: int
    listed_wall: float
    subfolders: list[str]
    names: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)

    def same_names(self, other: ListedFolder) -> bool:
        return (self.names, self.others, self.subfolders) == (
            other.names,
            other.others,
            other.subfolders,
        )

    def quiet(self, mtime_ns: int) -> bool:
        """Nothing can have been added or removed since it was listed."""
        return mtime_ns == self.mtime_ns and self.listed_wall - mtime_ns / 1e9 > RACY
