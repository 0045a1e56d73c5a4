"""What the SDXL engine says about models that can't be loaded, and how it guards its numbers."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import warm_engine
from support.warm_engine import (
    BARE,
    DEVICE,
    LOAD,
    MODEL,
    THEIRS_TO_MEND,
    model_of,
    no_step,
    warm,
)

from daemon.engine.interface import RenderError, UnloadableError
from daemon.protocol.messages import Load
from daemon.protocol.render import KeptPicture, Reference, ReferenceParams

pytestmark = THEIRS_TO_MEND

ADAPTERS = LOAD.adapters

render = partial(warm_engine.render, prompt="a red circle", steps=2, guidance_scale=5.0, seed=3)


def refusal(load: Load) -> UnloadableError:
    with pytest.raises(UnloadableError) as caught:
        warm(load)
    assert caught.value.remedy
    return caught.value


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the bundled model, to be damaged."""
    return Path(shutil.copytree(MODEL, tmp_path / "model"))


def change(path: Path, **values) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_components_are_reported_one_by_one_and_the_device_is_named() -> None:
    from daemon.engine.sdxl.engine import Sdxl

    seen: list[tuple[str, int, int]] = []
    load = replace(LOAD, sha256="f00")
    ready = Sdxl().load(load, lambda *part: seen.append(part))
    names = ["tokenizers", "text_encoder", "text_encoder_2", "vae", "unet", "scheduler"]
    names += ["image_encoder", "adapters"]
    assert seen == [(name, number, 8) for number, name in enumerate(names, 1)]
    assert ready.model == {"name": "sketch", "sha256": "f00", "adapters": ["base", "plus"]}
    assert ready.device["type"] == DEVICE
    assert ready.device["name"]
    assert ready.device["memory"] > 1_000_000_000
    assert ready.versions.keys() >= {"torch", "diffusers", "transformers", "safetensors"}
    assert list(ready.parts) == names
    assert sum(ready.parts.values()) > 0
    assert ready.peak_memory_bytes > 100_000_000


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda model: shutil.rmtree(model), "There is no model at"),
        (lambda model: (model / "model_index.json").unlink(), "model_index.json is missing"),
        (lambda model: (model / "model_index.json").write_text("{"), "can't be read"),
        (
            lambda model: change(model / "model_index.json", _class_name="FluxPipeline"),
            "of another kind (FluxPipeline)",
        ),
        (lambda model: shutil.rmtree(model / "unet"), "has no unet folder"),
        (lambda model: shutil.rmtree(model / "tokenizer_2"), "has no tokenizer_2 folder"),
        (
            lambda model: cut(model / "unet" / "diffusion_pytorch_model.safetensors"),
            "unet/diffusion_pytorch_model.safetensors can't be read as safetensors",
        ),
        (
            lambda model: cut(model / "text_encoder" / "model.safetensors"),
            "text_encoder/model.safetensors",
        ),
        (
            lambda model: (model / "vae" / "diffusion_pytorch_model.safetensors").rename(
                model / "vae" / "diffusion_pytorch_model.bin"
            ),
            "There are no weights in",
        ),
        (
            lambda model: change(model / "unet" / "config.json", cross_attention_dim=64),
            "The unet of the model in",
        ),
        (
            lambda model: (model / "scheduler" / "scheduler_config.json").write_text("[]"),
            "does not hold what it should",
        ),
        (
            lambda model: change(
                model / "scheduler" / "scheduler_config.json", _class_name="DreamScheduler"
            ),
            "The scheduler DreamScheduler",
        ),
    ],
)
def test_a_damaged_model_is_refused_in_words_that_name_the_damage(copied, damage, words) -> None:
    damage(copied)
    assert words in refusal(replace(BARE, model=str(copied))).what


def test_only_safetensors_are_read(tmp_path: Path) -> None:
    model = tmp_path / "model.ckpt"
    model.write_bytes(b"pickle")
    error = refusal(replace(BARE, model=str(model)))
    assert "can carry programs" in error.remedy


def lacks_a_layer(file: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(ADAPTERS["base"])
    save_file({k: w for k, w in weights.items() if not k.startswith("ip_adapter.1.")}, file)


UNFIT = {
    "for another model": (lacks_a_layer, "no IP-Adapter for this model"),
    "missing": (lambda _: None, "is missing"),
    "cut": (lambda file: cut(Path(shutil.copy(ADAPTERS["base"], file))), "can't be read"),
}


@pytest.mark.parametrize("row", UNFIT)
def test_an_adapter_that_can_not_be_used_costs_the_jobs_that_ask_for_it_alone(
    row: str, tmp_path: Path
) -> None:
    make, words = UNFIT[row]
    make(tmp_path / "base.safetensors")
    adapters = {**ADAPTERS, "base": str(tmp_path / "base.safetensors")}
    engine = warm(replace(LOAD, adapters=adapters))
    Image.new("RGB", (32, 32)).save(tmp_path / "a.png")
    shown = Reference(KeptPicture(str(tmp_path / "a.png"), ""), ReferenceParams(0.5))

    with pytest.raises(RenderError, match=words) as caught:
        engine.render(render(references=(shown,)), no_step)

    assert str(tmp_path / "base.safetensors") in caught.value.what
    assert caught.value.remedy
    plus = replace(shown, params=replace(shown.params, model="plus"))
    engine.render(render(references=(plus,)), no_step)
    engine.render(render(), no_step)


def test_a_missing_image_encoder_costs_the_references_alone(tmp_path: Path) -> None:
    engine = warm(replace(LOAD, image_encoder=str(tmp_path)))
    Image.new("RGB", (32, 32)).save(tmp_path / "a.png")
    shown = Reference(KeptPicture(str(tmp_path / "a.png"), ""), ReferenceParams(0.5))

    with pytest.raises(RenderError, match=f"no image encoder in {tmp_path}"):
        engine.render(render(references=(shown,)), no_step)
    engine.render(render(), no_step)


def test_a_reference_without_an_image_encoder_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (32, 32)).save(tmp_path / "a.png")
    engine = warm(replace(BARE, adapters=ADAPTERS))
    shown = Reference(KeptPicture(str(tmp_path / "a.png"), ""), ReferenceParams(0.5))
    with pytest.raises(RenderError, match="no image encoder"):
        engine.render(render(references=(shown,)), no_step)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"device": "tpu"}, "'tpu' is no device"),
        ({"device": "mps"}, "finds none here"),
        ({"dtype": "int4"}, "'int4' is no dtype"),
    ],
)
def test_a_device_that_is_not_there_is_named(changes, words) -> None:
    import torch

    if changes.get("device") == "mps" and torch.backends.mps.is_available():
        pytest.skip("this machine has one")
    assert words in refusal(replace(BARE, **changes)).what


def test_half_precision_weights_are_taken_where_they_are_the_only_ones(copied: Path) -> None:
    for name in ("unet", "vae", "text_encoder", "text_encoder_2"):
        (weights,) = (copied / name).glob("*.safetensors")
        weights.rename(weights.with_name(weights.stem + ".fp16.safetensors"))
    renamed, original = warm(replace(BARE, model=str(copied))), warm(BARE)
    pictures = [np.asarray(e.render(render(), no_step).image) for e in (renamed, original)]
    assert np.array_equal(*pictures)


# --- numbers ----------------------------------------------------------------------------------------


def test_a_vae_that_overflows_in_half_precision_stays_in_float32(copied: Path) -> None:
    import torch
    from diffusers import StableDiffusionXLPipeline

    from daemon.engine.sdxl.schedulers import build_scheduler

    change(copied / "vae" / "config.json", force_upcast=True)
    engine = warm(replace(BARE, model=str(copied), dtype="float16"))
    painted = np.asarray(engine.render(render(), no_step).image)
    assert model_of(engine).vae.dtype == torch.float32
    assert model_of(engine).unet.dtype == torch.float16
    pipe = StableDiffusionXLPipeline.from_pretrained(
        copied, torch_dtype=torch.float16, add_watermarker=False
    ).to(DEVICE)
    pipe.set_progress_bar_config(disable=True)
    config = {"_class_name": "EulerDiscreteScheduler", **pipe.scheduler.config}
    pipe.scheduler = build_scheduler(config, None, None)
    noise = torch.randn((1, 4, 8, 8), generator=torch.Generator("cpu").manual_seed(3)).half()
    theirs = pipe("a red circle", width=64, height=64, num_inference_steps=2, latents=noise)
    assert np.array_equal(painted, np.asarray(theirs.images[0]))


def test_a_picture_that_half_precision_spoils_is_decoded_again_in_float32(copied: Path) -> None:
    import torch

    engine = warm(replace(BARE, model=str(copied), dtype="float16"))
    with torch.no_grad():
        model_of(engine).vae.decoder.conv_in.weight.mul_(20000.0)  # too much for float16 only
    done = engine.render(render(), no_step)
    assert done.warnings == ("Decoding in torch.float16 failed and was done again in float32.",)
    assert np.asarray(done.image).std() > 0
    assert model_of(engine).vae.dtype == torch.float16


@pytest.mark.parametrize("part", ["unet", "vae"])
def test_numbers_that_are_no_picture_fail_the_picture_in_plain_words(part: str) -> None:
    import torch

    engine = warm(BARE)
    network = model_of(engine).unet if part == "unet" else model_of(engine).vae.decoder
    with torch.no_grad():
        network.conv_out.bias.fill_(float("nan"))
    with pytest.raises(RenderError) as caught:
        engine.render(render(), no_step)
    assert not caught.value.transient
    assert caught.value.what in (
        "The model gave numbers that are no picture (not finite).",
        "The model's decoder gave numbers that are no picture (not finite).",
    )


def test_a_picture_of_a_single_colour_is_published_with_a_warning() -> None:
    """Somebody may have asked for just that."""
    import torch

    engine = warm(BARE)
    with torch.no_grad():
        model_of(engine).vae.decoder.conv_out.weight.zero_()
    done = engine.render(render(), no_step)
    assert len(done.warnings) == 1
    assert done.warnings[0].startswith("The picture is a single colour.")
    assert np.asarray(done.image).std(axis=(0, 1)).max() == 0


def test_running_out_of_memory_names_the_size_and_leaves_the_engine_working() -> None:
    engine = warm(BARE)
    with pytest.raises(RenderError) as caught:
        engine.render(render(width=8_000_000, height=8_000_000), no_step)
    assert caught.value.transient
    assert "8000000x8000000" in caught.value.what
    engine.render(render(), no_step)
