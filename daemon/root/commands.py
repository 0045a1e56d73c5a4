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
from pathlib import Path
from typing import Any

from daemon.fs import atomic
from daemon.root.layout import Layout

ABANDONED = 3600.0
"""Seconds after which an answer that nobody fetched is swept away."""


def ask(layout: Layout, verb: str, **details: Any) -> Path:
    """Drop a command; returns the path of the answer to come."""
    layout.control.mkdir(parents=True, exist_ok=True)
    file = layout.control / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}.json"
    body = json.dumps({"verb": verb, **details}).encode("ascii")
    atomic.replace(file, body, sync=False)
    return file.with_suffix(".reply")


def answer_of(reply: Path, *, patience: float) -> dict[str, Any] | None:
    """The daemon's answer, or None if it gives none within `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError, ValueError):
            answer = json.loads(reply.read_bytes())
            reply.unlink(missing_ok=True)
            return answer if isinstance(answer, dict) else None
        time.sleep(0.02)
    return None


def commands(layout: Layout) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every command that waits, oldest first; what is not a command of ours is removed."""
    try:
        names = sorted(os.listdir(layout.control))
    except FileNotFoundError:
        with contextlib.suppress(FileNotFoundError):  # without its root it is not ours to make
            layout.control.mkdir(exist_ok=True)
        return
    for name in names:
        file = layout.control / name
        if name.startswith(".") or not name.endswith((".json", ".reply")):
            continue
        if name.endswith(".reply"):
            with contextlib.suppress(OSError):
                if time.time() - file.stat().st_mtime > ABANDONED:
                    file.unlink()
            continue
        try:
            body = json.loads(file.read_bytes())
        except (OSError, ValueError):
            body = None
        if isinstance(body, dict):
            yield file, body
        else:
            file.unlink(missing_ok=True)


def reply(file: Path, answer: dict[str, Any] | None) -> None:
    """Take a command away, and answer it if anyone waits for an answer."""
    file.unlink(missing_ok=True)
    if answer is not None:
        with contextlib.suppress(OSError):  # a full disk: whoever asked hears nothing in time
            data = json.dumps(answer).encode("ascii")
            atomic.replace(file.with_suffix(".reply"), data, sync=False)
