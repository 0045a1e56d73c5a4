"""The IP-Adapters and the LoRA as networks, and as the files diffusers reads.

An adapter is a projection of the reference (`base`: four tokens from the pooled embedding;
`plus`: a resampler over the encoder's last-but-one hidden states) and a key and value matrix per
cross attention.  The matrices start as copies of the UNet's own, so tokens that resemble text
are obeyed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers.models.embeddings import ImageProjection, IPAdapterPlusImageProjection
from safetensors.torch import save_file
from torch import Tensor

from daemon.sketch.train.blueprint import CROSS

KINDS = ("base", "plus")
PLUS_TOKENS = 8
#: How diffusers' loader of the resampler renames what it reads; this is the way back.
PLUS_BACK = (
    ("ln0.", "0.norm1."),
    ("ln1.", "0.norm2."),
    ("attn.to_q.", "0.to_q."),
    ("attn.to_out.0.", "0.to_out."),
    ("ff.0.", "1.0."),
    ("ff.1.net.0.proj.", "1.1."),
    ("ff.1.net.2.", "1.3."),
)


def projection(kind: str) -> Any:
    """The network from the image encoder's output to tokens."""
    if kind == "base":
        return ImageProjection(
            cross_attention_dim=CROSS, image_embed_dim=128, num_image_text_embeds=4
        )
    return IPAdapterPlusImageProjection(
        embed_dims=128,
        output_dims=CROSS,
        hidden_dims=128,
        depth=4,
        dim_head=64,
        heads=2,
        num_queries=PLUS_TOKENS,
    )


def cross_attentions(unet: Any) -> dict[int, Any]:
    """Every cross attention by its number among all attention processors."""
    modules = dict(unet.named_modules())
    names = [name.removesuffix(".processor") for name in unet.attn_processors]
    return {i: modules[name] for i, name in enumerate(names) if name.endswith("attn2")}


def start(unet: Any, kind: str) -> dict[str, Tensor]:
    """A fresh adapter as the flat state dict of its file."""
    state: dict[str, Tensor] = {}
    for number, attention in cross_attentions(unet).items():
        state[f"ip_adapter.{number}.to_k_ip.weight"] = attention.to_k.weight.detach().clone()
        state[f"ip_adapter.{number}.to_v_ip.weight"] = attention.to_v.weight.detach().clone()
    state.update(projection_state(projection(kind), kind))
    return state


def projection_state(module: Any, kind: str) -> dict[str, Tensor]:
    """The projection under the names of the file format."""
    state: dict[str, Tensor] = {}
    for name, tensor in module.state_dict().items():
        tensor = tensor.detach().clone()
        if kind == "base":
            state["image_proj." + name.replace("image_embeds", "proj")] = tensor
            continue
        if name.endswith("attn.to_k.weight"):
            other = module.state_dict()[name.replace("to_k", "to_v")]
            key = name.replace("attn.to_k.", "0.to_kv.")
            state["image_proj." + key] = torch.cat([tensor, other.detach()], 0)
        elif not name.endswith("attn.to_v.weight"):
            for ours, theirs in PLUS_BACK:
                if f".{ours}" in name:
                    name = name.replace(f".{ours}", f".{theirs}", 1)
                    break
            state["image_proj." + name] = tensor
    return state


def save(state: dict[str, Tensor], path: Path) -> None:
    """Write an adapter (or anything flat) as safetensors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in state.items()}, path, metadata={"format": "pt"})


def nested(state: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """The flat file as the two-level dict that loaders in memory take."""
    tree: dict[str, dict[str, Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for key, tensor in state.items():
        part, name = key.split(".", 1)
        tree[part][name] = tensor
    return tree


LORA_TARGETS = ("to_q", "to_k", "to_v", "to_out.0", "conv1", "conv2")
#: Where a LoRA has to say something else at every timestep.
EVERYWHERE = (*LORA_TARGETS, "time_emb_proj", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2")
LORA_RANK = 8


def add_lora(
    unet: Any, rank: int = LORA_RANK, targets: Sequence[str] = LORA_TARGETS
) -> list[Tensor]:
    """Put a fresh LoRA into the UNet and return what is to be trained."""
    from peft import LoraConfig

    unet.requires_grad_(False)
    unet.add_adapter(
        LoraConfig(
            r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=list(targets)
        )
    )
    return [p for p in unet.parameters() if p.requires_grad]


def save_lora(unet: Any, path: Path) -> None:
    """Write the UNet's LoRA the way `load_lora_weights` reads it."""
    from diffusers import StableDiffusionXLPipeline
    from peft.utils import get_peft_model_state_dict

    path.parent.mkdir(parents=True, exist_ok=True)
    layers = {k: v.contiguous() for k, v in get_peft_model_state_dict(unet).items()}
    StableDiffusionXLPipeline.save_lora_weights(
        path.parent, unet_lora_layers=layers, weight_name=path.name
    )
