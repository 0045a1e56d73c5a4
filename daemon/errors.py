"""Every error of ours, sorted by who can mend it.

Errors are texts for a person: what is wrong, where, why, and what to do now. This room knows
nothing of files, processes or torch; it may be imported from anywhere.
"""

from __future__ import annotations

import enum
import traceback
from pathlib import Path
from typing import TypeVar

_HERE = Path(__file__).parent


class ExitCode(enum.IntEnum):
    """How a verb ends, for scripts."""

    OK = 0
    FAILED = 1
    """A job failed or was cancelled, or something was found."""
    USAGE = 2
    HELD = 3
    """Another daemon serves this root."""
    NO_DAEMON = 4
    SETUP = 5
    """No model, blocked or paused; of `render` also interrupted. Not the job's fault: it may be
    tried again."""
    OVERDUE = 124
    """What was waited for has not come in the time given, as timeout(1) says it."""
    INTERRUPTED = 130


def sentences(*parts: str) -> str:
    """What is said one after the other, as one text: where a part ends without a full stop (in an
    example, or in words of others), it gets one before the next begins."""
    said = [part.strip() for part in parts if part.strip()]
    ends = [text if text.endswith(_ENDS) else f"{text}." for text in said[:-1]]
    return " ".join([*ends, *said[-1:]])


_ENDS = (".", "!", "?", ":", ";", ",", "…", ".)", "\n")


class HotfolderError(Exception):
    """Root of all our errors; never raised itself. `code` is what a verb ends with over it."""

    code = ExitCode.FAILED


E = TypeVar("E", bound="JobError")


class JobError(HotfolderError):
    """A job file says something that can't be done; its author can mend it.

    `what` is one plain sentence; `line` counts from 1; `key` is the key as the person wrote it;
    `why` and `remedy` are sentences, empty when there is nothing to add. `file` is named only
    when the fault is not in the job file itself (a folder's `_defaults.yaml`, the settings).
    `draft` is the job as YAML where it was read out of what nobody can mend by hand, a picture;
    `others` are further mistakes in the same file, found at the same time; `is_cut`: there may be
    more of them.
    """

    def __init__(
        self,
        what: str,
        *,
        line: int | None = None,
        key: str | None = None,
        why: str = "",
        remedy: str = "",
        file: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.file = file
        self.line = line
        self.key = key
        self.why = why
        self.remedy = remedy
        self.draft = ""
        self.others: tuple[JobError, ...] = ()
        self.is_cut = False

    def relocated(self, kind: type[E], file: str) -> E:
        """The same, as an error of another kind, said of the file it really lies in."""
        return kind(
            self.what, line=self.line, key=self.key, why=self.why, remedy=self.remedy, file=file
        )

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        where = f"{self.file}, {where}" if self.file and where else where
        where = where or (f"{self.file}: " if self.file else "")
        more = len(self.others)
        least = "At least " if self.is_cut else ""
        also = f"{least}{more} more mistake{'s' * (more > 1)} in it." if more else ""
        return sentences(where + self.what, self.why, self.remedy, also)


class NotYetError(JobError):
    """What a job needs is not there yet, and may still come (a reference being copied, say)."""


class NoJobError(JobError):
    """The file is what another job reads, and no job itself: it stays where it lies."""


class NeverAJobError(JobError):
    """The file is of a kind that no correction makes a job of: another has to be dropped."""


class StillWrittenError(NotYetError):
    """Some program has the job file open for writing."""


class StillLookingError(NotYetError):
    """A file the job needs is being looked at in another process; ask again in a moment."""


class IsABoardError(JobError):
    """The file is no job but a board: many shots, each of which becomes a job."""


class IsMarksError(JobError):
    """The file is no job but what somebody thought of pictures, as the page saves it."""


class TooBigError(JobError):
    """The file holds more than a job may; perhaps it is a board."""


class UnfinishedError(JobError):
    """The file does not parse: bad syntax, or a writer who is not done; look again, then refuse."""


class EmptyBoardError(UnfinishedError):
    """A board in which nothing is wrong but that it has no shot yet: a template, for one."""


class SettingsError(JobError):
    """hotfolder.yaml is wrong; the owner of the root can mend it."""

    code = ExitCode.SETUP


class DefaultsError(SettingsError, NotYetError):
    """A folder's _defaults.yaml is wrong or just being saved: its jobs wait for it, they are not
    to blame."""


class SetupError(HotfolderError):
    """This machine or root lacks something a daemon needs (a model, a right)."""

    code = ExitCode.SETUP

    def __init__(self, what: str, *, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return sentences(self.what, self.remedy)


class SpoiledError(HotfolderError):
    """A file of our own state holds something else than we wrote there, or is no file: that costs
    what it speaks of, and nothing else. `what` says which file, and what is wrong with it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class LockHeldError(HotfolderError):
    """Another daemon serves this root."""

    code = ExitCode.HELD


class NoDaemonError(HotfolderError):
    """The verb needs a running daemon and there is none."""

    code = ExitCode.NO_DAEMON


class OverdueError(HotfolderError):
    """What was waited for has not come in the time given."""

    code = ExitCode.OVERDUE


class UsageError(HotfolderError):
    """The command line asks for something that makes no sense."""

    code = ExitCode.USAGE


class WireError(HotfolderError):
    """A line on the pipe between supervisor and worker is not a message of ours."""


class CancelledError(HotfolderError):
    """Inside the engine: the job being rendered was cancelled; raised between two steps."""


def to_keep(error: Exception) -> None:
    """Make an error fit to be kept: it forgets the calls that led to it, and with them all they
    held (the whole content of a file, say)."""
    error.__traceback__ = error.__context__ = error.__cause__ = None


def unreadable(error: Exception) -> JobError:
    """What to tell the author of a file that our own reading stumbles over."""
    return JobError(
        "This file can't be read as a job.",
        why=f"Reading it failed with {type(error).__name__}: {error}",
        remedy="Simplify it, or report it: Hotfolder should have said what is wrong.",
    )


def fault(error: Exception) -> str:
    """An exception that nobody expected, in one line: what it says, and the last of our own lines
    that led to it, for whoever mends it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if Path(each.filename).is_relative_to(_HERE)]
    place = ""
    if ours:
        file = Path(ours[-1].filename).relative_to(_HERE.parent).as_posix()
        place = f" ({file}, line {ours[-1].lineno}, in {ours[-1].name})"
    return f"{type(error).__name__}: {error}{place}"


def our_fault(error: Exception) -> JobError:
    """What to tell the author of a job over which Hotfolder itself has stumbled."""
    return JobError(
        "Hotfolder has a fault of its own and can't go on with this job.",
        why=fault(error),
        remedy="Report it with these words: the job is perhaps right as it is.",
    )
