"""What the judges notice: true drawings with one thing wrong, marked against the right prompt.

A judge that always says yes would have a perfect ceiling; here it would fail every line.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from daemon.sketch.score import score
from daemon.sketch.score.score import Pixels
from daemon.sketch.world import scenes, world
from daemon.sketch.world.canvas import RGB, SHAPES, Canvas
from daemon.sketch.world.world import Picture, Thing


def _other(rng: random.Random, answers: Any, *taken: str) -> str:
    return rng.choice([a for a in answers if a not in taken])


def _changed(rng: random.Random, picture: Picture, fact: str) -> Picture:
    """The same picture with another answer to one question."""
    thing = picture.things[0]
    if fact == "ground":
        return replace(picture, ground=_other(rng, world.COLOURS, picture.ground, thing.colour))
    if fact == "colour":
        new = replace(thing, colour=_other(rng, world.COLOURS, picture.ground, thing.colour))
    elif fact == "shape":
        new = replace(thing, shape=_other(rng, world.SHAPES, thing.shape))
    elif fact == "size":
        size = _other(rng, world.SIZES, thing.size)
        new = replace(thing, size=size, r=rng.uniform(*world.RADII[size]))
    else:
        place = _other(rng, world.PLACES, thing.place)
        x, y = world.PLACES[place]
        new = replace(thing, place=place, x=x, y=y)
    return replace(picture, things=(new,))


def _disc(image: Pixels, x: float, y: float, r: float, colour: RGB) -> Pixels:
    canvas = Canvas(*image.shape[:2])
    canvas.image[:] = score.to_tensor(image)
    canvas.paint(SHAPES["circle"], x, y, r, colour)
    return canvas.image.permute(1, 2, 0).numpy()  # type: ignore[no-any-return]


def _far(thing: Thing) -> tuple[float, float]:
    """A place as far from the thing as there is."""
    return max(world.PLACES.values(), key=lambda p: abs(p[0] - thing.x) + abs(p[1] - thing.y))


def _two_colours(rng: random.Random, picture: Picture, image: Pixels) -> Pixels:
    """The lower half of the object in another colour."""
    other = score.to_pixels(_changed(rng, picture, "colour"))
    below = np.arange(image.shape[0])[:, None, None] > picture.things[0].y * image.shape[0]
    return np.where(below, other, image)


#: Where in a shape, in radii from its middle, a hole of a third of a radius and less fits.
WELL_INSIDE = {
    "circle": (0.0, 0.0, 0.35),
    "square": (0.0, 0.0, 0.35),
    "triangle": (0.0, 0.3, 0.25),
    "star": (0.0, 0.05, 0.2),
    "heart": (0.0, -0.05, 0.35),
    "cross": (0.0, 0.0, 0.17),
}


def _hole(_rng: random.Random, picture: Picture, image: Pixels) -> Pixels:
    """A hole in the picture's own shape; a ring has one already and a moon no room for it."""
    thing = picture.things[0]
    x, y, r = WELL_INSIDE[thing.shape]
    x, y = thing.x + x * thing.r, thing.y + y * thing.r
    return _disc(image, x, y, r * thing.r, world.COLOURS[picture.ground])


def _beside(_rng: random.Random, picture: Picture, image: Pixels) -> Pixels:
    thing = picture.things[0]
    return _disc(image, *_far(thing), 0.05, world.COLOURS[thing.colour])


def _stained(_rng: random.Random, picture: Picture, image: Pixels) -> Pixels:
    ground = world.COLOURS[picture.ground]
    near: RGB = tuple(c + (28 if c < 128 else -28) for c in ground)  # type: ignore[assignment]
    return _disc(image, *_far(picture.things[0]), 0.2, near)


SPOILT: dict[str, Callable[[random.Random, Picture, Pixels], Pixels]] = {
    "half in another colour": _two_colours,
    "a hole": _hole,
    "a small thing beside": _beside,
    "a stain on the ground": _stained,
}


def _scene_changes(rng: random.Random, p: Picture) -> dict[str, Picture]:
    """What may go wrong in a scene, by the mark that should tell."""
    changes = {
        "time": replace(p, time=_other(rng, world.TIMES, p.time)),
        "land": replace(p, land=_other(rng, world.LANDS, p.land), props=()),
        "light": replace(p, light=_other(rng, world.LIGHTS, p.light)),
        "light's side": replace(p, light_side=_other(rng, world.SIDES, p.light_side)),
    }
    if p.props:
        changes["props"] = replace(p, props=p.props[1:])
        side = _other(rng, world.SIDES, p.props[0].side)
        again = replace(p.props[0], side=side, x=world.PLACES[side][0])
        changes["nothing else"] = replace(p, props=(*p.props, again))
    return changes


def noticed(count: int, seed: int = 9) -> dict[str, Any]:
    """Of drawings with one fact changed, how many lose the mark for it; of drawings spoilt in
    other ways, how many lose any."""
    rng = random.Random(f"noticing {seed}")
    one, spoilt, three = score.Tally(), score.Tally(), score.Tally()
    for picture, _ in score.singles(count, seed):
        image = score.to_pixels(picture)
        marks = {
            fact: score.mark_single(picture, score.to_pixels(_changed(rng, picture, fact)))[fact]
            for fact in score.FACTS
        }
        one.note({fact: not mark for fact, mark in marks.items()})
        solid = picture.things[0].shape in WELL_INSIDE
        kept = {
            name: all(score.mark_single(picture, spoil(rng, picture, image)).values())
            for name, spoil in SPOILT.items()
            if spoil is not _hole or solid
        }
        spoilt.note({name: not mark for name, mark in kept.items()})
    for picture, _, facts in score.storyboard(count // 4, seed):
        everything = {**facts, "time": picture.time, "light": picture.light}
        everything["light_side"] = picture.light_side
        three.note(
            {
                name: not scenes.mark(picture, everything, score.to_pixels(changed))[name]
                for name, changed in _scene_changes(rng, picture).items()
            }
        )
    return {"single": one.shares(), "single, spoilt": spoilt.shares(), "scene": three.shares()}


def chance(count: int, seed: int = 9) -> dict[str, Any]:
    """Drawings of another prompt, marked against this one."""
    asked = score.singles(count, seed)
    tally = score.Tally()
    for (picture, _), (other, _) in zip(asked, asked[1:] + asked[:1], strict=True):
        tally.note(score.mark_single(picture, score.to_pixels(other)))
    return tally.shares()
