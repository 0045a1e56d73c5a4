"""Neighbours a workload is given, and others who were not asked."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil

from daemon.bench.neighbours import NICE, Busy, Onlooker, neighbours
from daemon.fs.processors import busy_seconds

STRANGER = """
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        os.close(1), os.close(2)
        while True:
            sum(range(100_000))
    os._exit(0)
"""


def test_neighbours_are_there_in_the_block_and_gone_after_it():
    before = {child.pid for child in psutil.Process().children()}
    with neighbours(Busy(2)):
        burning = [c for c in psutil.Process().children() if c.pid not in before]
        assert len(burning) == 2
        while not all(os.getpriority(os.PRIO_PROCESS, child.pid) >= NICE for child in burning):
            time.sleep(0.01)
    assert not any(child.is_running() for child in burning)


def test_what_our_own_children_use_is_not_taken_for_others():
    earlier = {child.pid for child in psutil.Process().children()}
    with neighbours(Busy(1)):
        child = next(c for c in psutil.Process().children() if c.pid not in earlier)
        began = sum(child.cpu_times()[:2])
        before, onlooker, since = busy_seconds(), Onlooker(), time.monotonic()
        while sum(child.cpu_times()[:2]) - began < 1.0:
            time.sleep(0.05)
        seconds = time.monotonic() - since  # never more than it divides by
        others = onlooker.others() * seconds
        ours = busy_seconds() - before - others
    assert ours > 0.5  # of the one second that the child has used, whatever others did


def test_a_program_that_is_nobody_s_child_of_ours_is_noticed():
    """Twice forked, so that it belongs to the system."""
    started = subprocess.run(
        [sys.executable, "-c", STRANGER], capture_output=True, text=True, check=True
    )
    stranger = psutil.Process(int(started.stdout))
    try:
        since, onlooker = time.monotonic(), Onlooker()
        began = sum(stranger.cpu_times()[:2])
        while sum(stranger.cpu_times()[:2]) - began < 1.0:
            time.sleep(0.05)
        assert onlooker.others() * (time.monotonic() - since) > 0.5  # of its one second
    finally:
        stranger.kill()
