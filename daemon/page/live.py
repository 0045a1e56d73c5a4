"""What is under way, for the page: one small script, at most twice a second.

Made from events as they come and from the status file; kept by nobody.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from daemon.fs import atomic
from daemon.fs.live_picture import LIVE_NAME
from daemon.page.data_files import make_below
from daemon.page.places import LIVE
from daemon.page.troubles import Trouble, of_status
from daemon.root.layout import Layout
from daemon.root.status_file import read_status

PAUSE = 0.5
"""Seconds between two looks of the page at most."""

Line = Mapping[str, object]
ENDED = frozenset({"rendered", "published", "done", "failed", "cancelled", "duplicate", "delayed"})


def have_live(outbox: Path) -> None:
    """Have the script lie there, if only to say that nothing is under way. Raises OSError."""
    if not (outbox / LIVE).is_file():
        _write(outbox, {"pictures": []})


def _write(outbox: Path, told: Mapping[str, object]) -> None:
    target = outbox / LIVE
    make_below(outbox, target.parent)
    atomic.replace(target, f"hotfolder.live({json.dumps(told)});\n".encode("ascii"), sync=False)


class Live:
    """The pictures in hand, by job and number; and what a person should look at."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._hands: dict[tuple[object, object], dict[str, object]] = {}
        self._due = 0.0
        self._changed = True
        self._status_seen: tuple[int, int] = (0, 0)
        self._troubles: tuple[Trouble, ...] = ()
        self._of_boards: tuple[Trouble, ...] = ()
        self._marks = ""
        self._told: dict[str, object] = {}

    def hear(self, event: Line) -> None:
        """One event of the stream."""
        word, job, picture = event.get("event"), event.get("job"), event.get("picture")
        self._changed = True
        if word in ("started", "step"):
            keys = ("name", "project", "picture", "count", "step", "steps", "eta")
            told = {key: event[key] for key in keys if key in event}
            self._hands[job, picture] = {"step": 0, **told}
        elif word in ENDED and picture is not None:
            self._hands.pop((job, picture), None)
        elif word in ENDED:
            self._hands = {key: hand for key, hand in self._hands.items() if key[0] != job}
        elif word in ("gone", "daemon_stopped", "daemon_started"):
            self._hands.clear()

    def end(self) -> None:
        """Nothing is under way any more: whoever told of it has gone. Raises OSError."""
        self._hands.clear()
        self._tell({**self._status(), "state": "stopped", "waiting": None})

    def write(self, of_boards: Sequence[Trouble] = (), marks: str = "") -> None:
        """Tell the page, if anything changed and it was not told a moment ago. The status may say
        more than the last event did: it is written after it, and again as time goes by. `marks`
        names the marks that the page is to load. Raises OSError."""
        seen, boards = _stamp(self._layout.status_file), tuple(of_boards)
        if (seen, boards, marks) != (self._status_seen, self._of_boards, self._marks):
            self._changed = True
        if not self._changed or time.monotonic() < self._due:
            return
        self._due, self._changed = time.monotonic() + PAUSE, False
        self._status_seen, self._of_boards, self._marks = seen, boards, marks
        self._tell(self._status())

    def _tell(self, status: Mapping[str, object]) -> None:
        told: dict[str, object] = {
            "pictures": list(self._hands.values()),
            **status,
            "troubles": [one.to_json() for one in (*self._troubles, *self._of_boards)],
            "marks": self._marks,
        }
        if self._hands and (self._layout.outbox / LIVE_NAME).exists():
            told["preview"] = LIVE_NAME
        if told != self._told or self._hands:
            self._told = told
            _write(self._layout.outbox, {"at": round(time.time(), 2), **told})

    def _status(self) -> dict[str, object]:
        found: dict[str, object] = {}
        with contextlib.suppress(OSError, ValueError):
            status = read_status(self._layout) or {}
            queue = status.get("queue")
            queue = queue if isinstance(queue, dict) else {}
            found = {
                "state": status.get("state"),
                "reason": status.get("reason"),
                "paused": status.get("paused"),
                "waiting": queue.get("number"),
                "estimate": queue.get("estimate_seconds"),
            }
            if "totals" in status:  # what has only begun, or ends, says nothing of it
                self._troubles = of_status(status)
        return found


def _stamp(file: Path) -> tuple[int, int]:
    try:
        facts = file.stat()
    except OSError:
        return 0, 0
    return facts.st_ino, facts.st_mtime_ns
