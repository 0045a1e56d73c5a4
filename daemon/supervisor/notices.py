"""What is not well although pictures are made: said in the status for as long as it is so.

Looks at the root's folders; knows nothing of jobs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from daemon.root.layout import Layout


class Notices:
    """`ailing` tells what is wrong with the listeners now, the log files among them."""

    def __init__(self, layout: Layout, ailing: Callable[[], Sequence[str]]) -> None:
        self._layout = layout
        self._ailing = ailing

    def __call__(self) -> list[str]:
        """A sentence for each."""
        return [*self._misplaced(), *self._ailing()]

    def _misplaced(self) -> list[str]:
        """Folders for finished jobs in whose place lies something else."""
        return [
            f"{folder.name} is not a folder: job files that belong there go to {folder.name}-2. "
            "Move what lies in its place away."
            for folder in (self._layout.done, self._layout.failed)
            if not os.path.isdir(folder) and os.path.lexists(folder)  # noqa: PTH112 (never raises)
        ]
