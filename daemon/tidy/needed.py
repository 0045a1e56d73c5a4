"""What must stay where it is: what a waiting or claimed job names, and what a board still follows.

Looks for names and contents in the files of jobs, boards and records as they stand: what only looks
like a name is kept as well.
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from daemon.boards.board import Board
from daemon.boards.pictured import TakenPictures
from daemon.errors import HotfolderError
from daemon.fs.read import read_file
from daemon.records.png_job import job_text_from_png
from daemon.root.layout import AGAIN_SUFFIXES, Layout
from daemon.sandbox.client import Sandbox

_SHA256 = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_PICTURES = frozenset((*AGAIN_SUFFIXES, ".heic", ".tif", ".tiff", ".safetensors"))

_OURS = frozenset({".page", ".stage", ".live"})
"""Folders of the outbox whose files name nothing that is not named elsewhere."""


def followed(board: Board, taken: TakenPictures) -> set[Path]:
    """The pictures that shots without a picture are to follow yet."""
    shots = {shot.id: shot for shot in board.shots}
    found = set()
    for shot in board.shots:
        if shot.follows and any(taken.of(shot, take) is None for take in shot.takes):
            other = shots[shot.follows.shot]
            picture = taken.of(other, other.takes[(other.pick or 1) - 1])
            found |= {picture.path} if picture else set()
    return found


class NamedByJobs:
    """The words of every job that waits or is claimed, and of every board, as they are now."""

    def __init__(self, layout: Layout) -> None:
        places = (layout.inbox, layout.spool, layout.boards)
        self._texts = [_in_utf8(text) for place in places for text in _texts(place)]

    def has(self, picture: Path) -> bool:
        """Whether the name of a picture stands in one of them."""
        name = picture.name
        spelt = {os.fsencode(name), json.dumps(name)[1:-1].encode("ascii")}
        return any(one in text for one in spelt for text in self._texts)


def _in_utf8(text: bytes) -> bytes:
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return text.decode("utf-16", "replace").encode("utf-8", "replace")
    return text


def contents_named(layout: Layout, sandbox: Sandbox) -> set[str]:
    """The sha256 of everything in the store of references that any file of the root names, or is.
    Raises OSError, StillLookingError."""
    found: set[str] = set()
    with contextlib.suppress(FileNotFoundError):
        found |= _words(read_file(layout.settings_file))
    places = (layout.outbox, layout.inbox, layout.spool, layout.done, layout.failed)
    for place in (*places, layout.boards, layout.cast, layout.notes):
        for text in _texts(place):
            found |= _words(text)
            if place == layout.inbox:  # a list that a job has read is known by its content
                found.add(hashlib.sha256(text).hexdigest())
        for picture in _without_record(place):
            found |= _named_inside(picture, sandbox)
    return found


def _named_inside(picture: Path, sandbox: Sandbox) -> set[str]:
    """The contents that the record in a picture names."""
    with contextlib.suppress(HotfolderError):
        return _words(job_text_from_png(picture, sandbox))
    return set()


def _words(text: bytes) -> set[str]:
    """Everything in a text that could be a content's sha256."""
    return {word.decode("ascii") for word in _SHA256.findall(text)}


def _without_record(place: Path) -> Iterator[Path]:
    """Pictures that have no record beside them; they may carry one."""
    for path in _files(place):
        if path.suffix.lower() in AGAIN_SUFFIXES and not os.path.lexists(path.with_suffix(".json")):
            yield path


def _texts(place: Path) -> Iterator[bytes]:
    """What is in every file below that is no picture. Raises OSError, but for a file that
    is gone by now."""
    for path in _files(place):
        if path.suffix.lower() not in _PICTURES:
            with contextlib.suppress(FileNotFoundError):
                yield read_file(path)


def _files(place: Path) -> Iterator[Path]:
    """Every file below, behind links too; what can't be listed is an error, since it may name
    anything. Raises OSError."""
    seen: set[tuple[int, int]] = set()
    stack = [place] if place.is_dir() else []
    while stack:
        folder = stack.pop()
        facts = folder.stat()
        if (facts.st_dev, facts.st_ino) in seen:
            continue
        seen.add((facts.st_dev, facts.st_ino))
        for path in sorted(folder / name for name in os.listdir(folder)):
            if path.is_dir():
                stack += [] if path.name in _OURS else [path]
            elif path.is_file():
                yield path
