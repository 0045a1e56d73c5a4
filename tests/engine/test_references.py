"""References against plain diffusers on the bundled model: the same pixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from support.renders import follow
from support.warm_engine import (
    ADAPTERS,
    THEIRS_TO_MEND,
    kept,
    no_step,
    ours,
    picture,
    reference,
    render,
    warm,
)

from daemon.engine.interface import RenderError
from daemon.protocol.render import Render

pytestmark = THEIRS_TO_MEND


@pytest.fixture(scope="module")
def engine():
    return warm()


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
