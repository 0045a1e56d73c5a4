"""Keeps folders of drawings alive: each version of a drawing that was saved becomes a job, once.

Compares the drawings that lie in the inbox with journal, spool and waiting jobs, and remembers
nothing that these do not say. A version that waits gives way to the next; one that was begun is
finished. Renders, claims and moves nothing; no drawing is ever touched.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.drawings.folders import Drawing, DrawingFolder, DrawingFolders
from daemon.drawings.known import SUFFIX, Dropped, Ended
from daemon.drawings.version import Version
from daemon.drawings.words import ALONE, prompt_of
from daemon.errors import JobError, NotYetError, StillLookingError
from daemon.fs.moment import Moment
from daemon.inbox.scanner import Inbox
from daemon.notify.events import Event, Warned
from daemon.plan.prepare import Preparer
from daemon.root import drop_notes
from daemon.root.layout import Layout

BUDGET = 0.05
"""Seconds of looking at pictures in one go."""

SOON = 0.2
"""Seconds between looks while a drawing is being saved or looked at."""

TOLD_AFTER = 10.0
"""Seconds for which a text must lie without its drawing before that is told."""

PATIENCE = 15.0
"""Seconds for which a picture that is not whole is taken to be still on its way."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a keeper asks of the daemon: the ids of claimed jobs; to forget a waiting file that has
    `left`, to look at one that has `arrived`, and until when (monotonic) the folder of a file is
    being filled."""

    claimed: Callable[[], set[str]]
    left: Callable[[Path], None]
    arrived: Callable[[Path], None]
    held_until: Callable[[Path], float]


class DrawingKeeper:
    """Looks at the drawings of `inbox` every `interval` seconds, or sooner while one is changing;
    one is complete once it has lain still for `settle` seconds."""

    def __init__(
        self,
        layout: Layout,
        preparer: Preparer,
        inbox: Inbox,
        hands: Hands,
        emit: Callable[[Event], None],
        *,
        interval: float,
        settle: float,
    ) -> None:
        self._layout = layout
        self._preparer = preparer
        self._hands = hands
        self._emit = emit
        self._interval = interval
        self._settle = settle
        self._folders = DrawingFolders(inbox, preparer.reader.each_drawing)
        self._ended = Ended(layout)
        self._dropped = Dropped(layout)
        self._lonely: dict[Path, float] = {}
        self._has_looked = False
        self.is_done = False
        """Whether every drawing has its job, or waits for a person."""
        self.due = 0.0
        """When to look again (monotonic)."""

    def owns(self, path: Path) -> bool | None:
        """Whether a file of the inbox is a drawing; None before the first look."""
        return self._folders.owns(path) if self._has_looked else None

    def look(self, at: Moment) -> None:
        """Do what is due. Raises OSError."""
        if at.now < self.due:
            return
        self.due = at.now + self._interval
        left = not self._folders.look(at)
        self._has_looked = True
        folders = list(self._folders.folders.values())
        if folders:
            left |= self._compare(folders, self._hands.claimed(), at)
        self.is_done = not left
        if left:
            self.due = at.now + min(SOON, self._interval)

    def _compare(self, folders: Sequence[DrawingFolder], claimed: set[str], at: Moment) -> bool:
        """Drop what is lacking, withdraw what nobody wants; whether something is left."""
        self._ended.read_on()
        end = time.monotonic() + BUDGET
        found = [(folder, self._versions(folder, end, at)) for folder in folders]
        drawings = [each for folder in folders for each in folder.drawings.values()]
        waiting = self._withdraw(folders, drawings)
        left = any(self._is_left(each, at) for each in drawings)
        for folder, versions in found:
            for one in versions:
                if one.id not in self._ended.ids | claimed | waiting:
                    self._drop(folder, one)
                    left = True
            self._tell_of_texts(folder, at)
        return left

    def _withdraw(self, folders: Sequence[DrawingFolder], drawings: Sequence[Drawing]) -> set[str]:
        """The versions that wait, those taken back that have given way to others."""
        wanted = {each.id for each in drawings}
        unsure = any(not each.id and not each.told for each in drawings)
        waiting = set()
        for project in {folder.project for folder in folders}:
            for one, path, is_retried in list(self._dropped.waiting(project)):
                waiting.add(one)
                if one not in wanted and not is_retried and not unsure:
                    path.unlink(missing_ok=True)
                    self._hands.left(path)
        return waiting

    def _versions(self, folder: DrawingFolder, end: float, at: Moment) -> list[Version]:
        """Of every drawing that lies still and has not been made, as far as there is time."""
        found = []
        for drawing in folder.drawings.values():
            is_made = drawing.id and drawing.id in self._ended.ids
            if is_made or not self._is_still(drawing, at) or time.monotonic() >= end:
                continue
            version = self._version(folder, drawing, at)
            if version is not None:
                found.append(version)
        return found

    def _is_still(self, drawing: Drawing, at: Moment) -> bool:
        still = at.now - drawing.since >= self._settle
        return still and at.now >= self._hands.held_until(drawing.path)

    def _is_left(self, drawing: Drawing, at: Moment) -> bool:
        """Whether time alone will tell more of it."""
        return not self._is_still(drawing, at) or not (drawing.id or drawing.told)

    def _version(self, folder: DrawingFolder, drawing: Drawing, at: Moment) -> Version | None:
        """The version that lies there; None while it is looked at, or while it has no prompt. It is
        kept by its content from here on. Raises OSError."""
        path = drawing.path
        try:
            prompt = prompt_of(path, drawing.text, folder.each, folder.lies_in)
        except JobError as error:
            self._tell(drawing, error.what)
            return None
        try:
            content, is_kept = self._preparer.keep(path), True
        except StillLookingError:
            return None
        except NotYetError as error:  # it is being copied, perhaps
            if at.now - drawing.since >= PATIENCE:
                self._tell(drawing, error.what)
            return None
        except FileNotFoundError:
            return None
        except JobError:  # its job says so, in a letter
            content, is_kept = "-".join(map(str, drawing.seen)), False
        version = Version(folder.project, path.name, content, is_kept, prompt, folder.each.has_seed)
        drawing.id, drawing.told = version.id, ""
        return version

    def _drop(self, folder: DrawingFolder, version: Version) -> None:
        """Lay its job beside it. Raises OSError."""
        home = self._layout.inbox / folder.lies_in
        draft = home / f".drawing-{time.monotonic_ns():x}.tmp"
        body = json.dumps(version.job(), indent=1, ensure_ascii=False)
        name = f"{version.stem}{SUFFIX}"
        self._hands.arrived(drop_notes.drop_text(self._layout, draft, home, name, body, None))

    # --- what is told -------------------------------------------------------------------------

    @property
    def waiting(self) -> list[tuple[Path, str]]:
        """The drawings that wait for a person and the texts that wait for a drawing, each with
        what is told of it."""
        found = [
            (drawing.path, drawing.told)
            for folder in self._folders.folders.values()
            for drawing in folder.drawings.values()
            if drawing.told
        ]
        lonely = (
            folder.folder / name
            for folder in self._folders.folders.values()
            for name in folder.texts
        )
        return found + [(path, ALONE) for path in lonely if self._lonely.get(path) == 0.0]

    def _tell(self, drawing: Drawing, what: str) -> None:
        what = what.rstrip(" .")
        if drawing.told != what:
            drawing.told = what
            self._emit(Warned(f"{self._shown(drawing.path)} waits: {what}."))

    def _tell_of_texts(self, folder: DrawingFolder, at: Moment) -> None:
        """Texts whose drawing has not come."""
        lonely = {folder.folder / name for name in folder.texts}
        for path in [each for each in self._lonely if each.parent == folder.folder]:
            if path not in lonely:
                del self._lonely[path]
        for path in lonely:
            since = self._lonely.setdefault(path, at.now)
            if 0 < since <= at.now - TOLD_AFTER:
                self._lonely[path] = 0.0  # told
                self._emit(Warned(
                    f"{self._shown(path)} is no job here: it says what the drawing called "
                    f"{path.stem} shows, and waits for that."
                ))  # fmt: skip

    def _shown(self, path: Path) -> str:
        try:
            return path.relative_to(self._layout.inbox.resolve()).as_posix()
        except ValueError:
            return path.name
