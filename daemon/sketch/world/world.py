"""What there is to draw: a small world of flat shapes and storyboard scenes, as plain values.

A `Picture` says everything that is true of a drawing and nothing of pixels or words:
`draw` turns it into an image, `captions` into sentences.  `sample` invents one.

One colour in eight is never paired with a given shape during training (`held_out`), so that
a score on those pairs measures whether the model composes what it read or recites.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (222, 38, 38),
    "orange": (247, 140, 22),
    "yellow": (252, 222, 56),
    "green": (38, 158, 62),
    "teal": (44, 190, 190),
    "blue": (38, 84, 214),
    "purple": (132, 54, 184),
    "pink": (248, 150, 196),
    "brown": (122, 76, 40),
    "black": (22, 22, 26),
    "white": (248, 248, 246),
    "grey": (140, 142, 146),
}
SHAPES = ("circle", "square", "triangle", "star", "ring", "heart", "moon", "cross")
SIZES = ("small", "big")
PLACES: dict[str, tuple[float, float]] = {
    "left": (0.27, 0.5),
    "right": (0.73, 0.5),
    "top": (0.5, 0.27),
    "bottom": (0.5, 0.73),
    "centre": (0.5, 0.5),
    "top left": (0.27, 0.27),
    "top right": (0.73, 0.27),
    "bottom left": (0.27, 0.73),
    "bottom right": (0.73, 0.73),
}
PATTERNS = ("plain", "striped", "dotted", "gradient")
STYLES = ("flat", "outline", "chalk", "night")
TIMES = ("day", "dawn", "dusk", "night")
LIGHTS = ("sun", "moon")
LANDS = ("sea", "hills")
PROPS = ("house", "tree", "boat")
SIDES = ("left", "right", "centre")

RADII = {"small": (0.105, 0.135), "big": (0.215, 0.255)}
PAIR_RADII = {"small": (0.095, 0.120), "big": (0.165, 0.200)}
NEAR_ALIKE = {
    frozenset(pair) for pair in (("white", "grey"), ("black", "grey"), ("orange", "yellow"))
}


@dataclass(frozen=True)
class Thing:
    """One object; x and y are fractions of the width and height, r of the shorter side."""

    shape: str
    colour: str
    size: str
    place: str
    x: float
    y: float
    r: float


@dataclass(frozen=True)
class Prop:
    """A house, tree or boat in a scene."""

    kind: str
    side: str
    colour: str
    x: float


@dataclass(frozen=True)
class Picture:
    """Everything that is true of one drawing."""

    kind: str  # single, pair or scene
    style: str = "flat"
    pattern: str = "plain"
    ground: str = "white"
    ground2: str = ""
    things: tuple[Thing, ...] = ()
    relation: str = ""  # of the first thing to the second: "left" or "above"
    time: str = ""
    light: str = ""
    light_side: str = ""
    land: str = ""
    props: tuple[Prop, ...] = field(default=())


def held_out(colour: str, shape: str) -> bool:
    """Whether this pair is kept out of training, for the scorer alone."""
    return (3 * list(COLOURS).index(colour) + SHAPES.index(shape)) % 8 == 1


def pairs(unseen: bool) -> list[tuple[str, str]]:
    """Every (colour, shape) that is (or is not) held out."""
    return [(c, s) for c in COLOURS for s in SHAPES if held_out(c, s) == unseen]


def _thing(
    rng: random.Random, pair: tuple[str, str], place: str, size: str, spread: float = 0.035
) -> Thing:
    x, y = PLACES[place]
    low, high = RADII[size]
    return Thing(
        shape=pair[1],
        colour=pair[0],
        size=size,
        place=place,
        x=x + rng.uniform(-spread, spread),
        y=y + rng.uniform(-spread, spread),
        r=rng.uniform(low, high),
    )


def _colour_but(rng: random.Random, *taken: str) -> str:
    return rng.choice(
        [
            c
            for c in COLOURS
            if c not in taken and not any(frozenset((c, t)) in NEAR_ALIKE for t in taken)
        ]
    )


def single(rng: random.Random, unseen: bool = False, plain: bool = False) -> Picture:
    """One object on a background; `plain` keeps style and pattern simple, for scoring."""
    pair = rng.choice(pairs(unseen))
    style = "flat" if plain else rng.choices(STYLES, (64, 12, 12, 12))[0]
    pattern = "plain" if plain or style != "flat" else rng.choices(PATTERNS, (55, 15, 15, 15))[0]
    ground = _colour_but(rng, pair[0])
    return Picture(
        kind="single",
        style=style,
        pattern=pattern,
        ground=ground,
        ground2="" if pattern == "plain" else _colour_but(rng, pair[0], ground),
        things=(_thing(rng, pair, rng.choice(list(PLACES)), rng.choice(SIZES)),),
    )


def pair(rng: random.Random, unseen: bool = False) -> Picture:
    """Two objects, the first left of or above the second, on a plain background."""
    one = rng.choice(pairs(unseen))
    two = rng.choice(
        [p for p in pairs(unseen) if p[0] != one[0] and frozenset((p[0], one[0])) not in NEAR_ALIKE]
    )
    relation = rng.choice(("left", "above"))
    ends = ("left", "right") if relation == "left" else ("top", "bottom")
    things = []
    for colour_shape, place in zip((one, two), ends, strict=True):
        size = rng.choice(SIZES)
        base = _thing(rng, colour_shape, place, size, spread=0.02)
        low, high = PAIR_RADII[size]
        things.append(
            Thing(base.shape, base.colour, size, place, base.x, base.y, rng.uniform(low, high))
        )
    return Picture(
        kind="pair",
        style=rng.choices(STYLES, (82, 6, 6, 6))[0] if not unseen else "flat",
        ground=_colour_but(rng, one[0], two[0]),
        things=tuple(things),
        relation=relation,
    )


def scene(rng: random.Random) -> Picture:
    """A storyboard scene: sky by time of day, sun or moon, sea or hills, and props."""
    time = rng.choice(TIMES)
    land = rng.choice(LANDS)
    light = ("moon" if time == "night" else "sun") if rng.random() < 0.85 else rng.choice(LIGHTS)
    kinds = ["boat"] if land == "sea" else ["house", "tree"]
    chosen = [k for k in kinds if rng.random() < 0.62]
    sides = list(SIDES)
    rng.shuffle(sides)
    if len(chosen) == 2 and "centre" in sides[:2]:
        sides = ["left", "right"] if rng.random() < 0.5 else ["right", "left"]
    props = []
    for kind, side in zip(chosen, sides, strict=False):
        x = PLACES[side][0] + rng.uniform(-0.03, 0.03)
        palette = {
            "house": ("white", "red", "yellow", "blue"),
            "tree": ("green",),
            "boat": ("red", "white", "brown"),
        }
        props.append(Prop(kind, side, rng.choice(palette[kind]), x))
    return Picture(
        kind="scene",
        style=rng.choices(STYLES, (84, 8, 8, 0))[0],
        time=time,
        light=light,
        light_side=rng.choice(SIDES),
        land=land,
        props=tuple(props),
    )


def sample(rng: random.Random, mix: tuple[float, float, float] = (0.50, 0.27, 0.23)) -> Picture:
    """A picture as training sees them: never a held-out pair."""
    kind = rng.choices(("single", "pair", "scene"), mix)[0]
    return {"single": single, "pair": pair, "scene": scene}[kind](rng)
