"""The drawings that lie in the inbox, each with how it looked last and since when.

Lists folders; opens no picture. Which folder holds drawings, its defaults say.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from daemon.errors import JobError
from daemon.formats.kinds import SUFFIXES
from daemon.fs.moment import Moment
from daemon.inbox.candidates import is_litter
from daemon.inbox.scanner import Inbox
from daemon.jobfile.each import EachDrawing

TEXT = ".txt"

Stamp = tuple[int, ...]


@dataclass(slots=True)
class Drawing:
    """One file: `seen` is how it and the words beside it looked last, and since when (monotonic);
    `id` is its version as it looks, "" while that is not known; `told` what was said of it; `text`
    the file of those words, if there is one."""

    path: Path
    text: Path | None = None
    seen: Stamp = ()
    since: float = 0.0
    id: str = ""
    told: str = ""


@dataclass(slots=True)
class DrawingFolder:
    """A folder whose pictures are drawings, as its defaults say in `each`; it `lies_in` that place
    of the inbox; `texts` are names of texts beside no drawing."""

    folder: Path
    lies_in: str
    project: str
    each: EachDrawing
    drawings: dict[str, Drawing] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


Each = Callable[[str, str], EachDrawing | None]
"""What the defaults say of a picture of a project that lies in a folder of the inbox."""


class DrawingFolders:
    """Those of one inbox. `each` may raise JobError: then all stays as it was."""

    def __init__(self, inbox: Inbox, each: Each) -> None:
        self._inbox = inbox
        self._each = each
        self.folders: dict[Path, DrawingFolder] = {}

    def look(self, at: Moment) -> bool:
        """Look at every folder that holds pictures; whether all could be told."""
        pictures = (path for path in self._inbox.others() if is_picture(path.name))
        sure = True
        places = {path.parent for path in pictures} | self.folders.keys()
        for folder in sorted(places):
            sure &= self._look_at(folder, at)
        return sure

    def owns(self, path: Path) -> bool:
        """Whether this file is a drawing, as far as is known."""
        found = self.folders.get(path.parent)
        return found is not None and path.name in found.drawings

    def _look_at(self, folder: Path, at: Moment) -> bool:
        lies_in = folder.relative_to(self._inbox.folder).as_posix()
        lies_in = "" if lies_in == "." else lies_in
        place = self._inbox.place(folder / "x")
        try:
            each = None if place.remake else self._each(place.project, lies_in)
        except (JobError, OSError):
            return folder not in self.folders  # mended, or told by who looks at defaults
        known = self.folders.pop(folder, None)
        if each is None:
            return True
        found = DrawingFolder(folder, lies_in, place.project, each)
        found.drawings = known.drawings if known else {}
        if known and known.each != each:
            for drawing in found.drawings.values():  # its words may be others now
                drawing.id = ""
        self.folders[folder] = found
        return _list(found, at)


def _list(found: DrawingFolder, at: Moment) -> bool:
    """What lies there now; False if that can't be told."""
    try:
        names = sorted(os.listdir(found.folder))
    except FileNotFoundError:
        names = []
    except OSError:
        return False
    drawings: dict[str, Drawing] = {}
    stamps = {name: stamp for name in names if is_picture(name)
              and (stamp := tuple(_stamp(found.folder / name)))}  # fmt: skip
    pairs, found.texts = paired(stamps, names, found.each)
    for name, text in pairs.items():
        path, beside = found.folder / name, found.folder / text if text else None
        stamp = (*stamps[name], *(_stamp(beside) if beside else ()))
        drawing = drawings[name] = found.drawings.get(name) or Drawing(path)
        drawing.text = beside
        if stamp != drawing.seen:
            rested = max(0.0, at.wall - _changed(path)) if not drawing.seen else 0.0
            drawing.seen, drawing.since, drawing.id = stamp, at.now - rested, ""
    found.drawings = drawings
    return True


def listed(folder: Path, each: EachDrawing) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """What `paired` says of a folder that nobody has looked at before. Raises OSError."""
    names = sorted(os.listdir(folder))
    pictures = [name for name in names if is_picture(name) and any(_stamp(folder / name))]
    return paired(pictures, names, each)


def paired(
    pictures: Iterable[str], names: Iterable[str], each: EachDrawing
) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """The drawings among the `pictures` of a folder that holds `names`, each with the text beside
    it, and the texts beside none."""
    texts = _texts(names)
    found = {name: texts.get(_stem(name)) for name in pictures if name not in each.named}
    taken = set(found.values())
    return found, tuple(name for name in names if _is_text(name) and name not in taken)


def _texts(names: Iterable[str]) -> dict[str, str]:
    """Texts by the drawing that they speak of, whatever the case of their ending and however a disk
    spells their letters; of two the one that ends in .txt."""
    found: dict[str, str] = {}
    for name in filter(_is_text, names):
        if _stem(name) not in found or name.endswith(TEXT):
            found[_stem(name)] = name
    return found


def _is_text(name: str) -> bool:
    return name.lower().endswith(TEXT) and not is_litter(name)


def _stem(name: str) -> str:
    return unicodedata.normalize("NFC", PurePath(name).stem)


def is_picture(name: str) -> bool:
    """By name alone: whether a file may be a drawing."""
    return name.lower().endswith(SUFFIXES) and not is_litter(name) and name[0] not in "~#_"


def _stamp(path: Path) -> Iterator[int]:
    """How a regular file looks; nothing of what is none."""
    try:
        facts = os.lstat(path)
    except OSError:
        return
    if stat.S_ISREG(facts.st_mode):
        yield from (facts.st_ino, facts.st_size, facts.st_mtime_ns)


def _changed(path: Path) -> float:
    try:
        facts = os.lstat(path)
    except OSError:
        return 0.0
    return max(facts.st_mtime, facts.st_ctime)
