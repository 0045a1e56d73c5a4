"""Typing `hotfolder tidy`, and what there is of a root and of the Trash afterwards."""

from __future__ import annotations

from pathlib import Path

from daemon.cli import main
from daemon.root.layout import Layout


class Trash:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def names(self) -> list[str]:
        files = self.folder / "files"
        return sorted(path.name for path in files.iterdir()) if files.exists() else []


def tidy(layout: Layout, *words: str) -> int:
    return main(["tidy", "--root", str(layout.root), *words])


def files(layout: Layout) -> set[str]:
    """All of a root but what a look at it may write."""
    found = (path.relative_to(layout.root).as_posix() for path in layout.root.rglob("*"))
    return {each for each in found if not each.endswith((".hotfolder/lock",))}
