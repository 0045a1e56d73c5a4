"""Answers for scripts that only drop files: what became of each lies in `outbox/.answers/`.

The journal is the truth: what ended in an instant in which the daemon was killed, or while none
ran, is answered when the next one starts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.listeners.answer_files import AnswerFiles
from daemon.listeners.errands import Errands, Lingering, Patience
from daemon.listeners.moments import Facts, answer_of
from daemon.notify.events import JobFinished, Subject
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome
from daemon.root import state_files
from daemon.root.layout import Layout
from daemon.root.letters import letter_of
from daemon.spool.journal import JournalEntry

TAIL = 1 << 18
"""Bytes at the end of the journal in which unanswered ends are looked for."""

SLACK = 60.0
"""Seconds by which an end may be older than the last answer and yet be unanswered."""

SWEEP = 86_400.0
SWEEP_AFTER = 1_000
"""Seconds, or answers, after which there is another sweep."""


class Answers(Lingering[Numbered | None]):
    """Those of one root; `say` is told, once, what keeps them from being given."""

    heard = (JobFinished,)

    def __init__(self, layout: Layout, say: Callable[[str], None]) -> None:
        self._layout, self._say = layout, say
        self._files = AnswerFiles(layout)
        errands = Errands("answers", self._answer, say, bound=20_000)
        super().__init__(errands, Patience(calm=10.0, hurried=3.0))
        self._ended: list[Numbered] = []
        self._said = ""
        self._swept, self._given = time.monotonic(), 0
        self._errands.put(None)

    def take(self, told: Numbered) -> None:
        """One event; it is answered after the next `rest`."""
        if isinstance(told.event, JobFinished):
            self._ended.append(told)

    def rest(self) -> None:
        """Nothing more has come: answer what has ended."""
        ended, self._ended = self._ended, []
        for told in ended:
            self._errands.put(told)

    def close(self) -> None:
        """Answer what is left, for a while."""
        self.rest()
        super().close()

    def _answer(self, told: Numbered | None) -> None:
        try:
            if told is None:
                self._catch_up()
                self._files.sweep(time.time())
            elif isinstance(told.event, JobFinished):
                self._give(told.event, told.at)
                if not self._errands.has_more:  # the last of several marks them all
                    self._files.mark(told.at)
                self._sweep_if_due()
        except OSError as error:
            text = f"answers can't be written: {error.strerror or error} ({error.filename})"
            if text != self._said:
                self._said = text
                self._say(text)

    def _give(self, event: JobFinished, at: float) -> None:
        answer, subject = answer_of(event, at), event.subject
        self._files.write(self._files.of_file(subject.file, subject.project), answer)
        # The ids of boards are made by them, and nobody asks for them.
        if subject.id and not subject.board:
            self._give_id(self._files.of_id(subject.id), event.outcome, answer)

    def _give_id(self, place: Path, outcome: Outcome, answer: Facts) -> None:
        """A job that was not rendered since its id was done before leaves that one's answer."""
        if outcome is not Outcome.DUPLICATE or not self._files.outcome(place)[0]:
            self._files.write(place, answer)

    def _sweep_if_due(self) -> None:
        self._given += 1
        if self._given >= SWEEP_AFTER or time.monotonic() - self._swept >= SWEEP:
            self._swept, self._given = time.monotonic(), 0
            self._files.sweep(time.time())

    # --- what ended while nobody could answer -------------------------------------------------

    def _catch_up(self) -> None:
        until = self._files.answered_until
        if until is None:  # there were none before: what is long over is not answered
            return
        for entry in _newest(self._layout):
            if entry.finished_unix > until - SLACK:
                place = self._files.of_file(entry.file, entry.project)
                if self._files.outcome(place)[0] < entry.job:
                    self._give(_event(self._layout, entry), entry.finished_unix)


def _newest(layout: Layout) -> Iterator[JournalEntry]:
    """The last lines of the journal, as far as they make sense."""
    try:
        with state_files.opened(layout.journal_file) as lines:
            size = lines.seek(0, 2)
            lines.seek(max(0, size - TAIL))
            data = lines.read(TAIL)
    except (FileNotFoundError, SpoiledError):
        return
    for line in data.split(b"\n"):
        try:
            entry = JournalEntry.from_json(json.loads(line))
        except (ValueError, RecursionError):  # torn, or begun before the tail
            continue
        if entry is not None and entry.file:
            yield entry


def _event(layout: Layout, entry: JournalEntry) -> JobFinished:
    """The end that a line remembers; of which board it was, it does not say."""
    pictures = tuple(str(layout.outbox / image) for image in entry.images)
    said = None if entry.id and "@" in entry.id else entry.id
    subject = Subject(entry.job, entry.name, entry.file, entry.project, pictures, said)
    path = str(layout.root / entry.kept) if entry.kept else ""
    letter = str(letter_of(Path(path))) if path and not entry.outcome.is_good else None
    kept = entry.kept.rpartition("/")[0]
    return JobFinished(subject, entry.outcome, kept, entry.reason, entry.images, path, letter)
