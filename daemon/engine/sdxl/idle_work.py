"""What the engine does when nobody waits: listen to the canary, check the attention,
compile the model."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from daemon.engine.interface import BrokenError
from daemon.engine.sdxl.attention_check import check_attention
from daemon.engine.sdxl.canary import Canary, canary_render
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.environment import facts
from daemon.engine.sdxl.memory.freed_heap import give_back
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.speed.compilation import Compiler
from daemon.engine.sdxl.speed.recorded import RecordedUnet
from daemon.errors import CancelledError
from daemon.protocol.messages import Load
from daemon.protocol.render import Render

if TYPE_CHECKING:
    from daemon.engine.interface import Engine, Tell


def never() -> bool:
    """Nobody waits."""
    return False


class IdleWork:
    """What one worker does when nobody waits, in order: the canary first, which takes a second,
    where attention is known to go wrong a check of it at the largest size that was painted, calls
    recorded that will come again, the memory that pictures have freed given back, then compiling,
    which takes minutes, in a thread of its own."""

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
        self._compiler = Compiler(model.unet, model.vae, device, wish, folder)
        self._canary: Canary | None = None
        if folder is not None:
            card = "" if device.index is None else f" card {device.index}"
            name = f"{load.sha256 or load.model} {device.dtype}{card}"
            self._canary = Canary(folder / "canary.json", name, facts(device))
        self._unet, self._device = model.unet, device
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
        if self._recorded is not None and self._compiler.is_done:
            with torch.inference_mode():
                if self._recorded.prepare(is_wanted):
                    return True
        if self._is_loose:
            self._is_loose = False
            give_back()
        self._compiler.go_on()
        is_done = self._compiler.is_done  # before the notes: the last is put by then
        while not self._compiler.notes.empty():
            tell(*self._compiler.notes.get())
        return not is_done

    def finish(self, tell: Tell) -> None:
        """All of them, however long they take."""
        while self.do(tell):
            self._compiler.finish()

    def _listen(self, canary: Canary, tell: Tell, is_wanted: Callable[[], bool]) -> bool:
        """Whether it was heard to its end."""

        def on_step(*_: object) -> None:
            if is_wanted():
                raise CancelledError("a picture is wanted")

        try:
            picture = self._engine.render(canary_render(), on_step)
        except BrokenError:
            raise
        except CancelledError:
            return False
        except Exception as error:
            song = canary.choked(" ".join(str(error).split())[:300])
        else:
            song = canary.hear(picture.image.tobytes())
        tell(song.level, song.text, "canary")
        return True
