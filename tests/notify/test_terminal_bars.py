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


# --- what stands above the bars, and below --------------------------------------------------------


RED, YELLOW = "\x1b[31m", "\x1b[33m"


@pytest.fixture
def screen(monkeypatch):
    """Bars on a terminal of colours; `written` is all that came there."""
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "160"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = io.StringIO()
    shown = TerminalBars(stream)
    shown.written = stream.getvalue
    yield shown
    shown.close()


def lines(screen, *told: events.Event) -> str:
    before = len(screen.written())
    tell(screen, *told)
    return screen.written()[before:]


def test_a_bar_names_folder_file_and_prompt_and_no_one_of_one(bars):
    one = events.Subject(1, "010", "010.yaml", "ep03", ("/r/outbox/ep03/010.png",))
    claimed = events.JobClaimed(one, "a [b]boat\x1b[2J", 1)
    assert tell(bars, claimed, events.PictureStarted(one, 1, 1, 15, 64, 64, 7)) == [
        "#1 ep03/010  a \\[b]boat [2J"
    ]
    assert tell(bars, ended(1, Outcome.DONE)) == []


def test_a_done_line_names_the_pictures_file_and_its_seconds(screen):
    one = events.Subject(1, "010", "010.yaml", "ep03", ("/r/outbox/ep03/010.png",))
    several = events.Subject(2, "a", "a.yaml", "", ("/r/outbox/a/a-02.png",))
    assert lines(screen, events.PictureRendered(one, 1, 1, TIMINGS)) == ""
    published = lines(
        screen, events.PicturePublished(one, 1, 1), events.PicturePublished(several, 2, 4)
    )
    assert (
        "#1 ep03/010.png  0.5 s (0.10 s per step), after 1.5 s of waiting for the model\n"
        in published
    )
    assert "#2 a/a-02.png\n" in published


def test_failures_are_red_and_name_their_letter_and_warnings_are_yellow(screen):
    bad = events.JobFinished(
        subject(1), Outcome.FAILED, "failed/ep", "why [red]", (), "/r/failed/ep/job1.yaml",
        "/r/failed/ep/job1.yaml.why.txt",
    )  # fmt: skip
    said = lines(screen, bad)
    assert f"{RED}#1 job1 failed: why [red] (see failed/ep/job1.yaml.why.txt)" in said
    assert f"{YELLOW}warning: look" in lines(screen, events.Warned("look"))
    assert RED not in lines(screen, ended(2, Outcome.DUPLICATE))
    assert "ready: drop job files into /r/inbox" in lines(screen, events.DaemonStarted("/r/inbox"))


def test_one_line_stands_below_the_bars_and_is_no_part_of_what_is_said(screen):
    screen.foot("3 waiting, about 2 min · 14 done\x1b[2J · 1 failed")
    said = lines(screen, started(1, 1), events.Warned("look"))
    assert said.index("warning: look") < said.rindex("job1 1/4")
    assert said.rindex("job1 1/4") < said.rindex("3 waiting, about 2 min · 14 done [2J · 1 failed")
    assert "\x1b[2J" not in said
