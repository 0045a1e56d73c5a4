"""What the engine does when nobody waits: listen to the canary, check the attention,
compile the model."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from daemon.engine.interface import BrokenError, Picture
from daemon.engine.sdxl.attention_check import check_attention
from daemon.engine.sdxl.canary import SIDE as CANARY_SIDE
from daemon.engine.sdxl.canary import Canary, canary_render
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.environment import facts
from daemon.engine.sdxl.memory.freed_heap import give_back
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.speed.compilation import Compiler
from daemon.engine.sdxl.speed.recorded import REGULAR, RecordedUnet
from daemon.errors import CancelledError
from daemon.protocol.messages import Load
from daemon.protocol.render import Render

if TYPE_CHECKING:
    from daemon.engine.interface import Engine, Tell


A_MOMENT = 0.1
"""Seconds after which whoever waits for the compiler looks whether it gives way."""


NOT_ON_MACS = (
    "nothing is compiled on Apple's graphics, whatever `compile` says: it would be done beside the "
    "pictures, and Metal ends a process of which two threads ask it for something"
)


def never() -> bool:
    """Nobody waits."""
    return False


class IdleWork:
    """What one worker does when nobody waits, in order: the canary first, which takes a second,
    where attention is known to go wrong a check of it at the largest size that was painted, calls
    recorded that will come again, the memory that pictures have freed given back, then compiling,
    which takes minutes, in a thread of its own. Calls are recorded between two pieces of that, of
    which some take a minute; so those of the usual size are before it begins."""

    def __init__(
        self,
        engine: Engine,
        load: Load,
        model: Model,
        device: Device,
        recorded: RecordedUnet | None = None,
    ) -> None:
        folder = Path(load.caches) if load.caches else None
        wish = str(load.options.get("compile", "off"))
        self._engine = engine
        self._recorded = recorded
        is_mac = device.kind == "mps"
        self._compiler = Compiler(model.unet, model.vae, device, "off" if is_mac else wish, folder)
        if is_mac and wish == "on":
            self._compiler.notes.put(("WARNING", NOT_ON_MACS))
        if recorded is not None:
            recorded.turns = self._compiler.turns
        self._canary: Canary | None = None
        if folder is not None:
            card = "" if device.index is None else f" card {device.index}"
            name = f"{load.sha256 or load.model} {device.dtype}{card}"
            self._canary = Canary(folder / "canary.json", name, facts(device))
        self._unet, self._device = model.unet, device
        side = model.unet.config.sample_size  # foreign models may have none, or two
        self._usual_side = 8 * side if isinstance(side, int) else 0
        self._is_rehearsed = self._compiler.is_done or not self._usual_side
        self._largest = (0, 0)
        self._unchecked: tuple[int, int] | None = None
        self._is_loose = True  # loading frees much, too
        self.steps = self._compiler.steps
        self.decoding = self._compiler.decoding

    def painted(self, render: Render) -> None:
        """A picture was painted: where large ones may go wrong, the largest is to be looked at."""
        self._is_loose = True
        size = max(((width, height) for width, height, _ in render.passes), key=math.prod)
        if self._device.attention_limit is not None and math.prod(size) > math.prod(self._largest):
            self._largest = self._unchecked = size

    def stop(self) -> None:
        """A picture is taken up, or makes a step: what goes on beside it stands still."""
        self._compiler.pause()

    def do(self, tell: Tell, is_wanted: Callable[[], bool] = never) -> bool:
        """The next of them; whether there is more to do, or to say. Left off within a step once it
        `is_wanted`."""
        if self._canary is not None:
            canary, self._canary = self._canary, None
            if not self._listen(canary, tell, is_wanted):
                self._canary = canary
            return True
        if self._unchecked is not None:
            size, self._unchecked = self._unchecked, None
            song = check_attention(self._unet, self._device, *size)
            tell(song.level, song.text)
            return True
        if self._recorded is not None:
            with torch.inference_mode():
                if self._recorded.prepare(is_wanted):
                    return True
            if self._may_rehearse(self._recorded):
                self._rehearse(is_wanted)
                return True
        if self._is_loose:
            self._is_loose = False
            give_back()
        self._is_rehearsed = True  # or will not be: compiling begins
        self._compiler.go_on()
        is_done = self._compiler.is_done  # before the notes: the last is put by then
        while not self._compiler.notes.empty():
            tell(*self._compiler.notes.get())
        return not is_done

    def finish(self, tell: Tell) -> None:
        """All of them, however long they take."""
        while self.do(tell):
            self._compiler.finish(A_MOMENT)

    def _listen(self, canary: Canary, tell: Tell, is_wanted: Callable[[], bool]) -> bool:
        """Whether it was heard to its end."""
        try:
            picture = self._paint(canary_render(), is_wanted)
        except BrokenError:
            raise
        except Exception as error:
            song = canary.choked(" ".join(str(error).split())[:300])
        else:
            if picture is None:
                return False
            song = canary.hear(picture.image.tobytes())
        tell(song.level, song.text, "canary")
        return True

    def _may_rehearse(self, recorded: RecordedUnet) -> bool:
        """Whether nothing is known yet of what pictures will ask for, but from the canary that
        calls of the usual size are short enough to be recorded."""
        larger = (self._usual_side / CANARY_SIDE) ** 2
        return not (self._is_rehearsed or recorded.made) and recorded.takes(larger)

    def _rehearse(self, is_wanted: Callable[[], bool]) -> None:
        """Paint a picture of the usual size, of as many steps as make its calls wait to be
        recorded."""
        render = canary_render(self._usual_side, REGULAR)
        try:
            self._is_rehearsed = self._paint(render, is_wanted) is not None
        except BrokenError:
            raise
        except Exception:  # who asks for such a picture hears of it
            self._is_rehearsed = True

    def _paint(self, render: Render, is_wanted: Callable[[], bool]) -> Picture | None:
        """None if it was left off for one that `is_wanted`."""

        def on_step(*_: object) -> None:
            if is_wanted():
                raise CancelledError("a picture is wanted")

        try:
            return self._engine.render(render, on_step)
        except CancelledError:
            return None
