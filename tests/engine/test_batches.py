"""Pictures that share calls of the UNet: each is its single self, whoever flew with it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support import warm_engine
from support.renders import changed
from support.warm_engine import (
    ADAPTERS,
    DEVICE,
    LOAD,
    MODEL,
    SIDE,
    THEIRS_TO_MEND,
    kept,
    model_of,
    no_step,
    picture,
    reference,
    warm,
)

from daemon.engine.interface import RenderError
from daemon.errors import CancelledError
from daemon.protocol.render import Hires, KeptPicture, Render
from daemon.protocol.samplers import SAMPLER_NAMES

pytestmark = THEIRS_TO_MEND

MANY = replace(LOAD, max_batch=16)


@pytest.fixture(scope="module")
def engine():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_BATCHING", "always")
        return warm(MANY)


@pytest.fixture(scope="module")
def references(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("references")
    return {colour: picture(folder / f"{colour}.png", colour) for colour in ("orange", "blue")}


def render(index: int = 1, **changes) -> Render:
    return warm_engine.render(**{"index": index, "seed": 11 + index, **changes})


def pixels(done) -> np.ndarray:
    return np.asarray(done.image)


def alone(engine, wanted: Render) -> np.ndarray:
    done = engine.render(wanted, no_step)
    assert done.exact
    return pixels(done)


def together(engine, wanted: list[Render], *, joining: dict[int, int] | None = None) -> list:
    """Every picture of `wanted`, made in shared calls; those in `joining` (index -> call) come
    later."""
    joining = joining or {}
    flights = {}
    calls = 0
    while len(flights) < len(wanted) or not all(f.is_over for f in flights.values()):
        for number, each in enumerate(wanted):
            if number not in flights and joining.get(number, 0) <= calls:
                flights[number] = engine.board(each, no_step)
        flying = [flight for flight in flights.values() if not flight.is_over]
        if flying:
            engine.step(flying)
        calls += 1
    failures = [flight.failure for flight in flights.values() if flight.failure]
    assert not failures
    return [engine.land(flights[number])() for number in range(len(wanted))]


def assert_alike(ours: np.ndarray, single: np.ndarray) -> None:
    """Within 1/255 on at least 99.9 % of the values, and never more than 2/255 apart."""
    apart = np.abs(ours.astype(int) - single.astype(int))
    assert apart.max() <= 2
    assert (apart <= 1).mean() >= 0.999


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


def stock_with_references(dtype: str = "float32"):
    import torch
    from diffusers import StableDiffusionXLPipeline

    pipe = StableDiffusionXLPipeline.from_pretrained(
        MODEL, torch_dtype=getattr(torch, dtype), add_watermarker=False
    )
    pipe.set_progress_bar_config(disable=True)
    pipe.load_ip_adapter(
        str(ADAPTERS),
        subfolder="",
        weight_name="base.safetensors",
        image_encoder_folder="image_encoder",
    )
    return pipe.to(DEVICE)


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


# --- one of several ---------------------------------------------------------------------------------


def test_stopping_one_leaves_the_others_to_finish(engine) -> None:
    def stop_at_two(step: int, *_: object) -> None:
        if step == 2:
            raise CancelledError("stop")

    flights = [engine.board(render(1), stop_at_two), engine.board(render(2), no_step)]
    while not all(flight.is_over for flight in flights):
        engine.step([flight for flight in flights if not flight.is_over])
    assert isinstance(flights[0].failure, CancelledError)
    assert flights[0].call == 2
    made = engine.land(flights[1])()
    assert len(made.stages.steps) == 4
    assert_alike(pixels(made), alone(engine, render(2)))


def held_by(flight) -> list[weakref.ref]:
    """Its latents, its scheduler (which remembers predictions), and what it looks at."""
    view = next(iter(flight.brief.attention.at(flight.share).values()))
    looked_at = [tensor for keyed in (view.text, *view.images.values()) for tensor in keyed[:2]]
    return [weakref.ref(each) for each in (flight.latents, flight.brief.scheduler, *looked_at)]


@pytest.mark.parametrize("neighbours", [0, 2])
@pytest.mark.parametrize("hires", [None, Hires(96, 96, strength=0.5, steps=4)])
@pytest.mark.parametrize("ending", ["cancelled", "broken"])
def test_a_picture_that_ends_before_its_time_is_let_go_at_once(
    engine, references, neighbours, hires, ending
) -> None:
    """Whether or not another one follows; and not only when Python next looks for garbage."""
    first = render(1, references=(reference(references["orange"]),), hires=hires)
    wanted = [first, *(render(number) for number in range(2, 2 + neighbours))]
    flying = [engine.board(each, no_step) for each in wanted]
    engine.step(flying)
    if ending == "broken":
        flying[0].options = {"no": "such option"}
        engine.step(flying)
    else:
        flying[0].failure = CancelledError("stop")
    held = held_by(flying[0])
    gc.collect()
    gc.disable()
    try:
        ended = flying.pop(0)
        assert isinstance(ended.failure, TypeError if ending == "broken" else CancelledError)
        ended.failure = None  # it has been answered
        engine.drop(ended)
        del ended
        assert [ref() for ref in held] == [None] * 6
    finally:
        gc.enable()
    while not all(flight.is_over for flight in flying):
        engine.step(flying)
    for number, flight in enumerate(flying, start=2):
        assert_alike(pixels(engine.land(flight)()), alone(engine, render(number)))


def test_one_that_breaks_in_its_own_step_fails_alone(engine) -> None:
    """Its sampler raises; a neighbour in the same call never hears of it."""
    bad, good = engine.board(render(1), no_step), engine.board(render(2), no_step)
    bad.brief.scheduler.step = None
    while not all(flight.is_over for flight in (bad, good)):
        engine.step([flight for flight in (bad, good) if not flight.is_over])
    assert isinstance(bad.failure, TypeError)
    assert_alike(pixels(engine.land(good)()), alone(engine, render(2)))


def test_one_that_breaks_the_shared_call_is_found_and_the_others_go_on(engine) -> None:
    import torch

    bad, good = engine.board(render(1), no_step), engine.board(render(2), no_step)
    bad.latents = torch.zeros(1, 4, 5, 5)  # of no size that goes with the other's
    bad.options = {"no": "such option"}
    while not all(flight.is_over for flight in (bad, good)):
        engine.step([flight for flight in (bad, good) if not flight.is_over])
    assert isinstance(bad.failure, TypeError)
    made = engine.land(good)()
    assert_alike(pixels(made), alone(engine, render(2)))


@contextmanager
def no_more_than_two_rows(error: Exception) -> Iterator[None]:
    """The UNet refuses larger calls; that it is asked for one only once is asserted at the end."""
    from diffusers import UNet2DConditionModel
    from torch.nn.modules.module import register_module_forward_pre_hook

    tried = []

    def narrow(module, given):
        if isinstance(module, UNet2DConditionModel):
            tried.append(given[0].shape[0])
            if given[0].shape[0] > 2:
                raise error

    hook = register_module_forward_pre_hook(narrow)
    try:
        yield
    finally:
        hook.remove()
    assert sum(rows > 2 for rows in tried) == 1


def test_a_shared_call_that_does_not_fit_into_memory_is_made_one_by_one(engine) -> None:
    """The UNet is given so many rows at most; nobody fails, and no such call is tried again."""
    wanted = [render(n, width=72) for n in (1, 2)]
    with no_more_than_two_rows(RuntimeError("MPS backend out of memory (made up)")):
        done = together(engine, wanted)
    for each, made in zip(wanted, done, strict=True):
        assert np.array_equal(pixels(made), alone(engine, each))


def test_a_shared_call_that_fails_for_no_fault_of_its_pictures_is_not_tried_again(engine) -> None:
    """Each can be moved alone: they are, to the end, and their records say so once."""
    wanted = [render(n, width=104) for n in (1, 2)]
    with no_more_than_two_rows(ValueError("no more than two rows (made up)")):
        done = together(engine, wanted)
        assert engine.room([], wanted[0]) == 1
    for each, made in zip(wanted, done, strict=True):
        (warning,) = made.warnings
        assert "shared with other pictures failed" in warning
        assert "no more than two rows (made up)" in warning
        assert np.array_equal(pixels(made), alone(engine, each))


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


# --- masks ------------------------------------------------------------------------------------------


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
