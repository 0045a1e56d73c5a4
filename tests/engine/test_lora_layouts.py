"""LoRA files in every layout people have: worn, they do what adding the change to the weights by
hand does, in plain diffusers, alone and two at once; and nothing of them is left afterwards."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from support import warm_engine
from support.lora_layouts import TE1, TE2, UNET, Maker, layouts
from support.renders import changed
from support.warm_engine import BARE, THEIRS_TO_MEND, no_step, ours, stock_pipeline, warm

from daemon.protocol.render import Lora

pytestmark = THEIRS_TO_MEND

render = partial(warm_engine.render, steps=2, guidance_scale=4.0)
LAYOUTS = layouts()
#: Rounding: side by side is not the same sum as within, and a picture has 256 levels.
LEVELS = 2


@pytest.fixture(scope="module")
def engine():
    return warm(BARE)


@pytest.fixture(scope="module")
def pipe():
    return stock_pipeline()


@pytest.fixture(scope="module")
def shapes(pipe):
    return {
        (part, canonical(part, path)): tuple(module.weight.shape)
        for part in (UNET, TE1, TE2)
        for path, module in getattr(pipe, part).named_modules()
        if getattr(module, "weight", None) is not None
    }


@pytest.fixture(scope="module")
def plain(engine):
    return ours(engine, render(strict=True))


def canonical(part: str, path: str) -> str:
    """transformers has dropped the first part of the first encoder's names."""
    return path if part == UNET or path.startswith("text_model.") else f"text_model.{path}"


def made_of(shapes, name: str):
    return LAYOUTS[name](Maker(shapes, seed=sorted(LAYOUTS).index(name)))


def by_hand(pipe, *worn: tuple) -> np.ndarray:
    """The picture of plain diffusers with every change added to the weights: W + scale * D."""
    import torch

    modules = {
        (part, canonical(part, path)): module
        for part in (UNET, TE1, TE2)
        for path, module in getattr(pipe, part).named_modules()
    }
    before = []
    born = {key: (m.weight.detach().double(), m.bias) for key, m in modules.items()
            if any(key in made.weights or key in made.biases for made, _ in worn)}  # fmt: skip
    try:
        for key, (weight, bias) in born.items():
            module = modules[key]
            before.append((module, module.weight, bias))
            changes = [made.weights[key](weight) * s for made, s in worn if key in made.weights]
            module.weight = torch.nn.Parameter(sum(changes, weight).float(), requires_grad=False)
            moved = [made.biases[key](bias) * s for made, s in worn if key in made.biases]
            if moved:
                start = torch.zeros_like(moved[0]) if bias is None else bias.detach().double()
                module.bias = torch.nn.Parameter(sum(moved, start).float(), requires_grad=False)
        wanted = render()
        return np.asarray(
            pipe(
                prompt=wanted.sampling.prompt,
                width=wanted.width,
                height=wanted.height,
                num_inference_steps=wanted.sampling.steps,
                guidance_scale=wanted.sampling.guidance_scale,
                generator=torch.Generator("cpu").manual_seed(wanted.seed),
            ).images[0]
        )
    finally:
        for module, weight, bias in before:
            module.weight, module.bias = weight, bias


def furthest(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def loud(pipe, made, plain: np.ndarray) -> tuple[float, np.ndarray]:
    """The least scale at which the change is plainly to be seen, and the picture by hand there."""
    for scale in (0.8, -2.5, 8.0, -25.0, 80.0):
        merged = by_hand(pipe, (made, scale))
        if furthest(merged, plain) > 10 * LEVELS:
            return scale, merged
    raise AssertionError("this layout changes nothing")


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_does_what_the_merge_by_hand_does(engine, pipe, shapes, plain, tmp_path, name) -> None:
    made = made_of(shapes, name)
    file = made.save(tmp_path / "one.safetensors")
    scale, merged = loud(pipe, made, plain)

    done = engine.render(render(loras=(Lora("one", str(file), None, scale),)), no_step)

    is_pefts_alone = any("base_model.model." in key for key in made.tensors)
    assert [each for each in done.warnings if "says no alphas" not in each] == []
    assert len(done.warnings) == is_pefts_alone
    assert furthest(np.asarray(done.image), merged) <= LEVELS
    assert np.array_equal(ours(engine, render(strict=True)), plain)


@pytest.mark.parametrize("place", range(0, len(LAYOUTS), 5))
def test_two_at_once_add_up(engine, pipe, shapes, plain, tmp_path, place) -> None:
    names = list(LAYOUTS)
    pair = names[place], names[(place * 7 + 31) % len(names)]
    made = [made_of(shapes, name) for name in pair]
    loras = tuple(
        Lora(str(which), str(each.save(tmp_path / f"{which}.safetensors")), None, scale)
        for which, (each, scale) in enumerate(zip(made, (0.6, -0.3), strict=True))
    )

    painted = ours(engine, render(loras=loras))

    assert furthest(painted, by_hand(pipe, (made[0], 0.6), (made[1], -0.3))) <= LEVELS
    assert np.array_equal(ours(engine, changed(render(strict=True))), plain)
