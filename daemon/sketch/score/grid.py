"""Contact sheets to look at, and the strip of storyboard pictures that the README opens with."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from daemon.sketch.score import few_steps, sampling, score
from daemon.sketch.world import captions, world

STORYBOARD = (
    "the sun on the left, a red boat in the middle, the sea, at dawn",
    "the sun, a white boat on the right, the sea, daytime",
    "a red house on the left, a tree on the right, hills, by day",
    "the sun on the right, a white boat on the left, the ocean, at sunset",
    "a white house on the right, a tree on the left, hills, at dusk",
    "the moon on the right, a house on the left, hills, starry sky",
    "the moon, a boat, the sea, at night",
)


def sheet(folder: Path, target: Path, steps: int, guidance: float, size: int) -> None:
    """Storyboard scenes, held-out prompts, pairs, patterns and styles on one sheet."""
    pipe = sampling.load(folder)
    rng = random.Random(8)
    texts = [
        *STORYBOARD,
        *(t for _, t in score.singles(14, 8)),
        *(t for _, t, _ in score.pairs(7, 8)),
    ]
    fancy = [
        p for p in (world.single(rng) for _ in range(200)) if p.style + p.pattern != "flatplain"
    ]
    texts += [captions.caption(rng, p, whole=True)[0] for p in fancy[:14]]
    images = sampling.render(
        pipe, texts, range(len(texts)), steps=steps, guidance=guidance, size=(size, size), batch=7
    )
    sampling.sheet(images, 7).save(target)
    for k, text in enumerate(texts):
        print(k // 7 + 1, k % 7 + 1, text)


def strip(folder: Path, target: Path, seed: int = 1) -> None:
    """Six storyboard pictures in a row, in the quality preset's steps."""
    pipe = sampling.load(folder)
    texts = STORYBOARD[:6]
    images = sampling.render(
        pipe, texts, range(seed, seed + len(texts)), steps=20, guidance=7.5, batch=6
    )
    sampling.sheet(images, len(texts), gap=6).save(target, optimize=True)


def ways(folder: Path, target: Path, seed: int = 1) -> None:
    """The same six beside each other in every way of `few_steps`, a row each, at half size."""
    texts = STORYBOARD[:6]
    images = []
    for way in few_steps.WAYS.values():
        pipe = few_steps.dressed(sampling.load(folder), folder, way)
        how: dict[str, Any] = {"steps": way.steps, "guidance": way.guidance}
        images += sampling.render(pipe, texts, range(seed, seed + len(texts)), batch=6, **how)
    whole = sampling.sheet(images, len(texts), gap=6)
    whole.resize((whole.width // 2, whole.height // 2)).save(target, optimize=True)
