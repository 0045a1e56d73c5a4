"""Files that are no LoRA for SDXL, or only in part one: each named for what it is, harming nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file as save_numbers
from safetensors.torch import load_file, save_file
from support import warm_engine
from support.warm_engine import BARE, CHALK, MODEL, THEIRS_TO_MEND, model_of, no_step, ours, warm

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.lora.layer_names import names_of_unet
from daemon.protocol.render import Lora

pytestmark = THEIRS_TO_MEND

render = partial(warm_engine.render, steps=1, guidance_scale=1.0)


@pytest.fixture(scope="module")
def engine():
    return warm(BARE)


@pytest.fixture(scope="module")
def plain(engine):
    return ours(engine, render())


def pair(stem: str, inputs: int = 4, outputs: int = 4, *, rank: int = 2) -> dict[str, torch.Tensor]:
    return {
        f"{stem}.lora_down.weight": torch.ones(rank, inputs),
        f"{stem}.lora_up.weight": torch.ones(outputs, rank),
    }


A_LAYER = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q"
A_PATH = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
GOOD = pair(A_LAYER, 96, 96)


def crowd(file: Path) -> None:
    """A file of more entries than are read."""
    number = np.zeros(1, np.int8)
    save_numbers({f"x{each}": number for each in range(50_001)}, file)


#: What is in the file, or what writes it -> what its letter has to say.
REFUSED = {
    "SD 1.5 with its encoder": (pair("lora_te_text_model_encoder_layers_0_mlp_fc1"), "Diffusion 1.5"),
    "SD 1.5, UNet only": (
        pair("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", 768, 320),
        "Stable Diffusion 1.5",
    ),
    "SD 2, UNet only": (
        pair("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", 1024, 320),
        "Stable Diffusion 2",
    ),
    "Flux by kohya": (pair("lora_unet_double_blocks_0_img_attn_proj"), "Flux"),
    "Flux by diffusers": (pair("transformer.single_transformer_blocks.0.attn.to_q"), "Flux"),
    "SD 3": (pair("lora_unet_joint_blocks_0_x_block_attn_qkv"), "Stable Diffusion 3"),
    "Qwen-Image": (pair("transformer_blocks.0.img_mlp.net.0.proj"), "Qwen-Image"),
    "a video model": (pair("diffusion_model.blocks.0.cross_attn.k"), "video model"),
    "a ControlNet": (
        {"controlnet_cond_embedding.conv_in.weight": torch.ones(2, 2)}, "ControlNet"
    ),
    "an IP-Adapter": ({"image_proj.proj.weight": torch.ones(2, 2)}, "IP-Adapter"),
    "an embedding": ({"clip_l": torch.ones(2, 768), "clip_g": torch.ones(2, 1280)}, "embedding"),
    "a checkpoint": ({"first_stage_model.decoder.conv_in.weight": torch.ones(2, 2)}, "checkpoint"),
    "OFT by OneTrainer": ({f"{A_LAYER}.oft_R.weight": torch.ones(2, 2)}, "OFT"),
    "VeRA": ({"base_model.model.conv_in.vera_lambda_b": torch.ones(2)}, "VeRA"),
    "a Control-LoRA": (
        {"lora_controlnet": torch.ones(1), "zero_convs.0.0.weight": torch.ones(2)}, "Control-LoRA"
    ),
    "a T2I-Adapter": ({"adapter.body.0.in_conv.weight": torch.ones(2, 2)}, "T2I-Adapter"),
    "AnimateDiff": ({"down_blocks.0.motion_modules.0.proj.weight": torch.ones(2)}, "motion module"),
    "a UNet by diffusers": (
        {"conv_in.bias": torch.ones(2), "mid_block.attentions.0.proj_in.weight": torch.ones(2, 2)},
        "a whole UNet",
    ),
    "a UNet by its old names": (
        {"model.diffusion_model.input_blocks.0.0.weight": torch.ones(2, 2)}, "a whole UNet"
    ),
    "Chroma": (pair("lora_unet_distilled_guidance_layer_layers_0_in_layer"), "Chroma"),
    "HiDream": (pair("diffusion_model.double_stream_blocks.0.block.attn1.to_q"), "HiDream"),
    "Stable Cascade": (pair("lora_prior_unet_down_blocks_0_1_channelwise_0"), "Stable Cascade"),
    "SD 3's third encoder": (pair("lora_te3_encoder_block_0_layer_0_k"), "Stable Diffusion 3"),
    "Wan": (pair("transformer.blocks.0.attn1.to_q"), "for a transformer"),
    "Wan by musubi": (pair("lora_unet_blocks_0_self_attn_q"), "for a transformer"),
    "LTX": (pair("diffusion_model.transformer_blocks.0.attn1.to_q"), "for a transformer"),
    "Z-Image": (pair("diffusion_model.layers.0.attention.to_q"), "for a transformer"),
    "an encoder by peft": (
        pair("base_model.model.text_model.encoder.layers.0.mlp.fc1"), "for which of the two"
    ),
    "OFT": ({f"{A_LAYER}.oft_blocks": torch.ones(2, 2)}, "OFT"),
    "nothing known": ({"something.weight": torch.ones(2)}, "nothing in it for an SDXL model"),
    "no entries": ({}, "nothing in it for an SDXL model"),
    "other sizes": (pair(A_LAYER, 95, 96), "other sizes"),
    "ranks that differ": (
        {f"{A_LAYER}.lora_down.weight": torch.ones(2, 96),
         f"{A_LAYER}.lora_up.weight": torch.ones(96, 3)}, "other sizes",
    ),
    "one half of a pair": ({f"{A_LAYER}.lora_down.weight": torch.ones(2, 96)}, "other sizes"),
    "a LoRA and half a LoHa": ({**GOOD, f"{A_LAYER}.hada_w1_b": torch.ones(2, 96)}, "missing"),
    "a flat core": ({**GOOD, f"{A_LAYER}.lora_mid.weight": torch.ones(2)}, "other sizes"),
    "a change without end": ({**GOOD, f"{A_LAYER}.alpha": torch.tensor(1e38)}, "not finite"),
    "half a LoHa": ({f"{A_LAYER}.hada_w1_a": torch.ones(96, 2)}, "other sizes"),
    "no such layers": (pair("unet.nowhere.to_q"), "None of its layers"),
    "too many entries": (crowd, "50001 entries"),
    "NaN": ({**GOOD, f"{A_LAYER}.lora_up.weight": torch.full((96, 2), torch.nan)}, "NaN"),
    "infinite": ({**GOOD, f"{A_LAYER}.alpha": torch.tensor(torch.inf)}, "not numbers"),
    "whole numbers": (
        {**GOOD, f"{A_LAYER}.lora_up.weight": torch.ones(96, 2, dtype=torch.int8)}, "int8"
    ),
    "two alphas of one layer": ({**GOOD, f"{A_LAYER}.alpha": torch.ones(2)}, "should be one number"),
    "empty matrices": ({**GOOD, f"{A_LAYER}.lora_up.weight": torch.ones(0, 2)}, "is empty"),
    "scalar matrices": (
        {f"{A_LAYER}.lora_down.weight": torch.tensor(1.0),
         f"{A_LAYER}.lora_up.weight": torch.tensor(1.0)}, "other sizes",
    ),
    "flat LoKr": ({f"{A_LAYER}.lokr_w1": torch.ones(96), f"{A_LAYER}.lokr_w2": torch.ones(96)},
                  "other sizes"),
    "a scalar DoRA": ({**GOOD, f"{A_LAYER}.dora_scale": torch.tensor(1.0)}, "other sizes"),
    "an IA3 without a row": ({f"{A_LAYER}.weight": torch.ones(96)}, "nothing in it"),
}  # fmt: skip

#: What the file begins with, where it is not safetensors at all.
OTHER_FILES = {
    "a login page": (b"<!DOCTYPE html><html><title>Sign in</title></html>", "page of HTML"),
    "an LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS"),
    "empty": (b"", "empty"),
    "zeros": (bytes(4096), "zeros"),
    "a pickle": (b"PK\x03\x04" + b"x" * 99, "pickle"),
    "GGUF": (b"GGUF" + b"\0" * 99, "GGUF"),
    "an error of a server": (b'{"error": "Unauthorized"}' + b" " * 20, "JSON"),
    "cut off": (CHALK.read_bytes()[:5000], "cut off"),
    "a header that lies": (b"\xff\xff\xff\xff\xff\xff\xff\x7f" + b"{}" * 50, "cut off"),
}


def letter_for(engine, path: Path) -> RenderError:
    with pytest.raises(RenderError) as refused:
        engine.render(render(loras=(Lora("theirs", str(path), None, 1.0),)), no_step)
    return refused.value


def said(letter: RenderError) -> str:
    return f"{letter} {letter.why}"


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_lora_for_sdxl_is_told_for_what_it_is(
    engine, plain, tmp_path, name
) -> None:
    content, told = REFUSED[name]
    if callable(content):
        content(tmp_path / "theirs.safetensors")
    else:
        save_file(content, tmp_path / "theirs.safetensors")

    letter = letter_for(engine, tmp_path / "theirs.safetensors")

    assert "theirs" in said(letter)
    assert told in said(letter)
    assert letter.remedy
    assert np.array_equal(ours(engine, render()), plain)


@pytest.mark.parametrize("name", OTHER_FILES)
def test_so_is_one_that_is_not_even_safetensors(engine, plain, tmp_path, name) -> None:
    content, told = OTHER_FILES[name]
    (tmp_path / "theirs.safetensors").write_bytes(content)

    letter = letter_for(engine, tmp_path / "theirs.safetensors")

    assert told in said(letter)
    assert np.array_equal(ours(engine, render()), plain)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (pair("lora_unet_down_blocks_9_attentions_0_proj_in"), "122 of its 123 layers are layers"),
        (pair("lora_te1_text_model_encoder_layers_99_mlp_fc1"), "122 of its 123 layers are layers"),
        (pair("unet.conv_out"), "1 of its 123 layers has other sizes here or lacks a matrix"),
        ({"bundle_emb.tok.clip_l": torch.ones(1, 768)}, "1 entry is not of a LoRA"),
        ({"unet.conv_in.modules_to_save.weight": torch.ones(48, 4, 3, 3)}, "1 entry is not of a L"),
        (
            {f"unet.{A_PATH}.lora_{half}.other.weight": torch.ones(2, 2) for half in "AB"},
            "2 entries say again what another one says",
        ),
    ],
)
def test_what_fits_only_in_part_is_worn_in_part_and_that_is_counted(
    engine, tmp_path, more, told
) -> None:
    save_file({**load_file(CHALK), **more}, tmp_path / "theirs.safetensors")
    lora = Lora("theirs", str(tmp_path / "theirs.safetensors"), None, 0.8)

    for _ in range(2):
        done = engine.render(render(loras=(lora,)), no_step)

        assert len(done.warnings) == 1
        assert done.warnings[0].startswith("The LoRA theirs fits only in part: ")
        assert told in done.warnings[0]
        whole = ours(engine, render(loras=(Lora("chalk", str(CHALK), None, 0.8),)))
        assert np.array_equal(np.asarray(done.image), whole)


def test_a_row_without_a_direction_is_given_no_length(engine, plain, tmp_path) -> None:
    """DoRA where W + D is zero in a row, as a pruned model's is."""
    weight = model_of(engine).unet.get_submodule(A_PATH).weight.detach()
    away = {f"{A_LAYER}.lora_down.weight": weight[:1].clone(),
            f"{A_LAYER}.lora_up.weight": -torch.eye(96)[:, :1].contiguous(),
            f"{A_LAYER}.dora_scale": weight.norm(dim=1, keepdim=True)}  # fmt: skip
    save_file(away, tmp_path / "theirs.safetensors")

    worn = ours(engine, render(loras=(Lora("x", str(tmp_path / "theirs.safetensors"), None, 1.0),)))

    assert worn.shape == plain.shape
    assert worn.std() > 1


def test_the_old_names_of_every_layer_are_those_that_diffusers_knows() -> None:
    """SDXL's own UNet, without weights: each name of the original code, taken through diffusers'
    converter of checkpoints, comes out as the layer that we take it for."""
    from diffusers import UNet2DConditionModel
    from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint

    config = UNet2DConditionModel.load_config(MODEL / "unet")
    large = {
        "block_out_channels": [32, 64, 128],
        "transformer_layers_per_block": [1, 2, 10],
        "attention_head_dim": 4,
        "norm_num_groups": 8,
    }
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config({**config, **large})
    names = names_of_unet(unet)
    ours_of = {
        name: path
        for name, path in names.dotted.items()
        if name.startswith(
            ("input_blocks", "middle_block", "output_blocks", "time_", "label_", "out.")
        )
        and not name.endswith("to_out")
        and not name.startswith("time_embedding")
    }
    layers = set(names.dotted.values())
    assert set(ours_of.values()) == layers
    assert len(names.joined) == len(names.dotted)  # none is taken for another

    checkpoint = {
        f"model.diffusion_model.{name}.{kind}": torch.tensor(place)
        for place, name in enumerate(ours_of)
        for kind in ("weight", "bias")
    }
    converted = convert_ldm_unet_checkpoint(checkpoint, dict(unet.config))
    assert {key.rpartition(".")[0] for key in converted} == layers
    for place, (name, path) in enumerate(ours_of.items()):
        assert int(converted[f"{path}.weight"]) == place, name
