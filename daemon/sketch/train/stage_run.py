"""A stage of training under way: its clock, its bar, its checkpoints, the average of its weights.

On its way a stage keeps networks, optimizers and how far it is in `<work>/<stage>.pt`, and goes on
from there when it was cut short.  Nothing here knows what is being trained.
"""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from daemon.sketch.train import export
from daemon.sketch.train.stages import Room, TimeUp, record

#: The most seconds that one step is taken to have used.
PAUSE = 60.0
#: Checkpoints are this many seconds apart, or this share of the stage where that is sooner.
SAVE_EVERY, SAVE_SHARE = 120.0, 0.2


class Average:
    """An exponential moving average of a network's weights, started slowly."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay, self.count = decay, 0
        self.shadow = {k: v.detach().clone() for k, v in model.state_dict().items()}

    def update(self, model: nn.Module) -> None:
        self.count += 1
        decay = min(self.decay, (1 + self.count) / (10 + self.count))
        state = model.state_dict()
        floats = [k for k, v in self.shadow.items() if v.is_floating_point()]
        torch._foreach_lerp_(
            [self.shadow[k] for k in floats], [state[k] for k in floats], 1 - decay
        )

    def state_dict(self) -> dict[str, Any]:
        return {"shadow": self.shadow, "count": self.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.shadow, self.count = state["shadow"], state["count"]


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name to write to; what was written replaces `path` whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(export.PARTIAL)
    yield partial
    os.replace(partial, path)


def save_state(path: Path, **state: Any) -> None:
    """A checkpoint, replaced whole or not at all."""
    with replacing(path) as partial:
        torch.save(state, partial)


class Course:
    """A stage under way: its clock, a checkpoint to go on from, and a note once it has ended.

    `parts` is all that training changes, each with `state_dict` and `load_state_dict`.  Made where
    a checkpoint lies, it fills them from there.  Iterate over it, write what was learnt into the
    model folder, then call `end`: whenever the process is killed, nothing older than the last
    checkpoint is lost.
    Raises `TimeUp` once the room's sitting is over, all saved.
    """

    def __init__(self, room: Room, name: str, file: str = "", **parts: Any) -> None:
        """`file` names the checkpoint where it is not the stage's own."""
        self.room, self.name, self.parts = room, name, parts
        self.path = room.work / f"{file or name}.pt"
        self.done, self.took, self.steps = 0.0, 0.0, 0
        self.total = 0  # steps also of earlier stages that shared the checkpoint
        self._began = time.monotonic()
        if self.path.exists():
            self._resume(torch.load(self.path, map_location=room.device))

    def _resume(self, saved: dict[str, Any]) -> None:
        for key, part in self.parts.items():
            part.load_state_dict(saved[key])
        self.total = saved["step"]
        if saved["stage"] == self.name:
            self.done, self.took = saved["done"], saved.get("took", 0.0)
            self.steps = saved.get("steps", self.total)
            print(f"{self.name} goes on at {100 * self.done:.1f} %, step {self.steps}", flush=True)
        torch.manual_seed(self.room.seed + self.total)  # not once more the noise of the beginning

    def chance_of_step(self, what: str) -> random.Random:
        """Chance for the step that is next, and for it alone: the same however often the course
        was interrupted. `what` tells several of one step apart."""
        return random.Random(f"{self.room.seed} {self.name} {what} {self.total}")

    def rng(self, seed: int) -> random.Random:
        """Chance for this course, another after every interruption."""
        return random.Random(seed + self.total)

    @property
    def elapsed(self) -> float:
        """Seconds since the stage began, without those between two processes of it."""
        return self.took + time.monotonic() - self._began

    def save(self) -> None:
        """A checkpoint of all parts and of how far this is."""
        save_state(
            self.path,
            stage=self.name,
            done=self.done,
            took=self.elapsed,
            steps=self.steps,
            step=self.total,
            **{key: part.state_dict() for key, part in self.parts.items()},
        )

    def __iter__(self) -> Iterator[tuple[float, dict[str, float]]]:
        """Yield what `clock` does, and save now and then and at the end."""
        saved, since = self.done, time.monotonic()
        lasts = (self.room.seconds, self.room.steps)
        for done, figures in clock(self.name, *lasts, done=self.done, step=self.steps):
            if done - saved > SAVE_SHARE or time.monotonic() - since > SAVE_EVERY:
                saved = self.done = done
                self.save()  # what `clock` sees passes between two yields: this, too
                since = time.monotonic()
            yield done, figures
            self.steps += 1
            self.total += 1
            if self.room.is_over():
                self.done = self.steps / self.room.steps if self.room.steps else done
                self.save()
                raise TimeUp
        self.done = 1.0
        self.save()

    def end(self, **more: Any) -> None:
        """Note the stage as done, with what `more` there is to say, and let its checkpoint go."""
        record(self.room, self.name, self.elapsed, self.steps, **more)
        self.path.unlink(missing_ok=True)


def clock(
    label: str,
    seconds: float,
    steps: int = 0,
    done: float = 0.0,
    step: int = 0,
    every: float = 20.0,
) -> Iterator[tuple[float, dict[str, float]]]:
    """Yield (share done, a dict to put figures in) until time is up, or all `steps` if given made.

    On a terminal this is a bar; elsewhere a line now and then, so that a log can be followed.
    A pause longer than `PAUSE` (a lid closed, a process stopped) does not count as time used.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console()
    figures: dict[str, float] = {}
    spent, spoke = 0.0, -every
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=1.0, figures="")
        while (share := step / steps if steps else done + spent / seconds) < 1.0:
            began = time.monotonic()
            yield share, figures
            spent += min(time.monotonic() - began, PAUSE)
            step += 1
            text = " ".join(f"{k} {v:.4g}" for k, v in figures.items())
            bar.update(task, completed=share, figures=text)
            if not console.is_terminal and spent - spoke > every:
                spoke = spent
                print(
                    f"{label} {100 * share:5.1f} % step {step} {spent:5.0f} s  {text}",
                    flush=True,
                )
