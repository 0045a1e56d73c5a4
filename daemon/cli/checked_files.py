"""Which files the words after `hotfolder check` stand for, and what lies above each of them.

A file, a folder (all that a drop of it would take: job files, and drawings with their texts), a
pattern that the shell has left alone, or `-` for standard input; of a root also what lies in it by
that path, and a board or a part of one by its name. What lies here comes first.
"""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.boards.folder import board_folders, place_of
from daemon.cli.board_places import below_boards, folder_called
from daemon.cli.drafts import STANDARD_INPUT, from_input, read_input
from daemon.errors import JobError, UsageError
from daemon.inbox.candidates import listings
from daemon.root.layout import Layout
from daemon.text.suggest import did_you_mean

MOST_NEAR = 500
"""Files here among which one is looked for that was meant."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """`folder`: where the pictures it names are looked for; `above`: the folders whose defaults
    hold for it outside the inbox, the outermost first. Of a drawing, `path` is the job that is made
    of it; `problem` is what is known to be wrong before anything is read, `part` what of a board
    was named: a shot, a picture, a pattern."""

    shown: str
    path: Path
    folder: Path
    above: tuple[Path, ...] = ()
    is_drawing: bool = False
    problem: JobError | None = None
    part: str = ""


Drawings = Callable[[Path, tuple[Path, ...]], Mapping[str, CheckedFile]]
"""What is checked in place of the files of a folder that are drawings or speak of one, by their
names; a text stands for its drawing. Asked with the folders whose defaults hold."""


def checked_files(
    words: Sequence[str], stack: ExitStack, drawings: Drawings, layout: Layout | None = None
) -> list[CheckedFile]:
    """All of them, in the order given; what comes from a pipe lies in a file until `stack` is
    closed. `layout`: the root whose boards may be named. Raises UsageError for a word that stands
    for nothing."""
    found = []
    for word in words:
        of_word = _of(word, stack, drawings) or (_of_root(word, layout, drawings) if layout else [])
        if not of_word:
            raise UsageError(_nothing(word, layout))
        found += of_word
    return found


def _of(word: str, stack: ExitStack, drawings: Drawings) -> list[CheckedFile]:
    if word == STANDARD_INPUT:
        return [_piped(stack)]
    if os.path.lexists(word):
        return _at(Path(word), drawings)
    matched = sorted(map(Path, glob.glob(word)))  # noqa: PTH207 (absolute ones too)
    return [file for match in matched for file in _at(match, drawings)]


def _of_root(word: str, layout: Layout, drawings: Drawings) -> list[CheckedFile]:
    """What lies in the root by that path; else a board by its name, or what is named of one."""
    path = Path(os.path.normpath(layout.root / word))
    is_inside = layout.root in path.parents
    if is_inside and not Path(word).is_absolute() and os.path.lexists(path):
        return _spelt_from(layout, _at(path, drawings))
    name, _, part = below_boards(layout, word).partition("/")
    folder = folder_called(layout, board_folders(layout), name) if name else None
    file = place_of(layout.boards / folder).file if folder else None
    if file is None:
        return []
    if not part:
        return _spelt_from(layout, _at(file.parent, drawings))
    return _spelt_from(layout, [replace(_one(file, drawings), part=part)])


def _spelt_from(layout: Layout, files: Iterable[CheckedFile]) -> list[CheckedFile]:
    """The same, called as they are from the root."""
    start = f"{layout.root}{os.sep}"
    return [replace(each, shown=each.shown.removeprefix(start)) for each in files]


def _nothing(word: str, layout: Layout | None) -> str:
    """What to say of a word that stands for nothing."""
    if os.path.isdir(word):  # noqa: PTH112 (Path.is_dir raises for a name that is too long)
        return f"{word}: There is no job file and no drawing in it."
    if layout is None:
        return f"{word}: There is no such file or folder."
    said = f"{word}: There is no such file or folder, and no board of that name."
    return f"{said} {names_near(word, layout)}".strip()


def names_near(word: str, layout: Layout) -> str:
    """Which board, or file that lies here, may have been meant; "" if none is like it."""
    boards = board_folders(layout)
    bare = below_boards(layout, word)
    prefix = word[: len(word) - len(bare)] if word.endswith(bare) else ""
    if guess := did_you_mean(bare, boards):
        return guess.replace("`", f"`{prefix}", 1)
    with suppress(OSError):
        here = sorted(os.listdir())[:MOST_NEAR]
        return did_you_mean(word, [name for name in here if not name.startswith(".")])
    return ""


def _at(path: Path, drawings: Drawings) -> list[CheckedFile]:
    return _inside(path, drawings) if path.is_dir() else [_one(path, drawings)]


def _one(path: Path, drawings: Drawings) -> CheckedFile:
    folder = path.absolute().parent
    drawn = drawings(path.parent, (folder,))
    return drawn.get(path.name) or CheckedFile(str(path), path, folder, (folder,))


def _inside(top: Path, drawings: Drawings) -> list[CheckedFile]:
    """What a drop of the folder would take."""
    found: dict[str, CheckedFile] = {}
    for place, listing in listings(top):
        folder = place.absolute()
        parts = folder.relative_to(top.absolute()).parts
        above = tuple(top.absolute().joinpath(*parts[:count]) for count in range(len(parts) + 1))
        drawn = drawings(place, above)
        files = {str(place / name): CheckedFile(str(place / name), place / name, folder, above)
                 for name in listing.names if name not in drawn}  # fmt: skip
        found |= files | {each.shown: each for each in drawn.values()}
    return [found[shown] for shown in sorted(found)]


def _piped(stack: ExitStack) -> CheckedFile:
    draft = from_input(read_input())
    path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / draft.name
    path.write_bytes(draft.data)
    return CheckedFile(draft.origin, path, draft.folder)
