"""Storyboard scenes to words, by drawing what they might be and looking which comes nearest.

The time of day and the land come first, then each place where a sun or moon may stand, then the
props: each is looked for only where it would make a difference.  What was found is then drawn, and
whatever the picture shows beyond it is a mistake.  Like `judge` it never sees a caption or the
model, and is measured on true drawings first.  Plain (flat) scenes only.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from daemon.sketch.world import captions, draw, world
from daemon.sketch.world.world import Picture, Prop

Pixels = NDArray[np.float32]
EDGE = 128  # pixels a side at which drawings are compared
COLOURS = {
    "house": ("white", "red", "yellow", "blue"),
    "tree": ("green",),
    "boat": ("red", "white", "brown"),
}
STANDING = {"sea": ("boat",), "hills": ("house", "tree")}
#: How much nearer, of what a prop changes, a picture must be with it than without.
NEARER = 0.6
#: A pixel is explained if it lies within `TOLERANCE` of what is drawn within `NEAR` pixels of it.
NEAR, TOLERANCE = 4, 0.2
#: The share of pixels that may stay unexplained.
UNEXPLAINED = 0.01


@dataclass(frozen=True)
class Scene:
    """What a scene shows."""

    time: str
    land: str
    lights: dict[str, str]  # sun or moon by side
    props: dict[str, Prop]  # by kind
    unexplained: float  # the share of pixels that none of it accounts for


@lru_cache(2000)
def _drawn(picture: Picture) -> Pixels:
    return draw.draw(picture, EDGE, EDGE).permute(1, 2, 0).numpy()  # type: ignore[no-any-return]


def shrunk(image: Pixels, edge: int) -> Pixels:
    """The picture at so many pixels a side."""
    whole = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]
    small = torch.nn.functional.interpolate(whole, (edge, edge), mode="area")
    return small[0].permute(1, 2, 0).numpy()  # type: ignore[no-any-return]


def _gain(image: Pixels, bare: Pixels, more: Pixels) -> tuple[float, float]:
    """How far the picture is from `more`, as a share of how far it is from `bare`, where the two
    differ; and how many values that is nearer in all."""
    where = np.abs(more - bare).max(-1) > 0.06
    near, far = (float(np.abs(image - each)[where].sum()) for each in (more, bare))
    return near / max(far, 1e-6), far - near


def _best(image: Pixels, bare: Picture, candidates: list[Any], change: Any) -> Any:
    """The candidate whose drawing explains most of what the bare one does not, if any does."""
    found, most = None, 0.0
    for candidate in candidates:
        share, gain = _gain(image, _drawn(bare), _drawn(change(candidate)))
        if share < NEARER and gain > most:
            found, most = candidate, gain
    return found


def see(image: Pixels) -> Scene:
    """What a scene shows; `image` is (h, w, 3) in 0..1, square."""
    image = shrunk(image, EDGE)
    bases = [
        Picture("scene", time=time, land=land, light_side="left")
        for time, land in itertools.product(world.TIMES, world.LANDS)
    ]
    bare = min(bases, key=lambda base: float(np.median(np.abs(image - _drawn(base)).mean(-1))))
    lights = {
        side: light
        for side in world.SIDES
        if (
            light := _best(
                image,
                bare,
                list(world.LIGHTS),
                lambda one, side=side: replace(bare, light=one, light_side=side),
            )
        )
    }
    props = {}
    for kind in STANDING[bare.land]:
        places = [
            Prop(kind, side, colour, world.PLACES[side][0] + shift)
            for side in world.SIDES
            for colour in COLOURS[kind]
            for shift in (-0.02, 0.0, 0.02)
        ]
        if prop := _best(image, bare, places, lambda one: replace(bare, props=(one,))):
            props[kind] = prop
    found = replace(bare, props=tuple(props.values()))
    for side, light in list(lights.items())[:1]:
        found = replace(found, light=light, light_side=side)
    return Scene(bare.time, bare.land, lights, props, _unexplained(image, _drawn(found)))


def _unexplained(image: Pixels, drawn: Pixels) -> float:
    """The share of pixels unlike everything drawn near them: edges may waver, things may not
    appear or fade."""
    flat = torch.from_numpy(drawn).permute(2, 0, 1)
    edge = 2 * NEAR + 1
    most = torch.nn.functional.max_pool2d(flat, edge, stride=1, padding=NEAR)
    least = -torch.nn.functional.max_pool2d(-flat, edge, stride=1, padding=NEAR)
    seen = torch.from_numpy(image).permute(2, 0, 1)
    beyond = torch.maximum(seen - most, least - seen).amax(0)
    return float((beyond > TOLERANCE).float().mean())


def mark(picture: Picture, facts: captions.Facts, image: Pixels) -> dict[str, bool]:
    """What is right in a scene; only what the prompt said counts, but for a second light."""
    seen = see(image)
    marks = {"land": seen.land == picture.land, "one light": len(seen.lights) <= 1}
    if "time" in facts:
        marks["time"] = seen.time == picture.time
    if "light" in facts:
        side = facts.get("light_side")
        marks["light"] = picture.light in seen.lights.values()
        marks["light's side"] = side is None or side in seen.lights
    marks["props"] = {p.kind for p in picture.props} == set(seen.props)
    marks["nothing else"] = seen.unexplained <= UNEXPLAINED
    for wanted in picture.props:
        found = seen.props.get(wanted.kind)
        for name in ("side", "colour"):
            said = facts.get(f"{wanted.kind}.{name}", "somewhere")
            right = found is not None and said in ("somewhere", getattr(found, name))
            marks[f"props' {name}s"] = marks.get(f"props' {name}s", True) and right
    return marks
