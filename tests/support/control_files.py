"""Control models of random weights for the bundled model, as files: what diffusers' own pipelines
take, and what no SDXL can use. Imports torch when asked for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support import weight_files
from support.warm_engine import MODEL

CHANNELS = (48, 96, 128, 128)


def t2i(folder: Path, seed: int = 1, **config: Any) -> Any:
    """A T2I-Adapter, saved in `folder`."""
    import torch
    from diffusers import T2IAdapter

    torch.manual_seed(seed)
    said = {"in_channels": 3, "channels": list(CHANNELS), "num_res_blocks": 1,
            "downscale_factor": 16, "adapter_type": "full_adapter_xl", **config}  # fmt: skip
    return _saved(T2IAdapter(**said), folder)


def controlnet(folder: Path, seed: int = 2) -> Any:
    """A ControlNet, its zero convolutions awake."""
    import torch
    from diffusers import ControlNetModel, UNet2DConditionModel

    torch.manual_seed(seed)
    unet = UNet2DConditionModel.from_pretrained(MODEL / "unet")
    made = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 8, 16, 16))
    return _saved(_awake(made), folder)


def union(folder: Path, seed: int = 3, kinds: int = 8) -> Any:
    """A ControlNet union."""
    import torch
    from diffusers import ControlNetUnionModel, UNet2DConditionModel

    torch.manual_seed(seed)
    unet = UNet2DConditionModel.from_pretrained(MODEL / "unet").config
    keys = (
        "down_block_types", "block_out_channels", "layers_per_block", "norm_num_groups",
        "cross_attention_dim", "transformer_layers_per_block", "attention_head_dim",
        "use_linear_projection", "addition_embed_type", "addition_time_embed_dim",
        "projection_class_embeddings_input_dim",
    )  # fmt: skip
    made = ControlNetUnionModel(
        **{key: unet[key] for key in keys},
        conditioning_embedding_out_channels=(8, 8, 16, 16),
        num_control_type=kinds,
        num_trans_channel=CHANNELS[0],
        num_proj_channel=CHANNELS[0],
        num_trans_head=4,
    )
    return _saved(_awake(made), folder)


def _awake(network: Any) -> Any:
    import torch

    for name, parameter in network.named_parameters():
        if not parameter.abs().sum() or "controlnet_" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    return network


def _saved(network: Any, folder: Path) -> Any:
    network.eval().save_pretrained(folder)
    return network


def of_others(folder: Path) -> dict[str, Path]:
    """Files that are no control models for SDXL, by what they are; written by hand, no torch."""
    shapes: dict[str, weight_files.Shapes] = {
        "t2i-sd15": {
            "adapter.conv_in.weight": (320, 192, 3, 3),
            "adapter.body.0.resnets.0.block1.weight": (320, 320, 3, 3),
        },
        "controlnet-sd15": {
            "controlnet_cond_embedding.conv_in.weight": (16, 3, 3, 3),
            "controlnet_down_blocks.0.weight": (320, 320, 1, 1),
            "controlnet_mid_block.weight": (1280, 1280, 1, 1),
            "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight": (320, 768),
        },
        "controlnet-flux": {
            "controlnet_blocks.0.weight": (3072, 3072),
            "controlnet_x_embedder.weight": (3072, 64),
        },
        "original-names": {"control_model.input_blocks.0.0.weight": (320, 4, 3, 3)},
        "t2i-four-channels": {
            "adapter.conv_in.weight": (48, 1024, 3, 3),
            "adapter.body.0.resnets.0.block1.weight": (48, 48, 3, 3),
        },
    }
    found = {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in shapes.items():
        found[name] = folder / f"{name}.safetensors"
        found[name].write_bytes(weight_files.toc(table))
    return found
