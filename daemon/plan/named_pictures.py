"""Which files of the inbox are pictures that jobs name, those of earlier runs included.

What a job of this run names is remembered; of the others, what is kept of their content tells.
"""

from __future__ import annotations

import os
from pathlib import Path

from daemon.errors import JobError, StillLookingError
from daemon.formats.kinds import SUFFIXES
from daemon.root.kept_pictures import has_named
from daemon.sandbox.answer import HASH
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import open_regular
from daemon.sandbox.looks import MAX_FILE

MOST = 50_000


class NamedPictures:
    """Remembers by path; looks by content into `references`."""

    def __init__(self, references: Path, sandbox: Sandbox) -> None:
        self._references = references
        self._sandbox = sandbox
        self._paths: dict[str, None] = {}

    def add(self, path: Path) -> None:
        """A job names this file."""
        self._paths[os.path.realpath(path)] = None
        while len(self._paths) > MOST:
            self._paths.pop(next(iter(self._paths)))

    def __contains__(self, path: Path) -> bool:
        return os.path.realpath(path) in self._paths

    def knows(self, path: Path) -> bool | None:
        """Whether a job names this file or has named it; None while that is looked up."""
        if path in self:
            return True
        if path.suffix.lower() not in SUFFIXES:
            return False
        try:
            descriptor = open_regular(path, shown=path.name)
        except (JobError, OSError):
            return False
        try:
            facts = os.fstat(descriptor)
            if not 0 < facts.st_size <= MAX_FILE:
                return False
            found = self._sandbox.look(HASH, descriptor, name=path.name)
        except StillLookingError:
            return None
        except (JobError, OSError):
            return False
        finally:
            os.close(descriptor)
        return has_named(self._references, found.sha256, facts)
