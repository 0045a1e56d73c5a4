"""Control pictures against diffusers' own pipelines on the same random weights: the same pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support import warm_engine
from support.controls import NET, T2I, UNION, control, render
from support.warm_engine import (
    LOAD,
    MODEL,
    SIDE,
    THEIRS_TO_MEND,
    kept,
    ours,
    picture,
    reference,
    warm,
)

from daemon.protocol.render import Render

pytestmark = [
    *THEIRS_TO_MEND,
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def engine():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_BATCHING", "always")
        return warm(replace(LOAD, adapters={"base": LOAD.adapters["base"]}, max_batch=8))


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


SIZED = {"width": SIDE, "height": SIDE}


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
