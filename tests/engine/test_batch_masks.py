"""References with masks, alone and in shared calls: felt where their masks are white."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.renders import changed
from support.shared_calls import (
    MANY,
    alone,
    assert_alike,
    pixels,
    render,
    stock_with_references,
    together,
)
from support.warm_engine import SIDE, THEIRS_TO_MEND, kept, no_step, reference, warm

from daemon.engine.interface import RenderError
from daemon.protocol.render import KeptPicture

pytestmark = THEIRS_TO_MEND


@pytest.fixture(scope="module")
def engine():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_BATCHING", "always")
        return warm(MANY)


@pytest.fixture(scope="module")
def halves(tmp_path_factory) -> list[KeptPicture]:
    """A mask of the left half, and one of the right."""
    folder = tmp_path_factory.mktemp("masks")
    masks = []
    for name, box in (("left", (0, 0, 31, 63)), ("right", (32, 0, 63, 63))):
        mask = Image.new("L", (SIDE, SIDE), 0)
        ImageDraw.Draw(mask).rectangle(box, fill=255)
        mask.save(folder / f"{name}.png")
        masks.append(kept(folder / f"{name}.png"))
    return masks


@pytest.mark.parametrize("count", [1, 2])
def test_masked_references_are_felt_as_in_plain_diffusers(
    engine, references, halves, count
) -> None:
    """Equal to the last bit; of two, plain diffusers encodes both at once, which rounds otherwise."""
    import torch
    from diffusers.image_processor import IPAdapterMaskProcessor

    images, scales = list(references.values())[:count], [0.7, 0.9][:count]
    wanted = render(
        1,
        references=tuple(
            reference(path, scale, mask=mask)
            for path, scale, mask in zip(images, scales, halves, strict=False)
        ),
    )
    pipe = stock_with_references()
    pipe.set_ip_adapter_scale([scales])
    masks = IPAdapterMaskProcessor().preprocess(
        [Image.open(mask.path) for mask in halves[:count]], height=SIDE, width=SIDE
    )
    theirs = pipe(
        prompt=wanted.sampling.prompt,
        width=SIDE,
        height=SIDE,
        num_inference_steps=wanted.sampling.steps,
        guidance_scale=wanted.sampling.guidance_scale,
        latents=torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(wanted.seed)),
        ip_adapter_image=[[Image.open(path) for path in images]],
        cross_attention_kwargs={"ip_adapter_masks": [masks.reshape(1, count, SIDE, SIDE)]},
    ).images[0]
    ours = alone(engine, wanted)
    assert np.abs(ours.astype(int) - np.asarray(theirs)).max() <= count - 1
    assert not np.array_equal(
        ours, alone(engine, changed(wanted, references=(reference(images[0], 0.7),)))
    )


def test_masked_and_unmasked_references_share_calls(engine, references, halves) -> None:
    orange, blue = references["orange"], references["blue"]
    wanted = [
        render(1, references=(reference(orange, 0.9, mask=halves[0]),)),
        render(2, references=(reference(blue, 0.7),)),
        render(3, references=(reference(blue, mask=halves[1]), reference(orange, mask=halves[0]))),
        render(4, guidance_scale=1.0),
        render(5, width=SIDE, references=(reference(blue), reference(orange, mask=halves[1]))),
    ]
    for each, made in zip(wanted, together(engine, wanted), strict=True):
        assert_alike(pixels(made), alone(engine, each))


@pytest.mark.parametrize("size", [(96, 56), (72, 104), (88, 88)])
def test_a_mask_fits_pictures_of_any_size(engine, references, halves, size) -> None:
    """diffusers guesses the shape of a layer from its count of places, and errs with some."""
    width, height = size
    wanted = render(1, width=width, height=height)
    shown = reference(references["orange"], 1.0, mask=halves[0])
    assert not np.array_equal(
        alone(engine, changed(wanted, references=(shown,))), alone(engine, wanted)
    )


def test_a_mask_that_cannot_be_read_is_named(engine, references, tmp_path) -> None:
    gone = KeptPicture(str(tmp_path / "gone.png"), "")
    wanted = render(1, references=(reference(references["orange"], mask=gone),))
    with pytest.raises(RenderError, match=r"gone\.png can't be opened"):
        engine.render(wanted, no_step)
