"""The daemon as a whole: started, paused, blocked, and gone again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from daemon.notify.events.base import INFO, WARNING, Event


@dataclass(frozen=True, slots=True)
class DaemonStarted(Event):
    """The daemon watches `inbox` from now on."""

    WORD: ClassVar[str] = "daemon_started"
    inbox: str


@dataclass(frozen=True, slots=True)
class DaemonLeaving(Event):
    """A signal arrived; what is being rendered, if anything is (`in_hand`), goes back to the
    queue."""

    WORD: ClassVar[str] = "daemon_leaving"
    in_hand: bool


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
class QueueEmpty(Event):
    """Jobs were worked on, and nothing is left that could be begun now; `waiting` files stay that
    wait for something else (a person, or their hours). Since this was told last, `made` pictures
    were published and so many jobs have `done`, `failed` or were `cancelled`; `of` names their
    projects and boards, or the job where it has neither: a few, the first first;
    `others` if those are not all."""

    WORD: ClassVar[str] = "queue_empty"
    made: int
    done: int
    failed: int
    cancelled: int
    of: tuple[str, ...]
    waiting: int = 0
    others: bool = False


@dataclass(frozen=True, slots=True)
class HookSaid(Event):
    """A line that an executable of `hooks/` has printed, or what became of it; about `job` if it is
    about one."""

    WORD: ClassVar[str] = "hook"
    hook: str
    text: str
    job: int | None = None


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
    """Something a person should know; `job` if it is about one. What has a `topic` is much the same
    for many jobs: people are told once."""

    WORD: ClassVar[str] = "warning"
    LEVEL: ClassVar[str] = WARNING
    text: str
    job: int | None = None
    topic: str = ""
