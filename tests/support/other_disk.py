"""A folder on another disk than pytest's, where the system has one that anybody may write to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACE = Path("/dev/shm")

needs_other_disk = pytest.mark.skipif(
    not os.access(PLACE, os.W_OK), reason=f"no second disk here: {PLACE} can't be written to"
)


@contextmanager
def other_disk(than: Path) -> Iterator[Path]:
    """An empty folder there, gone afterwards."""
    if PLACE.stat().st_dev == than.stat().st_dev:
        pytest.skip(f"{PLACE} is the disk of {than}")
    with tempfile.TemporaryDirectory(dir=PLACE) as folder:
        yield Path(folder)
