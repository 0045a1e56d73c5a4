"""The moments that people and programs want to be told of, and the plain facts of each.

Made of events alone; reads no file. Prompts are no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.notify import events
from daemon.notify.events import facts
from daemon.notify.log_lines import tally
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome
from daemon.text.printable import iso

PICTURE_DONE, JOB_DONE, JOB_FAILED = "picture-done", "job-done", "job-failed"
QUEUE_EMPTY, BLOCKED = "queue-empty", "blocked"

RECORD_SUFFIX = ".json"

Facts = dict[str, object]


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the words above, and the event it is made of."""

    word: str
    told: Numbered

    @property
    def event(self) -> events.Event:
        return self.told.event


HEARD = (events.PicturePublished, events.JobFinished, events.QueueEmpty, events.Blocked)
"""The events that moments are made of."""


def moment_of(told: Numbered) -> Moment | None:
    """The moment that an event is, if it is one."""
    event = told.event
    match event:
        case events.PicturePublished():
            return Moment(PICTURE_DONE, told)
        case events.JobFinished(outcome=Outcome.DONE):
            return Moment(JOB_DONE, told)
        case events.JobFinished() if event.is_failure:
            return Moment(JOB_FAILED, told)
        case events.QueueEmpty():
            return Moment(QUEUE_EMPTY, told)
        case events.Blocked():
            return Moment(BLOCKED, told)
    return None


def record_of(picture: str) -> str:
    """The path of a picture's record."""
    return picture.removesuffix(".png") + RECORD_SUFFIX


def facts_of(moment: Moment) -> Facts:
    """What is said of a moment: of a job what `answer_of` says."""
    event, told = moment.event, moment.told
    said: Facts = {"schema": 1, "event": moment.word, "number": told.number, "at": iso(told.at)}
    match event:
        case events.JobFinished():
            return said | answer_of(event, told.at)
        case events.PicturePublished(subject=subject):
            picture = subject.pictures[0] if subject.pictures else ""
            own = {"picture": picture, "record": record_of(picture)}
            names = {"index": event.picture, "count": event.count}
            return said | _job(subject) | own | names
        case events.QueueEmpty():
            return said | facts(event) | {"message": tally(event)}
    return said | facts(event)


def answer_of(event: events.JobFinished, at: float) -> Facts:
    """What became of a job, which ended at `at` (Unix seconds)."""
    subject = event.subject
    return {
        "schema": 1,
        "outcome": event.outcome.value,
        **_job(subject),
        "reason": event.reason,
        "pictures": [{"picture": each, "record": record_of(each)} for each in subject.pictures],
        "job_file": event.path or None,
        "letter": event.letter,
        "finished_at": iso(at),
    }


def _job(subject: events.Subject) -> Facts:
    names = ("job", "id", "name", "file", "project", "board", "shot", "take")
    return {name: getattr(subject, name) for name in names}
