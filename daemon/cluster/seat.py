"""One place of a machine: a warm worker, who holds it, and what it has said and not been asked for.

The worker is a child like a local one. It outlives whoever holds it, warm, for as long as the
machine's settings keep idle models. Everything here happens in one thread, the event loop's.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daemon.cluster.home import Home, LackingError
from daemon.errors import WireError
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import (
    Cancel,
    Cancelled,
    Load,
    Ready,
    RenderBatch,
    Rendered,
    RenderFailed,
    decode,
    encode,
)
from daemon.worker.process import Gone, Printed, Told, WorkerProcess
from daemon.worker.recycling import resident_bytes

LEASE = 30.0
"""Seconds without a sign of its holder after which a place is free for others."""

SETTLING = 20.0
"""Seconds that pictures of an earlier holder get to be let go, before their worker is ended."""

MOST_AT_ONCE = 100
"""Events in one answer."""

Start = Callable[[str, Callable[[Told | Printed | Gone], None]], WorkerProcess]


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a machine's settings: seconds that an idle model is kept (0 for ever), and bytes that a
    worker may hold (0 for any)."""

    idle: float
    memory: int


class Seat:
    """The place `name`, on `device`."""

    def __init__(
        self, name: str, device: str, home: Home, limits: Limits, start: Start = WorkerProcess
    ) -> None:
        self.name = name
        self._device = device
        self._home = home
        self._stage = home.stage(name)
        self._limits = limits
        self._start = start
        self._lease, self._listener, self._owner, self._label = "", "", "", ""
        self._seen = self._busy_at = 0.0  # signs of the holder, and of the worker's being of use
        self._process: WorkerProcess | None = None
        self._key: tuple[str, Load] | None = None
        self._ready: Ready | None = None
        self._said: deque[tuple[int, JsonObject]] = deque()
        self._number = self._told = 0
        self._held: set[tuple[int, int]] = set()
        self._staged: dict[int, Path] = {}
        self._news, self._free = asyncio.Event(), asyncio.Event()
        self._free.set()
        self._loop = asyncio.get_running_loop()
        self._opening: asyncio.Task[None] = self._loop.create_task(asyncio.sleep(0))

    # --- who holds it ---------------------------------------------------------------------------

    async def open(
        self, lease: str, owner: str, label: str, engine: str, line: str, looks: dict[str, str]
    ) -> JsonObject:
        """Have the model of a `Load` warm here, for the holder of `lease`; what comes of that is
        told like all it says, and at once only who else holds it."""
        asked = decode(line.encode())
        assert isinstance(asked, Load)
        now = time.monotonic()
        if self._lease and self._owner != owner and now - self._seen < LEASE:
            return {"refused": f"{self._label} uses it"}
        self._lease, self._owner, self._label = lease, owner, label
        self._seen, self._told = now, 0
        self._forget()
        self._opening.cancel()
        self._opening = asyncio.create_task(self._warm(lease, engine, asked, looks))
        return {}

    async def _warm(self, lease: str, engine: str, asked: Load, looks: dict[str, str]) -> None:
        await self._settle()
        try:
            load = await asyncio.to_thread(self._home.load, asked, looks, self._device)
        except LackingError as error:
            self._forget(lease)
            self._say({"lacks": error.path, "why": str(error)})
            return
        if self._lease != lease:
            return
        self._forget(lease)
        if self._process is None or self._key != (engine, load) or not self._process.is_alive:
            await self._end()
            self._begin(engine, load)
        elif self._ready is not None:
            self._say({"line": encode(self._ready).decode("ascii")})

    async def close(self, lease: str, warm: bool) -> JsonObject:
        """It is let go; `warm`: not its model."""
        if lease == self._lease:
            self._lease = ""
            await (self._settle() if warm else self._end())
        return {}

    async def kill(self, lease: str) -> JsonObject:
        """End its worker, whatever it does."""
        if lease == self._lease and self._process is not None:
            self._process.kill()
        return {}

    def _is_held(self, lease: str) -> bool:
        self._seen = time.monotonic() if lease == self._lease else self._seen
        return lease == self._lease

    # --- what it is told, and says --------------------------------------------------------------

    async def tell(self, lease: str, number: int, line: str) -> JsonObject:
        """Hand a command down, once however often it comes; or say which pictures are missing."""
        if not self._is_held(lease):
            return {"stale": True}
        command = decode(line.encode())
        await asyncio.wait({self._opening})
        if number <= self._told or self._process is None:
            return {}
        if isinstance(command, RenderBatch):
            assert self._key is not None
            model, process = self._key[1].model, self._process
            if missing := await asyncio.to_thread(self._home.missing, command.renders):
                return {"missing": missing}
            own = partial(self._home.renders, command.renders, model, self._stage)
            try:
                command = RenderBatch(await asyncio.to_thread(own))
            except LackingError as error:
                return {"lacks": error.path, "why": str(error)}
            if self._process is not process or lease != self._lease or number <= self._told:
                return {}  # it has ended, was lost or was told meanwhile
            self._held |= {(render.job, render.index) for render in command.renders}
            self._free.clear()
        elif not isinstance(command, Cancel):
            raise WireError(f"{type(command).__name__} is no command for a warm worker")
        self._told, self._busy_at = number, time.monotonic()
        self._process.send(command)
        return {}

    async def events(self, lease: str, after: int, wait: float) -> JsonObject:
        """What it has said after number `after`, or within `wait` seconds from now."""
        while self._said and self._said[0][0] <= after:
            number, _ = self._said.popleft()
            if staged := self._staged.pop(number, None):
                staged.unlink(missing_ok=True)
        if self._is_held(lease) and not self._said:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait)
        if not self._is_held(lease):
            return {"stale": True}
        return {"events": [[number, said] for number, said in list(self._said)[:MOST_AT_ONCE]]}

    async def fetch(self, lease: str, job: int, index: int) -> JsonObject:
        """A finished picture; it stays until its event is past."""
        place = self._stage / f"{job}-{index}.png"
        if not self._is_held(lease):
            return {"stale": True}
        try:
            return {"data": await asyncio.to_thread(place.read_bytes)}
        except OSError as error:
            return {"gone": str(error)}

    def _hear(self, item: Told | Printed | Gone) -> None:
        """From the worker, in the loop's thread."""
        if self._process is None or item.serial != self._process.serial:
            return
        match item:
            case Told(event=event):
                self._ready = event if isinstance(event, Ready) else self._ready
                self._busy_at = time.monotonic()
                number = self._say({"line": encode(event).decode("ascii")})
                if isinstance(event, Rendered | RenderFailed | Cancelled):
                    self._let_go(event.job, event.index)
                if isinstance(event, Rendered):
                    self._staged[number] = Path(event.stage)
            case Printed(line=line):
                self._say({"printed": line})
            case Gone(code=code, last_words=words):
                self._process, self._ready, self._key = None, None, None
                self._held.clear()
                self._free.set()
                self._say({"gone": code, "words": words})

    def _let_go(self, job: int, index: int) -> None:
        self._held.discard((job, index))
        if not self._held:
            self._free.set()

    def _say(self, said: JsonObject) -> int:
        """Numbers rise over all holders, so that none is taken for another's."""
        self._number += 1
        if self._lease and self._lease == self._listener:
            self._said.append((self._number, said))
            self._news.set()
        return self._number

    # --- its worker -----------------------------------------------------------------------------

    def _begin(self, engine: str, load: Load) -> None:
        try:
            self._process = self._start(engine, self._from_thread)
        except OSError as error:
            self._say({"gone": -1, "words": f"no worker can be started: {error}"})
            return
        self._key, self._busy_at = (engine, load), time.monotonic()
        self._process.send(load)

    def _from_thread(self, item: Told | Printed | Gone) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: there is nobody to be told
            self._loop.call_soon_threadsafe(self._hear, item)

    async def _settle(self) -> None:
        """Have it let go of what it holds."""
        if (process := self._process) is None or not self._held:
            return
        for job in {job for job, _ in self._held}:
            process.send(Cancel(job))
        try:
            await asyncio.wait_for(self._free.wait(), SETTLING)
        except TimeoutError:
            await self._end()

    def _forget(self, listener: str = "") -> None:
        """What was said to an earlier holder; from here on `listener` hears the worker."""
        self._listener = listener
        self._said.clear()
        for staged in self._staged.values():
            staged.unlink(missing_ok=True)
        self._staged.clear()

    async def _end(self) -> None:
        process, self._process = self._process, None
        self._key, self._ready = None, None
        self._held.clear()
        self._free.set()
        if process is not None:
            await asyncio.to_thread(process.close)

    async def look(self) -> None:
        """What is due: a holder that is silent loses it, an idle model is let go, a worker that has
        grown too big is ended."""
        now = time.monotonic()
        if self._lease and now - self._seen > LEASE:
            self._lease = ""
            await self._settle()
        if self._process and not self._lease and 0 < self._limits.idle < now - self._busy_at:
            await self._end()
        limit, process = self._limits.memory, self._process
        if limit and process is not None and (resident_bytes(process.pid) or 0) > limit:
            process.kill()

    async def leave(self) -> None:
        """The machine leaves."""
        await self._end()
