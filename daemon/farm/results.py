"""The folder that pictures are made into: what lies there, who makes which of them, how they come.

A picture is there when it lies beside a record that bears its key. One appears whole, after its
record, and never in the place of another. Several renders may share a folder, on several machines
too: each picture's shot is one render's at a time, by a lock on a byte of one file.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from daemon.boards.key import TakeId
from daemon.boards.versions import Versions
from daemon.errors import LockHeldError, SetupError, UsageError
from daemon.farm.wanted import WantedPicture
from daemon.fs import atomic
from daemon.records.record_file import record_beside

LOCK = ".hotfolder-render"
"""The file whose bytes are locked, a byte a shot."""

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)
_THEIR_FAULT = (
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT),
    *(errno.ENAMETOOLONG, errno.EISDIR),
)
"""What a person has to mend who names such a folder; anything else may pass."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a picture is called in its folder, of which version; `is_there`: it lies there."""

    name: str
    version: int
    is_there: bool


class Results:
    """The folder `folder`; to be closed. Raises UsageError where it can't be one, SetupError where
    the disk refuses for now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.can_lock = True
        try:
            folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            self._fd = os.open(folder / LOCK, flags, 0o666)
        except OSError as error:
            raise _refused(f"--out {folder}", error) from error

    def close(self) -> None:
        """Let go of the locks."""
        os.close(self._fd)

    # --- whose they are -------------------------------------------------------------------------

    def claim(self, pictures: Iterable[WantedPicture]) -> None:
        """Make the shots of these pictures ours, until we are gone. Raises LockHeldError if another
        render has one of them."""
        shots = dict.fromkeys((each.ask.place, each.picture.shot.id) for each in pictures)
        for place, shot in shots:
            if not self._lock(f"{place}\0{shot}"):
                label = "/".join(filter(None, (place, shot)))
                raise LockHeldError(
                    f"Another render makes {label} in {self.folder} now. Let it end, or name other "
                    "shots with --shots: several renders may share a folder, but no shot."
                )

    def _lock(self, what: str) -> bool:
        digest = hashlib.sha256(what.encode("utf-8", "surrogatepass")).digest()
        at = int.from_bytes(digest[:8], "big") >> 2
        try:
            fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)
        except (BlockingIOError, PermissionError):
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            self.can_lock = False  # a volume without locks: the pictures matter more
        return True

    # --- what lies there ------------------------------------------------------------------------

    def names(self, wanted: Mapping[TakeId, WantedPicture]) -> dict[TakeId, Named]:
        """What each is called, and whether it is there."""
        found: dict[TakeId, Named] = {}
        for place in dict.fromkeys(each.ask.place for each in wanted.values()):
            mine = {one: each for one, each in wanted.items() if each.ask.place == place}
            found |= self._names(place, mine)
        return found

    def _names(
        self, place: str, wanted: Mapping[TakeId, WantedPicture]
    ) -> Iterator[tuple[TakeId, Named]]:
        by_key = {one.key: one for one in wanted}
        there: dict[TakeId, str] = {}
        others: dict[TakeId, str] = {}
        for stem, key in self._lying(self.folder / place):
            one = by_key.get(key)
            if one is not None and one not in there:
                there[one] = stem
            else:
                others[TakeId("", "", "", stem)] = stem
        versions = Versions({**others, **there})
        for one, each in wanted.items():
            name, version = versions.name(one, each.picture.shot.id, each.picture.take.name)
            yield one, Named(name, version, one in there)

    def _lying(self, folder: Path) -> Iterator[tuple[str, str]]:
        """(name, key) of whatever has a picture's or a record's name there; "" is the key of what
        bears none."""
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise _refused(str(folder), error) from error
        for name in names:
            picture = folder / name
            if name.startswith(".") or picture.suffix not in (".png", ".json"):
                continue
            if picture.suffix == ".png":
                with contextlib.suppress(OSError):
                    yield picture.stem, _key_of(picture) if os.lstat(picture).st_size else ""
            elif f"{picture.stem}.png" not in names and not _key_of(picture):
                yield picture.stem, ""  # of ours it is what a crash has left, and is written anew

    def place_of(self, each: WantedPicture, name: str) -> Path:
        """Where a picture of that name lies, or will."""
        return self.folder / each.ask.place / f"{name}.png"

    # --- how they come --------------------------------------------------------------------------

    def deliver(self, each: WantedPicture, name: str, made: Path) -> Path:
        """Bring a picture that was `made` elsewhere, and its record; returns where it lies. What is
        elsewhere goes. Raises SetupError where it can't come, and then it is not there."""
        target, record = self.place_of(each, name), record_beside(made)
        if record:
            record["result"]["image"] = target.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            data = json.dumps(record, indent=2, ensure_ascii=False).encode("utf-8", "replace")
            atomic.replace(target.with_suffix(".json"), data)
            atomic.copy_new(made, target)
        except OSError as error:
            raise SetupError(
                f"{target} can't be written: {error.strerror or error}.",
                remedy="Mend that and give the same command again: what is there is left out.",
            ) from error
        for left in (made, made.with_suffix(".json")):
            with contextlib.suppress(OSError):
                left.unlink()
        return target


def _key_of(picture: Path) -> str:
    """The key that the record beside a picture bears; "" if it bears none."""
    record = record_beside(picture)
    about = record["job"].get("board") if record else None
    key = about.get("key") if isinstance(about, dict) else None
    return key if isinstance(key, str) else ""


def _refused(what: str, error: OSError) -> UsageError | SetupError:
    said = error.strerror or str(error)
    if error.errno in _THEIR_FAULT:
        return UsageError(f"{what}: no pictures can be written there ({said}).")
    return SetupError(f"{what}: {said}.", remedy="Mend that and give the same command again.")
