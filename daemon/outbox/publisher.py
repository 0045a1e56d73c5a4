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
import stat
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.fs.hashing import sha256_of
from daemon.fs.rename import has_rename_new
from daemon.outbox.stage import Stage
from daemon.protocol.json_object import JsonObject
from daemon.root.create import make_folder
from daemon.root.layout import Layout
from daemon.root.state_files import parse, read_bytes


class Publisher:
    """Publishes pictures under names that nothing holds."""

    def __init__(self, layout: Layout, stage: Stage) -> None:
        self._layout = layout
        self._stage = stage

    def publish(self, staged: Path, stem: str, sidecar: JsonObject) -> tuple[Path, Path]:
        """Publish a staged PNG as outbox/STEM.png beside STEM.json; returns (picture, sidecar).

        Raises FileExistsError if a name is taken meanwhile (nothing is published then), OSError if
        the outbox is full or read-only; the stage keeps the picture and it can be tried again."""
        picture = self._layout.outbox / f"{stem}.png"
        record = self._layout.outbox / f"{stem}.json"
        staged_record = staged.with_suffix(".json")
        if _take_twin(staged, picture, _job_of(sidecar)):  # failed before it left the stage
            return picture, record
        self._make_folder(picture.parent)
        data = json.dumps(sidecar, indent=2, ensure_ascii=False).encode("utf-8", "replace")
        atomic.replace(staged_record, data + b"\n", sync_name=False)  # its name is the outbox's
        self._link_record(staged_record, record, data + b"\n")
        try:
            atomic.move_new(staged, picture)
        except FileExistsError:
            record.unlink()
            raise
        except FileNotFoundError as error:
            if not os.path.lexists(staged):
                raise
            raise _refused(error, picture) from error
        with contextlib.suppress(OSError):  # it is published; the sweep takes this one later
            staged_record.unlink()
        return picture, record

    def was_published(
        self, staged: Path, stem: str, number: int, *, stage: int | None, sha256: str | None
    ) -> bool:
        """After a crash in `publish` of a picture of job `number`, from the stage of that inode:
        whether the commit happened, told by what the files hold (`sha256` of the PNG). Only the
        commit takes the PNG out of the stage, so a picture that a person has moved away since still
        counts, unless the stage is not the one it lay in (an outbox deleted, another disk). Raises
        OSError."""
        picture = self._layout.outbox / f"{stem}.png"
        if _take_twin(staged, picture, number) or _take_linked(staged):
            return True
        if os.path.lexists(staged):
            return False
        return stage == self._stage.inode or _has_content(picture, sha256)

    @property
    def is_shut(self) -> bool:
        """Whether the outbox itself is no folder, so that no other name helps."""
        return os.path.lexists(self._layout.outbox) and not self._layout.outbox.is_dir()

    def is_out(self, stem: str, number: int) -> bool:
        """Whether a picture of job `number` lies whole under this name, as its sidecar tells."""
        record = self._layout.outbox / f"{stem}.json"
        picture = self._layout.outbox / f"{stem}.png"
        content = _read_record(record)
        return (
            content is not None
            and _job_of(content) == number
            and _has_content(picture, _sha256(content))
        )

    def withdraw(self, stem: str, number: int) -> None:
        """Remove the sidecar of a publication of job `number` that will never be completed; a
        file of somebody else's that has taken the name meanwhile stays. Raises OSError."""
        picture = self._layout.outbox / f"{stem}.png"
        record = self._layout.outbox / f"{stem}.json"
        if not os.path.lexists(picture) and _is_of_job(record, number):
            os.unlink(record)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        try:
            make_folder(self._layout, folder)
        except FileNotFoundError as error:
            raise _refused(error, folder) from error
        while folder != self._layout.outbox:
            folder = folder.parent
            atomic.fsync_folder(folder)

    def _link_record(self, staged: Path, record: Path, data: bytes) -> None:
        try:
            try:
                os.link(staged, record)
            except FileExistsError:
                if not _same_job(record, data):
                    raise
                atomic.replace(record, data)
            except OSError:
                atomic.write_new(record, data)
        except FileNotFoundError as error:
            raise _refused(error, record) from error
        atomic.fsync_folder(record.parent)


def _take_twin(staged: Path, picture: Path, number: object) -> bool:
    """Whether a staged picture of job `number` is out under its name already: as the same file,
    or, where the folder is a disk of its own, as a copy beside our record. The staged one goes
    then."""
    try:
        if not os.path.samestat(os.lstat(staged), os.lstat(picture)):
            ours = _job_of(_read_record(picture.with_name(f"{picture.stem}.json")))
            if ours != number or not _has_content(picture, sha256_of(staged)):
                return False
    except (FileNotFoundError, NotADirectoryError):
        return False
    os.unlink(staged)
    return True


def _has_content(picture: Path, sha256: str | None) -> bool:
    """Whether this very picture lies there: what the file holds counts, not its name. Raises
    OSError if the disk does not give it to us now."""
    try:
        if not stat.S_ISREG(os.lstat(picture).st_mode):
            return False
        return sha256 is None or sha256_of(picture) == sha256
    except (FileNotFoundError, NotADirectoryError):
        return False


def _refused(error: OSError, picture: Path) -> OSError:
    """What "no such file" means of a name to be made in a folder that is there: that this disk
    takes no such name (some network volumes and exFAT drivers say it so)."""
    if not picture.parent.is_dir():
        return error
    return OSError(errno.EINVAL, "this disk takes no file of such a name", str(picture))


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
        there, ours = _read_record(record), json.loads(data)
        return bool(
            there is not None
            and there["result"]["job"] == ours["result"]["job"]
            and there["result"]["image"] == ours["result"]["image"]
            and not os.path.lexists(record.with_suffix(".png"))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _is_of_job(record: Path, number: int) -> bool:
    """Whether this is a sidecar of this job, or one that a power cut has torn."""
    if not os.path.lexists(record):  # nor can it be, where its name is too long for the system
        return False
    try:
        content = parse(read_bytes(record), record)
    except FileNotFoundError:
        return False
    except SpoiledError:
        return record.is_file() and not record.is_symlink()
    return _job_of(content) == number


def _read_record(record: Path) -> JsonObject | None:
    """A sidecar as it lies there; None if there is none that can be read."""
    try:
        content = parse(read_bytes(record), record)
    except (OSError, SpoiledError):
        return None
    return content if isinstance(content, dict) else None


def _job_of(content: object) -> object:
    result = content.get("result") if isinstance(content, dict) else None
    return result.get("job") if isinstance(result, dict) else None


def _sha256(content: JsonObject) -> str | None:
    """That of the PNG file, as its sidecar says."""
    result = content.get("result")
    sha256 = result.get("sha256") if isinstance(result, dict) else None
    return sha256 if isinstance(sha256, str) else None
