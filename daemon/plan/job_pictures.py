"""The pictures of jobs, found where they lie and kept by content: those a job names, parts of them,
and the masks of places.

Knows where one root looks for pictures; what a picture is to a job, the job says.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from daemon.errors import JobError, NotYetError
from daemon.formats.kinds import SUFFIXES
from daemon.fs import atomic, naming
from daemon.jobfile import Job, JobReference
from daemon.jobfile.job import NamedPicture
from daemon.plan.look_folders import expanded
from daemon.plan.picture_lookup import locate
from daemon.plan.picture_store import PictureStore
from daemon.plan.place_masks import place_mask
from daemon.protocol.closeness import WORDS
from daemon.protocol.render import CONTROL, REFERENCE, KeptPicture
from daemon.root.inbox_places import without_turn
from daemon.root.layout import CAST, Layout
from daemon.text.printable import one_line, printable
from daemon.text.suggest import did_you_mean
from daemon.thumbs.given import Asked


class JobPictures:
    """Those of one root; `library` are the folders in which they may lie besides the inbox."""

    def __init__(self, layout: Layout, library: Sequence[Path], store: PictureStore) -> None:
        self.drawings: Path | None = None
        """Where the strokes of drawings that are checked are written to be looked at, if at all."""
        self.written: list[Path] = []
        """Those that were."""
        self._layout = layout
        self._roots = [layout.inbox, *library]
        self._store = store

    def expanded(self, job: Job, folder: Path) -> Job:
        """The job with each folder of looks replaced by the pictures in it; it lies in `folder`.
        Raises JobError and NotYetError."""
        return expanded(job, lambda reference: self._place_of(reference, folder))

    def place(self, wanted: NamedPicture, folder: Path) -> Path:
        """Where a picture lies: in the store if a record pinned it, else where `locate` looks.
        Raises NotYetError where it is not, JobError where it may not be used."""
        if wanted.sha256 and (place := self._store.stored(wanted.sha256)):
            return place
        found = self._found(wanted, folder)
        if found is None:
            raise _not_there(wanted, folder)
        return found

    def keep(self, wanted: NamedPicture, folder: Path, notes: list[str]) -> KeptPicture:
        """The picture by its content, a drawing as its strokes; `notes` gains what its author
        should know. Raises what `dropped` raises."""
        found = self.dropped(wanted, folder)
        if not wanted.clean:
            return found
        try:
            name = PurePosixPath(wanted.typed).name
            sha256, place, said = self._store.clean(found.sha256, wanted.clean, name)
        except JobError as error:
            error.line, error.key = error.line or wanted.line, error.key or wanted.key
            raise
        notes.extend(said)
        return KeptPicture(str(place), sha256)

    def dropped(self, wanted: NamedPicture, folder: Path) -> KeptPicture:
        """The picture by its content, as it was dropped: as the store has it, else from where it
        lies. Raises what `place` and the store raise."""
        if wanted.sha256 and (place := self._store.sound(wanted.sha256)):
            return KeptPicture(str(place), wanted.sha256)
        path = self._found(wanted, folder)
        if path is None:
            spoiled = wanted.sha256 and self._store.stored(wanted.sha256)
            raise _spoiled(wanted) if spoiled else _not_there(wanted, folder)
        sha256, place = self._store.keep(path, wanted.face)
        if wanted.sha256 and sha256 != wanted.sha256:
            raise _another(wanted, sha256)
        return KeptPicture(str(place), sha256)

    def draw(self, wanted: NamedPicture, size: tuple[int, int]) -> KeptPicture:
        """The mask of a place in a picture of `size`, or the thumbnail of a prompt in that size,
        kept like any other. Raises OSError, StillLookingError."""
        if (shown := wanted.thumbnail) is not None:
            asked = Asked(shown.prompt, shown.seed, shown.kind, *size)
            sha256, kept = self._store.drawn(asked)
            return KeptPicture(str(kept), sha256)
        assert wanted.area is not None
        sha256, kept = self._store.put(place_mask(wanted.area.box, *size))
        return KeptPicture(str(kept), sha256)

    def check(self, wanted: NamedPicture, folder: Path, notes: list[str]) -> KeptPicture:
        """The picture where it lies, looked at and not kept; `notes` as of `keep`. Raises what
        `keep` raises."""
        if wanted.is_drawn:
            return KeptPicture(wanted.typed, "")
        path = self.place(wanted, folder)
        try:
            if wanted.clean:
                notes.extend(self._strokes(wanted, path))
            else:
                self._store.check(path)
        except JobError as error:
            error.line, error.key = error.line or wanted.line, error.key or wanted.key
            raise
        return KeptPicture(str(path), wanted.sha256 or "")

    def _strokes(self, wanted: NamedPicture, path: Path) -> tuple[str, ...]:
        """What is to be said of a drawing; its strokes are written where they are to be seen."""
        name = PurePosixPath(wanted.typed).name
        with tempfile.TemporaryDirectory() as folder:
            strokes = Path(folder) / "strokes.png"
            found = self._store.strokes(path, wanted.clean, strokes, name)
            if self.drawings is not None:
                shown = PurePosixPath(wanted.recorded).name
                target = naming.free_name(self.drawings, shown)
                atomic.copy_new(strokes, target)
                self.written.append(target)
        return found.notes

    def _place_of(self, reference: JobReference, folder: Path) -> Path | None:
        named = NamedPicture(REFERENCE, reference.image, None, "image", reference.line,
                             of_library=reference.of_library)  # fmt: skip
        return self._found(named, folder)

    def _found(self, wanted: NamedPicture, folder: Path) -> Path | None:
        try:
            if wanted.of_library:
                return locate(wanted.typed, folder=self._layout.cast, roots=())
            roots = [*without_turn(self._layout.inbox, folder), *self._roots]
            return locate(wanted.typed, folder=folder, roots=roots)
        except NotYetError:
            return self._recorded(wanted)
        except JobError as error:
            error.line, error.key = error.line or wanted.line, error.key or wanted.key
            raise

    def _recorded(self, wanted: NamedPicture) -> Path | None:
        """A picture of the library by the name that records have for it."""
        parts = PurePosixPath(wanted.typed).parts
        if wanted.of_library or wanted.sha256 is None or len(parts) < 2 or parts[0] != CAST:
            return None
        try:
            return locate(str(PurePosixPath(*parts[1:])), folder=self._layout.cast, roots=())
        except JobError:
            return None


def _called(name: str) -> str:
    shown = printable(name)
    return f"'{shown if len(shown) <= 120 else shown[:119] + '…'}'"


MOST_NAMES = 2_000
"""Names beside a job among which one is looked for that was meant."""


def _alike(wanted: NamedPicture, folder: Path) -> str:
    """What was perhaps meant, of the pictures beside the job."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MOST_NAMES)]
    except OSError:
        return ""
    return did_you_mean(wanted.typed, [name for name in names if _ending(name) in SUFFIXES])


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _not_there(wanted: NamedPicture, folder: Path) -> NotYetError:
    guess = _alike(wanted, folder)
    return NotYetError(
        f"The {wanted.what} {_called(wanted.sought)} is not there, or still empty.",
        line=wanted.line,
        key=wanted.key,
        why=f"It was looked for beside the job file and in the library folders. {guess}".strip(),
        remedy=_how_to_name(wanted),
    )


def _how_to_name(wanted: NamedPicture) -> str:
    if "\\" in wanted.typed:
        return "Write / between folders and name, not a backslash; put the picture beside the job."
    if wanted.role == CONTROL and (named := _AND_MORE.fullmatch(wanted.typed)):
        name, words = one_line(named["image"] or named["after"], 80), ", ".join(WORDS)
        return (
            f"To say how closely it is followed, write drawing: {name} exact (one of {words}, or a "
            f"number), or in a mapping {{image: {name}, scale: exact}}. Else put the picture there."
        )
    return "Put the picture there."


_AND_MORE = re.compile(
    rf"(?P<image>\S.*?(?:{'|'.join(map(re.escape, SUFFIXES))}))[\s,=:(].*"
    rf"|(?:{'|'.join(WORDS)})[\s,=:]+(?P<after>.+)",
    re.IGNORECASE | re.DOTALL,
)
"""A picture's name and something beside it that is not understood."""


def _spoiled(wanted: NamedPicture) -> JobError:
    return JobError(
        f"The copy that was kept of the {wanted.what} {_called(wanted.typed)} is spoiled.",
        line=wanted.line,
        key=wanted.key,
        why=f"What lies in .hotfolder/references/{wanted.sha256} is not what was kept there; the "
        "disk, a restore or somebody has changed it.",
        remedy="Put the picture itself beside the job file, then drop the job again: the copy is "
        "made anew from it.",
    )


def _another(wanted: NamedPicture, found: str) -> JobError:
    return JobError(
        f"The {wanted.what} {_called(wanted.typed)} is another one than this record was made with.",
        line=wanted.line,
        key=wanted.key,
        why=f"Its content is {found[:12]}…; the record says {(wanted.sha256 or '')[:12]}….",
        remedy="Put the other one back, or remove its sha256 to take the one that is here.",
    )


def still_empty(wanted: NamedPicture) -> NotYetError:
    """What is said of a picture that has no byte yet."""
    return NotYetError(
        f"The {wanted.what} {_called(wanted.sought)} is still empty.",
        line=wanted.line,
        key=wanted.key,
        remedy="Save the picture again.",
    )
