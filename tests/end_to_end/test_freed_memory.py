"""What a picture has freed serves the next one: pages are not asked of the system anew."""

from __future__ import annotations

import platform
import sys
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from support.daemon import pictures

FEW = 1500
"""Page faults of the median picture, in large pages or small ones; left to itself glibc's allocator
needs five thousand and more. One that grows the heap once more may have as many."""

WARM = 3
"""Pictures before any is counted: the heap still grows."""

is_glibc = sys.platform.startswith("linux") and platform.libc_ver()[0] == "glibc"


@pytest.mark.skipif(not is_glibc, reason="the allocator of another C library is left as it is")
def test_pictures_that_follow_each_other_use_the_same_memory(root, drop, daemon, wait):
    root.settings_file.write_text("model: sketch\nmax_batch: 1\nlive: false\npage: false\n")
    child = daemon(engine="sdxl", ready=False, HOTFOLDER_CHORES="off")
    faults = []
    for number in range(WARM + 5):
        drop.whole(f"{number}.yaml", JOB)
        wait(lambda number=number: len(pictures(root)) == number + 1)
        faults.append(page_faults(child.worker_pid))

    assert median(after - before for before, after in pairwise(faults[WARM - 1 :])) < FEW, faults


JOB = "prompt: a boat\nsize: 256x256\nsteps: 2\n"


def page_faults(pid: int) -> int:
    """Minor ones of a process so far: see proc(5), `minflt`."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[7])
