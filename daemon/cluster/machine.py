"""One machine of a cluster: its places, and the one function by which a bridge calls on them.

dask runs `call` here by its name. It raises nothing of ours: what is wrong is part of the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from daemon.cluster.home import Home
from daemon.cluster.seat import Limits, Seat
from daemon.cluster.versions import WIRE, versions
from daemon.errors import HotfolderError
from daemon.fs.retry import said
from daemon.protocol.json_object import JsonObject
from daemon.settings import Settings

LOOK = 1.0
"""Seconds between two looks at what is due."""

_here: Machine | None = None


class Machine:
    """The machine `name`, with a place for each of its devices."""

    def __init__(self, name: str, settings: Settings, home: Home) -> None:
        self.name = name
        self._home = home
        self._versions = versions()
        devices = settings.devices or (settings.device,)
        limits = Limits(settings.idle_timeout, int(settings.worker_memory * 1e9))
        self.seats = {
            place: Seat(place, device, home, limits)
            for place, device in zip(_names(name, devices), devices, strict=True)
        }

    async def live(self) -> None:
        """Look after its places for ever."""
        while True:
            await asyncio.sleep(LOOK)
            for seat in self.seats.values():
                await seat.look()

    async def leave(self) -> None:
        """End every worker."""
        await asyncio.gather(*(seat.leave() for seat in self.seats.values()))

    # --- what may be called on -------------------------------------------------------------------

    async def hello(self) -> JsonObject:
        """Who this is."""
        about = {"wire": WIRE, "machine": self.name, "places": list(self.seats)}
        return {**about, "versions": self._versions}

    async def put(self, sha256: str, data: bytes) -> JsonObject:
        """Keep an input picture."""
        if not await asyncio.to_thread(self._home.inputs.put, sha256, data):
            return {"damaged": True}
        return {}

    async def seat(self, what: str, place: str, *args: Any) -> JsonObject:
        """Something of one place."""
        found = self.seats.get(place)
        if found is None or what not in ("open", "tell", "events", "fetch", "kill", "close"):
            return {"stale": True}
        asked: Callable[..., Awaitable[JsonObject]] = getattr(found, what)
        return await asked(*args)


def _names(machine: str, devices: tuple[str, ...]) -> list[str]:
    """What the places are called; those of one kind are told apart by their number."""
    if len(devices) == 1:
        return [machine]
    same = [device for device in devices if devices.count(device) > 1]
    return [
        f"{machine} {device}" + (f" {number}" if device in same else "")
        for number, device in enumerate(devices, start=1)
    ]


def settle_in(machine: Machine) -> None:
    """From now on this process is that machine."""
    global _here
    _here = machine


async def call(what: str, args: tuple[Any, ...]) -> JsonObject:
    """What a bridge asks of the machine that this process is."""
    machine = _here
    if machine is None or what not in ("hello", "put", "seat"):
        return {"error": "it is no worker of Hotfolder"}
    try:
        asked: Callable[..., Awaitable[JsonObject]] = getattr(machine, what)
        return await asked(*args)
    except OSError as error:
        return {"error": said(error)}
    except (HotfolderError, TypeError, ValueError, AssertionError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
