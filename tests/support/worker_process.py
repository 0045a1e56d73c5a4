"""A worker process with real pipes, driven as the supervisor drives it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from support import daemon as kit
from support.places import ENGINES, HOME
from support.renders import make_render

from daemon.protocol.messages import Load, RenderFailed, Unloadable, decode, encode
from daemon.protocol.render import Render
from daemon.protocol.timings import Timings
from daemon.worker.process import ENVIRONMENT

HANG = kit.HANG


class Worker:
    """A worker process, the pipe to it and the pipe from it."""

    def __init__(self, engine: str, **environment: str) -> None:
        reading, writing = os.pipe()
        self.child = subprocess.Popen(
            [sys.executable, "-m", "daemon.engine", "--engine", engine, "--events", str(writing)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(writing,),
            cwd=HOME,
            env={**os.environ, **ENVIRONMENT, "OMP_NUM_THREADS": "1", **environment},
        )
        os.close(writing)
        self.events = os.fdopen(reading, "rb")

    def send(self, *commands) -> None:
        for command in commands:
            self.child.stdin.write(encode(command))
        self.child.stdin.flush()

    def read(self):
        line = self.events.readline()
        return decode(line) if line else None

    def until(self, *kinds):
        """Every event up to and including the first of one of these kinds."""
        seen = []
        while (event := self.read()) is not None:
            seen.append(event)
            if isinstance(event, kinds):
                return seen
            assert not isinstance(event, RenderFailed | Unloadable), event
        raise AssertionError(f"the worker left after {seen}")

    def leaves(self) -> int:
        return self.child.wait(timeout=HANG)


@contextlib.contextmanager
def worker(engine: str, **environment: str) -> Iterator[Worker]:
    hired = Worker(engine, **environment)
    try:
        yield hired
    finally:
        hired.child.kill()
        hired.child.wait(timeout=HANG)
        for pipe in (hired.child.stdin, hired.child.stdout, hired.events):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def misbehaving(name: str) -> str:
    return f"{ENGINES / name}.py:Engine"


def card(stage: Path, job: int = 1, index: int = 1, **changes) -> Render:
    given = {
        "prompt": "a lighthouse in a storm",
        "negative_prompt": "",
        "width": 64,
        "height": 48,
        "steps": 4,
        "guidance_scale": 7.0,
        "seed": 5,
        "stage": str(stage / f"{job}-{index}.png"),
    }
    return make_render(job=job, index=index, **{**given, **changes})


LOAD = Load(name="none", model="")


def explained(timings: Timings) -> bool:
    parts = (
        "load",
        "encode_prompt",
        "encode_references",
        "encode_image",
        "denoise",
        "decode",
        "save",
        "waited",
    )
    gap = timings.total - sum(getattr(timings, part) for part in parts)
    return -0.001 <= gap <= max(0.01 * timings.total, 0.020)
