"""Which files the words after `hotfolder check` stand for, and what lies above each of them.

A file, a folder (all that a drop of it would take: job files, and drawings with their texts), a
pattern that the shell has left alone, or `-` for standard input.
"""

from __future__ import annotations

import glob
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from daemon.cli.drafts import STANDARD_INPUT, from_input, read_input
from daemon.errors import JobError, UsageError
from daemon.inbox.candidates import listings


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """`folder`: where the pictures it names are looked for; `above`: the folders whose defaults
    hold for it outside the inbox, the outermost first. Of a drawing, `path` is the job that is made
    of it; `problem` is what is known to be wrong before anything is read."""

    shown: str
    path: Path
    folder: Path
    above: tuple[Path, ...] = ()
    is_drawing: bool = False
    problem: JobError | None = None


Drawings = Callable[[Path, tuple[Path, ...]], Mapping[str, CheckedFile]]
"""What is checked in place of the files of a folder that are drawings or speak of one, by their
names; a text stands for its drawing. Asked with the folders whose defaults hold."""


def checked_files(words: Sequence[str], stack: ExitStack, drawings: Drawings) -> list[CheckedFile]:
    """All of them, in the order given; what comes from a pipe lies in a file until `stack` is
    closed. Raises UsageError for a word that stands for nothing."""
    return [file for word in words for file in _of(word, stack, drawings)]


def _of(word: str, stack: ExitStack, drawings: Drawings) -> list[CheckedFile]:
    path = Path(word)
    if word == STANDARD_INPUT:
        return [_piped(stack)]
    if path.is_dir():
        found = _inside(path, drawings)
    elif path.exists() or path.is_symlink():
        found = [_one(path, drawings)]
    else:
        matched = sorted(map(Path, glob.glob(word)))  # noqa: PTH207 (absolute ones too)
        found = [
            file
            for match in matched
            for file in (_inside(match, drawings) if match.is_dir() else [_one(match, drawings)])
        ]
    if not found:
        what = "There is no such file or folder"
        if path.is_dir():
            what = "There is no job file and no drawing in it"
        raise UsageError(f"{word}: {what}.")
    return found


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
