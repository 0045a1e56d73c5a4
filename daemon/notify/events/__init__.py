"""Everything that happens, as frozen values: what the supervisor tells, and listeners are told.

Each class is one kind of event; its `word` stands for it in the field `event` of
`logs/hotfolder.jsonl`. Values are plain (numbers, texts, tuples of them), so that a listener needs
nothing else of the daemon. Knows neither who emits an event nor who takes it.
"""

from daemon.notify.events.base import (
    DEBUG,
    INFO,
    WARNING,
    Event,
    Subject,
    facts,
)
from daemon.notify.events.daemon import (
    Blocked,
    DaemonLeaving,
    DaemonStarted,
    DaemonStopped,
    FileEvents,
    HookSaid,
    Paused,
    QueueEmpty,
    Resumed,
    Unblocked,
    Warned,
)
from daemon.notify.events.files import (
    BoardMended,
    BoardMoved,
    DefaultsMended,
    DefaultsWrong,
    FileEvent,
    FileIgnored,
    FileRemoved,
    FileSeen,
    FileWaiting,
)
from daemon.notify.events.jobs import (
    JobClaimed,
    JobDelayed,
    JobEvent,
    JobFinished,
    PictureEvent,
    PicturePublished,
    PictureRendered,
    PictureStarted,
    StepDone,
)
from daemon.notify.events.worker import (
    WorkerEvent,
    WorkerGone,
    WorkerKilled,
    WorkerLoading,
    WorkerReady,
    WorkerSaid,
    WorkerStateChanged,
)

__all__ = [
    "DEBUG",
    "INFO",
    "WARNING",
    "Blocked",
    "BoardMended",
    "BoardMoved",
    "DaemonLeaving",
    "DaemonStarted",
    "DaemonStopped",
    "DefaultsMended",
    "DefaultsWrong",
    "Event",
    "FileEvent",
    "FileEvents",
    "FileIgnored",
    "FileRemoved",
    "FileSeen",
    "FileWaiting",
    "HookSaid",
    "JobClaimed",
    "JobDelayed",
    "JobEvent",
    "JobFinished",
    "Paused",
    "PictureEvent",
    "PicturePublished",
    "PictureRendered",
    "PictureStarted",
    "QueueEmpty",
    "Resumed",
    "StepDone",
    "Subject",
    "Unblocked",
    "Warned",
    "WorkerEvent",
    "WorkerGone",
    "WorkerKilled",
    "WorkerLoading",
    "WorkerReady",
    "WorkerSaid",
    "WorkerStateChanged",
    "facts",
]
