"""Pictures that share calls of the UNet: each is its single self, whoever flew with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from support.shared_calls import (
    MANY,
    alone,
    assert_alike,
    pixels,
    render,
    stock_with_references,
    together,
)
from support.warm_engine import DEVICE, SIDE, THEIRS_TO_MEND, model_of, no_step, reference, warm

from daemon.protocol.render import Render
from daemon.protocol.samplers import SAMPLER_NAMES

pytestmark = THEIRS_TO_MEND


@pytest.fixture(scope="module")
def engine():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_BATCHING", "always")
        return warm(MANY)


def test_pictures_of_every_kind_share_calls_and_are_what_they_are_alone(engine, references) -> None:
    """Samplers, guidance, steps, texts, references and scales differ; two come in mid-way."""
    orange, blue = references["orange"], references["blue"]
    wanted = [
        render(1, sampler="euler"),
        render(2, sampler="dpmpp_2m", schedule="karras", negative_prompt="green", steps=7),
        render(3, guidance_scale=1.0, prompt="a bird", steps=5),  # unguided: one row
        render(4, references=(reference(orange, 0.35),), guidance_scale=3.5),
        render(5, references=(reference(blue, 1.0, model="plus"),), sampler="euler_a"),
        render(6, references=(reference(orange, 0.0),), sampler="unipc"),
        render(7, references=(reference(orange), reference(blue, 0.3)), sampler="heun", steps=3),
        render(8, references=(reference(blue, 0.8, kind="style"),), sampler="dpmpp_sde", steps=6),
        render(9, references=(reference(orange, 0.9, end=0.5),), sampler="lcm"),
        render(10, references=(reference(blue, 0.5), reference(orange, 0.7, model="plus"))),
    ]
    done = together(engine, wanted, joining={4: 2, 8: 3})
    for each, made in zip(wanted, done, strict=True):
        assert not made.exact
        assert made.batch["size"] > 1
        assert_alike(pixels(made), alone(engine, each))


def test_every_sampler_keeps_its_own_noise_and_place_in_a_shared_call(engine) -> None:
    """Nine samplers, each with its own count of steps, every one joining a call later."""
    wanted = [render(n, sampler=name, steps=3 + n % 4) for n, name in enumerate(SAMPLER_NAMES)]
    done = together(engine, wanted, joining={n: n // 2 for n in range(len(wanted))})
    for each, made in zip(wanted, done, strict=True):
        assert_alike(pixels(made), alone(engine, each))


def test_the_same_render_flies_many_times_over_and_is_the_same_everywhere(engine) -> None:
    wanted = [render(1, sampler="euler_a") for _ in range(4)]
    done = together(engine, wanted)
    assert [made.batch for made in done] == [{"size": 4, "index": n} for n in range(4)]
    for made in done:
        assert_alike(pixels(made), alone(engine, wanted[0]))


def test_a_picture_is_the_same_bits_alone_after_it_flew_with_others(engine, references) -> None:
    wanted = render(1, references=(reference(references["orange"]),))
    before = alone(engine, wanted)
    together(engine, [wanted, render(2), render(3, guidance_scale=1.0)])
    assert np.array_equal(alone(engine, wanted), before)


def test_no_row_of_a_shared_call_sees_a_reference_of_another(engine, references) -> None:
    """One has a reference and its neighbour none; the neighbour must not even be touched by it."""
    plain = render(2)
    shown = render(1, references=(reference(references["orange"], 1.0),))
    with_shown = together(engine, [shown, plain])[1]
    with_other = together(engine, [render(1), plain])[1]
    assert np.array_equal(pixels(with_shown), pixels(with_other))
    assert_alike(pixels(with_shown), alone(engine, plain))


def test_references_do_not_leak_between_pictures_where_plain_diffusers_lets_them(
    engine, references
) -> None:
    """Two prompts, each with a reference of its own (diffusers issue 9813).

    Larger than the other tests' pictures: at half the native size a reference is heard.
    """
    shown = [reference(references[colour], 1.0) for colour in ("orange", "blue")]
    heard = {"prompt": "a picture", "seed": 3, "width": 2 * SIDE, "height": 2 * SIDE}
    wanted = [render(n, **heard, references=(shown[n],)) for n in (0, 1)]
    singles = [alone(engine, each) for each in wanted]
    assert np.abs(singles[0].astype(int) - singles[1]).max() > 100  # the references matter
    for made, single in zip(together(engine, wanted), singles, strict=True):
        assert_alike(pixels(made), single)

    theirs = stock_batch(wanted)
    assert np.array_equal(theirs[0], theirs[1])  # one blend of both, whatever was asked for
    assert all(np.abs(theirs[n].astype(int) - singles[n]).max() > 100 for n in (0, 1))


def stock_batch(wanted: list[Render]) -> list[np.ndarray]:
    """Plain diffusers, given each picture's own reference as the rows of its embeddings."""
    import torch

    pipe, first = stock_with_references(), wanted[0]
    pipe.set_ip_adapter_scale(first.references[0].params.scale)
    noise_shape = (1, 4, first.height // 8, first.width // 8)
    with torch.inference_mode():
        seen = [
            pipe.encode_image(Image.open(each.references[0].source.path), DEVICE, 1)[0]
            for each in wanted
        ]
        embeds = torch.stack([*(torch.zeros_like(one) for one in seen), *seen])
    noise = [
        torch.randn(noise_shape, generator=torch.Generator().manual_seed(each.seed))
        for each in wanted
    ]
    done = pipe(
        prompt=[each.sampling.prompt for each in wanted],
        width=first.width,
        height=first.height,
        num_inference_steps=first.sampling.steps,
        guidance_scale=first.sampling.guidance_scale,
        latents=torch.cat(noise),
        ip_adapter_image_embeds=[embeds],
    )
    return [np.asarray(image) for image in done.images]


def test_items_with_different_counts_of_references_are_padded_and_masked(
    engine, references
) -> None:
    orange, blue = references["orange"], references["blue"]
    wanted = [
        render(1, references=(reference(orange),)),
        render(2, references=(reference(orange), reference(blue, 1.0), reference(blue, 0.2))),
        render(3),
    ]
    for each, made in zip(wanted, together(engine, wanted), strict=True):
        assert_alike(pixels(made), alone(engine, each))


def test_in_half_precision_too_a_reference_weighs_as_in_plain_diffusers(references) -> None:
    """Our scale is a tensor, theirs a number; half precision has no 0.6, so this is delicate."""
    import torch

    half = warm(replace(MANY, dtype="bfloat16"))
    wanted = render(1, references=(reference(references["orange"], 0.6),))
    pipe = stock_with_references("bfloat16")
    pipe.set_ip_adapter_scale(0.6)
    noise = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(wanted.seed))
    theirs = pipe(
        prompt=wanted.sampling.prompt,
        width=SIDE,
        height=SIDE,
        num_inference_steps=wanted.sampling.steps,
        guidance_scale=wanted.sampling.guidance_scale,
        latents=noise.bfloat16(),
        ip_adapter_image=Image.open(references["orange"]),
    ).images[0]
    assert np.array_equal(alone(half, wanted), np.asarray(theirs))


def test_a_step_of_a_shared_call_is_timed_as_the_whole_call(engine) -> None:
    done = together(engine, [render(1), render(2)])
    assert done[0].stages.steps == done[1].stages.steps
    for made in done:
        assert len(made.stages.steps) == 4
        assert sum(made.stages.steps) <= made.stages.denoise


def test_pictures_of_two_sizes_are_never_in_one_call(engine) -> None:
    one, other = engine.board(render(1), no_step), engine.board(render(2, width=80), no_step)
    assert one.render.share_key != other.render.share_key
    engine.step([one, other])
    assert (one.call, other.call) == (1, 0)


NETWORK = {"scaled_dot_product_attention", "conv2d", "group_norm", "layer_norm", "gelu"}


def test_a_call_of_three_pictures_takes_as_many_operations_as_one_of_two(
    engine, references
) -> None:
    """In the network; and what is laid side by side is laid so once, not at every step."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counter(TorchDispatchMode):
        count = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            self.count += str(function).split(".")[1] in NETWORK
            return function(*args, **(kwargs or {}))

    def count(wanted: list[Render]) -> int:
        flights = [engine.board(each, no_step) for each in wanted]
        engine.step(flights)
        with Counter() as counter:
            engine.step(flights)
        return counter.count

    shown = [
        render(n, references=(reference(path),))
        for n, path in enumerate(references.values(), start=1)
    ]
    engine._packed._able[id(model_of(engine).unet)] = False  # packed layers are other operations
    try:
        assert count([*shown, render(3)]) == count(shown)
    finally:
        del engine._packed._able[id(model_of(engine).unet)]
