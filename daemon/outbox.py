"""The outbox: the only publisher. A picture appears whole, once, and after its sidecar.

Order: the PNG lies synced in `.stage/` (the worker's doing), its sidecar is staged beside it, then
the sidecar is linked to its final name, then the picture is renamed to its own, which no name ever
replaces: that rename is the commit. A sidecar whose picture is not there is an unfinished
publication, which recovery completes from the stage.
Nothing half-made is ever outside `.stage/`. Knows nothing of prompts.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from daemon import durable
from daemon.layout import Layout
from daemon.numbering import first_free
from daemon.rename import has_rename_new


def name_key(stem: str) -> str:
    """The form in which two names are the same on any disk: NFC and case-folded."""
    return unicodedata.normalize("NFC", stem).casefold()


class Outbox:
    """Publishes pictures under names that nothing holds."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._reserved: dict[str, int] = {}

    def taken(self, stem: str, number: int) -> bool:
        """Whether another job holds or has reserved outbox/STEM.png, STEM.json or a folder STEM."""
        owner = self._reserved.get(name_key(stem))
        if owner is not None and owner != number:
            return True
        base = self._layout.outbox / stem
        if self.is_blocked(stem):
            return True
        return any(os.path.lexists(f"{base}{tail}") for tail in (".png", ".json", ""))

    def is_blocked(self, stem: str) -> bool:
        """Whether something that is no folder stands where a folder of STEM would have to be."""
        folder = (self._layout.outbox / stem).parent
        while folder != self._layout.outbox:
            if os.path.lexists(folder) and not folder.is_dir():
                return True
            folder = folder.parent
        return False

    def free_stem(self, stem: str, number: int) -> str:
        """STEM-2, STEM-3 … : one that is not taken; its folder is renamed so where a file has the
        folder's name."""
        folder, _, leaf = stem.rpartition("/")
        blocked = self.is_blocked(stem)

        def other(mark: int) -> str:
            return f"{folder}-{mark + 1}/{leaf}" if blocked else f"{stem}-{mark + 1}"

        mark = first_free(lambda mark: not self.taken(other(mark), number))
        if mark is None:
            raise FileExistsError(errno.EEXIST, "too many pictures of one name", stem)
        return other(mark)

    def reserve(self, stems: Iterable[str], number: int) -> None:
        """Keep these names for job `number` until it is released."""
        for stem in stems:
            self._reserved[name_key(stem)] = number

    def release(self, number: int) -> None:
        self._reserved = {key: owner for key, owner in self._reserved.items() if owner != number}

    def publish(self, staged: Path, stem: str, sidecar: dict[str, Any]) -> tuple[Path, Path]:
        """Publish a staged PNG as outbox/STEM.png beside STEM.json; returns (picture, sidecar).

        Raises FileExistsError if a name is taken meanwhile (nothing is published then), OSError if
        the outbox is full or read-only; the stage keeps the picture and it can be tried again."""
        picture = self._layout.outbox / f"{stem}.png"
        record = self._layout.outbox / f"{stem}.json"
        staged_record = staged.with_suffix(".json")
        if _take_twin(staged, picture):  # a disk that failed between link and unlink
            return picture, record
        _make_folder(picture.parent, self._layout.outbox)
        data = json.dumps(sidecar, indent=2, ensure_ascii=False).encode("utf-8", "replace")
        durable.replace(staged_record, data + b"\n")
        self._link_record(staged_record, record, data + b"\n")
        try:
            durable.move_new(staged, picture)
        except FileExistsError:
            record.unlink()
            raise
        with contextlib.suppress(OSError):  # it is published; the sweep takes this one later
            staged_record.unlink()
        return picture, record

    def was_published(self, staged: Path, stem: str, stage_inode: int | None) -> bool:
        """After a crash in `publish`: whether the commit happened. Only the commit takes the PNG
        out of the stage, so a picture that a person has moved away since still counts, unless
        the stage is not the one it lay in (an outbox deleted, another disk)."""
        picture = self._layout.outbox / f"{stem}.png"
        if _take_twin(staged, picture) or _take_linked(staged):
            return True
        if staged.exists():
            return False
        return os.path.lexists(picture) or stage_inode == self.stage_inode

    @property
    def stage_inode(self) -> int | None:
        """Tells one stage folder from another."""
        try:
            return self._layout.stage.stat().st_ino
        except OSError:
            return None

    def withdraw(self, stem: str) -> None:
        """Remove the sidecar of a publication that will never be completed."""
        base = self._layout.outbox / stem
        if not os.path.lexists(f"{base}.png") and os.path.lexists(f"{base}.json"):
            os.unlink(f"{base}.json")

    def mend(self) -> None:
        """Make outbox and stage anew if they are gone while the root is there."""
        if not self._layout.stage.is_dir() and self._layout.id_file.is_file():
            self._layout.stage.mkdir(parents=True, exist_ok=True)

    def _link_record(self, staged: Path, record: Path, data: bytes) -> None:
        try:
            os.link(staged, record)
        except FileExistsError:
            if not _same_job(record, data):
                raise
            durable.replace(record, data)
        except OSError:
            durable.write_new(record, data)
        durable.fsync_folder(record.parent)

    def sweep(self, keep: Iterable[Path]) -> bool:
        """Empty the stage of what no claimed job still needs; False if it can't be looked at."""
        kept = {form.name for path in keep for form in _forms(path)}
        try:
            names = os.listdir(self._layout.stage)
        except OSError:
            return False
        for name in names:
            if name not in kept:
                with contextlib.suppress(OSError):
                    (self._layout.stage / name).unlink()
        return True

    def discard(self, staged: Iterable[Path]) -> None:
        """A job has left: what it still has in the stage goes with it."""
        for path in staged:
            for form in _forms(path):
                with contextlib.suppress(OSError):
                    form.unlink()


def _take_twin(staged: Path, picture: Path) -> bool:
    """Whether a staged picture is out under its name already; the staged name goes then."""
    try:
        if not os.path.samestat(os.lstat(staged), os.lstat(picture)):
            return False
    except OSError:
        return False
    os.unlink(staged)
    return True


def _take_linked(staged: Path) -> bool:
    """Whether a staged picture was published by link and unlink, with a crash between them: then
    it has a second name, wherever a person has moved that since. The staged one goes then.

    Only where the disk has nothing better: elsewhere a second name is somebody's backup."""
    try:
        if os.lstat(staged).st_nlink < 2 or has_rename_new(staged.parent):
            return False
    except OSError:
        return False
    os.unlink(staged)
    return True


def _forms(staged: Path) -> tuple[Path, Path, Path]:
    """A picture in the stage, the same while it is being written, and its sidecar."""
    return staged, staged.with_name(staged.name + ".part"), staged.with_suffix(".json")


def _same_job(record: Path, data: bytes) -> bool:
    """Whether a sidecar already there is our own of an interrupted publication."""
    try:
        there, ours = json.loads(record.read_bytes()), json.loads(data)
        return bool(
            there["result"]["job"] == ours["result"]["job"]
            and there["result"]["image"] == ours["result"]["image"]
            and not record.with_suffix(".png").exists()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _make_folder(folder: Path, outbox: Path) -> None:
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except NotADirectoryError as error:
        raise FileExistsError(errno.EEXIST, "a file is where a folder must be", folder) from error
    while folder != outbox:
        folder = folder.parent
        durable.fsync_folder(folder)
