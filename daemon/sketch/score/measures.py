"""What is measured of a model folder, part by part; styles have a room of their own.

Each part takes (folder, scale) and returns what goes on the card; `scale` shrinks the samples.
"""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daemon.sketch.score import grounds, judge, judge_checks, sampling, score
from daemon.sketch.world import captions, world
from daemon.sketch.world.world import Picture

Pixels = NDArray[np.float32]
#: A prompt that leaves everything to the reference.
VAGUE = "a picture"
#: Steps and guidance of the presets.
STEPS = {"fast": (10, 6.5), "balanced": (15, 7.0), "quality": (20, 7.5)}


def count_of(full: int, scale: float) -> int:
    """How many pictures, of so many in full."""
    return max(2, round(full * scale))


def ceiling(_folder: Path, scale: float) -> Any:
    """The judge on true drawings; on spoilt ones, the share noticed; and on drawings of other
    prompts, which is chance."""
    count = count_of(500, scale)
    return {
        "true drawings": score.ceiling(count),
        "patterned grounds": score_drawn_grounds(count),
        "spoilt, noticed": judge_checks.noticed(count // 2),
        "chance": judge_checks.chance(count),
    }


def preset(name: str, folder: Path, scale: float) -> dict[str, Any]:
    """The main figures at the steps and guidance of a preset."""
    steps, guidance = STEPS[name]
    pipe = sampling.load(folder)
    one = score.score_singles(pipe, count_of(500, scale), steps=steps, guidance=guidance)
    two = score.score_pairs(pipe, count_of(200, scale), steps=steps, guidance=guidance)
    three = score.score_scenes(pipe, count_of(100, scale), steps=steps, guidance=guidance)
    table: dict[str, Any] = {"steps": steps, "guidance": guidance}
    return table | {"single": one.shares(), "pair": two.shares(), "scene": three.shares()}


def balanced(folder: Path, scale: float) -> Any:
    """The preset that is the default, on the full number of prompts."""
    return preset("balanced", folder, scale)


def fast(folder: Path, scale: float) -> Any:
    """Two prompts in five."""
    return preset("fast", folder, 0.4 * scale)


def quality(folder: Path, scale: float) -> Any:
    """Two prompts in five."""
    return preset("quality", folder, 0.4 * scale)


def _paired(base: list[bool], other: list[bool]) -> dict[str, float]:
    """How much more of `other` is right, picture by picture, with a 95 % interval."""
    gaps = np.array(other, dtype=float) - np.array(base, dtype=float)
    half = 1.96 * float(gaps.std()) / math.sqrt(len(gaps))
    middle = float(gaps.mean())
    return {
        "difference": round(middle, 3),
        "from": round(middle - half, 3),
        "to": round(middle + half, 3),
    }


def samplers(folder: Path, scale: float) -> Any:
    """Every general sampler at 15 steps on the same prompts and noise, and its difference from
    Euler in pictures with everything right."""
    pipe = sampling.load(folder)
    count = count_of(200, scale)
    table: dict[str, Any] = {}
    euler: list[bool] = []
    for name in sampling.SAMPLERS:
        sampling.set_sampler(pipe, folder, name)
        tally = score.score_singles(pipe, count, seed=2)
        euler = euler or tally.whole
        table[name] = {**tally.shares(), "against Euler": _paired(euler, tally.whole)}
    return table


def references(folder: Path, scale: float) -> Any:
    """Both adapters over their scale, with a prompt that says nothing."""
    table: dict[str, Any] = {}
    for kind in ("base", "plus"):
        pipe = sampling.load(folder)
        sampling.load_adapter(pipe, folder, kind)
        table[kind] = {
            f"{strength:.1f}": score.score_references(
                pipe, count_of(100 if strength == 1 else 50, scale), strength
            ).shares()
            for strength in (1.0, 0.6, 0.3, 0.0)
        }
    return table


def _patterned(count: int, seed: int) -> list[Picture]:
    """Pictures of one object on striped, dotted and gradient grounds; pairs of colour and shape
    are held out."""
    rng = random.Random(f"ground {seed}")
    found: list[Picture] = []
    while len(found) < count:
        picture = world.single(rng, unseen=True)
        if picture.style == "flat" and picture.pattern != "plain":
            found.append(picture)
    return found


def score_drawn_grounds(count: int) -> dict[str, Any]:
    """The reader of patterned grounds on true drawings."""
    tally = score.Tally()
    for picture in _patterned(count, 9):
        tally.note(grounds.mark(picture, score.to_pixels(picture)))
    return tally.shares()


def patterns(folder: Path, scale: float) -> Any:
    """Striped, dotted and gradient grounds, by words and by reference."""
    count = count_of(60, scale)
    rng = random.Random(3)
    pictures = _patterned(count, 1)
    texts = [captions.caption(rng, p, whole=True, unseen=True)[0] for p in pictures]
    pipe = sampling.load(folder)
    drawn = {"by words": sampling.render(pipe, texts, range(count))}
    sampling.load_adapter(pipe, folder)
    pipe.set_ip_adapter_scale(1.0)
    given = [score.reference_picture(p) for p in pictures]
    drawn["by reference"] = sampling.render(pipe, [VAGUE] * count, range(count), references=given)
    table = {}
    for label, images in drawn.items():
        tally = score.Tally()
        for picture, image in zip(pictures, images, strict=True):
            tally.note(grounds.mark(picture, image))
        table[label] = tally.shares()
    return table


def blend(folder: Path, scale: float) -> Any:
    """Two references at once, the prompt silent: how often each fact is one of theirs, and how
    often a picture has something that only the one shows and something that only the other does.
    Beside it the same of pictures that were shown only the first."""
    pipe = sampling.load(folder)
    sampling.load_adapter(pipe, folder)
    pipe.set_ip_adapter_scale(1.0)
    count = count_of(50, scale)
    pictures = [p for p, _ in score.singles(2 * count, 61)]
    shown = list(zip(pictures[:count], pictures[count:], strict=True))
    table: dict[str, Any] = {}
    for label, number in (("both", 2), ("one", 1)):
        given = [[[score.reference_picture(p) for p in both[:number]]] for both in shown]
        drawn = sampling.render(pipe, [VAGUE] * count, range(count), references=given)
        tally = score.Tally()
        for both, image in zip(shown, drawn, strict=True):
            one, two = (score.mark_single(p, image) for p in both)
            either = {fact: one[fact] or two[fact] for fact in score.FACTS}
            of_one = any(one[fact] and not two[fact] for fact in score.FACTS)
            of_two = any(two[fact] and not one[fact] for fact in score.FACTS)
            tally.note({**either, "something of each": of_one and of_two})
        table[label] = tally.shares()
    return table


def negative(pipe: Any, count: int, **how: Any) -> dict[str, score.Tally]:
    """The prompt leaves a colour open; whether objects keep the one they had, from the same
    noise, once the negative prompt forbids it, and whether they do where it forbids another."""
    rng = random.Random(4)
    texts = [f"a big {rng.choice(world.SHAPES)} on a white background" for _ in range(count)]

    def colours(forbidden: list[str] | None) -> list[str]:
        drawn = sampling.render(pipe, texts, range(count), negative=forbidden, **how)
        return [v.things[0].colour if v.things else "" for v in map(judge.judge, drawn)]

    had = colours(None)
    others = [rng.choice([c for c in world.COLOURS if c not in (one, "white")]) for one in had]
    table: dict[str, score.Tally] = {}
    for label, forbidden in (("it forbidden", had), ("another forbidden", others)):
        table[label] = score.Tally()
        for before, now in zip(had, colours(forbidden), strict=True):
            if before:
                table[label].note({"kept": before == now})
    return table


def negative_prompt(folder: Path, scale: float) -> Any:
    """How many objects keep a colour that is forbidden, and one that is not."""
    tallies = negative(sampling.load(folder), count_of(60, scale))
    return {label: tally.shares() for label, tally in tallies.items()}


def diversity(folder: Path, scale: float) -> Any:
    """Pictures of one vague prompt differ from seed to seed, as much as drawings do: mean distance
    in pixels, and how many different backgrounds there are among so many."""
    rng = random.Random(7)
    count = count_of(24, scale)
    pictures = {
        "model": score.diversity(sampling.load(folder), count),
        "drawings": [score.to_pixels(world.sample(rng)) for _ in range(count)],
    }
    return {
        label: {
            "pictures": count,
            "distance": round(score.spread(images), 3),
            "backgrounds": len({judge.judge(image).ground for image in images}),
        }
        for label, images in pictures.items()
    }


def sizes(folder: Path, scale: float) -> Any:
    """Other sizes than the native one."""
    pipe = sampling.load(folder)
    table = {}
    for height, width in ((192, 192), (256, 384), (384, 256), (384, 384)):
        tally = score.score_singles(pipe, count_of(60, scale), seed=5, size=(height, width))
        table[f"{width}x{height}"] = tally.shares()
    return table


def conditioning(folder: Path, scale: float) -> Any:
    """Size conditioning: where the middle of a circle "in the middle" comes to lie, in shares of
    width and height, for a picture said to be a crop of a larger one, and where it should."""
    pipe = sampling.load(folder)
    colours = [c for c in world.COLOURS if c != "white"][: count_of(11, scale)]
    texts = [f"a big {colour} circle in the middle on a white background" for colour in colours]
    table = {}
    for original, top, left in ((256, 0, 0), (320, 0, 64), (320, 64, 0)):
        drawn = sampling.render(
            pipe,
            texts,
            range(len(texts)),
            original_size=(original, original),
            crops_coords_top_left=(top, left),
        )
        seen = [verdict.things[0] for verdict in map(judge.judge, drawn) if verdict.things]
        table[f"{original} px, crop at {left},{top}"] = {
            "is": [
                round(float(np.median([getattr(s, axis) for s in seen] or [-1])), 3)
                for axis in "xy"
            ],
            "should be": [(original / 2 - corner) / 256 for corner in (left, top)],
        }
    return table
