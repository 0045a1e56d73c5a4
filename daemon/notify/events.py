"""Everything that happens, as frozen values: what the supervisor tells, and listeners are told.

Each class is one kind of event; its `word` stands for it in the field `event` of
`logs/hotfolder.jsonl`. Values are plain (numbers, texts, tuples of them), so that a listener needs
nothing else of the daemon. Knows neither who emits an event nor who takes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from daemon.protocol.outcome import Outcome

DEBUG, INFO, WARNING = "DEBUG", "INFO", "WARNING"
"""Levels: for programs only, for people, and for people who should do something."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The job an event is about: its number and name, the file as dropped, in `project` (a folder
    of the inbox, "" for the inbox itself). `pictures` are absolute paths: of an event of one
    picture that picture's, else all of the job; before they are published, the planned ones."""

    job: int
    name: str
    file: str
    project: str
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """What all events have: a word, and how much it matters (`level`)."""

    WORD: ClassVar[str] = ""
    LEVEL: ClassVar[str] = INFO

    @property
    def word(self) -> str:
        """What stands in the field `event` of its line."""
        return self.WORD

    @property
    def level(self) -> str:
        """DEBUG, INFO or WARNING."""
        return self.LEVEL


# --- the daemon -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DaemonStarted(Event):
    """The daemon watches `inbox` from now on."""

    WORD: ClassVar[str] = "daemon_started"
    inbox: str


@dataclass(frozen=True, slots=True)
class DaemonLeaving(Event):
    """A signal arrived; what is being rendered goes back to the queue."""

    WORD: ClassVar[str] = "daemon_leaving"


@dataclass(frozen=True, slots=True)
class DaemonStopped(Event):
    """The last event of a run that was not killed."""

    WORD: ClassVar[str] = "daemon_stopped"


@dataclass(frozen=True, slots=True)
class Paused(Event):
    """A person has paused it, now or in an earlier run: nothing more is begun."""

    WORD: ClassVar[str] = "paused"


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """The pause is over."""

    WORD: ClassVar[str] = "resumed"


@dataclass(frozen=True, slots=True)
class Blocked(Event):
    """Nothing goes on until `reason` is mended; `advice` says what is done about it, if known."""

    WORD: ClassVar[str] = "blocked"
    LEVEL: ClassVar[str] = WARNING
    reason: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Unblocked(Event):
    """What kept everything from going on is mended."""

    WORD: ClassVar[str] = "unblocked"


@dataclass(frozen=True, slots=True)
class FileEvents(Event):
    """How the inbox is watched: `means` (inotify, FSEvents …), or None where it is only looked at
    every few seconds, and why."""

    WORD: ClassVar[str] = "watch"
    means: str | None
    reason: str = ""

    @property
    def level(self) -> str:
        return WARNING if self.reason else INFO


@dataclass(frozen=True, slots=True)
class Warned(Event):
    """Something a person should know; `job` if it is about one."""

    WORD: ClassVar[str] = "warning"
    LEVEL: ClassVar[str] = WARNING
    text: str
    job: int | None = None


# --- files in the inbox ---------------------------------------------------------------------------


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


# --- jobs and pictures ----------------------------------------------------------------------------


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
    in `kept` (a folder below the root); `images` are its published pictures below the outbox."""

    outcome: Outcome
    kept: str
    reason: str
    images: tuple[str, ...]

    @property
    def word(self) -> str:
        return self.outcome.value

    @property
    def level(self) -> str:
        return INFO if self.outcome.is_good else WARNING


@dataclass(frozen=True, slots=True)
class PictureEvent(JobEvent):
    """About picture `picture` (from 1) of `count`."""

    picture: int
    count: int


@dataclass(frozen=True, slots=True)
class PictureStarted(PictureEvent):
    """The worker has taken it up."""

    WORD: ClassVar[str] = "started"
    steps: int
    width: int
    height: int
    seed: int


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
    timings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PicturePublished(PictureEvent):
    """It lies in the outbox; its path is the subject's."""

    WORD: ClassVar[str] = "published"
    LEVEL: ClassVar[str] = DEBUG


# --- the worker -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkerEvent(Event):
    """About the worker in this place of the pool (from 0)."""

    worker: int = field(default=0, kw_only=True)


@dataclass(frozen=True, slots=True)
class WorkerLoading(WorkerEvent):
    """A worker was started for `model`, or loads component `index` of `total` (from 1)."""

    WORD: ClassVar[str] = "loading"
    model: str
    component: str | None = None
    index: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class WorkerReady(WorkerEvent):
    """The model is warm; `seconds` from process start, `parts` those of each component."""

    WORD: ClassVar[str] = "ready"
    model: str
    device: str
    device_name: str
    seconds: float
    parts: Mapping[str, float]
    peak_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class WorkerKilled(WorkerEvent):
    """It hung or took too much memory, and is being ended for `reason`."""

    WORD: ClassVar[str] = "killed"
    LEVEL: ClassVar[str] = WARNING
    reason: str


@dataclass(frozen=True, slots=True)
class WorkerGone(WorkerEvent):
    """It has ended. `cause`: died, idle, worn (a fresh one takes over) or replaced (by one with
    another model); `reason` the details, if any."""

    WORD: ClassVar[str] = "gone"
    cause: str
    reason: str = ""

    @property
    def level(self) -> str:
        return WARNING if self.cause == "died" else INFO


@dataclass(frozen=True, slots=True)
class WorkerSaid(WorkerEvent):
    """A note of the worker, or (`printed`) a line that a library printed there."""

    WORD: ClassVar[str] = "worker"
    severity: str
    text: str
    printed: bool = False

    @property
    def level(self) -> str:
        if self.printed:
            return DEBUG
        return WARNING if self.severity in ("WARNING", "ERROR") else INFO


# --- as a line ------------------------------------------------------------------------------------


def facts(event: Event) -> dict[str, Any]:
    """The event's own fields, flat, as they stand in its line of JSON; without those
    that don't apply (None)."""
    found: dict[str, Any] = {}
    for name in _names(event):
        value = getattr(event, name)
        if isinstance(value, Subject):
            found |= {part: getattr(value, part) for part in _names(value)}
        elif value is not None:
            found[name] = value
    return found


_NAMES: dict[str, tuple[str, ...]] = {}  # of the fields of a class: thousands a second are asked


def _names(value: Event | Subject) -> tuple[str, ...]:
    kind = type(value).__name__
    if kind not in _NAMES:
        _NAMES[kind] = tuple(each.name for each in fields(value))
    return _NAMES[kind]
