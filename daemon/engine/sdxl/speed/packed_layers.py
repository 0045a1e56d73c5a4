"""Layers by oneDNN, their weights laid out once instead of at every call.

Equal to the plain layers but for the last bits. Knows nothing of the networks they are part of.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from diffusers.models.upsampling import Upsample2D
from torch import Tensor, nn


def share(module: nn.Module, **tensors: Tensor | None) -> None:
    """Give a module tensors of another one, unregistered.

    While a network is loaded, accelerate sends every parameter that is registered anywhere in the
    process to the meta device; packing goes on in another thread.
    """
    for name, tensor in tensors.items():
        object.__setattr__(module, name, None if tensor is None else tensor.detach())


class PackedLinear(nn.Module):
    """nn.Linear by oneDNN, alone or with what comes after it, which saves a pass over memory."""

    bias: Tensor | None

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        share(self, bias=bias)
        plain = weight.detach().contiguous()
        self._packed = torch.ops.mkldnn._reorder_linear_weight(plain, None)

    def forward(self, states: Tensor) -> Tensor:
        return torch.ops.mkldnn._linear_pointwise.default(
            states, self._packed, self.bias, "none", [], ""
        )

    def gelu(self, states: Tensor) -> Tensor:
        """F.gelu of what the layer says."""
        return torch.ops.mkldnn._linear_pointwise.default(
            states, self._packed, self.bias, "gelu", [], "none"
        )

    def plus(self, states: Tensor, other: Tensor) -> Tensor:
        """What the layer says, and `other`."""
        return self._with(states, other, "add")

    def times(self, states: Tensor, other: Tensor) -> Tensor:
        """What the layer says, multiplied by `other`."""
        return self._with(states, other, "mul")

    def _with(self, states: Tensor, other: Tensor, operation: str) -> Tensor:
        return torch.ops.mkldnn._linear_pointwise.binary(
            states, other, self._packed, self.bias, operation
        )


class PackedConv2d(nn.Module):
    """nn.Conv2d by oneDNN.

    Which layout a convolution wants depends on what it is given: laid out for a guess, its weights
    are laid out anew in every call (on AVX2 for 19 of 51 convolutions, 119 ms of a UNet call). So
    they are laid out for the height and width of the last input; rows don't matter.
    """

    bias: Tensor | None

    def __init__(
        self, plain: nn.Conv2d, weight: Tensor | None = None, bias: Tensor | None = None
    ) -> None:
        """The layer itself, or one like it with this weight and bias."""
        super().__init__()
        if weight is None:
            weight, bias = plain.weight, plain.bias
        self.out_channels, self.in_channels = weight.shape[:2]
        share(self, bias=bias, _plain=weight)
        self._shape = (list(plain.padding), list(plain.stride), list(plain.dilation), plain.groups)
        self._laid_out: tuple[torch.Size, Tensor] | None = None

    def forward(self, states: Tensor) -> Tensor:
        return torch.ops.mkldnn._convolution_pointwise.default(
            states, self._weight(states), self.bias, *self._shape, "none", [], ""
        )

    def _weight(self, states: Tensor) -> Tensor:
        size, known = states.shape[2:], self._laid_out
        if known is None or known[0] != size:
            plain = self._plain
            assert isinstance(plain, Tensor)
            laid_out = torch.ops.mkldnn._reorder_convolution_weight(
                plain, *self._shape, list(states.shape)
            )
            known = self._laid_out = size, laid_out
        return known[1]


class PackedUpsample(Upsample2D):  # type: ignore[misc]
    """Twice as high and wide by repetition, then a convolution of 3x3.

    Of the four places that a place becomes, each sees only 2x2 different places of the small
    picture, so four convolutions of 2x2 say the same with 4/9 of the multiplications: as one, whose
    answers for the four lie side by side.
    """

    def take_over(self) -> None:
        """Become one, before the plain convolution is packed."""
        plain = self.conv
        weight = torch.cat([each for part in _phases(plain.weight, 2) for each in _phases(part, 3)])
        bias = None if plain.bias is None else plain.bias.repeat(4)
        self.phases = PackedConv2d(plain, weight.contiguous(), bias)

    def forward(self, hidden_states: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        height, width = hidden_states.shape[2:]
        if output_size is not None and tuple(output_size) != (2 * height, 2 * width):
            answer: Tensor = super().forward(hidden_states, output_size)
            return answer
        # What it says at (y, x) is made of the places up to there, for the lower right of the one
        # before, the lower left and upper right of those beside, and the upper left of this one.
        said = self.phases(hidden_states).permute(0, 2, 3, 1).contiguous()
        rows, channels, (_, down, right, _) = len(said), self.out_channels, said.stride()
        steps = said.stride(0), down, down + 2 * channels, right, right + channels, 1
        placed = said.as_strided((rows, height, 2, width, 2, channels), steps)
        return placed.reshape(rows, 2 * height, 2 * width, channels).permute(0, 3, 1, 2)


def _phases(weight: Tensor, along: int) -> list[Tensor]:
    """Three taps upon a picture of which everything is there twice, as two taps upon the picture:
    for the first of the two, and for the second."""
    one, two, three = weight.detach().unbind(along)
    return [torch.stack([one, two + three], along), torch.stack([one + two, three], along)]
