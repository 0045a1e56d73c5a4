"""How much of a test is done, where it could go on for ever.

`HOTFOLDER_FAULTS` is `fast` (the cut inside the default suite), `bounded` (`make faults`) or `full`
(`make faults-full`); `HOTFOLDER_FAULTS_SEED` is what chance begins with.
"""

from __future__ import annotations

import os

import pytest

LEVELS = ("fast", "bounded", "full")
LEVEL = os.environ.get("HOTFOLDER_FAULTS", "fast")
SEED = int(os.environ.get("HOTFOLDER_FAULTS_SEED", "5"))


def counts(fast: int | None, bounded: int | None, full: int | None) -> int:
    """How many at this level; skips the test where that is None."""
    number = (fast, bounded, full)[LEVELS.index(LEVEL)]
    if number is None:
        pytest.skip("too long for this level; `make faults` or `make faults-full` runs it")
    return number
