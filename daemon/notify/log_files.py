"""The log files: `logs/hotfolder.log` for people, `logs/hotfolder.jsonl` for programs.

One line per event, safe to `tail -F` through rotation; no carriage returns, no escapes, no
direction marks, whatever a prompt or a file name holds. What the disk refuses is raised, for the
stream to tell and let go: a log never fails a job. Where the root is gone nothing is written, so
that none is made where it was.
"""

from __future__ import annotations

import json
import os
from datetime import datetime

from daemon.errors import SetupError
from daemon.notify.events import INFO, facts
from daemon.notify.log_lines import line
from daemon.notify.rotated_file import RotatedFile
from daemon.notify.subscribers import Numbered
from daemon.root.layout import Layout
from daemon.text.printable import iso, one_line

_UNITS = {"k": 10**3, "m": 10**6, "g": 10**9}
LONGEST = 2000
"""Characters of a line's text."""


class LogFiles:
    """Writes every event to both files; neither is touched before the first line."""

    def __init__(self, layout: Layout, *, rotation: str, retention: int) -> None:
        self._logs, self._marker = layout.logs, layout.id_file
        self._programs, self._people = (
            RotatedFile(file, limit=size_in_bytes(rotation), kept=retention, marker=self._marker)
            for file in (layout.jsonl_file, layout.log_file)
        )

    def write(self, numbered: Numbered) -> None:
        """One line in each file; an event that only programs care for in the first alone. Raises
        SetupError where a file can't be written."""
        text = _text(numbered)
        try:
            # The stream first: who has read of something in the log finds it there.
            self._programs.write(f"{_for_programs(numbered, text)}\n".encode())
            if numbered.is_for_people:
                self._people.write(f"{for_people(numbered, text)}\n".encode())
        except OSError as error:
            if not os.path.exists(self._marker):  # noqa: PTH110 (Path.exists may raise)
                return
            raise SetupError(
                f"The log can't be written: {error.strerror or error} ({self._logs})."
            ) from error

    def close(self) -> None:
        """Let go of the files. What the disk does not take any more is lost."""
        self._programs.close()
        self._people.close()


def size_in_bytes(text: str) -> int:
    """`10 MB`, as the settings say it, in any case."""
    return int(text[:-2]) * _UNITS[text[-2].lower()]


def for_people(numbered: Numbered, text: str | None = None) -> str:
    """The line of `hotfolder.log`: local time, the level unless it is INFO, the text."""
    at = datetime.fromtimestamp(numbered.at).isoformat(" ", timespec="milliseconds")
    level = numbered.event.level
    mark = "" if level == INFO else f"{level}: "
    return f"{at} {mark}{_text(numbered) if text is None else text}"


def _text(numbered: Numbered) -> str:
    return one_line(line(numbered.event), limit=LONGEST)


def _for_programs(numbered: Numbered, text: str) -> str:
    """The line of `hotfolder.jsonl`: number, moment, event, and the event's own fields."""
    event = numbered.event
    record = {
        "number": numbered.number,
        "at": iso(numbered.at),
        "event": event.word,
        "level": event.level,
        "message": text,
        "time": datetime.fromtimestamp(numbered.at).astimezone().isoformat(),
        **facts(event),
    }
    return json.dumps(record, ensure_ascii=True, default=str)
