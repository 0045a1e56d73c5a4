"""A bar is there while its picture is being made, and no longer, however it ends."""

from __future__ import annotations

import io
from itertools import count

import pytest

from daemon.notify import events
from daemon.notify.subscribers import Numbered
from daemon.notify.terminal_bars import TerminalBars
from daemon.protocol.outcome import Outcome

TIMINGS = {"total": 2.0, "load": 1.5, "seconds_per_step": 0.1}


def subject(job: int) -> events.Subject:
    return events.Subject(job, f"job{job}", f"job{job}.yaml", "", ())


def started(job: int, picture: int) -> events.PictureStarted:
    return events.PictureStarted(subject(job), picture, 4, 15, 64, 64, 7)


def step(job: int, picture: int) -> events.StepDone:
    return events.StepDone(subject(job), picture, 4, 3, 15, 0.1, None)


def rendered(job: int, picture: int) -> events.PictureRendered:
    return events.PictureRendered(subject(job), picture, 4, TIMINGS)


def ended(job: int, outcome: Outcome) -> events.JobFinished:
    return events.JobFinished(subject(job), outcome, "failed", "why", ())


@pytest.fixture
def bars():
    shown = TerminalBars(io.StringIO())
    yield shown
    shown.close()
    assert shown.shown == []


def tell(bars: TerminalBars, *told: events.Event) -> list[str]:
    for number, event in zip(count(1), told, strict=False):
        bars.take(Numbered(number, 1.0, event))
    return bars.shown


ENDS = {
    "made": ([rendered(1, 1), rendered(1, 2)], ["#2 job2 1/4"]),
    "one made": ([rendered(1, 1)], ["#1 job1 2/4", "#2 job2 1/4"]),
    "done": ([ended(1, Outcome.DONE)], ["#2 job2 1/4"]),
    "failed": ([ended(1, Outcome.FAILED)], ["#2 job2 1/4"]),
    "cancelled": ([ended(1, Outcome.CANCELLED)], ["#2 job2 1/4"]),
    "put off": ([events.JobDelayed(subject(1), "memory", 1.0)], ["#2 job2 1/4"]),
    "the worker killed": ([events.WorkerStateChanged("killed", "hung")], []),
    "the worker dead": ([events.WorkerStateChanged("absent", "")], []),
    "the worker blocked": ([events.WorkerStateChanged("blocked", "why")], []),
    "made once more": ([started(1, 1)], ["#1 job1 2/4", "#2 job2 1/4", "#1 job1 1/4"]),
    "put off, but for one": (
        [events.JobDelayed(subject(1), "memory", 1.0), step(1, 2)],
        ["#2 job2 1/4", "#1 job1 2/4"],
    ),
}


@pytest.mark.parametrize(("told", "left"), ENDS.values(), ids=ENDS)
def test_a_bar_ends_with_its_picture(bars, told, left):
    before = [started(1, 1), started(1, 2), started(2, 1), step(1, 1), step(2, 1)]
    assert tell(bars, *before) == ["#1 job1 1/4", "#1 job1 2/4", "#2 job2 1/4"]

    assert tell(bars, *told) == left


@pytest.mark.parametrize(
    "end",
    [
        events.WorkerReady("m", "cpu", "a cpu", 1.0, {}),
        events.WorkerStateChanged("backoff", ""),
        events.WorkerStateChanged("blocked", "why"),
    ],
)
def test_the_bar_of_loading_ends_with_it_whether_it_went_well_or_not(bars, end):
    assert tell(bars, events.WorkerLoading("m", "unet", 1, 4)) == ["loading the model"]
    assert tell(bars, end) == []
