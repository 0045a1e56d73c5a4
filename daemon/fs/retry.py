"""Troubles that are the machine's and not a job's, and how long to wait before trying again.

A full disk, a device that does not answer, a volume that is away: none of them ever costs a job
anything but time. Standard library only.
"""

from __future__ import annotations

import errno

_OF_THE_NAME = frozenset({errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL})
"""What no waiting mends: a name that this disk can't hold."""

_OF_ONE_FILE = frozenset(
    {
        *(errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ELOOP),
        *(errno.EBUSY, errno.EISDIR, errno.ENXIO),
    }
)
"""What may concern one job's files only, and must not keep the others waiting."""

LONGEST = 30.0
"""Seconds between two tries of what the machine refuses, at most."""


def is_for_good(error: OSError) -> bool:
    """Whether trying again is no use."""
    return error.errno in _OF_THE_NAME


def concerns_all(error: BaseException) -> bool:
    """Whether every other job would run into it too, so that no more need be claimed."""
    return isinstance(error, OSError) and error.errno not in _OF_ONE_FILE | _OF_THE_NAME


def backoff(tries: int, *, cap: float = LONGEST) -> float:
    """Seconds to wait after so many tries: 1, 2, 4 … `cap`. The only such rule there is."""
    return min(2.0 ** min(tries, 10), cap)


def said(error: BaseException) -> str:
    """The trouble in a few words, with the place if it is known; of a move with both, since either
    may be what refuses."""
    if not isinstance(error, OSError):
        return str(error)
    places = " to ".join(str(each) for each in (error.filename, error.filename2) if each)
    return f"{error.strerror or error} ({places})" if places else str(error.strerror or error)
