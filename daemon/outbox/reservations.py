"""Which names in the outbox are taken: those that lie there, and those kept for claimed jobs.

A picture and its sidecar are reserved together, in any spelling of the same letters. Reads the
disk and writes nothing; what is reserved lives in memory, since plans on disk say it again.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

from daemon.fs.live_picture import LIVE_STEM
from daemon.fs.naming import first_free, name_key
from daemon.root.layout import Layout


class Reservations:
    """Names of the outbox that claimed jobs will publish under, by job number."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._reserved: dict[str, int] = {}

    def taken(self, stem: str, number: int) -> bool:
        """Whether another job holds or has reserved outbox/STEM.png, STEM.json or a folder STEM.
        Of a folder that can't be one nothing is: its pictures get another once they are made."""
        if name_key(stem) == LIVE_STEM:  # outbox/now.png comes and goes
            return True
        owner = self._reserved.get(name_key(stem))
        if owner is not None and owner != number:
            return True
        base = self._layout.outbox / stem
        return any(os.path.lexists(f"{base}{tail}") for tail in (".png", ".json", ""))

    def is_blocked(self, stem: str) -> bool:
        """Whether something that is no folder stands where a folder of STEM would have to be."""
        return self._blocked_part(stem) is not None

    def _blocked_part(self, stem: str) -> int | None:
        """Which folder of STEM (from 0) can't be one."""
        folder = self._layout.outbox
        for at, part in enumerate(stem.split("/")[:-1]):
            folder = folder / part
            if os.path.lexists(folder) and not folder.is_dir():
                return at
        return None

    def free_stem(self, stem: str, number: int) -> str:
        """STEM-2, STEM-3 … : one that is not taken; its folder is renamed so where a file has the
        folder's name."""
        blocked = self._blocked_part(stem)

        def other(mark: int) -> str:
            if blocked is None:
                return f"{stem}-{mark + 1}"
            parts = stem.split("/")
            parts[blocked] += f"-{mark + 1}"
            return "/".join(parts)

        mark = first_free(
            lambda mark: not (self.is_blocked(other(mark)) or self.taken(other(mark), number))
        )
        if mark is None:
            raise FileExistsError(errno.EEXIST, "too many pictures of one name", stem)
        return other(mark)

    def reserve(self, stems: Iterable[str], number: int) -> None:
        """Keep these names for job `number` until it is released."""
        for stem in stems:
            self._reserved[name_key(stem)] = number

    def release(self, number: int) -> None:
        self._reserved = {key: owner for key, owner in self._reserved.items() if owner != number}
