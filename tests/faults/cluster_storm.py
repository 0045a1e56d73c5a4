"""What may happen to the parts of a cluster of three machines while it works; what is killed comes back."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import psutil
from faults.rig import start
from support.cluster import Cluster, Running
from support.daemon import living_children
from support.proxy import Proxy

from daemon.root.layout import Layout

SLOWLY = {"HOTFOLDER_DRY_STEP_SECONDS": "0.1"}


def children(running: Running) -> list[int]:
    """The warm workers of a machine."""
    with suppress(psutil.Error):
        return [child.pid for child in psutil.Process(running.process.pid).children()]
    return []


def bridges(daemon: int) -> list[int]:
    """What a daemon reaches the machines by."""
    with suppress(psutil.Error):
        return [each.pid for each in living_children(daemon, "daemon.cluster.bridge")]
    return []


class Storm:
    """What may happen to each part of a cluster of three machines; what is killed comes back."""

    def __init__(self, cluster: Cluster, root: Layout, engine: str) -> None:
        self._cluster = cluster
        self._engine = engine
        self._root = root
        self.wire = Proxy(cluster.port)
        cluster.join(root, port=self.wire.port)
        self.scheduler = cluster.scheduler()
        self.scheduler.wait_until("listens")
        self.machines = {name: self._machine(name) for name in ("alfa", "bravo", "charlie")}
        self.daemon = self._daemon()
        self.count: dict[str, int] = {}

    def _machine(self, name: str) -> Running:
        return self._cluster.machine(name, **SLOWLY)

    def _daemon(self):
        return start(self._root, engine=self._engine, **SLOWLY)

    def strike(self, what: str, name: str) -> None:
        self.count[what] = self.count.get(what, 0) + 1
        machine = self.machines[name]
        match what:
            case "worker":
                for pid in children(machine):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            case "bridge":
                for pid in bridges(self.daemon.process.pid):
                    os.kill(pid, signal.SIGKILL)
            case "machine":
                machine.kill()
                self.machines[name] = self._machine(name)
            case "freeze":
                machine.signal(signal.SIGSTOP)
                time.sleep(20)  # longer than anybody is waited for
                machine.signal(signal.SIGCONT)
            case "cut" | "cut for long":  # longer than anybody waits
                self.wire.cut()
                time.sleep(2 if what == "cut" else 20)
                self.wire.mend()
            case "slow":
                self.wire.delay = 0.3
                time.sleep(5)
                self.wire.delay = 0.0
            case "scheduler":
                self.scheduler.kill()
                self.scheduler = self._cluster.scheduler()
            case "daemon":
                self.daemon.kill()
                self.daemon = self._daemon()
