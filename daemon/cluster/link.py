"""The bridge's side of dask: one client, which machines there are, and calls to them.

Connects, and again whenever the scheduler goes; asks it every two seconds who is there, and each
new machine who it is. A machine that does not answer is left alone until it does.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from daemon.cluster import address as addresses
from daemon.cluster.certificates import Files
from daemon.cluster.machine import call as called
from daemon.cluster.probe import reach
from daemon.cluster.security import security
from daemon.cluster.versions import differing, refused, versions
from daemon.errors import SetupError
from daemon.protocol.json_object import JsonObject
from daemon.protocol.places import ClusterTrouble, PlaceJoined, PlaceLeft, Up
from daemon.text.printable import one_line

if TYPE_CHECKING:
    from distributed import Client

EVERY = 2.0
"""Seconds between two looks at who is there."""

ANSWER = 5.0
"""Seconds in which scheduler and machines answer what costs nothing."""

RETURN = 15.0
"""Seconds that machines get to come back after their scheduler did, before they are called away."""

AGAIN = 30.0
"""Seconds after which a machine that was refused is asked again who it is."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 5.0


class UnreachableError(Exception):
    """A machine can't be reached now; `gone` if it is sure that it has left."""

    def __init__(self, why: str, *, gone: bool = False) -> None:
        super().__init__(why)
        self.gone = gone


@dataclass(slots=True)
class _Member:
    """A machine that has said who it is."""

    address: str
    places: tuple[str, ...]
    remark: str
    silent: bool = False


@dataclass(frozen=True, slots=True)
class _Refused:
    """A machine that can't work with us; it is asked `again` at a moment (monotonic), since another
    may answer at its address by then."""

    places: tuple[str, ...]
    why: str
    again: float


class Link:
    """`tell` hears of places and troubles."""

    def __init__(self, address: str, files: Files, tell: Callable[[Up], None]) -> None:
        self._address = address
        self._files = files
        self._tell = tell
        self._ours = versions()
        self._client: Client | None = None
        self._members: dict[str, _Member] = {}
        self._refused: dict[str, _Refused] = {}
        self._greeting: dict[str, asyncio.Task[None]] = {}
        self._connected_at = self._lost_at = 0.0
        self._hurry = asyncio.Event()

    # --- the connection -------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever."""
        pause = FIRST_PAUSE
        while True:
            try:
                client = await self._connect()
            except (SetupError, OSError, TimeoutError, RuntimeError) as error:
                is_ours = isinstance(error, SetupError)
                self._tell(ClusterTrouble(str(error) if is_ours else self._why(error)))
                self._give_up_in_time()
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
                continue
            self._client, self._connected_at, pause = client, time.monotonic(), FIRST_PAUSE
            self._tell(ClusterTrouble(""))
            why = await self._watch(client)
            self._client, self._lost_at = None, time.monotonic()
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.close(), 1.0)
            self._tell(ClusterTrouble(why))

    def _why(self, error: BaseException) -> str:
        return addresses.why(error, self._address)

    async def _connect(self) -> Client:
        from distributed import Client

        secured = security(self._address, self._files)
        if why := await reach(self._address, secured, "client"):
            raise SetupError(why)
        return await Client(
            self._address,
            asynchronous=True,
            security=secured,
            timeout=ANSWER,
            set_as_default=False,
            direct_to_workers=False,
        )

    async def _watch(self, client: Client) -> str:
        """Follow who is there until the scheduler is gone; why it is."""
        while client.status == "running":
            try:
                there = set(await asyncio.wait_for(client.nthreads(), ANSWER))
            except Exception as error:  # whatever dask makes of it, it is gone for us
                return self._why(error)
            self._update(there)
            self._hurry.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), EVERY)
        return f"{self._address} is gone"

    def _give_up_in_time(self) -> None:
        """Once the scheduler has been away for long, so are all its machines."""
        if time.monotonic() - self._lost_at > RETURN:
            for name in list(self._members):
                self._lose(name, "the cluster can't be reached")

    # --- who is there ---------------------------------------------------------------------------

    def _update(self, there: set[str]) -> None:
        is_new = time.monotonic() - self._connected_at < RETURN and self._lost_at
        for name, member in list(self._members.items()):
            if member.address not in there and not is_new:
                self._lose(name, "it has left the cluster")
        for address in self._refused.keys() - there:
            self._away(self._refused.pop(address).places, "it has left the cluster")
        now = time.monotonic()
        known = {m.address for m in self._members.values() if not m.silent}
        known |= {address for address, each in self._refused.items() if now < each.again}
        for address in sorted(there - known - self._greeting.keys()):
            self._greeting[address] = asyncio.create_task(self._greet(address))

    async def _greet(self, address: str) -> None:
        """Ask a machine who it is; one that does not answer is asked again at the next look."""
        try:
            self._meet(address, await self._call(address, "hello", (), ANSWER))
        except UnreachableError as error:
            if "No module named" in str(error) or "Can't get attribute" in str(error):
                self._refuse(address, (address,), "it runs another Hotfolder, or none")
        finally:
            self._greeting.pop(address, None)

    def _meet(self, address: str, told: JsonObject) -> None:
        """What a machine says of itself: it can be used from now on, or can't any more."""
        name = one_line(str(told.get("machine") or address), 60)
        places = tuple(one_line(str(place), 80) for place in told.get("places") or (name,))
        if why := told.get("error") or refused(told, self._ours):
            self._refuse(address, places, str(why))
            return
        for other in [key for key, each in self._members.items() if each.address == address]:
            if other != name:
                self._lose(other, f"{name} answers at its address now")
        before = self._members.get(name)
        met = _Member(address, places, differing(told["versions"], self._ours))
        self._members[name] = met
        earlier = self._refused.pop(address, None)
        rows = (*(before.places if before else ()), *(earlier.places if earlier else ()))
        self._away((row for row in rows if row not in places), f"it is no place of {name} any more")
        if before is None or replace(before, address=address) != met:
            for place in places:
                self._tell(PlaceJoined(place, met.remark, not met.remark))

    def _refuse(self, address: str, places: tuple[str, ...], why: str) -> None:
        known = [name for name, each in self._members.items() if each.address == address]
        rows = [row for name in known for row in self._members.pop(name).places]
        before, now = self._refused.get(address), time.monotonic()
        self._refused[address] = _Refused(places, why, now + AGAIN)
        if known or before is None or (before.places, before.why) != (places, why):
            self._away(dict.fromkeys((*rows, *places)), why)

    def _away(self, places: Iterable[str], why: str) -> None:
        for place in places:
            self._tell(PlaceLeft(place, why))

    def _lose(self, name: str, why: str) -> None:
        member = self._members.pop(name)
        if not member.silent:
            self._away(member.places, why)

    def silence(self, name: str) -> None:
        """It has not answered for long: nobody is sent there until it answers again."""
        member = self._members.get(name)
        if member is not None and not member.silent:
            member.silent = True
            self._away(member.places, "it does not answer")

    def heard_of(self, name: str, told: JsonObject) -> None:
        """What a machine that is known says when it is asked anew: started again between two looks,
        at the same port, it may be another."""
        if member := self._members.get(name):
            self._meet(member.address, told)

    def machine_of(self, place: str) -> str | None:
        """Whose place that is."""
        found = (name for name, member in self._members.items() if place in member.places)
        return next(found, None)

    # --- calls ----------------------------------------------------------------------------------

    async def call(self, name: str, what: str, args: tuple[Any, ...], timeout: float) -> JsonObject:
        """Ask a machine something. Raises UnreachableError."""
        member = self._members.get(name)
        if member is None:
            raise UnreachableError("it has left the cluster", gone=True)
        try:
            return await self._call(member.address, what, args, timeout)
        except UnreachableError:
            self._hurry.set()
            raise

    async def _call(
        self, address: str, what: str, args: tuple[Any, ...], timeout: float
    ) -> JsonObject:
        client = self._client
        if client is None:
            raise UnreachableError("the cluster can't be reached")
        run = client.run(called, what, args, workers=[address], on_error="return")
        try:
            answers = await asyncio.wait_for(run, timeout)
        except Exception as error:  # of dask, tornado, ssl: all mean the same
            raise UnreachableError(f"{type(error).__name__}: {error}") from error
        answer = answers.get(address)
        if not isinstance(answer, dict):
            raise UnreachableError(f"{type(answer).__name__}: {answer}")
        return answer
