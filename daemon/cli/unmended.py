"""Whether a job that failed would fail again over what its own file says: nobody has mended it.

Reads the file as `check` does, as it is now, with the settings, defaults and models of now.
"""

from __future__ import annotations

from daemon.cli.known_jobs import KnownJob
from daemon.cli.running import engine_now
from daemon.errors import (
    HotfolderError,
    IsABoardError,
    IsMarksError,
    JobError,
    NoJobError,
    NotYetError,
)
from daemon.plan.prepare import Preparer
from daemon.root.layout import JOB_SUFFIXES, Layout
from daemon.settings import read_settings


class Mistakes:
    """In files of one root. Raises SettingsError."""

    def __init__(self, layout: Layout) -> None:
        settings = read_settings(layout.settings_file)
        self._layout = layout
        self._preparer = Preparer(layout, settings, engine=engine_now(layout, settings), model=None)

    def of(self, job: KnownJob) -> JobError | None:
        """What is wrong with its file still; None of one that may go well, or that no correction
        is asked of."""
        file = self._layout.root / job.kept
        if job.entry is None or job.entry.again or file.suffix.lower() not in JOB_SUFFIXES:
            return None
        folder = (self._layout.inbox / job.place).parent
        try:
            self._preparer.foresee(file, folder=folder)
        except (NotYetError, NoJobError, IsABoardError, IsMarksError):
            return None
        except JobError as error:
            return error
        except (HotfolderError, OSError):
            return None
        except Exception:  # a file's content may not end a verb; the daemon says what it is
            return None
        return None
