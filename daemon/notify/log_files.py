"""The log files: `logs/hotfolder.log` for people, `logs/hotfolder.jsonl` for programs.

One line per event, safe to `tail -F` through rotation; no carriage returns, no escapes, no
direction marks, whatever a prompt or a file name holds. Lines that come at once are written at
once. What the disk refuses is raised, for the stream to tell and let go: a log never fails a job.
Where the root is gone nothing is written, so that none is made where it was.
"""

from __future__ import annotations

import contextlib
import json
import os
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from loguru import logger

from daemon.errors import SetupError
from daemon.notify.events import INFO, facts
from daemon.notify.subscribers import Numbered
from daemon.root.layout import Layout
from daemon.text.printable import iso

if TYPE_CHECKING:
    from typing import TextIO

    from loguru import Message, Record

_UNITS = {"k": 10**3, "m": 10**6, "g": 10**9}
_ENCODER = json.JSONEncoder(ensure_ascii=True, default=str)


class LogFiles:
    """Writes every event to both files. Makes one logger of the process: open it once."""

    def __init__(self, layout: Layout, *, rotation: str, retention: int) -> None:
        self._layout, self._marker = layout, str(layout.id_file)
        self._rotation, self._retention = rotation, retention
        self._handlers: list[int] = []
        self._programs: list[str] = []
        self._people: list[str] = []
        logger.remove()
        self._open()

    def _open(self) -> None:
        """Neither file is touched before the first line."""
        layout = self._layout
        add = partial(
            logger.add,
            rotation=partial(_is_full, size_in_bytes(self._rotation)),
            retention=self._retention,
            encoding="utf-8",
            watch=True,  # a cleaner that deletes the file must not leave us writing to nowhere
            enqueue=False,
            catch=False,
            delay=True,
            opener=_open,
        )
        # The stream first: who has read of something in the log finds it there.
        self._handlers = [
            add(layout.jsonl_file, format="{extra[programs]}"),
            add(layout.log_file, format="{extra[people]}", filter=_is_for_people),
        ]

    def take(self, numbered: Numbered) -> None:
        """One line for each file, at the next `rest`; of an event that only programs care for in
        the first alone."""
        self._programs.append(_for_programs(numbered))
        if numbered.is_for_people:
            self._people.append(for_people(numbered))

    def rest(self) -> None:
        """Nothing more has come: write what has. Raises SetupError where a file can't be
        written."""
        programs, self._programs = "\n".join(self._programs), []
        people, self._people = "\n".join(self._people), []
        if not programs or not os.path.exists(self._marker):  # noqa: PTH110 (the other may raise)
            return
        bound = logger.bind(people=people, programs=programs)
        try:
            try:
                bound.info("")
            except OSError:
                if not self._were_deleted():
                    raise
                self.close()  # deleted, but held by us with what the full disk did not take
                self._open()
                bound.info("")
        except OSError as error:
            raise SetupError(
                f"The log can't be written: {error.strerror or error} ({self._layout.logs})."
            ) from error

    def close(self) -> None:
        """Let go of the files. What the disk does not take any more is lost."""
        for handler in self._handlers:
            with contextlib.suppress(OSError, ValueError):
                logger.remove(handler)
        self._handlers = []

    def _were_deleted(self) -> bool:
        """Whether a file is gone, and could be made again."""
        logs, files = self._layout.logs, (self._layout.jsonl_file, self._layout.log_file)
        in_the_way = os.path.lexists(logs) and not os.path.isdir(logs)  # noqa: PTH112 (never raise)
        return not in_the_way and not all(map(os.path.exists, files))


def size_in_bytes(text: str) -> int:
    """`10 MB`, as the settings say it, in any case."""
    return int(text[:-2]) * _UNITS[text[-2].lower()]


def _is_full(limit: int, message: Message, file: TextIO) -> bool:
    """Whether what is written next goes into a new file. Asked of the file's facts: to seek its
    end, as loguru does for a size, takes longer than to write the line."""
    return os.fstat(file.fileno()).st_size + len(message) > limit


def _is_for_people(record: Record) -> bool:
    return bool(record["extra"]["people"])


def _open(path: str, flags: int) -> int:
    """A log holds prompts: others may read it as far as the umask says, and never write it. A pipe
    in its place is not waited for: until somebody reads from it, it can't be written."""
    return os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK, 0o644)


def for_people(numbered: Numbered) -> str:
    """The line of `hotfolder.log`: local time, the level unless it is INFO, the text."""
    at = datetime.fromtimestamp(numbered.at).isoformat(" ", timespec="milliseconds")
    level = numbered.event.level
    mark = "" if level == INFO else f"{level}: "
    return f"{at} {mark}{numbered.text}"


def _for_programs(numbered: Numbered) -> str:
    """The line of `hotfolder.jsonl`: number, moment, event, and the event's own fields."""
    event = numbered.event
    record = {
        "number": numbered.number,
        "at": iso(numbered.at),
        "event": event.word,
        "level": event.level,
        "message": numbered.text,
        "time": datetime.fromtimestamp(numbered.at).astimezone().isoformat(),
        **facts(event),
    }
    return _ENCODER.encode(record)
