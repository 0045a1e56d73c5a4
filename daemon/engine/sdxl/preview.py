"""How a picture looks by now, from its latents alone: a linear map of four channels to three.

No network is asked, so a look takes microseconds; it is an eighth of the picture's size, with
its colours about right. The map is SDXL's unless the model's folder has one of its own
(`preview.json`, which `python -m daemon.sketch preview` fits for the bundled model).

A look is taken in a thread beside the steps, where torch computes nothing: a second thread that
calls its parallel operations gets a team of threads of its own, and with more of them than
processors libgomp lets all teams wait by sleeping from then on, so that every step takes longer.
Nor does that thread ask a graphics card for anything: Metal ends the process where two threads do
(pytorch issue 197805), so what it looks at is in main memory before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from daemon.engine.interface import Look
from daemon.fs.read import read_file

if TYPE_CHECKING:
    from daemon.engine.sdxl.denoising.in_flight import Flight, Guess

Array = NDArray[np.float32]

PREVIEW_NAME = "preview.json"
_BYTE = 255.0
SDXL_FACTORS = ((60.0, 60.0, 60.0), (-60.0, -5.0, 10.0), (25.0, 15.0, -5.0), (-70.0, -50.0, -35.0))
SDXL_BIAS = (150.0, 140.0, 130.0)
"""Measured by Timothy Alexis Vass ("Explaining the SDXL latent space"); in diffusers' guide to
callbacks too. Rows are latent channels, columns red, green and blue, 0 to 255."""
FAINTEST = 1e-3
"""The least share of a picture in its noise from which one is guessed."""


class Preview:
    """The map of one model: `factors` (4, 3) and `bias` (3,), to 0..255."""

    def __init__(self, factors: object = SDXL_FACTORS, bias: object = SDXL_BIAS) -> None:
        self._factors = np.array(factors, dtype=np.float32).reshape(4, 3)
        self._bias = np.array(bias, dtype=np.float32).reshape(3)

    def of(self, flight: Flight) -> Look | None:
        """How to look at a flight as it is after its last call, while it goes on."""
        if flight.guess is None:
            return None
        return partial(self._image, Seen.of(flight.guess, flight.brief.scheduler))

    def _image(self, seen: Seen) -> Image.Image:
        return self.image(seen.expected())

    def image(self, latents: Array) -> Image.Image:
        """(1, 4, h, w) latents of a finished picture as RGB of h x w."""
        seen = np.einsum("chw,cp->hwp", latents[0, :4], self._factors) + self._bias
        return Image.fromarray(seen.clip(0, _BYTE).astype(np.uint8))


def preview_of(model: Path) -> Preview:
    """That of a model's folder; SDXL's where it has none that can be read."""
    try:
        told = json.loads(read_file(model / PREVIEW_NAME))
        return Preview(told["factors"], told["bias"])
    except (OSError, ValueError, KeyError, TypeError):
        return Preview()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a call saw and said, in main memory: `kept` is the share of the finished latents in the
    noisy ones, unless noise `grows`, whose share does then; `kind` is what the network predicts."""

    latents: torch.Tensor
    predicted: torch.Tensor
    kept: float
    grows: bool
    kind: str

    @classmethod
    def of(cls, guess: Guess, scheduler: Any) -> Seen:
        """To be asked by the thread that steps."""
        alphas = scheduler.alphas_cumprod
        place = min(max(int(guess.timestep.reshape(-1)[0]), 0), len(alphas) - 1)
        return cls(
            guess.latents.detach().cpu(),
            guess.predicted.detach().cpu(),
            min(max(float(alphas[place]), FAINTEST), 1.0),
            float(scheduler.init_noise_sigma) > 1.5,
            scheduler.config.get("prediction_type", "epsilon"),
        )

    def expected(self) -> Array:
        """The finished latents that a call has in mind, whatever the sampler: noisy ones are a
        share of them and a share of noise, and the network says which (or, for "v", a turn of
        both)."""
        signal, noise = self.kept**0.5, (1 - self.kept) ** 0.5
        latents, predicted = array(self.latents), array(self.predicted)[:, :4]
        if self.grows:
            latents = latents * signal
        if self.kind == "v_prediction":
            return signal * latents - noise * predicted
        if self.kind == "sample":
            return predicted
        return (latents - noise * predicted) / signal


def array(tensor: torch.Tensor) -> Array:
    """The same numbers in float32, of any device and precision."""
    here = tensor.detach().cpu()
    if here.dtype is torch.bfloat16:  # which numpy does not know: the upper half of a float32
        return (here.view(torch.int16).numpy().astype(np.uint32) << 16).view(np.float32)
    return here.numpy().astype(np.float32)
