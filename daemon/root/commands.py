"""Commands dropped by the command line into `.hotfolder/control/`, and their answers.

A command is a JSON file that appears whole; the daemon performs it and puts NAME.reply beside it.
Everything that can be asked this way can also be done with files. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.root import state_files
from daemon.root.layout import Layout

SMALL = 100_000
"""Bytes of a command or an answer at most."""

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


@dataclass(frozen=True, slots=True)
class Order:
    """Something a person asks of `pictures` of boards, which are named by their ids, each with the
    number of its last job that has `ended` (0: none has); answered."""

    what: str
    pictures: tuple[str, ...]
    ended: tuple[int, ...] = ()


Command = Cancel | Arrived | Wake | Order
_KINDS: dict[str, type[Command]] = {
    "cancel": Cancel,
    "arrived": Arrived,
    "wake": Wake,
    "order": Order,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it was done, and why not."""

    ok: bool
    why: str | None = None


def ask(layout: Layout, command: Command) -> Path:
    """Drop a command; returns the path of the answer to come. Raises OSError."""
    file = layout.control / f"{time.time_ns():020d}-{os.urandom(4).hex()}.json"
    verb = next(word for word, kind in _KINDS.items() if isinstance(command, kind))
    body = json.dumps({"verb": verb, **asdict(command)}).encode("ascii")
    atomic.replace(file, body, mode=0o600, sync=False)
    return file.with_suffix(".reply")


def answer_of(reply: Path, *, patience: float) -> Answer | None:
    """The daemon's answer, or None if it gives none within `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError, SpoiledError):
            answer = state_files.read_json(reply, SMALL)
            reply.unlink(missing_ok=True)
            if not isinstance(answer, dict):
                return None
            return Answer(bool(answer.get("ok")), str(answer.get("why")))
        time.sleep(0.02)
    return None


def commands(layout: Layout) -> Iterator[tuple[Path, Command]]:
    """Every command that waits, oldest first; what is not a command of ours is removed, or put
    aside where it can't be. Raises OSError."""
    try:
        names = sorted(os.listdir(layout.control))
    except (FileNotFoundError, NotADirectoryError):
        return  # it is made anew with the other folders of the state
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
                _discard(file)


def reply(file: Path, answer: Answer | None) -> None:
    """Take a command away, and answer it if anyone waits for an answer."""
    _discard(file)
    if answer is not None:
        with contextlib.suppress(OSError):  # a full disk: whoever asked hears nothing in time
            data = json.dumps(asdict(answer)).encode("ascii")
            atomic.replace(file.with_suffix(".reply"), data, mode=0o600, sync=False)


def _discard(file: Path) -> None:
    """A command is done with. A folder of such a name is somebody's, and stays under another."""
    try:
        file.unlink(missing_ok=True)
    except OSError:
        if file.is_dir():
            state_files.set_aside(file)
        else:
            raise


def _read(file: Path) -> Command | None:
    """The command in a file that anyone may have written; None if it is none of ours."""
    try:
        body = state_files.read_json(file, SMALL)
    except (OSError, SpoiledError):
        return None
    if not isinstance(body, dict):
        return None
    match body.get("verb"), body.get("job"), body.get("file"):
        case "cancel", int() | str() as job, _ if not isinstance(job, bool):
            return Cancel(job) if isinstance(job, int) or state_files.is_inside(job) else None
        case "arrived", _, str() as name if state_files.is_inside(name):
            return Arrived(name)
        case "wake", _, _:
            return Wake()
        case "order", _, _:
            return _order(body)
    return None


def _order(body: Mapping[str, object]) -> Order | None:
    what, pictures, ended = body.get("what"), body.get("pictures"), body.get("ended")
    if not isinstance(what, str) or not isinstance(pictures, list) or not isinstance(ended, list):
        return None
    if len(pictures) != len(ended) or not all(type(each) is int for each in ended):
        return None
    if not all(isinstance(each, str) for each in pictures):
        return None
    return Order(what, tuple(pictures), tuple(ended))


def _sweep(answer: Path) -> None:
    """Nobody has fetched it for too long."""
    with contextlib.suppress(OSError):
        if time.time() - answer.stat().st_mtime > ABANDONED:
            answer.unlink()
