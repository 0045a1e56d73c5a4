"""Files in the inbox that are no jobs yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from daemon.notify.events.base import DEBUG, Event


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
    """It waits, and why: `state` is the word for it."""

    WORD: ClassVar[str] = "waiting"
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileRemoved(FileEvent):
    """It has left the inbox without becoming a job: somebody took it away."""

    WORD: ClassVar[str] = "removed"
