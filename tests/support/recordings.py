"""Recordings of calls, as tests need them: counted, of a small network, by a clock that tells
nothing; and chosen already, where choosing is not the point."""

from __future__ import annotations

import torch
from torch import nn

from daemon.engine.sdxl.attention import Keyed, Layer
from daemon.engine.sdxl.speed.recorded import TRIES, RecordedUnet
from daemon.engine.sdxl.speed.traces import Traces


def chosen(unet: RecordedUnet) -> RecordedUnet:
    """With every recording that it holds tried and found to pay."""
    for held in unet._held.values():
        held.replayed, held.plain = [1.0] * TRIES, [2.0] * TRIES
    return unet


class Counted(Traces):
    """Counts what is recorded and replayed; patient as long as it is told."""

    longest = float("inf")

    def __init__(self, patience: int = 10_000) -> None:
        self.patience = patience
        self.recorded = self.replayed = 0

    def record(self, unet, call, is_wanted):
        made = super().record(unet, call, is_wanted)
        if made is not None:
            self.recorded += 1
            replay = made.replay

            def counted(call):
                self.replayed += 1
                return replay(call)

            made.replay = counted
        return made


class Clock:
    """Every call takes a second, since it is asked before and after each."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class Small(nn.Module):
    """Takes what the UNet is given; what it looks at differs from layer to layer."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.last = nn.Linear(4, 4)

    def forward(self, sample, timesteps, *, cross_attention_kwargs, **_):
        first, second = (cross_attention_kwargs["attended"][name].text for name in "ab")
        states = self.layer(sample) * timesteps[:, None]
        return (self.last(states + first.key.sum()) * second.key.sum(),)


class Other:
    """Another form of it."""

    def __init__(self, plain: Small) -> None:
        self.plain, self.calls = plain, 0

    def __call__(self, *inputs, **named):
        self.calls += 1
        return self.plain(*inputs, **named)


def given(first: torch.Tensor, second: torch.Tensor):
    attended = {"a": Layer(Keyed(first, first), ()), "b": Layer(Keyed(second, second), ())}
    return {"cross_attention_kwargs": {"attended": attended}, "return_dict": False}


def called(unet, lasting, rows: int = 2, seed: int = 9):
    dice = torch.Generator().manual_seed(seed)
    sample, times = torch.randn(rows, 4, generator=dice), torch.rand(rows, generator=dice)
    with torch.inference_mode():
        return unet(sample, times, **lasting)[0]
