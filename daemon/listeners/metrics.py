"""A file for node_exporter's text collector, replaced whole every few seconds.

Counts by events, the rest by the status. What the disk refuses is said once, and tried again.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from daemon import __version__
from daemon.fs import atomic
from daemon.listeners.errands import Errands, Lingering, Patience
from daemon.notify import events
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.root.status_file import Snapshot

PAUSE = 5.0
"""Seconds between two files at least."""

STATES = ("starting", "loading", "idle", "rendering", "waiting", "paused", "blocked", "stopped")

Value = tuple[Mapping[str, str], float]


class Metrics(Lingering[Snapshot]):
    """That of one root; `say` is told what keeps it from being written."""

    heard = (
        events.PicturePublished,
        events.PictureRendered,
        events.JobFinished,
        events.WorkerGone,
    )

    def __init__(self, layout: Layout, file: str, say: Callable[[str], None]) -> None:
        self._root, self._file = str(layout.root), layout.root / Path(file).expanduser()
        self._say, self._said = say, ""
        errands = Errands("metrics", self._write, say, bound=2)
        super().__init__(errands, Patience(calm=2.0, hurried=2.0))
        self._lock = threading.Lock()
        self._ends: Counter[str] = Counter()
        self._pictures, self._seconds, self._deaths = 0, 0.0, 0
        self._due = 0.0
        self._last: Snapshot = {}

    def take(self, told: Numbered) -> None:
        """One event: counted."""
        event = told.event
        with self._lock:
            match event:
                case events.PicturePublished():
                    self._pictures += 1
                case events.PictureRendered(timings=timings):
                    total = timings.get("total")
                    self._seconds += float(total) if isinstance(total, int | float) else 0.0
                case events.JobFinished(outcome=outcome):
                    self._ends[outcome.value] += 1
                case events.WorkerGone(cause="died"):
                    self._deaths += 1

    def beat(self, snapshot: Snapshot) -> None:
        """The daemon lives, and this is what it does; never waits."""
        self._last = snapshot
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + PAUSE
            self._errands.take_rest()  # only the newest is of use
            self._errands.put(snapshot)

    def close(self) -> None:
        """Say last that nothing runs any more."""
        self._errands.put({**self._last, "state": "stopped"})
        self._run_rest()

    def _write(self, snapshot: Snapshot) -> None:
        try:
            atomic.replace(self._file, self.text(snapshot).encode("utf-8"), sync=False)
        except OSError as error:
            said = f"the metrics can't be written: {error.strerror or error} ({self._file})"
            if said != self._said:
                self._said = said
                self._say(said)
        else:
            self._said = ""

    def text(self, snapshot: Snapshot) -> str:
        """The file's content."""
        lines: list[str] = []
        for name, kind, meaning, values in self._metrics(snapshot):
            lines += [f"# HELP hotfolder_{name} {meaning}", f"# TYPE hotfolder_{name} {kind}"]
            for labels, value in values:
                own = {"root": self._root, **labels}
                said = ",".join(f'{key}="{_escaped(text)}"' for key, text in own.items())
                lines.append(f"hotfolder_{name}{{{said}}} {value:g}" if value < 1e6
                             else f"hotfolder_{name}{{{said}}} {value:.3f}")  # fmt: skip
        return "\n".join(lines) + "\n"

    def _metrics(self, snapshot: Snapshot) -> Iterator[tuple[str, str, str, list[Value]]]:
        totals, queue = _table(snapshot.get("totals")), _table(snapshot.get("queue"))
        state, model = str(snapshot.get("state")), _table(snapshot.get("model"))
        with self._lock:
            ends = dict(self._ends)
            pictures, seconds, deaths = self._pictures, self._seconds, self._deaths
        one: Mapping[str, str] = {}
        yield "info", "gauge", "Which version runs.", [({"version": __version__}, 1.0)]
        yield (
            "heartbeat_timestamp_seconds", "gauge", "When the daemon was heard of, Unix time.",
            [(one, _float(snapshot.get("heartbeat_unix")))],
        )  # fmt: skip
        yield (
            "state", "gauge", "What the daemon does: 1 for the state it is in.",
            [({"state": each}, float(each == state)) for each in STATES],
        )  # fmt: skip
        warm = float(model.get("state") == "warm")
        yield "model_warm", "gauge", "Whether the model is loaded.", [(one, warm)]
        for name, key, meaning in (
            ("jobs_waiting", "waiting", "Files that wait in the inbox."),
            ("jobs_in_hand", "in_hand", "Jobs that are being worked on."),
            ("jobs_failed_unmended", "failed", "Failures that nobody has mended yet."),
        ):
            yield name, "gauge", meaning, [(one, _float(totals.get(key)))]
        left = queue.get("estimate_seconds")
        if left is not None:
            meaning = "Seconds until everything is made, about."
            yield "queue_estimate_seconds", "gauge", meaning, [(one, _float(left))]
        counted: list[Value] = [
            ({"outcome": each.value}, float(ends.get(each.value, 0))) for each in Outcome
        ]
        yield "jobs_total", "counter", "Jobs that have ended since the daemon started.", counted
        meaning = "Pictures published since the daemon started."
        yield "pictures_total", "counter", meaning, [(one, float(pictures))]
        meaning = "Seconds that pictures took to be made since the daemon started."
        yield "picture_seconds_total", "counter", meaning, [(one, seconds)]
        meaning = "Workers that died since the daemon started."
        yield "worker_deaths_total", "counter", meaning, [(one, float(deaths))]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
