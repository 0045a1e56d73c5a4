"""The bridge as the supervisor keeps it: a real one, with nobody at the other end."""

from __future__ import annotations

import contextlib
import os
import signal

import psutil
from support.daemon import wait_for

from daemon.protocol.places import ClusterTrouble, SlotOpen
from daemon.worker.bridge import Bridge, bridge_command
from daemon.worker.process import Gone


def running() -> list[int]:
    """The numbers of the bridges of this process."""
    found = []
    for each in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "daemon.cluster.bridge" in each.cmdline():
                found.append(each.pid)
    return found


def test_a_frozen_bridge_is_ended_and_another_takes_its_place(tmp_path):
    told: list[object] = []
    bridge = Bridge(bridge_command("tcp://127.0.0.1:1", tmp_path), told.append, silence=3)
    frozen: list[int] = []

    def gone() -> list[Gone]:
        return [each for each in told if isinstance(each, Gone)]

    def freeze() -> list[int]:
        for number in running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGSTOP)
                frozen.append(number)
        return frozen

    bridge.start()
    try:
        wait_for(lambda: any(isinstance(each, ClusterTrouble) for each in told))  # it speaks
        bridge.send(SlotOpen(7, "nobody", "dry-run"))
        wait_for(freeze)
        wait_for(gone)
        assert [(each.serial, each.lost) for each in gone()] == [(7, True)]
        wait_for(lambda: [number for number in running() if number not in frozen])
        after = told.index(gone()[0])
        wait_for(lambda: any(isinstance(each, ClusterTrouble) for each in told[after:]))
    finally:
        bridge.close()
    assert running() == []
