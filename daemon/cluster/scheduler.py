"""`hotfolder cluster scheduler`: where the machines of a cluster meet.

A process of its own, so that no restart of a daemon cools a machine. It holds no picture for longer
than it takes to pass on, and knows nothing of ours.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from daemon.cluster.certificates import Files
from daemon.cluster.security import security
from daemon.cluster.tuning import NOWHERE, prepare
from daemon.errors import SetupError
from daemon.root.layout import Layout

if TYPE_CHECKING:
    from distributed.security import Security


def serve(layout: Layout, address: str, say: Callable[..., None]) -> int:
    """Until a signal says otherwise. Raises SetupError."""
    prepare()
    return asyncio.run(_serve(address, security(address, Files.of(layout.state)), say))


async def _serve(address: str, secured: Security, say: Callable[..., None]) -> int:
    from distributed import Scheduler

    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leaving.set)
    place = urlsplit(address)
    scheduler = Scheduler(
        host=place.hostname,
        port=place.port or 0,
        protocol=place.scheme,
        security=secured,
        dashboard=False,
        dashboard_address=NOWHERE,
        http_prefix="/",
    )
    try:
        await scheduler
    except (OSError, RuntimeError) as error:
        raise SetupError(
            f"The scheduler can't listen at {address}: {error}",
            remedy="Name an address of this machine, and a port that is free.",
        ) from None
    say(f"the scheduler listens at {scheduler.address}")
    await leaving.wait()
    await scheduler.close()
    say("leaving")
    return 0
