"""Which files the words after `hotfolder check` stand for, and what lies above each of them.

A file, a folder (all job files in it, as a drop of it would take them), a pattern that the shell
has left alone, or `-` for standard input.
"""

from __future__ import annotations

import glob
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from daemon.cli.drafts import STANDARD_INPUT, from_input, read_input
from daemon.errors import UsageError
from daemon.inbox.candidates import walk


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """`folder`: where the pictures it names are looked for; `above`: the folders whose defaults
    hold for it outside the inbox, the outermost first."""

    shown: str
    path: Path
    folder: Path
    above: tuple[Path, ...] = ()


def checked_files(words: Sequence[str], stack: ExitStack) -> list[CheckedFile]:
    """All of them, in the order given; what comes from a pipe lies in a file until `stack` is
    closed. Raises UsageError for a word that stands for nothing."""
    return [file for word in words for file in _of(word, stack)]


def _of(word: str, stack: ExitStack) -> list[CheckedFile]:
    path = Path(word)
    if word == STANDARD_INPUT:
        return [_piped(stack)]
    if path.is_dir():
        found = list(_inside(path))
    elif path.exists() or path.is_symlink():
        found = [_one(path)]
    else:
        matched = sorted(map(Path, glob.glob(word)))  # noqa: PTH207 (absolute ones too)
        found = [
            file
            for match in matched
            for file in (_inside(match) if match.is_dir() else [_one(match)])
        ]
    if not found:
        what = "There is no job file in it" if path.is_dir() else "There is no such file or folder"
        raise UsageError(f"{word}: {what}.")
    return found


def _one(path: Path) -> CheckedFile:
    folder = path.absolute().parent
    return CheckedFile(str(path), path, folder, (folder,))


def _inside(top: Path) -> Iterator[CheckedFile]:
    """What a drop of the folder would take."""
    for found in sorted(walk(top), key=lambda found: str(found.path)):
        folder = found.path.absolute().parent
        parts = folder.relative_to(top.absolute()).parts
        above = [top.absolute()]
        for part in parts:
            above.append(above[-1] / part)
        yield CheckedFile(str(found.path), found.path, folder, tuple(above))


def _piped(stack: ExitStack) -> CheckedFile:
    draft = from_input(read_input())
    path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / draft.name
    path.write_bytes(draft.data)
    return CheckedFile(draft.origin, path, draft.folder)
