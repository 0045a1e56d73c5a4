"""The SDXL engine against diffusers' own pipeline, on the bundled model: the same pixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from support.renders import follow
from support.spacing import eta_of, timesteps_of
from support.warm_engine import (
    ADAPTERS,
    THEIRS_TO_MEND,
    kept,
    no_step,
    ours,
    picture,
    reference,
    render,
    stock_pipeline,
    warm,
)

from daemon.engine.interface import RenderError
from daemon.errors import CancelledError
from daemon.protocol.render import Render
from daemon.protocol.samplers import SAMPLER_NAMES, SCHEDULE_NAMES

pytestmark = THEIRS_TO_MEND


@pytest.fixture(scope="module")
def engine():
    return warm()


@pytest.fixture(scope="module")
def pipeline():
    return stock_pipeline()


@pytest.fixture
def stock(pipeline):
    """Paint with plain diffusers, the noise drawn as we draw it."""
    import torch

    from daemon.engine.sdxl.schedulers import build_scheduler

    original = pipeline.scheduler
    config = {"_class_name": type(original).__name__, **original.config}

    def paint(wanted: Render, **more) -> np.ndarray:
        pipeline.scheduler = build_scheduler(
            config, wanted.sampling.sampler, wanted.sampling.schedule
        )
        said = wanted.sampling
        generator = torch.Generator("cpu").manual_seed(wanted.seed)
        shape = (1, 4, wanted.height // 8, wanted.width // 8)
        if (steps := timesteps_of(said.sampler, said.schedule, said.steps)) is not None:
            more["timesteps"] = steps
        noise = torch.randn(shape, generator=generator)
        size = wanted.sampling.original_size
        return np.asarray(
            pipeline(
                prompt=wanted.sampling.prompt,
                prompt_2=wanted.sampling.prompt_2,
                negative_prompt=wanted.sampling.negative_prompt or None,
                negative_prompt_2=wanted.sampling.negative_prompt_2,
                width=wanted.width,
                height=wanted.height,
                num_inference_steps=wanted.sampling.steps,
                guidance_scale=wanted.sampling.guidance_scale,
                clip_skip=wanted.sampling.clip_skip,
                generator=generator,
                latents=noise,
                original_size=size and (size[1], size[0]),
                eta=eta_of(said),
                **more,
            ).images[0]
        )

    yield paint
    pipeline.scheduler = original


@pytest.fixture
def stock_with(pipeline, stock) -> Iterator:
    """Plain diffusers with one IP-Adapter loaded, as its manual says."""

    def paint(wanted: Render, images, scale, name="base", **more) -> np.ndarray:
        names = [name] if isinstance(name, str) else name
        pipeline.load_ip_adapter(
            str(ADAPTERS),
            subfolder="",
            weight_name=[f"{name}.safetensors" for name in names],
            image_encoder_folder="image_encoder",
        )
        pipeline.set_ip_adapter_scale(scale)
        return stock(wanted, ip_adapter_image=images, **more)

    yield paint
    pipeline.unload_ip_adapter()


@pytest.mark.parametrize("sampler", [None, *SAMPLER_NAMES])
def test_every_sampler_paints_what_plain_diffusers_paints(engine, stock, sampler) -> None:
    wanted = render(sampler=sampler, negative_prompt="a green square", width=72)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


@pytest.mark.parametrize(
    "changes",
    [
        {"negative_prompt": "", "negative_prompt_2": None},
        {"negative_prompt": "a green square"},
        {"negative_prompt": "a green square", "negative_prompt_2": "a bird"},
        {"prompt_2": "a yellow star on a black background"},
        {"clip_skip": 1, "negative_prompt": "grey"},
        {"guidance_scale": 1.0},
        {"guidance_scale": 0.0},
        {"original_size": (512, 256)},
        {"width": 96, "height": 56},
        {"prompt": "Ein Ölgemälde: маяк в шторм 🗼"},
        {"steps": 1},
        {"seed": 2**63 - 1},
    ],
    ids=lambda changes: " ".join(f"{key}={value}" for key, value in changes.items()),
)
def test_what_a_job_may_say_means_what_it_means_in_plain_diffusers(engine, stock, changes) -> None:
    wanted = render(**changes)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


SPACED = ("euler", "heun", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_sde", "unipc")
#: Every schedule by three samplers, every sampler by every second schedule.
PAIRS = [
    (sampler, schedule)
    for i, sampler in enumerate(SPACED)
    for schedule in SCHEDULE_NAMES[i % 2 :: 2]
]


@pytest.mark.parametrize(("sampler", "schedule"), PAIRS)
def test_every_schedule_paints_what_plain_diffusers_paints(
    engine, stock, sampler, schedule
) -> None:
    wanted = render(sampler=sampler, schedule=schedule, steps=5)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


@pytest.mark.parametrize(
    ("sampler", "schedule", "changes"),
    [
        ("euler_a", "leading", {}),
        ("ddim", "leading", {"eta": 0.5}),
        ("ddim", None, {"eta": 1.0}),
        ("lcm", "trailing", {"guidance_scale": 0.0}),  # as DMD2 was trained
        ("tcd", None, {"eta": 0.0, "steps": 8}),
        ("tcd", "trailing", {"eta": 1.0, "steps": 1, "guidance_scale": 0.0}),
        ("tcd", "leading", {"steps": 8}),
    ],
)
def test_so_do_the_samplers_of_models_for_few_steps(
    engine, stock, sampler, schedule, changes
) -> None:
    wanted = render(sampler=sampler, schedule=schedule, **changes)
    assert np.array_equal(ours(engine, wanted), stock(wanted))


def test_a_schedule_changes_the_steps_of_the_models_own_sampler_too(engine) -> None:
    others = [name for name in SCHEDULE_NAMES if name != "trailing"]  # which is the model's own
    pictures = {ours(engine, render(schedule=schedule)).tobytes() for schedule in others}
    assert len(pictures) == len(others)
    assert ours(engine, render(schedule="trailing")).tobytes() in pictures


@pytest.mark.parametrize("sampler", ["euler_a", "ddim", "lcm"])
def test_a_schedule_that_a_sampler_lacks_is_refused_by_name(engine, sampler) -> None:
    with pytest.raises(RenderError) as caught:
        engine.render(render(sampler=sampler, schedule="karras"), no_step)
    assert caught.value.what == f"The sampler {sampler} has no karras schedule."
    assert "dpmpp_2m" in caught.value.remedy


def test_the_beta_schedule_is_spaced_as_scipy_would_space_it() -> None:
    from daemon.engine.sdxl.beta_schedule import beta_quantile

    scipy_says = {0.0: 0.0, 0.05: 0.0125544568736114, 0.25: 0.1756803786526949, 0.5: 0.5, 1.0: 1.0}
    for share, asked in scipy_says.items():
        assert beta_quantile(share) == pytest.approx(asked, abs=1e-10)
        assert beta_quantile(1.0 - share) == pytest.approx(1.0 - asked, abs=1e-10)


def test_steps_no_sampler_can_take_are_refused(engine) -> None:
    with pytest.raises(RenderError, match="can't take 900 steps"):
        engine.render(render(sampler="lcm", steps=900), no_step)


def test_skipping_more_layers_than_there_are_is_refused(engine) -> None:
    with pytest.raises(RenderError, match="too few layers to skip 12") as caught:
        engine.render(render(clip_skip=12), no_step)
    assert caught.value.remedy == "Make `clip_skip` at most 3."


@pytest.mark.parametrize("sampler", ["euler", "heun"])  # heun asks the UNet twice for a step
def test_every_step_is_reported_as_it_is_done(engine, sampler) -> None:
    seen: list[tuple[int, float]] = []
    done = engine.render(render(sampler=sampler, steps=5), lambda *step: seen.append(step[:2]))
    assert seen == list(enumerate(done.stages.steps, 1))
    assert len(seen) == 5
    assert sum(done.stages.steps) <= done.stages.denoise


def test_a_picture_stopped_in_the_middle_leaves_nothing_behind(engine, tmp_path) -> None:
    before = ours(engine, render())

    def stop_at_two(step: int, *_: object) -> None:
        if step == 2:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        engine.render(
            render(references=(reference(picture(tmp_path / "a.png", "red")),)), stop_at_two
        )
    assert np.array_equal(ours(engine, render()), before)


# --- references -------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"guidance_scale": 1.0}, {"sampler": "dpmpp_2m"}])
@pytest.mark.parametrize("kind", ["base", "plus"])
def test_a_reference_does_what_it_does_in_plain_diffusers(
    engine, stock_with, tmp_path, kind, changes
) -> None:
    path = picture(tmp_path / "a.png", "orange")
    wanted = render(references=(reference(path, model=kind),), **changes)
    painted = ours(engine, wanted)
    assert np.array_equal(painted, stock_with(wanted, Image.open(path), 0.6, kind))
    assert not np.array_equal(painted, ours(engine, render(**changes)))


@pytest.mark.parametrize(
    ("kind", "scale"),
    [
        ("style", {"up": {"block_0": [0.0, 0.9, 0.0]}}),
        ("layout", {"down": {"block_2": [0.0, 0.9]}}),
        ("style+layout", {"down": {"block_2": [0.0, 0.9]}, "up": {"block_0": [0.0, 0.9, 0.0]}}),
    ],
)
def test_a_kind_is_felt_in_its_blocks_only(engine, stock_with, tmp_path, kind, scale) -> None:
    path = picture(tmp_path / "a.png", "orange")
    wanted = render(references=(reference(path, 0.9, kind=kind),))
    assert np.array_equal(ours(engine, wanted), stock_with(wanted, Image.open(path), scale))


def test_several_references_share_one_attention_as_in_plain_diffusers(
    engine, stock_with, tmp_path
) -> None:
    paths = [picture(tmp_path / f"{colour}.png", colour) for colour in ("orange", "blue")]
    wanted = render(references=tuple(reference(path) for path in paths))
    theirs = stock_with(wanted, [[Image.open(path) for path in paths]], 0.6)
    assert np.abs(ours(engine, wanted).astype(int) - theirs).max() <= 1


def test_base_and_plus_references_add_up_as_in_plain_diffusers(
    engine, stock_with, tmp_path
) -> None:
    paths = [picture(tmp_path / f"{colour}.png", colour) for colour in ("orange", "blue")]
    wanted = render(
        references=(reference(paths[0], 0.5, model="base"), reference(paths[1], 0.8, model="plus"))
    )
    theirs = stock_with(wanted, [Image.open(path) for path in paths], [0.5, 0.8], ["base", "plus"])
    assert np.array_equal(ours(engine, wanted), theirs)


def test_each_of_several_references_has_its_own_scale(engine, tmp_path) -> None:
    one, two = (reference(picture(tmp_path / f"{c}.png", c)) for c in ("orange", "blue"))
    alone = ours(engine, render(references=(one,)))
    muted = ours(engine, render(references=(one, follow(two, scale=0.0))))
    faint = ours(engine, render(references=(one, follow(two, scale=0.05))))
    equal = ours(engine, render(references=(one, two)))
    assert np.array_equal(alone, muted)
    assert not np.array_equal(faint, alone)
    assert not np.array_equal(faint, equal)


def test_a_reference_is_felt_only_within_its_window(engine, stock_with, pipeline, tmp_path) -> None:
    path = picture(tmp_path / "a.png", "orange")

    def mute_after_two(pipe, step, timestep, given):
        if step == 1:
            pipe.set_ip_adapter_scale(0.0)
        return given

    wanted = render(references=(reference(path, end=0.5),), steps=4)
    theirs = stock_with(wanted, Image.open(path), 0.6, callback_on_step_end=mute_after_two)
    assert np.array_equal(ours(engine, wanted), theirs)
    never = render(references=(reference(path, start=0.9, end=0.95),), steps=4)
    assert np.array_equal(ours(engine, never), ours(engine, render()))


def test_a_picture_without_references_is_the_base_models_even_after_one_with(
    engine, stock, tmp_path
) -> None:
    engine.render(render(references=(reference(picture(tmp_path / "a.png", "red"), 1.0),)), no_step)
    assert np.array_equal(ours(engine, render()), stock(render()))


def test_a_step_with_a_reference_takes_fewer_operations_than_plain_diffusers_without(
    engine, stock, tmp_path
) -> None:
    """Counts what becomes work on a device: 2,202 stock, 1,850 stock without, 1,850 ours on SDXL."""
    shown = (reference(picture(tmp_path / "a.png", "red")),)
    with_reference = operations_per_step(lambda wanted: ours(engine, wanted), references=shown)
    without = operations_per_step(lambda wanted: ours(engine, wanted))
    theirs = operations_per_step(stock)
    assert without < with_reference < theirs
    assert with_reference - without == 3 * 11  # for each cross attention: attend, weigh, add


def operations_per_step(paint, **changes) -> int:
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    views = {"view", "transpose", "permute", "unsqueeze", "expand", "split", "chunk", "select"}
    views |= {"slice", "detach", "reshape", "unbind", "alias"}

    class Counter(TorchDispatchMode):
        count = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            self.count += str(function).split(".")[1] not in views
            return function(*args, **(kwargs or {}))

    def count(steps: int) -> int:
        with torch.inference_mode(), Counter() as counter:
            paint(render(steps=steps, **changes))
        return counter.count

    count(1)  # what is remembered does not count
    return count(3) - count(2)


def test_a_transparent_or_turned_reference_is_seen_as_a_viewer_shows_it(engine, tmp_path) -> None:
    upright = Image.open(picture(tmp_path / "a.png", "red"))
    upright.rotate(90, expand=True).save(tmp_path / "turned.png", exif=turned_exif())
    clear = upright.convert("RGBA")
    clear.putdata(
        [(*p[:3], 0) if p[:3] == (255, 255, 255) else p for p in clear.get_flattened_data()]
    )
    clear.save(tmp_path / "clear.png")
    names = ("a.png", "turned.png", "clear.png")
    one, two, three = (
        ours(engine, render(references=(reference(tmp_path / name),))).tobytes() for name in names
    )
    assert one == two == three


def test_sixteen_bits_of_grey_are_seen_as_grey(tmp_path) -> None:
    from daemon.engine.sdxl.conditioning.open_picture import open_picture

    deep = Image.new("I;16", (20, 20), 32768)
    deep.save(tmp_path / "deep.png")
    assert open_picture(kept(tmp_path / "deep.png")).getpixel((3, 3)) == (128, 128, 128)


def turned_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned clockwise by a quarter
    return exif


def test_an_adapter_the_model_lacks_is_named(engine, tmp_path) -> None:
    wanted = reference(picture(tmp_path / "a.png", "red"), model="plus-face")
    with pytest.raises(RenderError) as caught:
        engine.render(render(references=(wanted,)), no_step)
    assert "plus-face" in caught.value.what
    assert "base, plus" in caught.value.why


# --- what is remembered -----------------------------------------------------------------------------


def test_what_is_remembered_gives_the_same_pixels(engine, tmp_path) -> None:
    wanted = render(
        prompt="a never seen prompt", references=(reference(picture(tmp_path / "a.png", "lime")),)
    )
    first, second = engine.render(wanted, no_step), engine.render(wanted, no_step)
    assert first.cache == {"prompt": "miss", "references": "miss"}
    assert second.cache == {"prompt": "hit", "references": "hit"}
    assert np.array_equal(np.asarray(first.image), np.asarray(second.image))


def test_a_remembered_prompt_is_not_mistaken_for_another(engine, stock) -> None:
    for wanted in (
        render(),
        render(clip_skip=1),
        render(prompt_2="a"),
        render(negative_prompt="a"),
    ):
        assert np.array_equal(ours(engine, wanted), stock(wanted))


def test_the_shelf_forgets_the_oldest_first_and_keeps_to_its_bytes() -> None:
    import torch

    from daemon.engine.sdxl.lru import Lru

    lru: Lru[str] = Lru(100)
    for name in "abc":
        lru.put(name, name, torch.zeros(40, dtype=torch.uint8))
        lru.get("a")
    assert [name for name in "abc" if lru.get(name)] == ["a", "c"]
    assert lru.held == 80
    lru.put("huge", "huge", torch.zeros(500, dtype=torch.uint8))
    assert lru.get("huge") == "huge"
    assert len(lru) == 1
