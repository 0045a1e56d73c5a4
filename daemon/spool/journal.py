"""The journal: one line a finished job, oldest first, for ever.

A crash may tear the last line or write one twice; readers skip the first and keep the last of the
second. Lines of older versions lack some keys.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from daemon.fs import atomic
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """How a job ended; the fields are the keys of its line, in their order.

    `file` is the name it was dropped under, in `project` (a/b or ""); `finished_unix` seconds
    since 1970; `id` as the job file had it; `images` its published pictures, below the outbox;
    `parent` the job it retried; `kept` where its file lies now, below the root, "" if unknown."""

    job: int
    file: str
    project: str
    again: bool
    outcome: Outcome
    finished_unix: float
    name: str
    id: str | None
    reason: str
    images: tuple[str, ...]
    parent: int | None
    kept: str = ""

    @classmethod
    def from_json(cls, line: object) -> JournalEntry | None:
        """What a line says, as far as it does; None if it names no job."""
        if not isinstance(line, dict) or not isinstance(line.get("job"), int):
            return None
        file = str(line.get("file") or "")
        return cls(
            job=line["job"],
            file=file,
            project=str(line.get("project") or ""),
            again=bool(line.get("again")),
            outcome=_outcome(line.get("outcome")),
            finished_unix=_number(line.get("finished_unix")),
            name=str(line.get("name") or file),
            id=str(line["id"]) if line.get("id") else None,
            reason=str(line.get("reason") or ""),
            images=tuple(map(str, line.get("images") or ())),
            parent=line["parent"] if isinstance(line.get("parent"), int) else None,
            kept=str(line.get("kept") or ""),
        )

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def read(layout: Layout) -> Iterator[JournalEntry]:
    """Every finished job, oldest first; lines that a crash tore are skipped."""
    try:
        with layout.journal_file.open("rb") as lines:
            for line in lines:
                with contextlib.suppress(ValueError):
                    entry = JournalEntry.from_json(json.loads(line))
                    if entry is not None:
                        yield entry
    except FileNotFoundError:
        return


def append(layout: Layout, entry: JournalEntry) -> None:
    """Add a line, durably. Raises OSError with nothing added."""
    atomic.append_line(layout.journal_file, json.dumps(entry.to_json(), ensure_ascii=True))


def _outcome(word: object) -> Outcome:
    """A word of another version stands for something a person should look at."""
    try:
        return Outcome(str(word))
    except ValueError:
        return Outcome.FAILED


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
