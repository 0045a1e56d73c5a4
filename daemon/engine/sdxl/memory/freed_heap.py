"""Memory that was freed, given back to the system: glibc keeps it for the next picture.

On Linux with glibc only; elsewhere the system's own allocator does it by itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back() -> None:
    """Hand all that is free at the heap's ends, and whole free pages within it, to the system."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
