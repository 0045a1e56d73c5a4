"""The bundled model's weights under the original code's names, as one file."""

from __future__ import annotations

import re

# diffusers' name -> the original's, applied in order; what follows a match stays.
RESNET = [
    (r"norm1\.", "in_layers.0."),
    (r"conv1\.", "in_layers.2."),
    (r"norm2\.", "out_layers.0."),
    (r"conv2\.", "out_layers.3."),
    (r"time_emb_proj\.", "emb_layers.1."),
    (r"conv_shortcut\.", "skip_connection."),
]
ENDS = [
    (r"^time_embedding\.linear_1", "time_embed.0"),
    (r"^time_embedding\.linear_2", "time_embed.2"),
    (r"^add_embedding\.linear_1", "label_emb.0.0"),
    (r"^add_embedding\.linear_2", "label_emb.0.2"),
    (r"^conv_in\.", "input_blocks.0.0."),
    (r"^conv_norm_out\.", "out.0."),
    (r"^conv_out\.", "out.2."),
    (r"^mid_block\.resnets\.0", "middle_block.0"),
    (r"^mid_block\.attentions\.0", "middle_block.1"),
    (r"^mid_block\.resnets\.1", "middle_block.2"),
]
VAE = [
    (r"conv_norm_out\.", "norm_out."),
    (r"conv_shortcut\.", "nin_shortcut."),
    (r"mid_block\.resnets\.0", "mid.block_1"),
    (r"mid_block\.resnets\.1", "mid.block_2"),
    (r"down_blocks\.(\d)\.resnets", r"down.\1.block"),
    (r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample"),
]
OPEN_CLIP = [
    (r"^text_model\.embeddings\.token_embedding\.weight", "token_embedding.weight"),
    (r"^text_model\.embeddings\.position_embedding\.weight", "positional_embedding"),
    (r"^text_model\.final_layer_norm", "ln_final"),
    (r"^text_model\.encoder\.layers", "transformer.resblocks"),
    (r"layer_norm(\d)", r"ln_\1"),
    (r"mlp\.fc1", "mlp.c_fc"),
    (r"mlp\.fc2", "mlp.c_proj"),
    (r"self_attn\.out_proj", "attn.out_proj"),
]


def renamed(name: str, rules: list[tuple[str, str]]) -> str:
    for pattern, instead in rules:
        name = re.sub(pattern, instead, name)
    return name


def unet_name(name: str) -> str:
    block = re.match(r"(down|up)_blocks\.(\d)\.(\w+)\.(\d)\.(.*)", name)
    if block is None:
        return renamed(
            name, [*ENDS, *RESNET] if "resnets" in name or "_block" not in name else ENDS
        )
    side, i, kind, j, rest = block[1], int(block[2]), block[3], int(block[4]), block[5]
    rest = renamed(rest, RESNET) if kind == "resnets" else rest
    place = 3 * i + j + (side == "down")
    stem = "input_blocks" if side == "down" else "output_blocks"
    match kind:
        case "resnets":
            return f"{stem}.{place}.0.{rest}"
        case "attentions":
            return f"{stem}.{place}.1.{rest}"
        case "downsamplers":
            return f"{stem}.{3 * (i + 1)}.0.op.{rest.removeprefix('conv.')}"
    return f"{stem}.{3 * i + 2}.2.{rest}"


def vae_name(name: str) -> str:
    up = re.sub(r"up_blocks\.(\d)\.resnets", lambda m: f"up.{3 - int(m[1])}.block", name)
    up = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{3 - int(m[1])}.upsample", up)
    return renamed(up, VAE)


def open_clip(weights: dict) -> dict:
    import torch

    found = {}
    for name, weight in weights.items():
        attention = re.match(r"(.*)\.self_attn\.q_proj\.(weight|bias)", name)
        if attention:
            parts = [weights[name.replace("q_proj", f"{p}_proj")] for p in "qkv"]
            stem = renamed(attention[1], OPEN_CLIP)
            found[f"{stem}.attn.in_proj_{attention[2]}"] = torch.cat(parts)
        elif name == "text_projection.weight":
            found["text_projection"] = weight.T.contiguous()
        elif not re.search(r"[kv]_proj", name):
            found[renamed(name, OPEN_CLIP)] = weight
    return found
