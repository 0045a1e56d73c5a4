"""From noise to a picture: the whole of SDXL's inference, top to bottom.

With the same weights and the same noise the pixels are those of diffusers'
`StableDiffusionXLPipeline.__call__`, to the last bit; tests hold it to that. It is spelt out here
because a step of our own is what can be timed, cancelled and shared: any number of pictures of one
size can go through the UNet in one call, each with its own words, references, guidance, sampler
and position in its schedule, and each is then stepped alone. Shared pictures differ from single
ones by rounding only.

Knows no files, no prompts and no caches; all it needs comes in `Flight`s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from daemon.engine.sdxl.attention import Attended
from daemon.engine.sdxl.conditioning.ip_adapter import View, side_by_side_views
from daemon.engine.sdxl.denoising.in_flight import Flight, Guess
from daemon.engine.sdxl.denoising.residuals import Asked, Residuals

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet


def draw_noise(unet: Unet, size: tuple[int, int], seed: int) -> tuple[Tensor, torch.Generator]:
    """The seed's noise, drawn on the CPU in float32 so that it is the same on every machine.

    The generator goes on to serve samplers that add noise at every step.
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    shape = (1, unet.config.out_channels, size[1] // 8, size[0] // 8)
    return torch.randn(shape, generator=generator, dtype=torch.float32), generator


class UnetBatch:
    """Flights that go through the UNet together; what does not change from call to call is laid
    side by side once."""

    def __init__(self, flights: Sequence[Flight]) -> None:
        self.flights = tuple(flights)
        self._briefs = [flight.brief for flight in flights]
        self._added = {
            "text_embeds": _joined([brief.pooled for brief in self._briefs]),
            "time_ids": _joined([brief.time_ids for brief in self._briefs]),
        }
        conditions = [brief.condition for brief in self._briefs if brief.condition is not None]
        self._condition = _joined(conditions) if conditions else None
        self._residuals = Residuals(flights)
        self._views: list[dict[str, View]] = []
        self._attended: dict[str, Attended] = {}

    def consists_of(self, flights: Sequence[Flight]) -> bool:
        """Whether it is these flights' unet_batch still: the same ones, in the same pass."""
        return len(flights) == len(self.flights) and all(
            one is other and one.brief is brief
            for one, other, brief in zip(flights, self.flights, self._briefs, strict=True)
        )

    def predict(self, unet: Unet, *, row_by_row: bool = False) -> list[Tensor]:
        """What the UNet takes for noise, for each flight its rows; one call for all of them.
        `row_by_row`: control models are asked for one row at a time.

        Changes no flight: a call that failed can be repeated, by smaller formations too.
        """
        scaled = [_scaled(flight) for flight in self.flights]
        rows = [_beside(flight, each) for flight, each in zip(self.flights, scaled, strict=True)]
        predicted = unet(
            _joined(rows),
            self._timesteps(),
            encoder_hidden_states=None,  # `attended` has what becomes of it
            timestep_cond=self._condition,
            cross_attention_kwargs=self._look(),
            added_cond_kwargs=self._added,
            return_dict=False,
            **self._steered(scaled, row_by_row=row_by_row),
        )[0]
        return list(predicted.split([flight.rows for flight in self.flights]))

    def _steered(self, scaled: list[Tensor], *, row_by_row: bool) -> dict[str, Any]:
        if not self._residuals.any:
            return {}
        asked = [
            Asked(flight, latents, flight.timestep.expand(flight.rows))
            for flight, latents in zip(self.flights, scaled, strict=True)
        ]
        return self._residuals.of(asked, row_by_row=row_by_row)

    def _timesteps(self) -> Tensor:
        times = [flight.timestep.expand(flight.rows) for flight in self.flights]
        # Samplers count them in different types; the UNet takes every one as float32.
        return times[0] if len(times) == 1 else torch.cat([time.float() for time in times])

    def _look(self) -> dict[str, Attended]:
        """What the blocks are handed; the same object as long as the same things are looked at,
        since what replays calls copies them only when it is another."""
        views = [flight.brief.attention.at(flight.share) for flight in self.flights]
        if len(views) != len(self._views) or any(
            new is not old for new, old in zip(views, self._views, strict=True)
        ):
            rows = [flight.rows for flight in self.flights]
            attended = side_by_side_views(list(zip(views, rows, strict=True)))
            self._attended = {"attended": attended}
            self._views = views
        return self._attended


def advance(flight: Flight, predicted: Tensor) -> None:
    """One flight, alone: guide it, and take one call's worth of noise away."""
    brief = flight.brief
    if brief.rows == 2:  # away from the negative, towards the positive
        negative, positive = predicted.chunk(2)
        predicted = negative + brief.guidance_scale * (positive - negative)
    dtype = flight.latents.dtype
    latents = brief.scheduler.step(
        predicted, flight.timestep, flight.latents, **flight.options, return_dict=False
    )[0].to(dtype)
    if brief.blend is not None:
        latents = brief.blend(latents, flight.call)
    flight.guess = Guess(flight.latents, predicted, flight.timestep)
    flight.latents = latents
    flight.call += 1


def guidance_condition(unet: Unet, guidance_scale: float) -> Tensor | None:
    """Distilled models are told the guidance instead of being guided: a sinusoid of it."""
    width = unet.config.time_cond_proj_dim
    if width is None:
        return None
    half = width // 2
    falling = torch.log(torch.tensor(10000.0)) / (half - 1)
    rates = torch.exp(torch.arange(half, dtype=torch.float32) * -falling)
    angles = torch.tensor([guidance_scale - 1])[:, None] * 1000.0 * rates[None, :]
    row = torch.cat([torch.sin(angles), torch.cos(angles)], dim=1)
    return torch.nn.functional.pad(row, (0, 1)) if width % 2 else row


def _scaled(flight: Flight) -> Tensor:
    """A flight's latents for its next call, the same for its negative and its positive row."""
    rows = torch.cat([flight.latents] * flight.rows)
    return flight.brief.scheduler.scale_model_input(rows, flight.timestep)


def _beside(flight: Flight, rows: Tensor) -> Tensor:
    """These with the further channels of an inpainting UNet, where it has some."""
    extra = flight.brief.extra
    return rows if extra is None else torch.cat([rows, extra.expand(flight.rows, -1, -1, -1)], 1)


def _joined(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts)
