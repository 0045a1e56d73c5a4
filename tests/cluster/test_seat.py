"""A place of a machine, with a real worker: what it says to whom."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from daemon.cluster.home import Home
from daemon.cluster.seat import Limits, Seat
from daemon.models.catalogue import DRY_RUN
from daemon.protocol.messages import Ready, decode, encode
from daemon.settings import Settings
from daemon.worker.load_command import load_command
from daemon.worker.process import Gone


class SlowHome(Home):
    """Looks for the model of its second holder until it is let go."""

    def __init__(self, *given) -> None:
        super().__init__(*given)
        self.asked, self.go = 0, threading.Event()

    def load(self, *given):
        self.asked += 1
        if self.asked == 2:
            self.go.wait()
        return super().load(*given)


async def told(seat: Seat, lease: str) -> list[object]:
    """The events of a lease until nothing new is said for a moment, once something was."""
    said: list[object] = []
    after = 0
    while True:
        answer = await seat.events(lease, after, 0.5 if said else 5.0)
        if not answer["events"] and said:
            return said
        for number, each in answer["events"]:
            after = number
            said.append(decode(each["line"].encode()))


async def two_holders(home: SlowHome, line: str) -> list[object]:
    seat = Seat("here", "cpu", home, Limits(0.0, 0))
    asked = ("studio", "studio", "dry-run", line, {})
    await seat.open("first", *asked)
    await asyncio.wait({seat._opening})
    await seat.open("second", *asked)  # its own model, which is loading still
    while seat._ready is None:
        await asyncio.sleep(0.01)
    home.go.set()
    said = await told(seat, "second")
    await seat.close("second", warm=False)
    return said


def test_a_model_that_becomes_warm_between_two_holders_is_told_once(root, tmp_path):
    home = SlowHome(root, Settings(), tmp_path / "sent", "machine")
    home.prepare()
    line = encode(load_command(DRY_RUN, Settings(), root.caches)).decode("ascii")
    # In a thread of its own: a browser that an earlier test opened leaves its loop running in this one.
    with ThreadPoolExecutor(1) as apart:
        said = apart.submit(lambda: asyncio.run(two_holders(home, line))).result()
    assert [type(each) for each in said] == [Ready], said


def test_a_worker_that_ends_after_everybody_has_left_is_told_to_nobody(root, tmp_path):
    async def seated() -> Seat:
        return Seat(
            "here", "cpu", Home(root, Settings(), tmp_path / "sent", "machine"), Limits(0.0, 0)
        )

    with ThreadPoolExecutor(1) as apart:
        seat = apart.submit(lambda: asyncio.run(seated())).result()
    seat._from_thread(Gone(1, 0, ""))
