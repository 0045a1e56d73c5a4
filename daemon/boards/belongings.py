"""What belongs to a board where it was dropped: the pictures, folders of pictures and lists that
its text names, and the drawings of a scene of Storyboarder.

Goes by names in the text, so that it holds for every format and for a board with a mistake in it.
Opens boards and nothing else; moves nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path, PurePath
from unicodedata import normalize

from daemon.formats.kinds import SUFFIXES
from daemon.fs.read import read_regular
from daemon.jobfile import tree
from daemon.root.inbox_places import SPECIAL
from daemon.root.layout import BOARD_SUFFIXES, JOB_SUFFIXES, SPREADSHEETS, WHY_SUFFIX

SKETCHES = "sketches"
"""The folder beside a board in which a drawing of each shot may lie."""

DRAWINGS = "images"
"""The folder beside a scene of Storyboarder in which its drawings lie."""

LIST_SUFFIX = ".txt"

MOST_NAMED = 20_000
"""Names in one board that are looked for."""

MOST_BESIDE = 10_000
"""Files of a folder that may belong to a board."""

MOST_FOLDERS = 50

_ENDINGS = "|".join(re.escape(suffix[1:]) for suffix in (*SUFFIXES, LIST_SUFFIX))
_NAME_ENDS = re.compile(rf"\.(?:{_ENDINGS})(?![\w-]|\.\w)", re.IGNORECASE)
_BEFORE = re.compile(r"[\w.-]\Z")
_URL = re.compile(r'"url"\s*:\s*"(?P<stem>[^"\\/]{1,200})\.[A-Za-z]{3,4}"')


def belongings(board: Path, folder: Path | None = None) -> list[Path]:
    """The files and folders beside `board`, or in the `folder` that it came from, which it names,
    by name; of a scene also `images/`, as the single drawings in it. What can't be read has none.
    Raises OSError if the folder can't be listed."""
    text = text_of(board)
    folder = folder or board.parent
    found = []
    names = [name for name in islice(os.listdir(folder), MOST_BESIDE) if _may_belong(name)]
    files = [name for name in names if name != board.name and (folder / name).is_file()]
    named = set(named_in(text, files))
    found += [folder / name for name in files if name in named]
    folders = [name for name in names if _holds_pictures_alone(folder / name)]
    found += [folder / name for name in folders[:MOST_FOLDERS] if _is_named(text, name)]
    if SKETCHES not in folders and (folder / SKETCHES).is_dir():
        found.append(folder / SKETCHES)
    if board.suffix.lower() == ".storyboarder":
        found += _drawings(text, folder / DRAWINGS)
    return sorted(found)


def text_of(file: Path, *, limit: int = tree.BOARD_BYTES) -> str:
    """The letters of a board or a job; "" where it can't be read."""
    try:
        data = read_regular(file, limit=limit)
    except OSError:
        return ""
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return normalize("NFC", data.decode("utf-16" if is_wide else "utf-8", "replace"))


def named_in(text: str, names: Collection[str]) -> Iterator[str]:
    """Those of `names`, each with the ending of a picture or a list, that stand in `text` as a
    whole name. Takes time in proportion to the text."""
    by_length: dict[int, dict[str, str]] = {}
    for name in names:
        same = normalize("NFC", name)
        by_length.setdefault(len(same), {})[same] = name
    for match in islice(_NAME_ENDS.finditer(text), MOST_NAMED):
        for length, group in by_length.items():
            start = match.end() - length
            name = text[start : match.end()] if start >= 0 else ""
            if name in group and not _BEFORE.search(text[max(0, start - 1) : start]):
                yield group[name]


def _is_named(text: str, folder: str) -> bool:
    """Whether a text names a folder of looks: `ben/`, or `look: ben`."""
    name = re.escape(normalize("NFC", folder))
    said = rf"""(?<![\w.-]){name}/|\blook["']?\s{{0,9}}:\s{{0,9}}["']?{name}(?![\w-])"""
    return re.search(said, text) is not None


def _may_belong(name: str) -> bool:
    """Anything but what is hidden, a board or a job itself, or a letter."""
    suffix = PurePath(name).suffix.lower()
    if name.startswith((".", "_", "~")) or name.endswith(WHY_SUFFIX) or name in SPECIAL:
        return False
    return suffix == LIST_SUFFIX or suffix not in (*JOB_SUFFIXES, *BOARD_SUFFIXES, *SPREADSHEETS)


def _holds_pictures_alone(folder: Path) -> bool:
    """Whether it is a folder of looks, and no project."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    names = [name for name in os.listdir(folder) if not name.startswith(".")]
    return bool(names) and all(PurePath(name).suffix.lower() in SUFFIXES for name in names)


def _drawings(text: str, images: Path) -> Iterator[Path]:
    """Every drawing, layer and thumbnail of the boards in a scene: their names begin alike."""
    stems = {match["stem"] for match in _URL.finditer(text)}
    if images.is_symlink() or not images.is_dir():
        return
    for name in islice(os.listdir(images), MOST_BESIDE):
        stem = normalize("NFC", PurePath(name).stem)
        parts = stem.split("-")
        if any("-".join(parts[:length]) in stems for length in range(len(parts), 0, -1)):
            yield images / name
