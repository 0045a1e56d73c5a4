"""The pool of one root: a slot for each device of this machine, whose worker is a child process,
and slots for those of other machines as they come, where the settings name a cluster.

Knows the settings; decides nothing about pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from daemon.notify import events
from daemon.protocol.places import Membership
from daemon.settings import NO_DEVICE, Settings
from daemon.worker.bridge import Bridge, bridge_command
from daemon.worker.cluster_pool import ClusterPool
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.pace import Pace
from daemon.worker.places import Places
from daemon.worker.pool import WorkerPool
from daemon.worker.process import Gone, Printed, Told
from daemon.worker.starts import WorkerStarts
from daemon.worker.trials import Trials


def local_pool(
    engine: str,
    settings: Settings,
    caches: Path,
    pace: Pace,
    tell: Callable[[Told | Printed | Gone | Membership], None],
    emit: Callable[[events.Event], None],
    live: Path,
    begun: WorkerStarts | None = None,
) -> WorkerPool:
    """A slot for each device of the settings; the first shows its picture under way. `caches` lie
    in the root's state folder; `begun` may have begun a worker."""
    starts = begun or WorkerStarts(engine, tell, keeps=settings.preload)
    devices = tuple(d for d in settings.devices or (settings.device,) if d != NO_DEVICE)
    made: list[WorkerSlot] = []

    def say(event: events.Event) -> None:
        emit(pool.named(event))

    def add(device: str) -> WorkerSlot:
        number, own = len(made), replace(settings, device=device, threads=threads_each(settings))
        name = device if devices.count(device) < 2 else f"{device} {number + 1}"
        shown = None if number else live
        made.append(WorkerSlot(number, starts.start, own, caches, pace, say, shown, name))
        return made[-1]

    def add_place(place: str) -> WorkerSlot:
        begin = partial(places.process, place)  # asked only where there are any
        made.append(WorkerSlot(len(made), begin, settings, caches, pace, say, None, place))
        return made[-1]

    slots, waiting = [add(device) for device in devices], starts if devices else None
    trials, more = Trials(say), add if settings.devices == ("auto",) else None
    if not settings.cluster:
        pool = WorkerPool(slots, waiting, trials, more)
    else:
        bridge = Bridge(bridge_command(settings.cluster, caches.parent), tell)
        places = Places(engine, bridge, has_local=bool(devices))
        pool = ClusterPool(slots, waiting, trials, more, places=places, add_place=add_place)
    return pool


def threads_each(settings: Settings) -> int:
    """Of each worker: several on one processor share its cores."""
    sharing = settings.devices.count("cpu")
    if settings.threads or sharing < 2:
        return settings.threads
    from daemon.fs.processors import processors

    return max(1, len(processors()) // sharing)
