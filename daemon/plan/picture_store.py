"""The pictures jobs name, kept as files named by their sha256, so that records can be made again.

A picture is opened once, by descriptor; copying and looking are the sandbox's. Only its header is
looked at when it is kept, its pixels are the engine's business. What is kept is hashed again when a
run first uses it: a disk, a restore or a person may have changed it since.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import sys
import time
from collections import OrderedDict
from pathlib import Path

from daemon.errors import JobError, NotYetError, StillLookingError
from daemon.fs import atomic
from daemon.fs.naming import name_key
from daemon.fs.read import read_file
from daemon.jobfile.areas import Box
from daemon.root import state_files
from daemon.sandbox.answer import CROP, DECODE, HASH, KEEP, SIDES, Answer
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import is_of_the_machine, open_regular
from daemon.sandbox.looks import MAX_FILE, too_large

FRESH = 10.0  # seconds
SETTLED = 1.0
"""Seconds after its last change from which a picture is known again by its times."""

MOST_KNOWN = 1_000
_ANEW = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_SF_DATALESS = 0x40000000  # macOS: the content is in the cloud only; stat.SF_DATALESS from 3.13
_F_GETPATH = 50  # macOS: fcntl(2)


Identity = tuple[int, ...]


class PictureStore:
    """The pictures kept in `folder`."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self._sandbox = sandbox
        self._known: OrderedDict[tuple[Identity, Box | None], str] = OrderedDict()

    def keep(self, path: Path, part: Box | None = None) -> tuple[str, Path]:
        """Copies the picture at `path`, or a part of it, which is a picture of its own then; the
        sha256 of what is kept and where. Raises JobError for anything that is no picture,
        NotYetError while it is still being brought or looked at, OSError for the machine's own
        troubles."""
        descriptor = _open(path)
        try:
            facts = os.fstat(descriptor)
            _check_file(path, facts)
            known = self._known.get((_identity(facts), part))
            if known is not None and (kept := self.sound(known)) is not None:
                return known, kept
            return self._copied(path, descriptor, facts, part)
        finally:
            os.close(descriptor)

    def put(self, data: bytes) -> tuple[str, Path]:
        """Keeps a picture of our own making. Raises OSError."""
        sha256 = hashlib.sha256(data).hexdigest()
        kept = self.folder / sha256
        if self.stored(sha256) is None or read_file(kept) != data:
            self.folder.mkdir(exist_ok=True)  # never its parents: a root that is gone stays gone
            if kept.is_dir() and not kept.is_symlink():
                state_files.set_aside(kept)
            atomic.replace(kept, data, mode=0o600)
        return sha256, kept

    def stored(self, sha256: str) -> Path | None:
        """Where the picture of that content is kept, if it is."""
        path = self.folder / sha256
        is_name = re.fullmatch(r"[0-9a-f]{64}", sha256)
        return path if is_name and path.is_file() and not path.is_symlink() else None

    def sound(self, sha256: str) -> Path | None:
        """Where the picture of that content is kept, if what lies there still has that content.
        Raises StillLookingError while that is being looked at, OSError for the machine's own
        troubles."""
        path = self.stored(sha256)
        if path is None:
            return None
        try:
            descriptor = open_regular(path, shown=path.name)
        except (JobError, FileNotFoundError):
            return None
        try:
            facts = os.fstat(descriptor)
            known = self._known.get((_identity(facts), None))
            if known is None:
                known = self._sandbox.look(HASH, descriptor, name=path.name).sha256
                self._remember(facts, None, known)
        except StillLookingError:
            raise
        except JobError:  # a child that could not read it to its end
            return None
        finally:
            os.close(descriptor)
        return path if known == sha256 else None

    def check(self, path: Path) -> None:
        """Whether the engine will be able to read the picture at `path`, pixels and all; keeps
        nothing. Raises what `keep` raises."""
        descriptor = _open(path)
        try:
            facts = os.fstat(descriptor)
            _check_file(path, facts)
            found = self._sandbox.look(DECODE, descriptor, name=path.name)
            _check_whole(path, found, fresh=_is_fresh(facts))
        finally:
            os.close(descriptor)

    def sides(self, path: Path) -> tuple[int, int]:
        """Width and height in pixels, upright, of the picture at `path`. Raises what `keep`
        raises."""
        descriptor = _open(path)
        try:
            facts = os.fstat(descriptor)
            _check_file(path, facts)
            found = self._sandbox.look(SIDES, descriptor, name=path.name)
            _check_whole(path, found, fresh=_is_fresh(facts))
        finally:
            os.close(descriptor)
        return found.width, found.height

    def _copied(
        self, path: Path, descriptor: int, facts: os.stat_result, part: Box | None
    ) -> tuple[str, Path]:
        self.folder.mkdir(exist_ok=True)  # never its parents: a root that is gone stays gone
        draft = self.folder / f".incoming-{facts.st_dev:x}-{facts.st_ino:x}{_tail(part)}"
        try:
            found = self._sandbox.look(
                CROP if part else KEEP,
                descriptor,
                name=path.name,
                target=lambda: os.open(draft, _ANEW, 0o600),
                box=part or (),
            )
            _check_whole(path, found, fresh=_is_fresh(facts))
        except StillLookingError:
            raise
        except JobError:
            draft.unlink(missing_ok=True)
            raise
        kept = self.folder / found.sha256
        if kept.is_dir() and not kept.is_symlink():
            state_files.set_aside(kept)
        os.replace(draft, kept)
        atomic.fsync_folder(self.folder)
        self._remember(facts, part, found.sha256)
        self._known[_identity(os.lstat(kept)), None] = found.sha256  # ours alone, so however new
        return found.sha256, kept

    def _remember(self, facts: os.stat_result, part: Box | None, sha256: str) -> None:
        """So that the next job that names it need not wait; not while it is so new that another
        write might leave it the same times."""
        if time.time() - facts.st_ctime > SETTLED:
            self._known[_identity(facts), part] = sha256
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


def _tail(part: Box | None) -> str:
    """Two parts of one picture are two drafts."""
    return "-" + "-".join(f"{each:g}" for each in part) if part else ""


def _identity(facts: os.stat_result) -> Identity:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _open(path: Path) -> int:
    try:
        facts = os.lstat(path)
        if getattr(facts, "st_flags", 0) & _SF_DATALESS:
            raise NotYetError(
                f"The picture {path.name} is in the cloud only.",
                remedy="Open it once in Finder, so that it is downloaded.",
            )
        descriptor = open_regular(path, shown=f"The picture {path.name}")
    except FileNotFoundError:
        raise NotYetError(f"The picture {path.name} is not there.") from None
    except OSError as error:
        if is_of_the_machine(error):
            raise
        raise JobError(
            f"The picture {path.name} can't be opened: {error.strerror}.",
            remedy="Check that it is a file of yours that may be read.",
        ) from None
    if _leads_elsewhere(descriptor, path):
        os.close(descriptor)
        raise NotYetError(f"The folder of the picture {path.name} is being moved.")
    return descriptor


def _leads_elsewhere(descriptor: int, path: Path) -> bool:
    """Whether a folder on the way became a link between our looking and our opening."""
    try:
        if sys.platform == "darwin":
            opened = os.fsdecode(fcntl.fcntl(descriptor, _F_GETPATH, b"\0" * 1024).rstrip(b"\0"))
        else:
            opened = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 (no such file)
    except OSError:
        return False  # no means to tell; what the path said a moment ago stands
    return name_key(opened) != name_key(str(path))


def _check_file(path: Path, facts: os.stat_result) -> None:
    if facts.st_size == 0:
        raise NotYetError(f"The picture {path.name} is empty.")
    if facts.st_size > MAX_FILE:
        raise too_large(path.name)


def _is_fresh(facts: os.stat_result) -> bool:
    """Written to within the last seconds: a copy may still be under way."""
    return abs(time.time() - facts.st_mtime) < FRESH


def _check_whole(path: Path, found: Answer, *, fresh: bool) -> None:
    if fresh and not found.ends:
        raise NotYetError(f"The picture {path.name} is not whole yet.")
    if found.ends is False:
        raise JobError(
            f"The picture {path.name} breaks off before its end.",
            remedy="Copy it again, whole, and drop the job again.",
        )
