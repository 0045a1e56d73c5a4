"""Commands dropped by the command line into `.hotfolder/control/`, and their answers.

A command is a JSON file that appears whole; the daemon performs it and puts NAME.reply beside it.
Everything that can be asked this way can also be done with files. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from daemon.fs import atomic
from daemon.root.layout import Layout

ABANDONED = 3600.0
"""Seconds after which an answer that nobody fetched is swept away."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a job by its number, or a waiting file by where it lies in the inbox; answered."""

    job: int | str


@dataclass(frozen=True, slots=True)
class Arrived:
    """This file, relative to the inbox, is complete."""

    file: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Look now."""


Command = Cancel | Arrived | Wake
_KINDS: dict[str, type[Command]] = {"cancel": Cancel, "arrived": Arrived, "wake": Wake}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it was done, and why not."""

    ok: bool
    why: str | None = None


def ask(layout: Layout, command: Command) -> Path:
    """Drop a command; returns the path of the answer to come. Raises OSError."""
    layout.control.mkdir(parents=True, exist_ok=True)
    file = layout.control / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}.json"
    verb = next(word for word, kind in _KINDS.items() if isinstance(command, kind))
    body = json.dumps({"verb": verb, **asdict(command)}).encode("ascii")
    atomic.replace(file, body, sync=False)
    return file.with_suffix(".reply")


def answer_of(reply: Path, *, patience: float) -> Answer | None:
    """The daemon's answer, or None if it gives none within `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError, ValueError):
            answer = json.loads(reply.read_bytes())
            reply.unlink(missing_ok=True)
            if not isinstance(answer, dict):
                return None
            return Answer(bool(answer.get("ok")), str(answer.get("why")))
        time.sleep(0.02)
    return None


def commands(layout: Layout) -> Iterator[tuple[Path, Command]]:
    """Every command that waits, oldest first; what is not a command of ours is removed."""
    try:
        names = sorted(os.listdir(layout.control))
    except FileNotFoundError:
        with contextlib.suppress(FileNotFoundError):  # without its root it is not ours to make
            layout.control.mkdir(exist_ok=True)
        return
    for name in names:
        file = layout.control / name
        if name.startswith("."):
            continue
        if name.endswith(".reply"):
            _sweep(file)
        elif name.endswith(".json"):
            command = _read(file)
            if command is not None:
                yield file, command
            else:
                file.unlink(missing_ok=True)


def reply(file: Path, answer: Answer | None) -> None:
    """Take a command away, and answer it if anyone waits for an answer."""
    file.unlink(missing_ok=True)
    if answer is not None:
        with contextlib.suppress(OSError):  # a full disk: whoever asked hears nothing in time
            data = json.dumps(asdict(answer)).encode("ascii")
            atomic.replace(file.with_suffix(".reply"), data, sync=False)


def _read(file: Path) -> Command | None:
    """The command in a file that anyone may have written; None if it is none of ours."""
    try:
        body = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(body, dict):
        return None
    match body.get("verb"), body.get("job"), body.get("file"):
        case "cancel", int() | str() as job, _ if not isinstance(job, bool):
            return Cancel(job)
        case "arrived", _, str() as name if "\0" not in name:
            return Arrived(name)
        case "wake", _, _:
            return Wake()
    return None


def _sweep(answer: Path) -> None:
    """Nobody has fetched it for too long."""
    with contextlib.suppress(OSError):
        if time.time() - answer.stat().st_mtime > ABANDONED:
            answer.unlink()
