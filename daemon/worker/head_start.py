"""A worker that is begun before the daemon is: both import meanwhile, each on a core of its own.

Looks whether there will be work for it; that it was wrong costs a process. Knows no job.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

from daemon.fs.moment import Moment
from daemon.root.inbox_places import LATER
from daemon.root.layout import BOARD_SUFFIXES, JOB_SUFFIXES, WHY_SUFFIX, Layout
from daemon.settings import NO_DEVICE, Settings
from daemon.worker.process import Gone, Printed, Told
from daemon.worker.starts import WorkerStarts


def head_start(
    layout: Layout,
    settings: Settings,
    engine: str,
    tell: Callable[[Told | Printed | Gone], None],
    at: Moment,
) -> WorkerStarts:
    """What starts workers of this root; it has begun one if that will be wanted at once."""
    starts = WorkerStarts(engine, tell, keeps=settings.preload)
    if _has_device(settings) and (settings.preload or _has_work(layout)):
        starts.prepare(at)
    return starts


def _has_device(settings: Settings) -> bool:
    return any(device != NO_DEVICE for device in settings.devices or (settings.device,))


def _has_work(layout: Layout) -> bool:
    """Whether files lie where jobs do, and may be begun."""
    if os.path.exists(layout.paused_file):  # noqa: PTH110 (the other may raise)
        return False
    with contextlib.suppress(OSError):
        return any(_files(layout))
    return False


def _files(layout: Layout) -> Iterator[str]:
    """Those of the inbox, but for later/, and what an earlier run has begun."""
    yield from os.listdir(layout.spool)
    for folder, folders, files in os.walk(layout.inbox):
        folders[:] = [name for name in folders if name[0] != "." and name != LATER]
        yield from (f"{folder}/{name}" for name in files if _is_work(name))


def _is_work(name: str) -> bool:
    """As far as a name tells; drawings and what is made again wait for the daemon's own look."""
    known = name[0] not in "._" and name.lower().endswith((*JOB_SUFFIXES, *BOARD_SUFFIXES))
    return known and not name.endswith(WHY_SUFFIX)
