"""One .safetensors file in the original code's names paints what the diffusers folder paints."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.single_file import open_clip, unet_name, vae_name
from support.warm_engine import BARE, MODEL, THEIRS_TO_MEND, model_of, ours, render, warm

from daemon.engine.interface import RenderError, UnloadableError
from daemon.protocol.messages import Load

pytestmark = THEIRS_TO_MEND


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
    with pytest.raises(UnloadableError, match="It lacks VAE"):
        warm(Load(name="x", model=str(tmp_path / "half.safetensors"), device="cpu"))


def test_a_file_of_other_shapes_or_cut_off_is_refused(single: Path, tmp_path: Path) -> None:
    with pytest.raises(UnloadableError, match=r"text encoder in .* (lacks|does not have)"):
        warm(Load(name="x", model=str(single), device="cpu"))
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(single.read_bytes()[:100_000])
    with pytest.raises(UnloadableError, match="can't be read as safetensors"):
        warm(Load(name="x", model=str(cut), device="cpu"))


ZEROS = {
    "SD 1.5": (
        "cond_stage_model.transformer.text_model.x",
        "a checkpoint for Stable Diffusion 1.5",
    ),
    "SD 2": ("cond_stage_model.model.x", "a checkpoint for Stable Diffusion 2"),
    "the refiner": ("conditioner.embedders.0.model.x", "the refiner of SDXL"),
    "Flux": ("model.diffusion_model.double_blocks.0.x", "a checkpoint for Flux"),
    "SD 3": ("model.diffusion_model.joint_blocks.0.x", "a checkpoint for Stable Diffusion 3"),
    "a LoRA": ("lora_unet_x.lora_down.weight", "a LoRA, which belongs into the loras folder"),
    "a VAE": ("decoder.conv_in.weight", "a VAE alone"),
    "a ControlNet": ("control_model.x", "a ControlNet"),
    "an IP-Adapter": ("image_proj.x", "an IP-Adapter"),
    "a UNet by diffusers": ("down_blocks.0.resnets.0.conv1.weight", "a UNet alone"),
    "a UNet by ComfyUI": ("diffusion_model.input_blocks.0.0.weight", "a UNet alone"),
    "an embedding": ("clip_g", "an embedding"),
    "nothing known": ("x", "lacks UNet, VAE, first text encoder, second text encoder"),
}


@pytest.mark.parametrize("name", ZEROS)
def test_a_file_of_something_else_is_told_for_what_it_is(tmp_path: Path, name: str) -> None:
    import torch
    from safetensors.torch import save_file

    key, told = ZEROS[name]
    save_file({key: torch.zeros(1)}, tmp_path / "x.safetensors")
    with pytest.raises(UnloadableError, match=told):
        warm(Load(name="x", model=str(tmp_path / "x.safetensors"), device="cpu"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!DOCTYPE html>", "page of HTML"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
        (b"GGUF" + bytes(99), "GGUF"),
        (b"PK\x03\x04" + bytes(99), "pickle"),
        (b"", "empty"),
        (bytes(999), "zeros"),
    ],
)
def test_what_is_not_even_safetensors_is_told_too(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "x.safetensors").write_bytes(content)
    with pytest.raises(UnloadableError, match=told):
        warm(Load(name="x", model=str(tmp_path / "x.safetensors"), device="cpu"))


@pytest.fixture(scope="module")
def weights(single: Path) -> dict:
    from safetensors.torch import load_file

    return load_file(single)


def changed_file(weights: dict, folder: Path, **changes: object) -> Load:
    """The file with other tensors: None takes one out. `__` stands for a dot."""
    from safetensors.torch import save_file

    other = {**weights, **{name.replace("__", "."): each for name, each in changes.items()}}
    save_file({n: w for n, w in other.items() if w is not None}, folder / "x.safetensors")
    return replace(BARE, model=str(folder / "x.safetensors"), options={"config": str(MODEL)})


UNET = "model__diffusion_model__"


def test_marks_of_noise_that_no_sampler_follows_and_other_storage_are_refused(
    weights: dict, tmp_path: Path
) -> None:
    import torch

    one = torch.zeros(1)
    for mark, told in (
        ("edm_vpred__sigma_max", "CosXL"),
        ("edm_mean", "Playground 2.5"),
        ("scaled_fp8", "fp8 with scales"),
        (f"{UNET}input_blocks__0__0__scale_weight", "fp8 with scales"),
        (f"{UNET}input_blocks__0__0__weight__absmax", "four or eight bits"),
        (f"{UNET}input_blocks__0__0__weight__quant_map", "four or eight bits"),
        (f"{UNET}input_blocks__1__1__proj_in__qweight", "four bits"),
        (f"{UNET}input_blocks__1__1__proj_in__weight_scale", "scales beside them"),
        ("edm_std", "Playground 2.5"),
        ("edm_vpred__sigma_min", "CosXL"),
        (f"{UNET}time_embed__cond_proj__weight", "SDXL's has not .*cond_proj"),
        (f"{UNET}encoder_hid_proj__weight", "SDXL's has not .*encoder_hid_proj"),
        (f"{UNET}input_blocks__0__0__weight", "8 input channels"),
    ):
        eight = mark.endswith("0__0__weight")
        changes = {mark: torch.zeros(48, 8, 3, 3) if eight else one}
        with pytest.raises(UnloadableError, match=told):
            warm(changed_file(weights, tmp_path, **changes))


def test_weights_that_are_whole_numbers_are_refused_and_what_merely_lies_there_is_not(
    weights: dict, tmp_path: Path
) -> None:
    import torch

    eight = {n: w.to(torch.int8) for n, w in weights.items() if n.endswith("proj_in.weight")}
    with pytest.raises(UnloadableError, match="as int8"):
        warm(changed_file({**weights, **eight}, tmp_path))
    idle = {
        "conditioner__embedders__0__transformer__text_model__embeddings__position_ids": torch.arange(
            77
        ),
        "conditioner__embedders__1__model__logit_scale": torch.tensor(4.6),
        "model_ema__decay": torch.tensor(0.99),
        "denoiser__sigmas": torch.zeros(1000),
    }
    load = changed_file(weights, tmp_path, **idle)
    assert np.array_equal(ours(warm(load), render(steps=2)), ours(warm(BARE), render(steps=2)))


def test_what_a_trainer_says_of_the_prediction_in_the_metadata_counts(
    weights: dict, tmp_path: Path
) -> None:
    from safetensors.torch import save_file

    config = json_of_sketch(tmp_path, prediction_type="epsilon")
    file = tmp_path / "x.safetensors"
    for said, wanted in (("v", "v_prediction"), ("epsilon", "epsilon")):
        save_file(weights, file, metadata={"modelspec.prediction_type": said})
        engine = warm(replace(BARE, model=str(file), options={"config": str(config)}))
        assert model_of(engine).scheduler["prediction_type"] == wanted


def json_of_sketch(folder: Path, **changes: object) -> Path:
    """The bundled model's folder with another scheduler's config."""
    home = folder / "shapes"
    shutil.copytree(MODEL, home, ignore=shutil.ignore_patterns("ip_adapter", "loras"))
    place = home / "scheduler" / "scheduler_config.json"
    place.write_text(json.dumps({**json.loads(place.read_text()), **changes}))
    return home


@pytest.mark.parametrize(
    ("lacking", "told"),
    [
        (f"{UNET}middle_block__1__proj_in__weight", "The UNet in .* lacks"),
        (f"{UNET}input_blocks__1__0__in_layers__2__bias", "The UNet in .* lacks"),
        ("first_stage_model__decoder__conv_in__weight", "The VAE in .* lacks"),
        (
            "conditioner__embedders__0__transformer__text_model__final_layer_norm__weight",
            "The text encoder in .* lacks",
        ),
        ("conditioner__embedders__1__model__ln_final__weight", "The text encoder 2 in .* lacks"),
    ],
)
def test_a_missing_tensor_is_told_by_its_part(
    weights: dict, tmp_path: Path, lacking: str, told: str
) -> None:
    assert lacking.replace("__", ".") in weights
    with pytest.raises(UnloadableError, match=told):
        warm(changed_file(weights, tmp_path, **{lacking: None}))


def test_a_file_stored_in_fp8_paints_what_its_rounded_weights_paint(
    weights: dict, tmp_path: Path
) -> None:
    import torch

    small = {n: w.to(torch.float8_e4m3fn) for n, w in weights.items() if "diffusion_model" in n}
    again = {n: w.to(torch.float32) for n, w in small.items()}
    wanted = render(steps=2)
    pictures = []
    for each in (small, again):
        folder = tmp_path / str(len(pictures))
        folder.mkdir()
        pictures.append(ours(warm(changed_file({**weights, **each}, folder)), wanted))
    assert np.array_equal(*pictures)


def test_a_checkpoint_made_for_painting_over_has_nine_channels(
    weights: dict, tmp_path: Path
) -> None:
    import torch

    name = f"{UNET}input_blocks__0__0__weight"
    wide = torch.zeros(48, 9, 3, 3)
    wide[:, :4] = weights[name.replace("__", ".")]
    engine = warm(changed_file(weights, tmp_path, **{name: wide}))
    assert model_of(engine).unet.config.in_channels == 9
    assert np.array_equal(ours(engine, render(steps=2)), ours(warm(BARE), render(steps=2)))


def test_marks_of_velocity_and_of_zero_terminal_noise_reach_the_scheduler(
    weights: dict, tmp_path: Path
) -> None:
    import torch
    from diffusers import EulerDiscreteScheduler

    marks = {"v_pred": torch.zeros(1), "ztsnr": torch.zeros(1)}
    engine = warm(changed_file(weights, tmp_path, **marks))
    config = model_of(engine).scheduler
    assert config["prediction_type"] == "v_prediction"
    assert config["rescale_betas_zero_snr"] is True
    assert config["timestep_spacing"] == "trailing"
    scheduler = EulerDiscreteScheduler.from_config(config)
    assert float(scheduler.alphas_cumprod[-1]) < 1e-6  # nothing but noise at the first step

    with pytest.raises(RenderError, match="can't begin where this model does") as refused:
        engine.render(render(sampler="heun"), lambda *_: None)
    assert "euler" in refused.value.remedy


@pytest.mark.parametrize(
    "name",
    [
        "FlowMatchEulerDiscreteScheduler",
        "EDMEulerScheduler",
        "MadeUpScheduler",
        "LMSDiscreteScheduler",
        None,
    ],
)
def test_a_scheduler_that_can_not_be_followed_is_told_at_load(tmp_path: Path, name) -> None:
    home = json_of_sketch(tmp_path, _class_name=name)
    with pytest.raises(UnloadableError, match="scheduler") as refused:
        warm(replace(BARE, model=str(home)))
    assert "pip install" not in refused.value.what + refused.value.remedy
