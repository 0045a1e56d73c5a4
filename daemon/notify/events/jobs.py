"""Claimed jobs and their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from daemon.notify.events.base import DEBUG, INFO, WARNING, Event, Subject
from daemon.protocol.outcome import Outcome, is_failure


@dataclass(frozen=True, slots=True)
class JobEvent(Event):
    """About one job."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class JobClaimed(JobEvent):
    """A file has become a job; `count` pictures will be made of `prompt`."""

    WORD: ClassVar[str] = "claimed"
    prompt: str
    count: int


@dataclass(frozen=True, slots=True)
class JobDelayed(JobEvent):
    """A trouble that is not the job's; it is tried again after `seconds`."""

    WORD: ClassVar[str] = "delayed"
    LEVEL: ClassVar[str] = WARNING
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class JobFinished(JobEvent):
    """A job has left the spool. `outcome` done, duplicate, failed or cancelled; the job file lies
    in `kept` (a folder below the root), at `path` (absolute, "" if that is not known), and the
    letter about one that did not go well at `letter`; `images` are its published pictures below the
    outbox."""

    outcome: Outcome
    kept: str
    reason: str
    images: tuple[str, ...]
    path: str = ""
    letter: str | None = None

    @property
    def word(self) -> str:
        return self.outcome.value

    @property
    def level(self) -> str:
        return WARNING if self.is_failure else INFO

    @property
    def is_failure(self) -> bool:
        """Whether a person should look at it."""
        return is_failure(self.outcome, self.reason)


@dataclass(frozen=True, slots=True)
class PictureEvent(JobEvent):
    """About picture `picture` (from 1) of `count`."""

    picture: int
    count: int


@dataclass(frozen=True, slots=True)
class PictureStarted(PictureEvent):
    """A worker has taken it up; `device` says which, where there are several."""

    WORD: ClassVar[str] = "started"
    steps: int
    width: int
    height: int
    seed: int
    device: str = ""


@dataclass(frozen=True, slots=True)
class StepDone(PictureEvent):
    """Denoising step `step` of `steps` (from 1) took `seconds`; `eta` seconds until the picture
    is made, None while that is unknown."""

    WORD: ClassVar[str] = "step"
    step: int
    steps: int
    seconds: float
    eta: float | None


@dataclass(frozen=True, slots=True)
class PictureRendered(PictureEvent):
    """It lies in the stage, whole, and is published next. `timings` as in its sidecar."""

    WORD: ClassVar[str] = "rendered"
    timings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PicturePublished(PictureEvent):
    """It lies in the outbox; its path is the subject's."""

    WORD: ClassVar[str] = "published"
    LEVEL: ClassVar[str] = DEBUG
