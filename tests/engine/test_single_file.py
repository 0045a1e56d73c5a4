"""One .safetensors file in the original code's names paints what the diffusers folder paints."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.warm_engine import BARE, MODEL, THEIRS_TO_MEND, ours, render, warm

from daemon.engine.interface import UnloadableError
from daemon.protocol.messages import Load

pytestmark = THEIRS_TO_MEND

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


@pytest.fixture(scope="module")
def single(tmp_path_factory) -> Path:
    """The bundled model's weights as one file."""
    from safetensors.torch import load_file, save_file

    def weights(part: str, stem: str = "diffusion_pytorch_model") -> dict:
        return load_file(MODEL / part / f"{stem}.safetensors")

    first = weights("text_encoder", "model")
    one = {f"model.diffusion_model.{unet_name(n)}": w for n, w in weights("unet").items()}
    one |= {f"first_stage_model.{vae_name(n)}": w for n, w in weights("vae").items()}
    one |= {
        f"conditioner.embedders.0.transformer.text_model.{n.removeprefix('text_model.')}": w
        for n, w in first.items()
    }
    second = open_clip(weights("text_encoder_2", "model"))
    one |= {f"conditioner.embedders.1.model.{n}": w for n, w in second.items()}
    path = tmp_path_factory.mktemp("single") / "sketch.safetensors"
    save_file(one, path)
    return path


def test_a_single_file_paints_what_its_folder_paints(single: Path) -> None:
    options = {"config": str(MODEL)}  # the bundled model's shapes; without it, SDXL's own
    load = replace(BARE, model=str(single), options=options)
    wanted = render(negative_prompt="grey", steps=3)
    assert np.array_equal(*(ours(warm(each), wanted) for each in (load, BARE)))


def test_a_file_without_a_part_of_sdxl_is_refused_by_that_part(
    single: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    weights = {n: w for n, w in load_file(single).items() if not n.startswith("first_stage")}
    save_file(weights, tmp_path / "half.safetensors")
    with pytest.raises(UnloadableError, match="it lacks VAE"):
        warm(Load(name="x", model=str(tmp_path / "half.safetensors"), device="cpu"))


def test_a_file_of_other_shapes_or_cut_off_is_refused(single: Path, tmp_path: Path) -> None:
    with pytest.raises(UnloadableError, match="text_encoder of the model"):
        warm(Load(name="x", model=str(single), device="cpu"))
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(single.read_bytes()[:100_000])
    with pytest.raises(UnloadableError, match="can't be read as safetensors"):
        warm(Load(name="x", model=str(cut), device="cpu"))


def test_the_shapes_that_are_bundled_are_sdxls() -> None:
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    from daemon.engine.sdxl.loading.single_file import BASE

    with torch.device("meta"):
        networks = (
            UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(BASE / "unet")),
            AutoencoderKL.from_config(AutoencoderKL.load_config(BASE / "vae")),
            CLIPTextModel(CLIPTextConfig.from_pretrained(BASE / "text_encoder")),
            CLIPTextModelWithProjection(CLIPTextConfig.from_pretrained(BASE / "text_encoder_2")),
        )
    counts = [sum(p.numel() for p in network.parameters()) for network in networks]
    assert counts == [2_567_463_684, 83_653_863, 123_060_480, 694_659_840]


def test_the_bundled_tokenizer_is_clips() -> None:
    from daemon.engine.sdxl.loading.single_file import clip_tokenizer

    tokenizer = clip_tokenizer("!")
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert len(tokenizer) == 49408
    assert tokenizer.pad_token_id == 0
    assert clip_tokenizer("<|endoftext|>").pad_token_id == 49407
    assert tokenizer.unk_token_id not in tokenizer("маяк 🗼 naïve").input_ids[1:-1]
