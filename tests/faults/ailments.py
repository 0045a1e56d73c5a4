"""Loaded into a daemon as `sitecustomize`: stalls the interpreter, deafens its file events, or
sets its clock.

Each waits for a file that the test makes. Nothing of the daemon's own is touched: a stall is a C
call that keeps the interpreter's lock, an observer goes deaf because its inotify descriptor is
another one from then on, as alive as before, and the clock is Python's own (the disk's goes on as
before, as that of a network volume does).
"""

import ctypes
import os
import sys
import threading
import time
from pathlib import Path


def wait_for(file):
    while not file.exists():
        time.sleep(0.01)
    file.rename(file.with_suffix(".seen"))


def stall(file):
    wait_for(file)
    ctypes.PyDLL(None).usleep(4_000_000)


def deafen(file):
    wait_for(file)
    for link in Path("/proc/self/fd").iterdir():
        try:
            if str(link.readlink()) == "anon_inode:inotify":
                os.dup2(ctypes.CDLL(None).inotify_init1(os.O_NONBLOCK), int(link.name))
        except OSError:
            continue


def set_back(file):
    wait_for(file)
    set_clock(-3600)


def set_on(file):
    wait_for(file)
    set_clock(86400)


def set_clock(seconds, right=time.time):
    time.time = lambda: right() + seconds


folder = os.environ.get("HOTFOLDER_TEST_FAULTS")
if folder and "run" in sys.orig_argv:
    for fault in (stall, deafen, set_back, set_on):
        file = Path(folder, fault.__name__)
        threading.Thread(target=fault, args=(file,), daemon=True).start()
