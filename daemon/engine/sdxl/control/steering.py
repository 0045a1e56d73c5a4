"""What steers one pass of one picture: T2I-Adapters' features, and the ControlNets to be asked.

A T2I-Adapter looks at its picture once; a ControlNet looks at it and at the noise in every step.
All that does not change from step to step is made here, when a pass begins.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.fitting import Size
from daemon.engine.sdxl.control.control_models import ControlModels
from daemon.engine.sdxl.control.control_picture import as_tensor, control_picture, felt_where
from daemon.engine.sdxl.control.estimators import Estimators
from daemon.protocol.control_kinds import T2I, UNION, UNION_MODES
from daemon.protocol.following import controls_in
from daemon.protocol.render import Control, Render

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network

T2I_MULTIPLE = 16


@dataclass(frozen=True, slots=True)
class Window:
    """From which to which fraction of the calls something acts."""

    start: float
    end: float

    def has(self, call: int, calls: int) -> bool:
        """Whether call number `call` (from 0) of so many lies in it, as diffusers counts."""
        return controls_in(self.start, self.end, call, calls)


class Felt:
    """A mask, (1, 1, height, width) in main memory, at the size of whatever it is laid over. It is
    shrunk there, once for each size: Metal shrinks to whole parts only (pytorch issue 96056), and
    sides that are multiples of 8 leave others."""

    def __init__(self, mask: Tensor) -> None:
        self._mask = mask
        self._known: dict[Hashable, Tensor] = {}

    def over(self, like: Tensor) -> Tensor:
        """What `like` is multiplied by."""
        kind = (like.shape[-2:], like.dtype, like.device)
        if kind not in self._known:
            small = F.interpolate(self._mask, size=like.shape[-2:], mode="area")
            self._known[kind] = small.to(like)
        return self._known[kind]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What a T2I-Adapter adds, block by block, (1, channels, height, width), with its scale and
    its mask in it already."""

    tensors: tuple[Tensor, ...]
    window: Window


@dataclass(frozen=True, slots=True, eq=False)
class NetPass:
    """One pass through a ControlNet; through a union with several pictures at once. `modes` are a
    union's kinds, one for each of `hints` (1, channels, height, width); what a single one adds is
    weighed by its scale, several are weighed as they go in, and felt where `mask` is 1."""

    network: Network
    hints: tuple[Tensor, ...]
    scales: tuple[float, ...]
    modes: tuple[int, ...]
    window: Window
    mask: Felt | None = None

    @property
    def together(self) -> Hashable:
        """Equal for passes of different pictures that one call can serve."""
        scales = self.scales if len(self.scales) > 1 else ()
        return id(self.network), self.modes, scales, tuple(hint.shape for hint in self.hints)


@dataclass(frozen=True, slots=True, eq=False)
class Steering:
    """All that steers a pass; `hidden` are the prompt's tokens, which ControlNets read."""

    hidden: Tensor
    features: tuple[Features, ...]
    passes: tuple[NetPass, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """A control, its model, and what that is shown: the same for every pass."""

    control: Control
    network: Network
    shown: Image.Image

    @property
    def family(self) -> str:
        assert self.control.model is not None
        return self.control.model.family


class Steerer:
    """Makes what steers pictures, on one model; `dtype` is what the UNet computes in."""

    def __init__(
        self, models: ControlModels, estimators: Estimators, place: torch.device, dtype: torch.dtype
    ) -> None:
        self._models = models
        self._estimators = estimators
        self._place = place
        self._dtype = dtype

    def look(self, render: Render) -> list[Looked]:
        """The controls of a render that act, each with its model and what that is shown. Raises
        RenderError."""
        return [
            Looked(each, self._models.get(each.model), control_picture(each, self._estimators))
            for each in render.controls
            if each.params.scale
        ]

    def steer(self, looked: Sequence[Looked], size: Size, hidden: Tensor) -> Steering | None:
        """What steers a pass of this size; None where nothing does. Raises RenderError."""
        if not looked:
            return None
        features = [self._features(each, size) for each in looked if each.family == T2I]
        passes = [self._net_pass(each, size) for each in looked if each.family != T2I]
        return Steering(hidden, tuple(features), _fused(passes))

    def _features(self, looked: Looked, size: Size) -> Features:
        network, params = looked.network, looked.control.params
        channels = network.config.in_channels
        hint = as_tensor(looked.shown, size, channels, multiple=T2I_MULTIPLE)
        # as diffusers lays it: a convolution's last bits depend on that
        hint = hint.to(self._place, self._dtype, memory_format=torch.channels_last)
        made = [each * params.scale for each in network(hint)]
        mask = felt_where(looked.control, size)
        if mask is not None:
            wide = F.pad(mask, (0, -size[0] % T2I_MULTIPLE, 0, -size[1] % T2I_MULTIPLE))
            made = [each * Felt(wide).over(each) for each in made]
        return Features(tuple(made), Window(params.start, params.end))

    def _net_pass(self, looked: Looked, size: Size) -> NetPass:
        network, params = looked.network, looked.control.params
        hint = as_tensor(looked.shown, size, network.config.conditioning_channels)
        mask = felt_where(looked.control, size)
        return NetPass(
            network,
            (hint.to(self._place, self._dtype),),
            (params.scale,),
            (_mode(looked.control, network),) if looked.family == UNION else (),
            Window(params.start, params.end),
            None if mask is None else Felt(mask),
        )


def _mode(control: Control, network: Network) -> int:
    mode = UNION_MODES[control.params.kind]
    if mode >= network.config.num_control_type:
        assert control.model is not None
        raise RenderError(
            f"The control model {control.model.name} knows nothing of the kind "
            f"{control.params.kind}.",
            why=f"It is a union of {network.config.num_control_type} kinds, without this one.",
            remedy="Use the one called promax, or another `kind`.",
        )
    return mode


def _fused(passes: list[NetPass]) -> tuple[NetPass, ...]:
    """Those of one union that act in the same steps everywhere, as one pass of several pictures."""
    found: list[NetPass] = []
    for each in passes:
        for place, other in enumerate(found):
            if _go_together(other, each):
                found[place] = NetPass(
                    other.network,
                    (*other.hints, *each.hints),
                    (*other.scales, *each.scales),
                    (*other.modes, *each.modes),
                    other.window,
                )
                break
        else:
            found.append(each)
    return tuple(found)


def _go_together(one: NetPass, other: NetPass) -> bool:
    return (
        one.network is other.network
        and bool(one.modes)
        and not set(one.modes) & set(other.modes)
        and one.window == other.window
        and one.mask is None
        and other.mask is None
    )
