"""Compiling the model beside the pictures, and putting it in place when it is ready and faster.

Only what repeats is compiled: one transformer block of each shape, with and without references,
for any number of rows, places and tokens; the UNet's many blocks share that code. The VAE's decoder
is the other half. Nobody waits for it: pictures are made eagerly until a thread, which stands still
while they are made, has compiled copies of the modules, has seen that they say the same and that it
pays, and then a switch is turned. After that nothing is ever compiled again: what meets no compiled
code (a single row, masks) runs eagerly, and calls that are recorded, where that is quicker still,
are replayed.

The compiled code is kept in a folder, so the next worker needs seconds instead of minutes.
"""

from __future__ import annotations

import contextlib
import copy
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from diffusers.models.attention import BasicTransformerBlock
from torch import Tensor

from daemon.engine.sdxl.attention import Keyed, Layer
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.loading.lean_torch import bring_compiler
from daemon.engine.sdxl.speed.compiled_before import Verdict, code_folder
from daemon.engine.sdxl.speed.compiled_blocks import (
    SwappedBlock,
    SwappedDecoder,
    Switch,
    run_block,
    run_decoder,
)
from daemon.engine.sdxl.speed.pause import Pause
from daemon.engine.sdxl.speed.turns import Turns

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Block, Unet, Vae

MOST_VARIANTS = 64
"""Compiled forms of one function; torch gives up at 8, and a block of SDXL has more."""

GAIN = 1.03
"""What is compiled must be faster than this, or it isn't worth another rounding."""

CLOSE = {torch.float32: 1e-3, torch.float16: 3e-2, torch.bfloat16: 1e-1}
"""How far compiled code may be from eager code, relative to the largest number."""

ROUNDS = 3
LOW_PRIORITY = 10
SHORT_TURN = 0.0005
"""Seconds after which the compiler's thread gives Python up to one that makes a picture, which asks
for it again after each of some thousand operations; Python's usual ones are ten times as long."""


class Compiler:
    """Compiles one model. `wish` is the setting; `folder` keeps the code. `notes` has what a
    person should know, as (level, text); `turns` are taken with whoever records calls."""

    def __init__(
        self, unet: Unet, vae: Vae, device: Device, wish: str, folder: Path | None
    ) -> None:
        self._unet = unet
        self._vae = vae
        self._device = device
        self._folder = folder
        self._verdict = Verdict(folder, device)
        self.is_wanted = wish == "on" or (wish == "auto" and self._pays())
        self._insists = wish == "on"
        self.steps = Switch()
        self.decoding = Switch()
        self.notes: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self.facts: dict[str, float] = {}
        self.turns = Turns()
        self._thread: threading.Thread | None = None
        self._blocks: list[Block] = []
        self._samples: list[object] = []
        self._pause = Pause()

    @property
    def is_done(self) -> bool:
        """Whether nothing is being compiled, nor will be."""
        return not self.is_wanted or (self._thread is not None and not self._thread.is_alive())

    def pause(self) -> None:
        """A picture makes a step: stand still until the next, or until nobody waits."""
        self._pause.ask()

    def go_on(self) -> None:
        """Start compiling, once, or go on with it. The UNet must wear nothing now."""
        self._pause.end()
        if self.is_wanted and next(self._unet.parameters()).device.type != self._device.kind:
            self.is_wanted = False  # its weights are streamed
        if self.is_wanted and self._thread is None:
            modules = self._unet.modules()
            self._blocks = [each for each in modules if isinstance(each, BasicTransformerBlock)]
            kinds = {_shape(block): block for block in self._blocks}
            self._samples = [copy.deepcopy(block) for block in kinds.values()]
            self._thread = threading.Thread(target=self._run, name="compiling", daemon=True)
            self._thread.start()

    def finish(self, seconds: float | None = None) -> None:
        """Wait until there is nothing more to compile, or so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _pays(self) -> bool:
        """Compiling is known to pay on CUDA; elsewhere where it was tried, by `compile: on`."""
        known = self._verdict.read()
        return self._device.kind == "cuda" if known is None else known

    def _run(self) -> None:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(SHORT_TURN)
        try:
            with self.turns.work():
                self._compile()
        finally:
            sys.setswitchinterval(usual)

    def _compile(self) -> None:
        began = time.monotonic()
        if sys.platform.startswith("linux"):  # elsewhere the number may be another process's
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)
        blocks = self._gain("blocks", self._compile_blocks)
        if blocks is None:  # no compiler, most likely
            return
        decoder = self._gain("decoder", self._compile_decoder) or 0.0
        torch.compiler.set_stance("eager_on_recompile")
        self._verdict.write(max(blocks, decoder) > GAIN)
        enough = 1.0 if self._insists else GAIN
        self.steps.ready, self.decoding.ready = blocks > enough, decoder > enough
        self.facts["seconds"] = time.monotonic() - began
        used = "in use" if self.steps.ready or self.decoding.ready else "no gain, so not used"
        text = f"compiled in {self.facts['seconds']:.1f} s; blocks x{blocks:.2f}, decoder "
        self.notes.put(("INFO", f"{text}x{decoder:.2f}: {used}"))

    def _gain(self, name: str, compile_it: Callable[[], float]) -> float | None:
        """How many times faster it is compiled; None if it can't be, 0 if it says something
        else."""
        try:
            with self._pause.kept():
                bring_compiler()
                self._prepare()
            self.turns.give_way()
            gain = compile_it()
        except Exception as error:  # whatever it was: pictures are made as before
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
            text = f"the {name} can't be compiled here, and run as they are ({why})"
            self.notes.put(("WARNING", text))
            return None
        if gain == 0.0:
            text = f"the compiled {name} compute something else; they are not used"
            self.notes.put(("WARNING", text))
        self.facts[name] = gain
        return gain

    def _prepare(self) -> None:
        import torch._dynamo.config
        import torch._inductor.config

        torch._dynamo.config.recompile_limit = MOST_VARIANTS
        if self._device.kind == "cpu":
            torch._inductor.config.compile_threads = 1  # the others make pictures
        if self._folder is not None:
            os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(code_folder(self._folder))

    # --- the UNet's blocks --------------------------------------------------------------------

    def _compile_blocks(self) -> float:
        samples, self._samples = self._samples, []
        compiled = torch.compile(run_block, fullgraph=True)
        gains = []
        with torch.inference_mode():
            for block in samples:
                for references in (0, 1):
                    given = self._block_input(block, 6, 120, references, mark=True)
                    with self._pause.kept():
                        compiled(block, *given)
                    self.turns.give_way()
            for block in samples:
                eager = partial(run_block, block, *self._block_input(block, 2, 576, 1))
                gains.append(self._compare(eager, partial(compiled, *eager.args)))
                self.turns.give_way()
        for block in self._blocks:
            block.forward = SwappedBlock(block, compiled, self.steps)
        return min(gains)

    def _block_input(
        self, block: Block, rows: int, places: int, references: int, *, mark: bool = False
    ) -> tuple[Tensor, Layer]:
        """Something like what a block is given; `mark` what varies from call to call."""
        heads, inner = block.attn2.heads, block.attn2.inner_dim
        generator = torch.Generator("cpu").manual_seed(0)

        def random(*shape: int) -> Tensor:
            drawn = torch.randn(shape, generator=generator)
            return drawn.to(self._device.place, self._device.dtype)

        def keyed(tokens: int, scale: Tensor | None) -> Keyed:
            pair = [random(rows, heads, tokens, inner // heads) for _ in range(2)]
            if mark:
                for each in pair:
                    torch._dynamo.mark_dynamic(each, 0)
                    torch._dynamo.mark_dynamic(each, 2)
                if scale is not None:
                    torch._dynamo.mark_dynamic(scale, 0)
            return Keyed(pair[0], pair[1], scale)

        states = random(rows, places, block.attn1.to_q.in_features)
        if mark:
            torch._dynamo.mark_dynamic(states, 0)
            torch._dynamo.mark_dynamic(states, 1)
        images = [
            keyed(4, torch.full((rows, 1, 1), 0.5, device=self._device.place))
            for _ in range(references)
        ]
        return states, Layer(keyed(77, None), tuple(images))

    # --- the VAE's decoder --------------------------------------------------------------------

    def _compile_decoder(self) -> float:
        decoder = self._vae.decoder
        sample = copy.deepcopy(decoder)
        compiled = torch.compile(run_decoder, fullgraph=True)
        channels, dtype = self._vae.config.latent_channels, self._vae.dtype

        def latents(height: int, width: int) -> Tensor:
            generator = torch.Generator("cpu").manual_seed(0)
            drawn = torch.randn((1, channels, height, width), generator=generator)
            return drawn.to(self._device.place, dtype)

        with torch.inference_mode():
            first = latents(10, 14)
            torch._dynamo.mark_dynamic(first, 2)
            torch._dynamo.mark_dynamic(first, 3)
            with self._pause.kept():
                compiled(sample, first)
            self.turns.give_way()
            usual = latents(32, 32)
            gain = self._compare(
                partial(run_decoder, sample, usual), partial(compiled, sample, usual)
            )
        decoder.forward = SwappedDecoder(decoder, compiled, self.decoding)
        return gain

    def _compare(self, eager: Callable[[], Tensor], compiled: Callable[[], Tensor]) -> float:
        """How many times faster `compiled` is; 0 if it is not close to `eager`."""
        self._pause.keep()
        wanted = eager()
        with self._pause.kept():  # what is usual may be a form of its own: squares are
            got = compiled()
        apart = (wanted - got).abs().max() / wanted.abs().max()
        if not bool(apart <= CLOSE[wanted.dtype]):
            return 0.0
        seconds = [min(self._time(act) for _ in range(ROUNDS)) for act in (eager, compiled)]
        return seconds[0] / max(seconds[1], 1e-9)

    def _time(self, act: Callable[[], Tensor]) -> float:
        self._pause.keep()
        began = self._device.effort()
        act()
        return self._device.effort() - began


def _shape(block: Block) -> tuple[Any, ...]:
    return (block.attn1.heads, *(tuple(each.shape) for each in block.parameters()))
