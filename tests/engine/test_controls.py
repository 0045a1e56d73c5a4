"""Control pictures against diffusers' own pipelines on the same random weights: the same pixels,
and nothing of them for who shares a call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support import control_files, warm_engine
from support.renders import changed
from support.warm_engine import (
    LOAD,
    MODEL,
    SIDE,
    THEIRS_TO_MEND,
    kept,
    no_step,
    ours,
    picture,
    reference,
    warm,
)

from daemon.engine.interface import RenderError
from daemon.protocol.render import Control, ControlModel, ControlParams, Hires, Render

pytestmark = [
    *THEIRS_TO_MEND,
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

T2I, NET, UNION = "t2i", "controlnet", "union"


@pytest.fixture(scope="module")
def engine():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_BATCHING", "always")
        return warm(replace(LOAD, adapters={"base": LOAD.adapters["base"]}, max_batch=8))


@pytest.fixture(scope="module")
def nets(tmp_path_factory) -> dict[str, tuple[ControlModel, Any]]:
    """A model of each family, and a second T2I-Adapter: as the catalogue has it, and as diffusers."""
    home = tmp_path_factory.mktemp("controls")
    made = {
        T2I: control_files.t2i(home / T2I),
        "t2i-2": control_files.t2i(home / "t2i-2", 7, in_channels=1),
        NET: control_files.controlnet(home / NET),
        UNION: control_files.union(home / UNION),
    }
    return {
        name: (ControlModel(name, str(home / name), None, name.split("-")[0]), network)
        for name, network in made.items()
    }


@pytest.fixture(scope="module")
def drawing(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("drawing") / "drawing.png"
    image = Image.new("RGB", (SIDE, SIDE))
    ImageDraw.Draw(image).ellipse((8, 14, 44, 50), outline="white", width=2)
    image.save(path)
    return path


@pytest.fixture(scope="module")
def depth(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("depth") / "depth.png"
    Image.linear_gradient("L").resize((SIDE, SIDE)).convert("RGB").save(path)
    return path


@pytest.fixture(scope="module")
def stock():
    """Paint with one of diffusers' pipelines; they share the model's weights."""
    import diffusers

    plain = warm_engine.stock_pipeline()

    def paint(kind: str, wanted: Render, *, follow: Image.Image | None = None, **given: Any):
        import torch

        networks = {key: given.pop(key) for key in ("adapter", "controlnet") if key in given}
        pipe = getattr(diffusers, kind)(**plain.components, **networks)
        pipe.set_progress_bar_config(disable=True)
        if follow is not None:
            pipe.load_ip_adapter(str(MODEL), subfolder="ip_adapter", weight_name="base.safetensors")
            pipe.set_ip_adapter_scale(wanted.references[0].params.scale)
            given["ip_adapter_image"] = follow
        try:
            return np.asarray(
                pipe(
                    prompt=wanted.sampling.prompt,
                    negative_prompt=wanted.sampling.negative_prompt or None,
                    num_inference_steps=wanted.sampling.steps,
                    guidance_scale=wanted.sampling.guidance_scale,
                    generator=torch.Generator("cpu").manual_seed(wanted.seed),
                    **given,
                ).images[0]
            )
        finally:
            if follow is not None:
                pipe.unload_ip_adapter()

    return paint


def control(nets, name: str, path: Path, **params: Any) -> Control:
    mask = params.pop("mask", None)
    said = {"kind": "drawing", "scale": 0.8, "start": 0.0, "end": 1.0, "ready": True, **params}
    return Control(kept(path), ControlParams(**said), mask, nets[name][0])


def render(*controls: Control, **facts: Any) -> Render:
    return warm_engine.render(controls=controls, negative_prompt="grey", **facts)


SIZED = {"width": SIDE, "height": SIDE}


# --- alone: what diffusers does ---------------------------------------------------------------------


@pytest.mark.parametrize("end", [1.0, 0.5])
def test_a_t2i_adapter_does_what_it_does_in_diffusers(engine, nets, stock, drawing, end) -> None:
    wanted = render(control(nets, T2I, drawing, end=end))
    theirs = stock(
        "StableDiffusionXLAdapterPipeline", wanted, adapter=nets[T2I][1], **SIZED,
        image=Image.open(drawing), adapter_conditioning_scale=0.8, adapter_conditioning_factor=end,
    )  # fmt: skip
    made = ours(engine, wanted)
    assert np.array_equal(made, theirs)
    assert not np.array_equal(made, ours(engine, render()))


def test_two_t2i_adapters_with_a_reference_do_what_they_do_in_diffusers(
    engine, nets, stock, drawing, depth, tmp_path
) -> None:
    from diffusers import MultiAdapter

    seen = picture(tmp_path / "seen.png", "orange")
    both = (control(nets, T2I, drawing, scale=0.7), control(nets, T2I, depth, scale=0.4))
    wanted = render(*both, references=(reference(seen, 0.5),), guidance_scale=4.0)
    theirs = stock(
        "StableDiffusionXLAdapterPipeline", wanted, follow=Image.open(seen), **SIZED,
        adapter=MultiAdapter([nets[T2I][1], nets[T2I][1]]),
        image=[Image.open(drawing), Image.open(depth)], adapter_conditioning_scale=[0.7, 0.4],
    )  # fmt: skip
    assert np.array_equal(ours(engine, wanted), theirs)


@pytest.mark.parametrize("window", [(0.0, 1.0), (0.2, 0.6)])
def test_a_controlnet_with_a_reference_does_what_it_does_in_diffusers(
    engine, nets, stock, drawing, tmp_path, window
) -> None:
    seen = picture(tmp_path / "seen.png", "orange")
    acting = control(nets, NET, drawing, start=window[0], end=window[1])
    wanted = render(acting, references=(reference(seen, 0.5),), steps=5)
    theirs = stock(
        "StableDiffusionXLControlNetPipeline", wanted, follow=Image.open(seen), **SIZED,
        controlnet=nets[NET][1], image=Image.open(drawing), controlnet_conditioning_scale=0.8,
        control_guidance_start=window[0], control_guidance_end=window[1],
    )  # fmt: skip
    assert np.array_equal(ours(engine, wanted), theirs)


@pytest.mark.parametrize("masked", [False, True])
def test_a_controlnet_over_a_picture_does_what_it_does_in_diffusers(
    engine, nets, stock, drawing, depth, tmp_path, masked
) -> None:
    hole = Image.new("L", (SIDE, SIDE))
    hole.paste(255, (SIDE // 2, 0, SIDE, SIDE))
    hole.save(tmp_path / "hole.png")
    mask = {"mask": kept(tmp_path / "hole.png")} if masked else {}
    acting = control(nets, NET, drawing, end=0.8)
    wanted = render(acting, image=kept(depth), strength=0.7, steps=6, **mask)
    kind = "StableDiffusionXLControlNet{}Pipeline".format("Inpaint" if masked else "Img2Img")
    theirs = stock(
        kind, wanted, controlnet=nets[NET][1], image=Image.open(depth), strength=0.7,
        control_image=Image.open(drawing), controlnet_conditioning_scale=0.8,
        control_guidance_end=0.8, **({"mask_image": hole} if masked else {}),
    )  # fmt: skip
    if masked:
        theirs = np.asarray(Image.composite(Image.fromarray(theirs), Image.open(depth), hole))
    assert np.array_equal(ours(engine, wanted), theirs)


def test_a_union_with_two_kinds_at_once_does_what_it_does_in_diffusers(
    engine, nets, stock, drawing, depth
) -> None:
    one = control(nets, UNION, drawing, end=0.6)
    other = control(nets, UNION, depth, kind="depth", scale=0.5, end=1.0)
    given = {"controlnet": nets[UNION][1], **SIZED}

    alone = stock("StableDiffusionXLControlNetUnionPipeline", render(one), **given,
                  control_image=[Image.open(drawing)], control_mode=[2],
                  controlnet_conditioning_scale=0.8, control_guidance_end=0.6)  # fmt: skip
    both = stock("StableDiffusionXLControlNetUnionPipeline", render(one), **given,
                 control_image=[Image.open(drawing), Image.open(depth)], control_mode=[2, 1],
                 controlnet_conditioning_scale=[0.8, 0.5])  # fmt: skip

    assert np.array_equal(ours(engine, render(one)), alone)
    whole = replace(one, params=replace(one.params, end=1.0))
    assert np.array_equal(ours(engine, render(whole, other)), both)


# --- in company -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [T2I, NET, UNION])
def test_pictures_without_a_drawing_are_to_the_last_bit_what_they_are_in_a_call_without_any(
    engine, nets, drawing, name
) -> None:
    import torch

    from daemon.engine.sdxl.denoising.step import UnetBatch, advance

    plain = [render(seed=1), render(seed=2), render(seed=3, guidance_scale=1.0)]
    drawn = [*plain[:1], changed(plain[1], controls=(control(nets, name, drawing, end=0.6),)),
             *plain[2:]]  # fmt: skip
    seen = []
    for company in (plain, drawn):
        flights = [engine.board(each, no_step) for each in company]
        trail = []
        with torch.inference_mode():
            while not flights[0].is_over:  # one network for both: which is quicker is chosen anew
                predicted = UnetBatch(flights).predict(engine._model.unet)
                for flight, rows in zip(flights, predicted, strict=True):
                    advance(flight, rows)
                trail.append([flight.latents for flight in flights])
        seen.append(trail)
    for without, beside in zip(*seen, strict=True):
        assert torch.equal(without[0], beside[0])
        assert torch.equal(without[2], beside[2])
    assert not torch.equal(seen[0][-1][1], seen[1][-1][1])


def test_different_drawings_share_calls_and_each_is_what_it_is_alone(
    engine, nets, drawing, depth, tmp_path
) -> None:
    seen = picture(tmp_path / "seen.png", "blue")
    wanted = [
        render(seed=1),
        render(control(nets, T2I, drawing), seed=2),
        render(control(nets, "t2i-2", depth, start=0.3), seed=3, references=(reference(seen),)),
        render(control(nets, NET, drawing, scale=0.5), seed=4, guidance_scale=1.0),
        render(control(nets, NET, depth, end=0.5), control(nets, T2I, drawing), seed=5, steps=6),
        render(control(nets, UNION, depth, kind="depth"), seed=6),
        render(control(nets, UNION, drawing), control(nets, NET, drawing), seed=7),
    ]
    flights = [engine.board(each, no_step) for each in wanted]
    while flying := [flight for flight in flights if not flight.is_over]:
        engine.step(flying)
    for each, flight in zip(wanted, flights, strict=True):
        assert flight.failure is None
        made = engine.land(flight)()
        assert made.batch["size"] > 1
        apart = np.abs(np.asarray(made.image).astype(int) - ours(engine, each).astype(int))
        assert apart.max() <= 2


# --- masks, passes, shapes, memory ------------------------------------------------------------------


@pytest.mark.parametrize("name", [T2I, NET])
def test_a_control_is_felt_where_its_mask_is_white(engine, nets, drawing, tmp_path, name) -> None:
    masks = {}
    for shade, white in (("black", 0), ("white", 255)):
        Image.new("L", (SIDE, SIDE), white).save(tmp_path / f"{shade}.png")
        masks[shade] = kept(tmp_path / f"{shade}.png")
    whole = ours(engine, render(control(nets, name, drawing)))

    assert np.array_equal(
        ours(engine, render(control(nets, name, drawing, mask=masks["white"]))), whole
    )
    nowhere = ours(engine, render(control(nets, name, drawing, mask=masks["black"])))
    assert np.array_equal(nowhere, ours(engine, render()))


def test_a_second_pass_and_a_side_that_no_adapter_divides_are_steered_too(
    engine, nets, drawing
) -> None:
    facts = {"width": 72, "height": 56, "hires": Hires(104, 80, 3, 0.7)}
    for name in (T2I, NET):
        steered = ours(engine, render(control(nets, name, drawing), **facts))
        assert steered.shape == (80, 104, 3)
        assert not np.array_equal(steered, ours(engine, render(**facts)))


def test_rows_that_take_turns_for_lack_of_memory_are_steered_alike(
    nets, drawing, monkeypatch
) -> None:
    monkeypatch.setenv("HOTFOLDER_REHEARSE_SHORTAGE", "denoise:rows")
    short = warm(replace(LOAD, adapters={}))
    wanted = render(control(nets, T2I, drawing), control(nets, NET, drawing))
    made = short.render(wanted, no_step)
    monkeypatch.delenv("HOTFOLDER_REHEARSE_SHORTAGE")
    assert any("took turns" in text for text in made.warnings)
    whole = warm(replace(LOAD, adapters={})).render(wanted, no_step)
    assert np.abs(np.asarray(made.image).astype(int) - np.asarray(whole.image)).max() <= 2


# --- what can't be used -----------------------------------------------------------------------------


def test_a_control_model_that_can_not_be_used_costs_its_picture_and_no_more(
    engine, nets, drawing, tmp_path
) -> None:
    control_files.t2i(tmp_path / "sd15", adapter_type="full_adapter", downscale_factor=8)
    control_files.t2i(tmp_path / "narrow", channels=[32, 64, 64, 64])
    cut = tmp_path / "cut.safetensors"
    whole = Path(nets[T2I][0].path) / "diffusion_pytorch_model.safetensors"
    cut.write_bytes(whole.read_bytes()[:-1000])
    lora = MODEL / "loras" / "chalk.safetensors"
    told = {
        tmp_path / "sd15": "for Stable Diffusion 1.5",
        tmp_path / "narrow": "for another model: its blocks have 32, 64, 64, 64 channels",
        cut: "can't be read as safetensors",
        lora: "no control model",
        tmp_path / "gone": "missing",
    }
    before = ours(engine, render())
    for place, words in told.items():
        model = ControlModel("odd", str(place), None, T2I)
        with pytest.raises(RenderError, match=words) as refused:
            engine.render(render(replace(control(nets, T2I, drawing), model=model)), no_step)
        assert refused.value.remedy
    assert np.array_equal(ours(engine, render()), before)


def test_depth_and_pose_ask_for_their_networks_or_for_a_ready_picture(
    engine, nets, drawing
) -> None:
    for kind in ("depth", "pose"):
        wanted = render(control(nets, UNION, drawing, kind=kind, ready=False))
        with pytest.raises(RenderError, match=f"reads the {kind}") as refused:
            engine.render(wanted, no_step)
        assert "ready: true" in refused.value.remedy
