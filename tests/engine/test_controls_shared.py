"""Control pictures in company, under masks, in second passes and short of memory; and control models
that can't be used.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image
from support import control_files
from support.controls import NET, T2I, UNION, control, render
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
from daemon.protocol.render import ControlModel, Hires

pytestmark = [
    *THEIRS_TO_MEND,
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def engine():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTFOLDER_BATCHING", "always")
        return warm(replace(LOAD, adapters={"base": LOAD.adapters["base"]}, max_batch=8))


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


def test_a_mask_is_shrunk_in_main_memory_to_any_size_once() -> None:
    """Graphics cards are lent the result: Apple's can shrink to whole parts only."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    from daemon.engine.sdxl.control.steering import Felt

    class Pooled(TorchDispatchMode):
        where: ClassVar[list[str]] = []

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if "adaptive_avg_pool" in str(function):
                self.where.append(args[0].device.type)
            return function(*args, **(kwargs or {}))

    whole = torch.rand(1, 1, 104, 72, generator=torch.Generator().manual_seed(1))
    mask, card = Felt(whole), torch.empty(2, 3, 7, 5, dtype=torch.float16, device="meta")
    with Pooled() as pooled:
        lent = [mask.over(card) for _ in range(2)]
        here = mask.over(torch.ones(2, 3, 7, 5))

    assert pooled.where == ["cpu", "cpu"]
    assert (lent[0].device.type, lent[0].dtype, lent[0].shape) == ("meta", card.dtype, (1, 1, 7, 5))
    assert torch.equal(here, torch.nn.functional.interpolate(whole, size=(7, 5), mode="area"))


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
