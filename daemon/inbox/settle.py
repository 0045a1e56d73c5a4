"""When a dropped file is complete: pure rules over what stat(2) says and when it was seen.

No file is opened here and no clock is read; times come as arguments. A platform that tells us
that a writer closed the file, or that it was renamed into place, spares the wait.
"""

from __future__ import annotations

import enum
import os
import stat
from dataclasses import dataclass, replace

MAX_BYTES = 4_000_000
"""A job file is text of a few lines, a board of thousands; more than this is refused without
opening it."""

# Finder marks a file it is still copying by these birth times (seconds since 1970): 1904-01-01 and
# 1984-01-24, and two older spellings of the same; see OmniFileStore and MEGA's SDK.
_BUSY_BIRTHTIMES = frozenset({-2082844800, 443779200, -753549904, -753578704})
_SF_DATALESS = 0x40000000  # <sys/stat.h> on macOS: content is still in the cloud


@dataclass(frozen=True, slots=True)
class Look:
    """What one lstat said, as far as we care."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int
    busy: bool
    dataless: bool

    @classmethod
    def from_stat(cls, result: os.stat_result) -> Look:
        birth = getattr(result, "st_birthtime", None)
        return cls(
            size=result.st_size,
            mtime_ns=result.st_mtime_ns,
            ctime_ns=result.st_ctime_ns,
            inode=result.st_ino,
            mode=result.st_mode,
            busy=birth is not None and int(birth) in _BUSY_BIRTHTIMES,
            dataless=bool(getattr(result, "st_flags", 0) & _SF_DATALESS),
        )

    @property
    def identity(self) -> tuple[int, int, int]:
        """Changes when the content may have changed (ctime also moves with mode and links)."""
        return (self.size, self.mtime_ns, self.inode)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file as last seen: `unchanged_since` is monotonic seconds; `complete` a platform's word."""

    look: Look
    unchanged_since: float
    complete: bool = False


class Verdict(enum.Enum):
    READY = "ready"
    UNSETTLED = "still being written"
    EMPTY = "empty: waiting for its content"
    BUSY = "the Finder is still copying it"
    DATALESS = "its content is still in the cloud; open it once to download it"
    NOT_A_FILE = "not a regular file"
    TOO_BIG = "too big for a job file"
    GROWING = "its folder is still being filled; it is begun once that has been still for a while"


def see(
    previous: Sighting | None, look: Look, *, now: float, wall: float, complete: bool
) -> Sighting:
    """The sighting after another look; the same one where nothing is new, as of ten thousand files
    that wait. A first look may find a file long at rest: its ctime, which no copy can forge, then
    says since when (unless it lies in the future)."""
    if previous is not None and previous.look == look:
        is_new = complete and not previous.complete
        return replace(previous, complete=True) if is_new else previous
    if previous is not None and previous.look.identity == look.identity:
        return replace(previous, look=look, complete=previous.complete or complete)
    if previous is not None:
        return Sighting(look, now, complete)
    rested = max(0.0, wall - max(look.ctime_ns, look.mtime_ns) / 1e9)
    return Sighting(look, now - rested, complete)


def judge(sighting: Sighting, *, now: float, settle: float, limit: int = MAX_BYTES) -> Verdict:
    """Whether the file may be read now; `settle` is seconds without change, `limit` bytes."""
    look = sighting.look
    if not stat.S_ISREG(look.mode):
        return Verdict.NOT_A_FILE
    if look.busy:
        return Verdict.BUSY
    if look.dataless:
        return Verdict.DATALESS
    if look.size == 0:
        return Verdict.EMPTY
    if not (sighting.complete or now - sighting.unchanged_since >= settle):
        return Verdict.UNSETTLED
    return Verdict.TOO_BIG if look.size > limit else Verdict.READY


def due(sighting: Sighting, *, settle: float) -> float:
    """The monotonic time at which another look may find it settled."""
    return sighting.unchanged_since + settle
