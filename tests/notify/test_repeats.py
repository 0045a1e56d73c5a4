"""A trouble that goes on is told to people once, and again after a while; programs get all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.notify import events
from daemon.notify.log_lines import line
from daemon.notify.repeats import NEWS_AGAIN, Repeats
from daemon.notify.stream import EventStream
from daemon.notify.subscribers import Numbered

SUBJECT = events.Subject(1, "job", "job.yaml", "", ())
GOES_ON = (
    events.Warned("a library complains"),
    events.JobDelayed(SUBJECT, "the disk is full", 1.0),
    events.WorkerGone("died", "while loading (exit code 1)"),
    events.WorkerLoading("sketch"),
    events.FileEvents(None, "no inotify"),
    events.WorkerSaid("WARNING", "odd"),
)
ALWAYS_NEWS = (
    events.JobClaimed(SUBJECT, "a", 1),
    events.WorkerGone("died", "while rendering (signal 9)"),
    events.Paused(),
    events.Blocked("no model"),
    events.WorkerSaid("INFO", "hello"),
)


@pytest.mark.parametrize("event", GOES_ON, ids=lambda event: event.word)
def test_the_same_trouble_is_news_again_after_a_while(event):
    repeats = Repeats()

    assert [repeats.is_one(event, at) for at in (0.0, 1.0, NEWS_AGAIN - 1)] == [False, True, True]
    assert not repeats.is_one(event, NEWS_AGAIN + 1)
    assert not repeats.is_one(event, 5.0)  # the clock was set back


@pytest.mark.parametrize("event", ALWAYS_NEWS, ids=lambda event: event.word)
def test_what_happens_to_jobs_is_always_news(event):
    repeats = Repeats()

    assert not any(repeats.is_one(event, at) for at in (0.0, 0.0, 1.0))


def test_a_pause_of_another_length_is_the_same_trouble_and_another_reason_is_not():
    repeats = Repeats()
    told = [
        events.JobDelayed(SUBJECT, reason, seconds)
        for reason, seconds in (("full", 1.0), ("full", 2.0), ("memory", 4.0), ("full", 8.0))
    ]

    assert [repeats.is_one(event, 1.0) for event in told] == [False, True, False, True]


def test_a_model_that_loads_makes_its_next_failure_news():
    repeats, dead = Repeats(), events.WorkerGone("died", "while loading (exit code 1)")
    ready = events.WorkerReady("m", "cpu", "a cpu", 1.0, {})

    assert [repeats.is_one(e, 1.0) for e in (dead, dead, ready, dead)] == [
        False,
        True,
        False,
        False,
    ]


def test_of_several_workers_each_is_news_and_one_that_loads_mends_no_other():
    repeats = Repeats()
    loading = [events.WorkerLoading("m", worker=number) for number in (0, 1)]
    dead = events.WorkerGone("died", "while loading (exit code 1)", worker=1)
    ready = events.WorkerReady("m", "cpu", "a cpu", 1.0, {}, worker=0)

    told = [*loading, dead, ready, *loading, dead]
    assert [repeats.is_one(e, 1.0) for e in told] == [False] * 4 + [False, True, True]


@pytest.mark.parametrize("event", [
    events.WorkerLoading("m"),
    events.WorkerLoading("m", "unet", 1, 4),
    events.WorkerReady("m", "cpu", "a cpu", 1.0, {}),
    events.WorkerKilled("no sign of life"),
    events.WorkerStateChanged("ready", ""),
    events.WorkerSaid("WARNING", "odd"),
    events.WorkerSaid("DEBUG", "odd", printed=True),
    *(events.WorkerGone(cause, "") for cause in ("died", "idle", "worn", "replaced", "lost")),
], ids=lambda event: event.word)  # fmt: skip
def test_a_line_about_a_worker_begins_with_its_name_where_it_has_one(event):
    named = line(replace(event, slot="cuda\x1b1"))
    assert named == f"cuda 1: {line(event).removeprefix('worker: ')}"


def test_programs_hear_every_one(root):
    heard: list[Numbered] = []
    numbers = iter(range(1, 100))
    stream = EventStream(lambda: next(numbers), clock=lambda: 1.0)
    stream.attach(heard.append)
    for _ in range(3):
        stream.emit(events.Warned("again"))

    assert [numbered.is_for_people for numbered in heard] == [True, False, False]


def test_what_has_a_topic_is_told_once_for_all_jobs_of_it():
    repeats = Repeats()
    told = [
        repeats.is_one(events.Warned(f"knows not {word}", job=job, topic=topic), 1.0)
        for job, (word, topic) in enumerate(
            [("cat", "words of ep"), ("dog", "words of ep"), ("dog", "words of se"), ("cat", "")]
        )
    ]

    assert told == [False, True, False, False]
    assert "Others of its project" in line(events.Warned("x", job=1, topic="words of ep"))
    assert "Others" not in line(events.Warned("x", job=1))


def test_what_was_rendered_for_is_told_apart_from_loading():
    def generated(**timings):
        return line(events.PictureRendered(SUBJECT, 1, 1, {"seconds_per_step": 0.2, **timings}))

    assert generated(total=15.94, load=12.8) == (
        "#1 job 1/1 generated in 3.14 seconds (0.20 s per step), after 12.8 s of waiting for the model"
    )
    assert (
        generated(total=3.14, load=0.0) == "#1 job 1/1 generated in 3.14 seconds (0.20 s per step)"
    )
    assert line(events.DaemonLeaving(in_hand=False)) == "leaving"
    assert "goes back" in line(events.DaemonLeaving(in_hand=True))
