"""One worker on another machine, as the supervisor sees it: its commands go there, its events come
back, its pictures are fetched, checked and put into the stage here.

What can't be reached for a while is lost, and told so once. Publishes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from daemon.cluster.carried import looks_of, picture_at, put_into_stage
from daemon.cluster.home import pictures_of
from daemon.cluster.link import Link, UnreachableError
from daemon.errors import sentences
from daemon.fs.retry import said
from daemon.protocol import messages
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Load, Ready, RenderBatch, Rendered, RenderFailed
from daemon.protocol.places import SlotGone, SlotOpen, SlotPrinted, SlotTold, Up

WAIT = 5.0
"""Seconds that a machine may keep a question for events, so that it need not be asked often."""

PATIENCE = 15.0
"""Seconds without an answer after which a machine is lost."""

LONG = 120.0
"""Seconds that carrying a picture, or hashing a model, may take."""

TIMES = 3
"""Times that something is sent again which has arrived damaged."""

FAREWELL = 2.0


class LostError(Exception):
    """The worker can't be reached, or was never begun; `lacks`: for want of these weights."""

    def __init__(self, why: str, lacks: str = "") -> None:
        super().__init__(why)
        self.lacks = lacks


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose daemon this is: the root's id, and words for others."""

    identity: str
    label: str


class Session:
    """From `SlotOpen` to the worker's end."""

    def __init__(
        self, link: Link, opened: SlotOpen, owner: Owner, tell: Callable[[Up], None]
    ) -> None:
        self._link = link
        self._opened = opened
        self._owner = owner
        self._tell = tell
        self._serial = opened.serial
        self._lease = uuid.uuid4().hex
        self._machine = link.machine_of(opened.place) or ""
        self._commands: asyncio.Queue[str] = asyncio.Queue()
        self._number = self._after = 0
        self._stages: dict[tuple[int, int], str] = {}

    def put(self, line: str) -> None:
        """A command of the supervisor's."""
        self._commands.put_nowait(line)

    async def run(self) -> None:
        """Until its end, which is told."""
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._open()
            tasks = [asyncio.create_task(self._obey()), asyncio.create_task(self._follow())]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except LostError as lost:
            self._tell(SlotGone(self._serial, -1, str(lost), lost=True, lacks=lost.lacks))
            await self.close(warm=True)
        except Exception as error:  # a bug, or a machine that talks nonsense: one worker is lost
            words = f"{type(error).__name__}: {error}"
            self._tell(SlotGone(self._serial, -1, words, lost=True))
            await self.close(warm=False)
        finally:
            for task in tasks:
                task.cancel()

    async def kill(self) -> None:
        """End the worker now; its end comes as an event, or it is lost."""
        try:
            await self._ask("kill", timeout=PATIENCE)
        except LostError:
            return

    async def close(self, *, warm: bool) -> None:
        """Say farewell, if anybody hears it."""
        args = ("close", self._opened.place, self._lease, warm)
        try:
            await self._link.call(self._machine, "seat", args, FAREWELL)
        except UnreachableError:
            return

    # --- down -----------------------------------------------------------------------------------

    async def _open(self) -> None:
        line = await self._commands.get()
        load = messages.decode(line.encode())
        if not self._machine or not isinstance(load, Load):
            raise LostError("it has left the cluster")
        try:
            looks = await asyncio.to_thread(looks_of, load)
        except OSError as error:
            raise LostError(f"the model's files can't be read here: {said(error)}") from None
        self._link.heard_of(self._machine, await self._reach("hello", (), PATIENCE))
        if self._link.machine_of(self._opened.place) != self._machine:
            raise LostError("it is another machine than the one that joined")
        owner = self._owner
        args = (owner.identity, owner.label, self._opened.engine, line, looks)
        self._check(await self._ask("open", *args, timeout=PATIENCE))

    async def _obey(self) -> None:
        while True:
            line = await self._commands.get()
            self._number += 1
            command = messages.decode(line.encode())
            pictures = {}
            if isinstance(command, RenderBatch):
                for render in command.renders:
                    self._stages[render.job, render.index] = render.stage
                pictures = {p.sha256: p.path for p in pictures_of(command.renders)}
            for _ in range(TIMES + 1):
                answer = await self._ask("tell", self._number, line, timeout=LONG)
                self._check(answer)
                if not answer.get("missing"):
                    break
                if not await self._send(answer["missing"], pictures, command):
                    break
            else:
                raise LostError("pictures do not stay whole there")

    async def _send(self, missing: list[str], pictures: dict[str, str], command: object) -> bool:
        """Send what a machine has not; False if it is not what it was here either."""
        for sha256 in missing:
            data = await asyncio.to_thread(picture_at, pictures.get(sha256), sha256)
            if data is None:
                self._refuse(command, pictures.get(sha256, sha256))
                return False
            await self._put(sha256, data)
        return True

    async def _put(self, sha256: str, data: bytes) -> None:
        for _ in range(TIMES):
            answer = await self._reach("put", (sha256, data), LONG)
            self._check(answer)
            if not answer.get("damaged"):
                return
        raise LostError("pictures arrive there damaged")

    def _refuse(self, command: object, path: str) -> None:
        """A picture is no longer what the plan says: what an engine here would say of it."""
        assert isinstance(command, RenderBatch)
        for render in command.renders:
            failed = RenderFailed(
                render.job,
                render.index,
                f"The picture {path} has changed since its job was planned.",
                remedy="Drop the job again, so that it is planned with the picture as it is now.",
            )
            self._hand_up(failed)

    # --- up -------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while True:
            answer = await self._ask("events", self._after, WAIT, timeout=PATIENCE)
            self._check(answer)
            for number, told in answer["events"]:
                self._after = number
                self._check(told)
                if "gone" in told:
                    code, words = int(told["gone"]), str(told["words"])
                    self._tell(SlotGone(self._serial, code, words))
                    return
                if "printed" in told:
                    self._tell(SlotPrinted(self._serial, str(told["printed"])))
                    continue
                await self._heard(str(told["line"]))

    async def _heard(self, line: str) -> None:
        event = messages.decode(line.encode())
        match event:
            case Ready():
                device = {**event.device, "machine": self._machine}
                self._hand_up(replace(event, device=device))
            case Rendered():
                await self._rendered(event)
            case RenderFailed(transient=True, out_of_memory=False):
                raise LostError(sentences(event.what, event.why))  # that machine's trouble
            case _:
                self._tell(SlotTold(self._serial, line))

    async def _rendered(self, event: Rendered) -> None:
        """Fetch a picture, see that it is the one that was made, and put it where it belongs."""
        stage = self._stages.pop((event.job, event.index), None)
        if stage is None:
            return
        for _ in range(TIMES):
            answer = await self._ask("fetch", event.job, event.index, timeout=LONG)
            self._check(answer)
            data = answer.get("data")
            if data is None:
                raise LostError(f"its picture is gone: {answer.get('gone')}")
            if hashlib.sha256(data).hexdigest() == event.sha256:
                break
        else:
            raise LostError("a picture arrived damaged, time after time")
        try:
            await asyncio.to_thread(put_into_stage, Path(stage), data)
        except OSError as error:
            self._hand_up(
                RenderFailed(
                    event.job,
                    event.index,
                    f"The finished picture could not be written to {stage}.",
                    f"The system says: {error.strerror or error}.",
                    "Make room on that disk; the job will be tried again.",
                    transient=True,
                )
            )
            return
        self._hand_up(replace(event, stage=stage))

    def _hand_up(self, event: messages.Event) -> None:
        self._tell(SlotTold(self._serial, messages.encode(event).decode("ascii")))

    # --- asking ---------------------------------------------------------------------------------

    async def _ask(self, what: str, *args: Any, timeout: float) -> JsonObject:
        """Something of this worker's place."""
        asked = (what, self._opened.place, self._lease, *args)
        answer = await self._reach("seat", asked, timeout)
        if answer.get("stale"):
            raise LostError("it was started anew, or another daemon has taken it")
        return answer

    async def _reach(self, what: str, args: tuple[Any, ...], timeout: float) -> JsonObject:
        """Ask until there is an answer, or the machine is lost."""
        began = time.monotonic()
        while True:
            try:
                return await self._link.call(self._machine, what, args, timeout)
            except UnreachableError as error:
                if error.gone:
                    raise LostError(str(error)) from None
                if time.monotonic() - began >= PATIENCE:
                    self._link.silence(self._machine)
                    raise LostError("it does not answer") from None
            await asyncio.sleep(0.2)

    def _check(self, answer: JsonObject) -> None:
        if lacks := answer.get("lacks"):
            raise LostError(str(answer.get("why")), str(lacks))
        if why := answer.get("refused") or answer.get("error"):
            raise LostError(str(why))
