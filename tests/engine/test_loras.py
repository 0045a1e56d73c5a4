"""LoRAs against diffusers' own loader: the same pixels, nothing of them left for the next picture,
and a word for every file that is none."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from support import warm_engine
from support.lora_layouts import small_lora
from support.warm_engine import (
    BARE,
    CHALK,
    THEIRS_TO_MEND,
    model_of,
    no_step,
    ours,
    sha256,
    stock_pipeline,
    warm,
)

from daemon.engine.interface import RenderError
from daemon.protocol.render import Lora, Render

pytestmark = [
    *THEIRS_TO_MEND,
    pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning"),
]

render = partial(warm_engine.render, negative_prompt="grey", width=72, height=64)


@pytest.fixture(scope="module")
def engine():
    return warm(BARE)


@pytest.fixture(scope="module")
def pipe():
    return stock_pipeline()


def chalk(scale: float = 0.8) -> Lora:
    return Lora("chalk", str(CHALK), sha256(CHALK), scale)


@pytest.fixture
def second_lora(tmp_path) -> Path:
    """One that reaches into the UNet's attention and both text encoders, in peft's names."""
    return small_lora(tmp_path / "second.safetensors")


def wearing(pipe, wanted: Render, **scales: float) -> np.ndarray:
    """Plain diffusers with LoRAs loaded and set, as its manual says."""
    import torch

    for lora in wanted.loras:
        file = Path(lora.path)
        pipe.load_lora_weights(str(file.parent), weight_name=file.name, adapter_name=lora.name)
    pipe.set_adapters([lora.name for lora in wanted.loras], [lora.scale for lora in wanted.loras])
    try:
        return np.asarray(
            pipe(
                prompt=wanted.sampling.prompt,
                negative_prompt=wanted.sampling.negative_prompt,
                width=wanted.width,
                height=wanted.height,
                num_inference_steps=wanted.sampling.steps,
                guidance_scale=wanted.sampling.guidance_scale,
                generator=torch.Generator("cpu").manual_seed(wanted.seed),
            ).images[0]
        )
    finally:
        pipe.unload_lora_weights()


def test_a_lora_does_what_it_does_in_plain_diffusers(engine, pipe) -> None:
    wanted = render(loras=(chalk(),))
    painted = ours(engine, wanted)
    assert np.array_equal(painted, wearing(pipe, wanted))
    assert not np.array_equal(painted, ours(engine, render()))


@pytest.mark.parametrize("kohya", [False, True], ids=["peft", "kohya"])
def test_several_loras_do_what_they_do_in_plain_diffusers_text_encoders_included(
    engine, pipe, tmp_path, kohya
) -> None:
    other = small_lora(tmp_path / "other.safetensors", kohya=kohya)
    wanted = render(loras=(chalk(0.5), Lora("other", str(other), None, 0.7)))
    painted = ours(engine, wanted)
    assert np.array_equal(painted, wearing(pipe, wanted))
    assert not np.array_equal(painted, ours(engine, render(loras=(chalk(0.5),))))


def test_only_scales_may_differ_from_one_picture_to_the_next(engine, pipe) -> None:
    for scale in (0.8, -0.5):
        wanted = render(loras=(chalk(scale),))
        assert np.array_equal(ours(engine, wanted), wearing(pipe, wanted))


def test_a_lora_at_zero_is_not_worn(engine) -> None:
    assert np.array_equal(ours(engine, render(loras=(chalk(0.0),))), ours(engine, render()))


def test_a_lora_is_taken_off_without_a_trace(engine, second_lora) -> None:
    import torch

    model = model_of(engine)
    networks = [model.unet, *(encoder.wake() for encoder in model.texts.encoders)]

    def state():
        return [
            (
                name,
                module,
                [
                    (p.data_ptr(), p.clone(), p.requires_grad)
                    for p in module.parameters(recurse=False)
                ],
            )
            for network in networks
            for name, module in network.named_modules()
        ]

    ours(engine, render())
    before = state()
    ours(engine, render(loras=(chalk(), Lora("second", str(second_lora), None, 1.0))))
    ours(engine, render())
    after = state()
    assert len(before) == len(after)
    for (name, module, parameters), (other_name, other, others) in zip(before, after, strict=True):
        assert (name, id(module)) == (other_name, id(other))
        for (place, value, flag), (new_place, new_value, new_flag) in zip(
            parameters, others, strict=True
        ):
            assert (place, flag) == (new_place, new_flag)
            assert torch.equal(value, new_value)


def test_what_is_no_lora_for_this_model_is_refused_and_harms_nothing(engine, tmp_path) -> None:
    import torch
    from safetensors.torch import save_file

    before = ours(engine, render())
    wide = {"unet.conv_in.lora_A.weight": torch.zeros(2, 9, 3, 3)}
    wide["unet.conv_in.lora_B.weight"] = torch.zeros(48, 2, 1, 1)
    files = {
        "of-nothing": {"something.weight": torch.zeros(2)},
        "of-another-model": wide,
        "of-another-kind": {"lora_unet_conv_in.hada_w1_a": torch.zeros(2, 2)},
        "of-layers-not-here": {
            "unet.nowhere.lora_A.weight": torch.zeros(2, 2),
            "unet.nowhere.lora_B.weight": torch.zeros(2, 2),
        },
    }
    for name, weights in files.items():
        save_file(weights, tmp_path / f"{name}.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"not safetensors")
    for name in (*files, "broken"):
        path = tmp_path / f"{name}.safetensors"
        with pytest.raises(RenderError, match="does not fit this model"):
            engine.render(render(loras=(Lora(name, str(path), None, 1.0),)), no_step)
    assert np.array_equal(ours(engine, render()), before)


def test_a_lora_that_memory_runs_out_for_leaves_nothing_on_the_model(monkeypatch) -> None:
    from daemon.engine.sdxl.lora.worn import Worn

    engine = warm(BARE)  # which goes on with less memory for some pictures, and says so
    before, at_hand, most = ours(engine, render()), Worn.__init__, 60
    dressed: list[object] = []

    def runs_out(self, layer, *given) -> None:
        dressed.append(layer)
        if len(dressed) % most == 0:
            raise MemoryError("out of memory")
        at_hand(self, layer, *given)

    monkeypatch.setattr(Worn, "__init__", runs_out)
    with pytest.raises(RenderError, match="ran out of memory"):
        engine.render(render(loras=(chalk(),)), no_step)
    assert len(dressed) > most  # it was tried again with less memory, too

    assert np.array_equal(ours(engine, render()), before)


def test_a_lora_that_changed_or_went_since_the_plan_is_named(engine, tmp_path) -> None:
    copy = tmp_path / "chalk.safetensors"
    shutil.copy(CHALK, copy)
    with pytest.raises(RenderError, match="has changed since its job was planned"):
        engine.render(render(loras=(Lora("chalk", str(copy), "0" * 64, 1.0),)), no_step)
    gone = Lora("gone", str(tmp_path / "gone.safetensors"), None, 1.0)
    with pytest.raises(RenderError, match="The LoRA gone can't be read"):
        engine.render(render(loras=(gone,)), no_step)


def test_loras_that_do_not_fit_into_memory_together_are_read_once_for_a_picture(
    engine, second_lora, tmp_path, monkeypatch
) -> None:
    from daemon.engine.sdxl.lru import Lru

    monkeypatch.setattr(engine._lora_stack, "_lru", Lru(1))
    files = [
        Path(shutil.copy(file, tmp_path / f"{name}.safetensors"))
        for name, file in (("one", CHALK), ("two", second_lora))
    ]
    wanted = render(loras=tuple(Lora(file.stem, str(file), None, 0.7) for file in files))
    steps = []

    def gone_after_the_first(step: int, _seconds: float, _look: object) -> None:
        steps.append(step)
        for file in files:
            file.unlink(missing_ok=True)

    engine.render(wanted, gone_after_the_first)
    assert steps == [1, 2, 3, 4]


def test_a_lora_that_fits_in_part_is_worn_in_part_and_that_is_reported(engine, tmp_path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(CHALK)
    down = next(key for key in weights if key.endswith("lora_A.weight"))
    up = down.replace("lora_A", "lora_B")
    weights["unet.down_blocks.9.lora_A.weight"] = weights[down].clone()
    weights["unet.down_blocks.9.lora_B.weight"] = weights[up].clone()
    save_file(weights, tmp_path / "more.safetensors")
    more = Lora("more", str(tmp_path / "more.safetensors"), None, 0.8)
    for _ in range(2):
        done = engine.render(render(loras=(more,)), no_step)
        assert np.array_equal(np.asarray(done.image), ours(engine, render(loras=(chalk(),))))
        assert done.warnings == (
            "The LoRA more fits only in part: 122 of its 123 layers are layers of this model.",
        )
