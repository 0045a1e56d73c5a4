"""The stage: where unfinished pictures lie until they are published or given up.

On the outbox's own disk, so that publishing is a link. Knows neither jobs nor final names.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from daemon.root.create import make_folder
from daemon.root.layout import Layout


class Stage:
    """The stage folder of one root."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    @property
    def inode(self) -> int | None:
        """Tells one stage folder from another."""
        try:
            return self._layout.stage.stat().st_ino
        except OSError:
            return None

    def mend(self) -> None:
        """Make outbox and stage anew if they are gone while the root is there. Raises OSError, of
        which FileExistsError says what stands in the way."""
        if not self._layout.stage.is_dir():
            with contextlib.suppress(FileNotFoundError):  # the root is away
                make_folder(self._layout, self._layout.stage)

    def sweep(self, keep: Iterable[Path]) -> bool:
        """Empty the stage of what no claimed job still needs; False if it can't be looked at."""
        kept = {form.name for path in keep for form in _forms(path)}
        try:
            names = os.listdir(self._layout.stage)
        except OSError:
            return False
        for name in names:
            if name not in kept:
                with contextlib.suppress(OSError):
                    (self._layout.stage / name).unlink()
        return True

    def discard(self, staged: Iterable[Path]) -> None:
        """A job has left: what it still has in the stage goes with it."""
        for path in staged:
            for form in _forms(path):
                with contextlib.suppress(OSError):
                    form.unlink()


def _forms(staged: Path) -> tuple[Path, Path, Path]:
    """A picture in the stage, the same while it is being written, and its sidecar."""
    return staged, staged.with_name(staged.name + ".part"), staged.with_suffix(".json")
