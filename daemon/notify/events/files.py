"""Files in the inbox that are no jobs yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from daemon.notify.events.base import DEBUG, INFO, WARNING, Event


@dataclass(frozen=True, slots=True)
class FileEvent(Event):
    """About a file in the inbox that is no job yet: its name in its project."""

    LEVEL: ClassVar[str] = DEBUG
    file: str
    project: str


@dataclass(frozen=True, slots=True)
class FileSeen(FileEvent):
    """A file that could become a job is there, or has changed."""

    WORD: ClassVar[str] = "seen"


@dataclass(frozen=True, slots=True)
class FileWaiting(FileEvent):
    """It waits, and why: `state` is the word for it. Told again as `lasting` when it has waited so
    for a while."""

    WORD: ClassVar[str] = "waiting"
    state: str
    reason: str
    lasting: bool = False

    @property
    def level(self) -> str:
        return WARNING if self.lasting else DEBUG


@dataclass(frozen=True, slots=True)
class FileRemoved(FileEvent):
    """It has left the inbox without becoming a job: somebody took it away."""

    WORD: ClassVar[str] = "removed"


@dataclass(frozen=True, slots=True)
class FileIgnored(FileEvent):
    """It is no job and none names it, for `reason`; `remedy` is what to do. `more` of its kind lie
    beside it."""

    WORD: ClassVar[str] = "ignored"
    LEVEL: ClassVar[str] = WARNING
    reason: str
    remedy: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class DefaultsWrong(FileEvent):
    """The defaults of a folder have a mistake, `reason`; its jobs wait until that is mended."""

    WORD: ClassVar[str] = "defaults_wrong"
    LEVEL: ClassVar[str] = WARNING
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class DefaultsMended(FileEvent):
    """The defaults of a folder are good again, or gone; its jobs go on."""

    WORD: ClassVar[str] = "defaults_mended"
    LEVEL: ClassVar[str] = INFO


@dataclass(frozen=True, slots=True)
class BoardMoved(FileEvent):
    """A board has left the inbox and lives in `home`, an absolute path; saving it there renders
    what it lacks."""

    WORD: ClassVar[str] = "board_moved"
    LEVEL: ClassVar[str] = INFO
    home: str


@dataclass(frozen=True, slots=True)
class BoardSaved(Event):
    """The board called so, or whose folder is, was changed: it is read as soon as its files lie
    still."""

    WORD: ClassVar[str] = "board_saved"
    LEVEL: ClassVar[str] = DEBUG
    board: str


@dataclass(frozen=True, slots=True)
class BoardMended(Event):
    """The board called so, which had a letter, is good again, or has all that it lacked."""

    WORD: ClassVar[str] = "board_mended"
    board: str
