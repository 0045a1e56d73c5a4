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
from pathlib import Path

from daemon.fs import atomic
from daemon.fs.rename import has_rename_new
from daemon.outbox.stage import Stage
from daemon.root.layout import Layout


class Publisher:
    """Publishes pictures under names that nothing holds."""

    def __init__(self, layout: Layout, stage: Stage) -> None:
        self._layout = layout
        self._stage = stage

    def publish(self, staged: Path, stem: str, sidecar: dict[str, object]) -> tuple[Path, Path]:
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
        atomic.replace(staged_record, data + b"\n")
        self._link_record(staged_record, record, data + b"\n")
        try:
            atomic.move_new(staged, picture)
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
        return os.path.lexists(picture) or stage_inode == self._stage.inode

    def withdraw(self, stem: str, number: int) -> None:
        """Remove the sidecar of a publication of job `number` that will never be completed; a
        file of somebody else's that has taken the name meanwhile stays. Raises OSError."""
        picture = self._layout.outbox / f"{stem}.png"
        record = self._layout.outbox / f"{stem}.json"
        if not os.path.lexists(picture) and _is_of_job(record, number):
            os.unlink(record)

    def _link_record(self, staged: Path, record: Path, data: bytes) -> None:
        try:
            os.link(staged, record)
        except FileExistsError:
            if not _same_job(record, data):
                raise
            atomic.replace(record, data)
        except OSError:
            atomic.write_new(record, data)
        atomic.fsync_folder(record.parent)


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


def _is_of_job(record: Path, number: int) -> bool:
    """Whether this is a sidecar of this job, or one that a power cut has torn."""
    if not os.path.lexists(record):  # nor can it be, where its name is too long for the system
        return False
    try:
        content = json.loads(record.read_bytes())
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    result = content.get("result") if isinstance(content, dict) else None
    return isinstance(result, dict) and result.get("job") == number


def _make_folder(folder: Path, outbox: Path) -> None:
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except NotADirectoryError as error:
        raise FileExistsError(errno.EEXIST, "a file is where a folder must be", folder) from error
    while folder != outbox:
        folder = folder.parent
        atomic.fsync_folder(folder)
