"""How well a rough drawing is followed: prompts that say what there is, and a drawing that says
where and how large, judged by the picture the drawing was made from.

Of two things a prompt says which is left or above: without that this model draws one of them twice,
with a drawing and without. Pairs of colour and shape are held out. The same prompts and noise
without the drawing are chance. Followed as jobs follow it: by the words, and by the recipe beside
the adapter.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray

from daemon.protocol.closeness import USUAL, closeness
from daemon.sketch.score import sampling, score
from daemon.sketch.score.measures import VAGUE, count_of
from daemon.sketch.score.score import Tally
from daemon.sketch.world import facts, hints, scenes
from daemon.sketch.world.rough import outlines, rough
from daemon.sketch.world.world import Picture

Pixels = NDArray[np.float32]
FOLDER = "controls/drawing"
SIZE, BATCH, GUIDANCE = 256, 10, 7.0


@dataclass(frozen=True)
class Asked:
    """A picture that somebody has in mind, what they say of it, and what they draw."""

    picture: Picture
    prompt: str
    drawing: Any


def asked(kind: str, count: int, seed: int = 1, prompt: str = "") -> list[Asked]:
    """`kind` is single, pair or scene; `prompt` is said instead of what there is."""
    rng = random.Random(f"drawing {kind} {seed}")
    made: dict[str, Callable[[int, int], Sequence[Any]]] = {
        "single": score.singles,
        "pair": score.pairs,
        "scene": score.storyboard,
    }
    found = made[kind](count, seed + 70)
    pictures: list[Picture] = [one[0] for one in found]
    return [
        Asked(p, prompt or hints.what(rng, p, relation=True), by_hand(rng, p)) for p in pictures
    ]


def by_hand(rng: random.Random, picture: Picture, size: int = SIZE) -> Any:
    """A rough drawing of a picture, as a Pillow image: white on black."""
    from PIL import Image

    drawn = rough(rng, outlines(picture, size, size))[0]
    return Image.fromarray((drawn * 255).round().byte().numpy())


def meant(folder: Path, word: str = USUAL) -> tuple[float, float]:
    """What a word means with the adapter in this folder: how strongly a drawing is followed, and
    for how much of the steps."""
    recipe = (folder / FOLDER).with_suffix(".yaml")
    said = yaml.safe_load(recipe.read_text(encoding="utf-8")) if recipe.exists() else None
    found = closeness(word, "drawing", said)
    return found["scale"], found["end"]


def load(folder: Path) -> Any:
    """The stock pipeline of T2I-Adapters, quiet."""
    from diffusers import StableDiffusionXLAdapterPipeline, T2IAdapter

    plain = sampling.load(folder)
    adapter = T2IAdapter.from_pretrained(folder / FOLDER, local_files_only=True)
    pipe = StableDiffusionXLAdapterPipeline(
        **plain.components, adapter=adapter.to(plain.device, plain.unet.dtype)
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def render(
    pipe: Any, wanted: Sequence[Asked], seed: int, scale: float, end: float, steps: int = 15
) -> list[Pixels]:
    """A picture for each, with the noise of its own seed."""
    images: list[Pixels] = []
    for k in range(0, len(wanted), BATCH):
        rows = wanted[k : k + BATCH]
        seeds = range(seed + k, seed + k + len(rows))
        images += list(
            pipe(
                [one.prompt for one in rows],
                image=[one.drawing for one in rows],
                height=SIZE,
                width=SIZE,
                num_inference_steps=steps,
                guidance_scale=GUIDANCE,
                adapter_conditioning_scale=scale,
                adapter_conditioning_factor=end,
                generator=[torch.Generator("cpu").manual_seed(s) for s in seeds],
                output_type="np",
            ).images
        )
    return images


def mark(picture: Picture, image: Pixels) -> dict[str, bool]:
    """What of the picture that was meant is there."""
    truth = facts.truth(picture)
    if picture.kind == "single":
        return score.mark_single(picture, image)
    if picture.kind == "pair":
        return score.mark_pair(picture, truth, image)
    return scenes.mark(picture, truth, image)


def score_drawings(pipe: Any, wanted: Sequence[Asked], how: tuple[float, float]) -> Tally:
    """`how` is the scale, and the fraction of the steps at which it ends."""
    tally = Tally()
    for one, image in zip(wanted, render(pipe, wanted, 600_000, *how), strict=True):
        tally.note(mark(one.picture, image))
    return tally


def measure(folder: Path, scale: float) -> Any:
    """With the drawing, without it, and with a prompt that says nothing."""
    pipe = load(folder)
    usual = meant(folder)
    table: dict[str, Any] = {"scale": usual[0], "end": usual[1]}
    single = asked("single", count_of(100, scale))
    table["single"] = score_drawings(pipe, single, usual).shares()
    table["single, without it"] = score_drawings(pipe, single, (0.0, 1.0)).shares()
    for kind in ("pair", "scene"):
        table[kind] = score_drawings(pipe, asked(kind, count_of(25, scale)), usual).shares()
    vague = asked("single", count_of(30, scale), prompt=VAGUE)
    table[VAGUE] = score_drawings(pipe, vague, usual).shares()
    return table


def sheet(folder: Path, target: Path, columns: int = 8) -> None:
    """Drawings above their pictures: things, pairs and scenes."""
    pipe = load(folder)
    wanted = [one for kind, count in (("single", 6), ("pair", 5), ("scene", 5))
              for one in asked(kind, count, seed=3)]  # fmt: skip
    made = render(pipe, wanted, 700_000, *meant(folder))
    rows: list[Pixels] = []
    for k in range(0, len(wanted), columns):
        drawn: list[Pixels] = [
            np.asarray(one.drawing.convert("RGB"), dtype=np.float32) / np.float32(255)
            for one in wanted[k : k + columns]
        ]
        rows += [*drawn, *made[k : k + columns]]
    sampling.sheet(rows, columns).save(target)
    for one in wanted:
        print(one.prompt)
