"""A claimed job as a state machine, from the claim until it has left the spool.

    ADMITTING   claimed; its plan is not made, or not read back yet
    QUEUED      planned; a picture of it waits for the worker
    RENDERING   the worker holds a picture of it
    PUBLISHING  a rendered picture lies in the stage, and none is with the worker
    ENDING      its end is decided, and on its way to the disk
    GONE        it has left the spool

A cancel or a failure is a request: it becomes the end once the worker holds nothing of the job.
Whatever the disk or the machine refuses is tried again at `not_before`, in any state. Read by the
supervisor and the snapshot; written by this package alone. Nothing here touches the disk.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from daemon.errors import HotfolderError
from daemon.jobs import retry_policy
from daemon.jobs.retry_policy import Tries
from daemon.plan.plan import Picture, Plan
from daemon.protocol.messages import Ready, Rendered
from daemon.protocol.outcome import Outcome
from daemon.spool.publication_record import PublicationRecord
from daemon.spool.ticket import Claim


class JobState(enum.Enum):
    ADMITTING = "admitting"
    QUEUED = "queued"
    RENDERING = "rendering"
    PUBLISHING = "publishing"
    ENDING = "ending"
    GONE = "gone"


AT_WORK = frozenset({JobState.QUEUED, JobState.RENDERING, JobState.PUBLISHING})
"""States of a job that has a plan and no end yet."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the daemon needs of a job beside its plan; fixed with the plan, so that neither
    settings nor defaults nor models changed since can change a claimed job. `model` is the name
    or path it is rendered with."""

    prompt: str
    model: str
    id: str | None = None
    priority: int = 0
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a job was admitted with."""

    facts: Facts
    plan: Plan


@dataclass(frozen=True, slots=True)
class End:
    """How a job ends, and why: an error is explained in a letter to its author, a word is not."""

    outcome: Outcome
    reason: str | HotfolderError = ""

    @property
    def words(self) -> str:
        """The reason as the journal and the log say it."""
        return str(getattr(self.reason, "what", self.reason))


@dataclass(frozen=True, slots=True)
class StagedPicture:
    """A rendered picture in the stage; heard of at `at` (monotonic seconds)."""

    event: Rendered
    ready: Ready
    at: float


@dataclass(slots=True)
class ClaimedJob:
    """One job. `queued_at` is the first sight of its file (monotonic seconds); `records` and
    `in_hand` go by picture index, from 1; `end` is requested until ENDING, then decided. `reason`
    says what is waited for until `not_before`. One that `is_new` was claimed by this run: none
    before it can have published anything of it."""

    claim: Claim
    queued_at: float
    is_new: bool = False
    state: JobState = JobState.ADMITTING
    not_before: float = 0.0
    reason: str = ""
    tries: Tries = field(default_factory=Tries)
    work: Work | None = None
    records: dict[int, PublicationRecord] = field(default_factory=dict)
    in_hand: set[int] = field(default_factory=set)
    staged: list[StagedPicture] = field(default_factory=list)
    end: End | None = None

    # --- what it is ---------------------------------------------------------------------------

    @property
    def number(self) -> int:
        return self.claim.number

    @property
    def name(self) -> str:
        """The plan's name for it, or the file's while there is no plan."""
        return self.work.plan.name if self.work is not None else self.claim.ticket.file

    @property
    def plan(self) -> Plan:
        """Its plan, once it was admitted."""
        assert self.work is not None
        return self.work.plan

    @property
    def facts(self) -> Facts:
        """Its facts, once it was admitted."""
        assert self.work is not None
        return self.work.facts

    @property
    def id(self) -> str | None:
        return self.work.facts.id if self.work is not None else None

    @property
    def is_at_work(self) -> bool:
        """Whether it has a plan and no end yet; one may be asked for."""
        return self.state in AT_WORK

    def picture(self, index: int) -> Picture:
        return self.plan.pictures[index - 1]

    def is_published(self, index: int) -> bool:
        record = self.records.get(index)
        return record is not None and record.is_published

    @property
    def images(self) -> tuple[str, ...]:
        """Its published pictures, below the outbox."""
        records = sorted(self.records.items())
        return tuple(f"{record.stem}.png" for _, record in records if record.is_published)

    @property
    def is_complete(self) -> bool:
        return all(self.is_published(picture.render.index) for picture in self.plan.pictures)

    @property
    def is_suspect(self) -> bool:
        """Whether it is to be rendered alone, since it may be what kills workers."""
        return retry_policy.is_suspect(self.claim.ticket, self.tries)

    @property
    def to_render(self) -> list[Picture]:
        """Pictures not yet published, staged or with the worker, in order; none once its end is
        asked for."""
        if not self.is_at_work or self.end is not None:
            return []
        busy = self.in_hand | {picture.event.index for picture in self.staged}
        return [
            picture
            for picture in self.plan.pictures
            if picture.render.index not in busy and not self.is_published(picture.render.index)
        ]

    # --- what happens to it -------------------------------------------------------------------

    def wait(self, until: float, reason: str) -> None:
        """Nothing more is done for it before then (monotonic seconds)."""
        self.not_before, self.reason = until, reason

    def admit(self, work: Work) -> None:
        """It has a plan, which is on disk."""
        assert self.state is JobState.ADMITTING
        self.work, self.tries, self.state = work, Tries(), JobState.QUEUED

    def hand_down(self, index: int) -> None:
        """The worker gets this picture; its attempt is counted on disk."""
        assert self.is_at_work
        assert self.end is None
        self.tries.attempt_begun = True
        self.in_hand.add(index)
        self._work_on()

    def let_go(self, index: int) -> None:
        """The worker no longer holds this picture, one way or another."""
        self.in_hand.discard(index)
        self._work_on()

    def stage(self, picture: StagedPicture) -> None:
        """The worker has made this picture."""
        assert self.is_at_work
        self.in_hand.discard(picture.event.index)
        self.staged.append(picture)
        self._work_on()

    def unstage(self) -> None:
        """The first picture of the stage was dealt with."""
        assert self.is_at_work
        self.staged.pop(0)
        self._work_on()

    def unstage_all(self) -> None:
        """None of them can be dealt with."""
        assert self.is_at_work
        self.staged.clear()
        self._work_on()

    def request(self, end: End) -> None:
        """It is to end so, as soon as the worker holds nothing of it; the first request counts."""
        if self.state is JobState.ADMITTING:
            self.decide(end)
        elif self.is_at_work and self.end is None:
            self.end, self.not_before = end, 0.0

    def decide(self, end: End) -> None:
        """It ends so, whatever comes."""
        assert self.state not in (JobState.ENDING, JobState.GONE)
        assert not self.in_hand
        self.end, self.not_before, self.state = end, 0.0, JobState.ENDING
        self.tries.went_well()

    def leave(self) -> None:
        """It has left the spool."""
        assert self.state in (JobState.ENDING, JobState.ADMITTING)
        self.state = JobState.GONE

    def _work_on(self) -> None:
        """Which of the states of work it is in."""
        if self.is_at_work:
            resting = JobState.PUBLISHING if self.staged else JobState.QUEUED
            self.state = JobState.RENDERING if self.in_hand else resting


def in_order(jobs: Iterable[ClaimedJob], now: float) -> list[ClaimedJob]:
    """Those with a picture to render now (monotonic seconds): by their folder's turn, then priority
    first, then those that never killed a worker, then by number."""
    ready = [job for job in jobs if job.to_render and job.not_before <= now]

    def key(job: ClaimedJob) -> tuple[int, int, int, int]:
        ticket = job.claim.ticket
        return -ticket.said.turn, -job.facts.priority, ticket.deaths, job.number

    return sorted(ready, key=key)
