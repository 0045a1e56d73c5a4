"""Blocks of the networks made of packed layers: the formulas of diffusers, in fewer passes over
memory and with less Python between.

Equal to the plain blocks but for the last bits. Knows nothing of when they are wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.models.activations import GEGLU
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from diffusers.models.upsampling import Upsample2D
from torch import Tensor, nn
from torch.nn import functional as F

from daemon.engine.sdxl.attention import (
    Attend,
    CrossAttention,
    Layer,
    joined_heads,
    look,
    split_heads,
)
from daemon.engine.sdxl.speed.packed_layers import PackedConv2d, PackedLinear, PackedUpsample


def pack_in_place(network: nn.Module, attend: Attend) -> None:
    """Every block and layer that there is a packed form of becomes that."""
    modules: list[Any] = list(network.modules())
    for module in modules:
        if type(module) is Transformer2DModel and module.use_linear_projection:
            module.__class__ = UnmovedTransformer
        elif type(module) is ResnetBlock2D and _is_usual_resnet(module):
            module.__class__ = PackedResnet
        elif type(module) is Upsample2D and _is_usual_upsampling(module):
            module.__class__ = PackedUpsample
            module.take_over()
        elif type(module) is BasicTransformerBlock and _is_usual_transformer(module):
            module.__class__ = PackedTransformer
            module.take_over(attend)
    for module in list(network.modules()):
        for name, layer in list(module.named_children()):
            if type(layer) is nn.Linear:
                setattr(module, name, PackedLinear(layer.weight, layer.bias))
            elif type(layer) is nn.Conv2d and layer.padding_mode == "zeros":
                setattr(module, name, PackedConv2d(layer))


class UnmovedTransformer(Transformer2DModel):  # type: ignore[misc]
    """Hands its pictures on as they lie in memory, which is as the next convolution wants them."""

    def _get_output_for_continuous_inputs(
        self,
        hidden_states: Tensor,
        residual: Tensor,
        batch_size: int,
        height: int,
        width: int,
        inner_dim: int,
    ) -> Tensor:
        before = residual.permute(0, 2, 3, 1).reshape(batch_size, height * width, inner_dim)
        after: Tensor = self.proj_out.plus(hidden_states, before)
        return after.reshape(batch_size, height, width, inner_dim).permute(0, 3, 1, 2)


class PackedResnet(ResnetBlock2D):  # type: ignore[misc]
    """Writes over what nobody else holds."""

    def forward(self, input_tensor: Tensor, temb: Tensor | None, *_: Any, **__: Any) -> Tensor:
        states = self.conv1(F.silu(self.norm1(input_tensor), inplace=True))
        if self.time_emb_proj is not None:
            assert temb is not None
            states.add_(self.time_emb_proj(F.silu(temb))[:, :, None, None])
        states = self.conv2(F.silu(self.norm2(states), inplace=True))
        if self.conv_shortcut is not None:
            input_tensor = self.conv_shortcut(input_tensor)
        return states.add_(input_tensor)


class PackedTransformer(BasicTransformerBlock):  # type: ignore[misc]
    """Queries, keys and values by one product; what is added or multiplied, by the product it comes
    from."""

    def take_over(self, attend: Attend) -> None:
        """Become one, before the plain layers are packed: those that are joined or parted go."""
        self.__dict__.pop("forward", None)  # compiled code, which is the plain block's
        self.attend = attend
        itself = self.attn1
        self.all_three = _joined([itself.to_q, itself.to_k, itself.to_v])
        itself.to_q = itself.to_k = itself.to_v = None
        project = self.ff.net[0].proj
        values, gates = zip(project.weight.chunk(2), project.bias.chunk(2), strict=True)
        self.values, self.gates = PackedLinear(*values), PackedLinear(*gates)
        self.ff.net[0] = nn.Identity()

    def forward(
        self, hidden_states: Tensor, *_: Any, cross_attention_kwargs: dict[str, Layer], **__: Any
    ) -> Tensor:
        itself, words = self.attn1, self.attn2
        rows, places, _width = hidden_states.shape
        three = self.all_three(self.norm1(hidden_states)).view(rows, places, 3, itself.heads, -1)
        seen = joined_heads(self.attend(*three.permute(2, 0, 3, 1, 4)))
        states: Tensor = itself.to_out[0].plus(seen, hidden_states)
        query = split_heads(words.to_q(self.norm2(states)), words.heads)
        seen = look(query, cross_attention_kwargs["layer"], self.attend)
        states = words.to_out[0].plus(seen, states)
        normed = self.norm3(states)
        fed: Tensor = self.ff.net[2].plus(
            self.values.times(normed, self.gates.gelu(normed)), states
        )
        return fed


def _joined(layers: Sequence[nn.Linear]) -> PackedLinear:
    """Layers of one input, their answers side by side."""
    biases = [layer.bias.detach() for layer in layers if layer.bias is not None]
    weight = torch.cat([layer.weight.detach() for layer in layers])
    return PackedLinear(weight, torch.cat(biases) if biases else None)


# --- what SDXL and its VAE are made of; another kind of block stays as it is ----------------------


def _is_usual_resnet(block: ResnetBlock2D) -> bool:
    return (
        not (block.up or block.down or block.skip_time_act)
        and (block.time_embedding_norm == "default" or block.time_emb_proj is None)
        and block.output_scale_factor == 1.0
        and isinstance(block.nonlinearity, nn.SiLU)
    )


def _is_usual_upsampling(block: Upsample2D) -> bool:
    return (
        (block.use_conv and block.interpolate and not block.use_conv_transpose)
        and (block.norm is None and block.name == "conv")
        and (block.conv.kernel_size == (3, 3) and block.conv.padding == (1, 1))
    )


def _is_usual_transformer(block: BasicTransformerBlock) -> bool:
    itself, feed = block.attn1, block.ff.net
    return (
        (block.norm_type == "layer_norm" and block.pos_embed is None)
        and (block.attn2 is not None and isinstance(block.attn2.processor, CrossAttention))
        and not (block.only_cross_attention or itself.is_cross_attention)
        and (itself.group_norm is None and itself.spatial_norm is None)
        and (itself.norm_q is None and itself.norm_k is None)
        and not itself.residual_connection
        and itself.rescale_output_factor == 1.0
        and (type(feed[0]) is GEGLU and len(feed) == 3 and block._chunk_size is None)
    )
