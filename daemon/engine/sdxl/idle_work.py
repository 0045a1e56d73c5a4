"""What the engine does when nobody waits: compile the model, and listen to the canary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.engine.interface import BrokenError
from daemon.engine.sdxl.canary import Canary, canary_render
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.environment import facts
from daemon.engine.sdxl.model import Model
from daemon.engine.sdxl.speed.compilation import Compiler
from daemon.protocol.messages import Load

if TYPE_CHECKING:
    from daemon.engine.interface import Engine

Tell = Callable[[str, str], None]


class IdleWork:
    """What one worker does when nobody waits, in order: the canary first, which takes a second,
    then compiling, which takes minutes, in a thread of its own."""

    def __init__(self, engine: Engine, load: Load, model: Model, device: Device) -> None:
        folder = Path(load.caches) if load.caches else None
        wish = str(load.options.get("compile", "off"))
        self._engine = engine
        self._compiler = Compiler(model.unet, model.vae, device, wish, folder)
        self._canary: Canary | None = None
        if folder is not None:
            name = f"{load.sha256 or load.model} {device.dtype}"
            self._canary = Canary(folder / "canary.json", name, facts(device))
        self.steps = self._compiler.steps
        self.decoding = self._compiler.decoding

    def do(self, tell: Tell) -> bool:
        """The next of them; whether there is more to do, or to say."""
        if self._canary is not None:
            canary, self._canary = self._canary, None
            self._listen(canary, tell)
            return True
        self._compiler.begin()
        is_done = self._compiler.is_done  # before the notes: the last is put by then
        while not self._compiler.notes.empty():
            tell(*self._compiler.notes.get())
        return not is_done

    def finish(self, tell: Tell) -> None:
        """All of them, however long they take."""
        while self.do(tell):
            self._compiler.finish()

    def _listen(self, canary: Canary, tell: Tell) -> None:
        try:
            picture = self._engine.render(canary_render(), lambda *_: None)
        except BrokenError:
            raise
        except Exception as error:
            song = canary.choked(" ".join(str(error).split())[:300])
        else:
            song = canary.hear(picture.image.tobytes())
        tell(song.level, song.text)
