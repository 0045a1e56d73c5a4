"""Each event as one line for people.

The lines say per job number what the requester's own tool printed per picture: a start with steps
and size, a line per step, a close with total and per-step time; `grep '#42'` tells one job's story.
Knows events only.
"""

from __future__ import annotations

from functools import singledispatch

from daemon.notify import events
from daemon.protocol.outcome import Outcome
from daemon.text.counted import agrees, counted
from daemon.text.job_names import job_name
from daemon.text.printable import one_line

MOST_PARTS = 4
"""Parts of the loading time that are told, the longest first."""

TOLD_LOADING = 0.1
"""Seconds of waiting for the model that are worth telling of a picture."""

_FIXED: dict[type[events.Event], str] = {
    events.DaemonStopped: "stopped",
    events.Paused: "paused: nothing more is begun until `hotfolder resume`",
    events.Resumed: "resumed",
    events.Unblocked: "no longer blocked",
}
"""What is always said in the same words."""


def line(event: events.Event) -> str:
    """What the log says of this event; of a worker first which one, where there are several."""
    slot = event.slot if isinstance(event, events.WorkerEvent) else None
    return f"{one_line(slot, 60)}: {_text(event)}" if slot else _text(event)


@singledispatch
def _text(event: events.Event) -> str:
    return _FIXED.get(type(event), event.word)


def job_label(subject: events.Subject) -> str:
    """What a job is called in the log; one of a board with that, as every board has an 010."""
    folder = subject.project if subject.board else ""
    return f"#{subject.job} {job_name(subject.name, folder)}"


def picture_label(event: events.PictureEvent) -> str:
    """What a picture is called in the log and on its bar."""
    return f"{job_label(event.subject)} {event.picture}/{event.count}"


# --- the daemon -----------------------------------------------------------------------------------


@_text.register
def _(event: events.DaemonStarted) -> str:
    return f"watching {event.inbox}"


@_text.register
def _(event: events.DaemonLeaving) -> str:
    back = "what was being rendered goes back to the queue"
    return f"leaving; {back}" if event.in_hand else "leaving"


@_text.register
def _(event: events.Blocked) -> str:
    return f"blocked: {event.reason}" + (f"; {event.advice}" if event.advice else "")


@_text.register
def _(event: events.FileEvents) -> str:
    if event.means is None:
        return f"no file events ({event.reason}); looking every few seconds instead"
    return f"file events by {event.means}"


@_text.register
def _(event: events.Warned) -> str:
    of_others = " Others of its project are not told one by one; each record says its own."
    return event.text + of_others * bool(event.topic)


@_text.register
def _(event: events.QueueEmpty) -> str:
    wait = agrees(event.waiting, "waits", "wait")
    rest = f"; {event.waiting} {wait} for something else" if event.waiting else ""
    return f"the queue is empty: {tally(event)}{rest}"


@_text.register
def _(event: events.HookSaid) -> str:
    about = f" of #{event.job}" if event.job is not None else ""
    return f"hooks/{event.hook}{about}: {one_line(event.text)}"


def tally(event: events.QueueEmpty) -> str:
    """What was made since the queue was empty before: `ep03: 36 pictures, 1 failed`."""
    counts = [counted(event.made, "picture")]
    counts += [f"{event.failed} failed"] if event.failed else []
    counts += [f"{event.cancelled} cancelled"] if event.cancelled else []
    names = [one_line(name, 60) for name in event.of]
    more = " and others" if event.others else ""
    return (f"{', '.join(names)}{more}: " if names else "") + ", ".join(counts)


# --- files in the inbox ---------------------------------------------------------------------------


@_text.register
def _(event: events.FileSeen) -> str:
    return f"{_place(event)} is there"


@_text.register
def _(event: events.FileWaiting) -> str:
    return f"{_place(event)} waits: {event.reason}"


@_text.register
def _(event: events.FileRemoved) -> str:
    return f"{_place(event)} was taken away"


@_text.register
def _(event: events.FileIgnored) -> str:
    others = f" and {counted(event.more, 'other')} like it are" if event.more else " is"
    return f"{_place(event)}{others} ignored: {event.reason}. {event.remedy}"


@_text.register
def _(event: events.DefaultsWrong) -> str:
    return f"{_place(event)} is wrong, and its folder waits: {event.reason} {event.remedy}".rstrip()


@_text.register
def _(event: events.DefaultsMended) -> str:
    return f"{_place(event)} no longer holds its folder"


@_text.register
def _(event: events.BoardMoved) -> str:
    return f"the board {_place(event)} lives in {event.home} now: save it there to render it"


@_text.register
def _(event: events.BoardSaved) -> str:
    return f"the board {one_line(event.board, 60)} was saved"


@_text.register
def _(event: events.BoardMended) -> str:
    return f"the board {one_line(event.board, 60)} is mended, and goes on"


def _place(event: events.FileEvent) -> str:
    return f"{event.project}/{event.file}" if event.project else event.file


# --- jobs and pictures ----------------------------------------------------------------------------


@_text.register
def _(event: events.JobClaimed) -> str:
    pictures = counted(event.count, "picture")
    return f"{job_label(event.subject)} claimed ({pictures}): {one_line(event.prompt, 120)}"


@_text.register
def _(event: events.JobDelayed) -> str:
    again = f"Trying again in {event.seconds:.0f} s."
    return f"{job_label(event.subject)}: {event.reason} {again}"


@_text.register
def _(event: events.JobFinished) -> str:
    head = job_label(event.subject)
    if event.outcome is Outcome.DONE:
        return f"{head} done: {', '.join(event.images) or one_line(event.reason, 200)}"
    return f"{head} {event.outcome}: {one_line(event.reason, 200)} -> {event.kept}/"


@_text.register
def _(event: events.PictureStarted) -> str:
    size = f"{event.width}x{event.height}"
    where = f" on {event.device}" if event.device else ""
    told = f"{counted(event.steps, 'step')}, {size}, seed {event.seed}"
    return f"{picture_label(event)} starting{where} ({told})"


@_text.register
def _(event: events.StepDone) -> str:
    eta = "" if event.eta is None else f" eta {event.eta:.1f} s"
    step = f"step {event.step}/{event.steps} {event.seconds:.2f} s/step"
    return f"{picture_label(event)} {step}{eta}"


@_text.register
def _(event: events.PictureRendered) -> str:
    told = event.timings
    total, step, load = (_seconds(told.get(n)) for n in ("total", "seconds_per_step", "load"))
    own = f"generated in {total - load:.2f} seconds ({step:.2f} s per step)"
    after = f", after {load:.1f} s of waiting for the model" if load >= TOLD_LOADING else ""
    return f"{picture_label(event)} {own}{after}"


@_text.register
def _(event: events.PicturePublished) -> str:
    return f"{picture_label(event)} published: {', '.join(event.subject.pictures)}"


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


# --- the worker -----------------------------------------------------------------------------------


@_text.register
def _(event: events.WorkerStateChanged) -> str:
    why = f": {event.reason}" if event.reason else ""
    return f"the worker is {event.state}{why}"


@_text.register
def _(event: events.WorkerLoading) -> str:
    if event.component is None:
        return f"loading {event.model}"
    return f"loading {event.model} {event.index}/{event.total}: {event.component}"


@_text.register
def _(event: events.WorkerReady) -> str:
    slow = sorted(event.parts.items(), key=lambda part: -part[1])[:MOST_PARTS]
    parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in slow)
    memory = event.peak_memory_bytes
    size = f"; {memory / 1e9:.1f} GB at the most" if memory else ""
    where = f"{event.device} ({event.device_name})"
    text = f"{event.model} is warm on {where} after {event.seconds:.1f} s"
    return text + (f" ({parts}{size})" if parts else "")


@_text.register
def _(event: events.WorkerKilled) -> str:
    return f"the worker is killed: {event.reason}"


@_text.register
def _(event: events.WorkerGone) -> str:
    match event.cause:
        case "died":
            return f"the worker died {event.reason}"
        case "idle":
            return "the model was idle and is let go; the next drop warms it again"
        case "worn":
            return f"a fresh worker takes over: {event.reason}"
        case "lost":
            return "the worker is lost with its machine; its pictures are made again"
    return f"the worker is let go: {event.reason or 'the next picture needs another one'}"


@_text.register
def _(event: events.WorkerSaid) -> str:
    if event.printed:
        return one_line(event.text)
    return one_line(event.text, 600) if event.slot else f"worker: {one_line(event.text, 600)}"
