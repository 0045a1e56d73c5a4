"""Styles, measured: by words, by reference and by LoRA, each beside the same things drawn flat.

Every test is a question about pixels, asked of true drawings as well: what it says of those in the
style and of flat ones is its ceiling and its floor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daemon.sketch.score import judge, sampling, score
from daemon.sketch.score.measures import VAGUE, count_of
from daemon.sketch.world import draw, words, world
from daemon.sketch.world.world import Picture

Pixels = NDArray[np.float32]
Test = Callable[[Picture, Pixels], bool]
SLATE = np.array(draw.SLATE, dtype=np.float32) / np.float32(255)
#: The share of what an outline encloses that its line may fill.
LINE = 0.75


def on_slate(_picture: Picture, image: Pixels) -> bool:
    """Whether the picture stands on the blackboard of the chalk style."""
    return bool(np.abs(judge.border(image) - SLATE).max() < 0.09)


def is_outline(_picture: Picture, image: Pixels) -> bool:
    """Whether the largest part is a closed line with nothing in it."""
    _, mask = judge.foreground(image)
    found = judge.parts(mask)
    return bool(found) and 1 / (1 + judge.holes(found[0])) < LINE


def is_dark(picture: Picture, image: Pixels) -> bool:
    """Whether the ground is nearer to its colour at night than to its colour by day."""
    day = np.array(world.COLOURS[picture.ground])
    night = np.array(draw.mix(world.COLOURS[picture.ground], draw.NAVY, draw.DARKNESS))
    ground = judge.border(image) * 255
    return bool(np.abs(ground - night).max() < np.abs(ground - day).max())


TESTS: dict[str, Test] = {"outline": is_outline, "chalk": on_slate, "night": is_dark}


def filled_singles(count: int, seed: int) -> list[tuple[Picture, str]]:
    """Prompts of solid shapes on bright grounds, so that a style can show, that name none yet."""
    found = [
        (p, t)
        for p, t in score.singles(count * 8 + 40, seed, unseen=False)
        if p.things[0].shape in ("circle", "square", "triangle", "heart")
        and p.ground not in ("black", "blue", "purple")
        and "flat" not in t
    ]
    return found[:count]


def _shares(pictures: list[Picture], style: str, **drawn: list[Pixels]) -> dict[str, Any]:
    """How many of each list look like the style, beside true drawings with and without it."""
    table = {}
    true = {
        "drawings without": [score.to_pixels(p) for p in pictures],
        "drawings with": [score.to_pixels(replace(p, style=style)) for p in pictures],
    }
    for label, images in {**drawn, **true}.items():
        tally = score.Tally()
        for picture, image in zip(pictures, images, strict=True):
            tally.note({style: TESTS[style](picture, image)})
        table[label] = tally.shares()[style]
    return {"pictures": len(pictures), **table}


def by_words(folder: Path, scale: float) -> Any:
    """A style's name at the end of a prompt, and the chalk LoRA without a word."""
    pipe = sampling.load(folder)
    count = count_of(40, scale)
    pictures, texts = (list(each) for each in zip(*filled_singles(count, 3), strict=True))
    plain = sampling.render(pipe, texts, range(count))
    table: dict[str, Any] = {}
    for style in TESTS:
        asked = [f"{t}, {words.STYLE_WORDS[style][0]}" for t in texts]
        styled = sampling.render(pipe, asked, range(count))
        table[style] = _shares(pictures, style, **{"without": plain, "with": styled})
    pipe.load_lora_weights(
        str(folder / "loras"), weight_name="chalk.safetensors", adapter_name="chalk"
    )
    drawn = sampling.render(pipe, texts, range(count))
    table["LoRA chalk"] = _shares(pictures, "chalk", **{"without": plain, "with": drawn})
    return table


def by_reference(folder: Path, scale: float) -> Any:
    """The prompt silent: after a flat reference, and after one of the same things in the style."""
    count = count_of(40, scale)
    pictures = [p for p, _ in filled_singles(count, 6)]
    table: dict[str, Any] = {}
    for kind in ("base", "plus"):
        pipe = sampling.load(folder)
        sampling.load_adapter(pipe, folder, kind)
        pipe.set_ip_adapter_scale(1.0)

        def after(style: str, pipe: Any = pipe) -> list[Pixels]:
            given = [score.reference_picture(replace(p, style=style)) for p in pictures]
            return sampling.render(pipe, [VAGUE] * count, range(count), references=given)

        flat = after("flat")
        table[kind] = {
            style: _shares(pictures, style, **{"without": flat, "with": after(style)})
            for style in TESTS
        }
    return table
