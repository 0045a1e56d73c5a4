"""How well the model draws what it is told: shares with 95 % intervals, judged by geometry.

Prompts use colour-shape pairs and sentence patterns kept out of training.  `report` is the full
measurement that goes on the card; its parts serve the tests on small samples.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from daemon.sketch.score import judge, sampling
from daemon.sketch.world import captions, scenes, world
from daemon.sketch.world.draw import draw
from daemon.sketch.world.world import Picture

Pixels = NDArray[np.float32]
FACTS = ("ground", "colour", "place", "size", "shape")
AXES = {"left": "x", "above": "y"}


def interval(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    z = 1.96
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = (
        z
        * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
        / (1 + z * z / count)
    )
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass
class Tally:
    """Right answers per question, and of each picture whether all of it is right."""

    right: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    whole: list[bool] = field(default_factory=list)

    def note(self, marks: dict[str, bool]) -> None:
        """Count one picture's marks, and whether all of them are right together."""
        self.whole.append(all(marks.values()))
        for name, mark in {**marks, "all": all(marks.values())}.items():
            self.asked[name] = self.asked.get(name, 0) + 1
            self.right[name] = self.right.get(name, 0) + mark

    def share(self, name: str) -> float:
        return self.right.get(name, 0) / max(1, self.asked.get(name, 0))

    def shares(self) -> dict[str, Any]:
        """Share and interval per question, for a card."""
        table: dict[str, Any] = {"pictures": max(self.asked.values(), default=0)}
        for name, count in self.asked.items():
            low, high = interval(self.right[name], count)
            table[name] = {
                "share": round(self.share(name), 3),
                "from": round(low, 3),
                "to": round(high, 3),
            }
        return table


def to_pixels(picture: Picture, size: int = 256) -> Pixels:
    """A true drawing as the judge takes it."""
    return draw(picture, size, size).permute(1, 2, 0).numpy()  # type: ignore[no-any-return]


def to_tensor(image: Pixels) -> torch.Tensor:
    """(h, w, 3) as (3, h, w)."""
    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)


def mark_single(picture: Picture, image: Pixels) -> dict[str, bool]:
    """What is right in a picture of one object, and whether it is alone there."""
    verdict = judge.judge(image)
    marks = dict.fromkeys(FACTS, False) | {"ground": verdict.ground == picture.ground}
    if verdict.things:
        seen, thing = verdict.things[0], picture.things[0]
        for name in ("place", "size"):
            marks[name] = getattr(seen, name) == getattr(thing, name)
        marks |= {"colour": seen.is_in(thing.colour), "shape": seen.is_a(thing.shape)}
    return marks | {"alone": len(verdict.things) == 1, "even": verdict.even}


def mark_pair(picture: Picture, facts: captions.Facts, image: Pixels) -> dict[str, bool]:
    """What is right in a picture of two objects; only what the prompt said counts."""
    verdict = judge.judge(image, 2)
    marks = {
        "two": len(verdict.things) == 2,
        "relation": False,
        "colours": False,
        "shapes": False,
        "sizes": False,
        "even": verdict.even,
    }
    if "ground" in facts:
        marks["ground"] = verdict.ground == picture.ground
    if not marks["two"]:
        return marks
    axis = AXES[picture.relation]
    seen = sorted(verdict.things, key=lambda s: float(getattr(s, axis)))
    one, two = seen
    across = "y" if axis == "x" else "x"
    apart = getattr(two, axis) - getattr(one, axis)
    marks["relation"] = apart > 0.15 and apart > abs(getattr(two, across) - getattr(one, across))
    slots = list(zip("ab", seen, strict=True))
    marks["colours"] = all(s.is_in(facts[f"{slot}.colour"]) for slot, s in slots)
    marks["shapes"] = all(s.is_a(facts[f"{slot}.shape"]) for slot, s in slots)
    marks["sizes"] = all(s.size == facts.get(f"{slot}.size", s.size) for slot, s in slots)
    return marks


def singles(count: int, seed: int, unseen: bool = True) -> list[tuple[Picture, str]]:
    """Prompts that say everything about one object, in wordings and pairs never trained on."""
    rng = random.Random(f"single {seed}")
    chosen = [world.single(rng, unseen=unseen, plain=True) for _ in range(count)]
    return [(p, captions.caption(rng, p, whole=True, unseen=unseen)[0]) for p in chosen]


def pairs(count: int, seed: int, unseen: bool = True) -> list[tuple[Picture, str, captions.Facts]]:
    """Prompts about two objects, in wordings and pairs never trained on."""
    rng = random.Random(f"pair {seed}")
    found = []
    for _ in range(count):
        picture = world.pair(rng, unseen=unseen)
        text, facts = captions.caption(rng, picture, whole=True, unseen=unseen)
        found.append((picture, text, facts))
    return found


def score_singles(pipe: Any, count: int, seed: int = 1, **how: Any) -> Tally:
    """The main figure."""
    asked = singles(count, seed)
    images = sampling.render(
        pipe, [t for _, t in asked], range(seed * 100_000, seed * 100_000 + count), **how
    )
    tally = Tally()
    for (picture, _), image in zip(asked, images, strict=True):
        tally.note(mark_single(picture, image))
    return tally


def score_pairs(pipe: Any, count: int, seed: int = 1, **how: Any) -> Tally:
    """Two objects and their relation."""
    asked = pairs(count, seed)
    images = sampling.render(
        pipe, [t for _, t, _ in asked], range(seed * 200_000, seed * 200_000 + count), **how
    )
    tally = Tally()
    for (picture, _, facts), image in zip(asked, images, strict=True):
        tally.note(mark_pair(picture, facts, image))
    return tally


def storyboard(count: int, seed: int) -> list[tuple[Picture, str, captions.Facts]]:
    """Prompts about scenes; of these nothing is held out."""
    rng = random.Random(f"scene {seed}")
    chosen = [replace(world.scene(rng), style="flat") for _ in range(count)]
    return [(p, *captions.caption(rng, p, whole=True)) for p in chosen]


def score_scenes(pipe: Any, count: int, seed: int = 1, **how: Any) -> Tally:
    """Storyboard scenes."""
    asked = storyboard(count, seed)
    seeds = range(seed * 500_000, seed * 500_000 + count)
    images = sampling.render(pipe, [t for _, t, _ in asked], seeds, **how)
    tally = Tally()
    for (picture, _, facts), image in zip(asked, images, strict=True):
        tally.note(scenes.mark(picture, facts, image))
    return tally


def ceiling(count: int, seed: int = 9) -> dict[str, Any]:
    """The judge on true drawings of random size: what a perfect model would score."""
    rng = random.Random(f"ceiling {seed}")
    one, two, three = Tally(), Tally(), Tally()
    for picture, _ in singles(count, seed):
        one.note(mark_single(picture, to_pixels(picture, rng.choice((192, 256, 320)))))
    for picture, _, facts in pairs(count, seed):
        two.note(mark_pair(picture, facts, to_pixels(picture, rng.choice((192, 256, 320)))))
    for picture, _, facts in storyboard(count // 2, seed):
        three.note(scenes.mark(picture, facts, to_pixels(picture, rng.choice((192, 256, 320)))))
    return {"single": one.shares(), "pair": two.shares(), "scene": three.shares()}


def reference_picture(picture: Picture, size: int = 256) -> Any:
    """A drawing as a Pillow image, to be given as a reference."""
    from PIL import Image

    return Image.fromarray((to_pixels(picture, size) * 255).round().astype(np.uint8))


def score_references(
    pipe: Any, count: int, scale: float, seed: int = 1, prompt: str = "a picture", **how: Any
) -> Tally:
    """How much of a reference comes through when the prompt says nothing."""
    chosen = [p for p, _ in singles(count, seed + 50)]
    pipe.set_ip_adapter_scale(scale)
    given = [reference_picture(p) for p in chosen]
    seeds = range(seed * 300_000, seed * 300_000 + count)
    images = sampling.render(pipe, [prompt] * count, seeds, references=given, **how)
    tally = Tally()
    for picture, image in zip(chosen, images, strict=True):
        tally.note(mark_single(picture, image))
    return tally


def diversity(pipe: Any, count: int, seed: int = 1, **how: Any) -> list[Pixels]:
    """Pictures of one vague prompt with different seeds."""
    seeds = range(seed * 400_000, seed * 400_000 + count)
    return sampling.render(pipe, ["a picture"] * count, seeds, **how)


def spread(images: list[Pixels]) -> float:
    """Mean distance between any two of these pictures (0..1)."""
    gaps = [np.abs(a - b).mean() for k, a in enumerate(images) for b in images[:k]]
    return float(np.mean(gaps))
