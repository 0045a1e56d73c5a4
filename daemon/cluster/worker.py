"""`hotfolder cluster worker`: this machine renders for the daemon of a cluster.

Joins the scheduler, and again whenever that goes and comes back; the models stay warm meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.cluster import address as addresses
from daemon.cluster.certificates import Files
from daemon.cluster.home import Home
from daemon.cluster.machine import Machine, settle_in
from daemon.cluster.probe import CONNECT, reach
from daemon.cluster.security import security
from daemon.cluster.tuning import NOWHERE, prepare
from daemon.errors import SetupError
from daemon.root.layout import Layout
from daemon.settings import NO_DEVICE, Settings

if TYPE_CHECKING:
    from distributed.security import Security

PAUSE = 2.0
"""Seconds until a scheduler that is away is tried again."""


@dataclass(frozen=True, slots=True)
class Options:
    """`name` is this machine's in the cluster, `host` the address that others reach it by, if it
    must be said, and `port` where it listens (0: any)."""

    address: str
    name: str
    host: str | None = None
    port: int = 0


def serve(layout: Layout, settings: Settings, options: Options, say: Callable[..., None]) -> int:
    """Until a signal says otherwise. Raises SetupError, OSError."""
    prepare()
    if NO_DEVICE in settings.devices:
        raise SetupError(
            "This machine's settings say `devices: none`, so it can make no pictures.",
            remedy="Name its devices in its hotfolder.yaml.",
        )
    secured = security(options.address, Files.of(layout.state))
    return asyncio.run(_serve(layout, settings, options, secured, say))


async def _serve(
    layout: Layout,
    settings: Settings,
    options: Options,
    secured: Security,
    say: Callable[..., None],
) -> int:
    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leaving.set)
    home = Home(layout, settings, layout.state / "cluster", options.name)
    home.prepare()
    machine = Machine(options.name, settings, home)
    settle_in(machine)
    living = asyncio.create_task(machine.live())
    joining = asyncio.create_task(_join(options, machine, secured, say))
    asked = asyncio.create_task(leaving.wait())
    done, _ = await asyncio.wait({joining, asked}, return_when=asyncio.FIRST_COMPLETED)
    living.cancel()
    if joining in done:
        await machine.leave()
        joining.result()
    joining.cancel()
    await asyncio.wait({joining}, timeout=CONNECT)
    await machine.leave()
    say("leaving")
    os._exit(0)  # dask's own farewells wait for whoever still asks it something


async def _join(
    options: Options, machine: Machine, secured: Security, say: Callable[..., None]
) -> None:
    """Join the scheduler again and again. Raises SetupError if it won't have us."""
    told = ""
    while True:
        trouble = await reach(options.address, secured, "worker")
        if not trouble:
            trouble = await _work(options, machine, secured, say)
        if trouble != told:
            told = trouble
            say(f"{trouble}; it is tried again")
        await asyncio.sleep(PAUSE)


async def _work(
    options: Options, machine: Machine, secured: Security, say: Callable[..., None]
) -> str:
    """One membership, until it ends; why it did."""
    from distributed import Worker

    with tempfile.TemporaryDirectory(prefix="hotfolder-cluster-") as folder:
        worker = Worker(
            options.address,
            name=machine.name,
            nthreads=1,
            memory_limit=0,
            host=options.host,
            port=options.port,
            security=secured,
            local_directory=folder,
            dashboard=False,
            dashboard_address=NOWHERE,
        )
        try:
            await worker
        except (OSError, RuntimeError, ValueError) as error:
            if any("name taken" in str(cause) for cause in addresses.causes(error)):
                raise SetupError(
                    f"A machine named {machine.name} is in the cluster already.",
                    remedy="Give this one another name with --name.",
                ) from None
            return addresses.why(error, options.address)
        say(f"{machine.name} has joined {options.address}: {', '.join(machine.seats)}")
        try:
            await worker.finished()
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(worker.close(nanny=False), CONNECT)
    return f"{options.address} is gone"
