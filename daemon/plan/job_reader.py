"""From the path of a dropped file to a validated job.

Opens the job file and the folder defaults above it, and asks whether the model it names is here.
Plans nothing and moves nothing.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from daemon.errors import JobError, SetupError, StillWrittenError
from daemon.fs.read import read_regular
from daemon.jobfile import Job, read_job
from daemon.jobfile.defaults import JobDefaults
from daemon.plan.model_choice import ModelChoice
from daemon.records.png_job import job_text_from_png
from daemon.root.layout import DEFAULTS_NAME, Layout


class JobReader:
    """Reads job files of one root, over what `base` says of all of them."""

    def __init__(self, layout: Layout, base: JobDefaults, models: ModelChoice) -> None:
        self._layout = layout
        self._base = base
        self._models = models

    def job(
        self,
        file: Path,
        *,
        name: str,
        project: str,
        again: bool,
        beyond: Sequence[Path] = (),
    ) -> Job:
        """The job in `file`, whose name and project were these when it was dropped; the defaults
        of the folders `beyond` are laid over those of the project.

        Raises JobError and its kinds, StillWrittenError, or OSError if it can't be read."""
        data = job_text_from_png(file) if again else _read_closed(file)
        shown = f"{name}.json" if again else name
        job = read_job(data, file=shown, base=self._base, defaults=self._defaults(project, beyond))
        if job.model is not None:
            self._known_model(job.model)
        return job

    def _known_model(self, name: str) -> None:
        try:
            self._models.card(name)
        except SetupError as error:
            raise JobError(error.what, key="model", remedy=error.remedy) from error

    def _defaults(self, project: str, beyond: Sequence[Path]) -> list[tuple[str, bytes]]:
        folder, chain = self._layout.inbox, []
        for part in ("", *(project.split("/") if project else ())):
            folder = folder / part
            file = folder / DEFAULTS_NAME
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                shown = file.relative_to(self._layout.root).as_posix()
                chain.append((shown, read_regular(file)))
        for folder in beyond:
            file = folder / DEFAULTS_NAME
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                chain.append((str(file), read_regular(file)))
        return chain


def _read_closed(file: Path) -> bytes:
    """The bytes of a file that nobody has open for writing, where the system can tell."""
    data = read_regular(file)
    if not sys.platform.startswith("linux"):
        return data
    fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        # A read lease is refused with EAGAIN while any descriptor is open for writing; see
        # F_SETLEASE in fcntl(2). The supervisor ignores SIGIO, which breaking it would send.
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        if error.errno == errno.EAGAIN:
            raise StillWrittenError("Some program still has the file open for writing.") from None
    finally:
        os.close(fd)
    return data
