"""What is said beside a drawing: what there is to see, and nothing of where or how large it is.

`captions` tells everything; here is only what a drawing leaves open.
"""

from __future__ import annotations

import random

from daemon.sketch.world.words import GROUNDS, LAND_WORDS, PATTERN_WORDS, SHAPE_WORDS, STYLE_WORDS
from daemon.sketch.world.words import TIME_WORDS as TIMES
from daemon.sketch.world.world import Picture, Thing


def what(rng: random.Random, picture: Picture, shapes: bool = True, relation: bool = False) -> str:
    """A prompt with colours, background, time and style, but neither place nor size; without
    `shapes` things are just called so, and with `relation` the first of two is said to be left of
    the other or above it."""
    if picture.kind == "scene":
        things = [picture.light] if picture.light else []
        things += [
            prop.kind if prop.kind == "tree" else f"{prop.colour} {prop.kind}"
            for prop in picture.props
        ]
        parts = [f"a {one}" for one in things]
        rng.shuffle(parts)
        text = ", ".join([*parts, rng.choice(LAND_WORDS[picture.land]),
                          rng.choice(TIMES[picture.time])])  # fmt: skip
    else:
        nouns = [_noun(rng, thing, shapes) for thing in picture.things]
        between = " and "
        if relation:
            between = " left of " if picture.relation == "left" else " above "
        else:
            rng.shuffle(nouns)
        text = between.join(nouns)
        if picture.style != "chalk":
            text = f"{text} {rng.choice(GROUNDS).format(_ground(rng, picture))}"
    if picture.style != "flat":
        text += ", " + rng.choice(STYLE_WORDS[picture.style])
    for vowel in ("a orange", "a outline"):
        text = text.replace(vowel, vowel.replace("a ", "an ", 1))
    return text


def _noun(rng: random.Random, thing: Thing, shapes: bool) -> str:
    shape = rng.choice(SHAPE_WORDS.get(thing.shape, (thing.shape,))) if shapes else "thing"
    return f"a {thing.colour} {shape}"


def _ground(rng: random.Random, picture: Picture) -> str:
    if picture.pattern == "plain":
        return picture.ground
    said = rng.choice(PATTERN_WORDS[picture.pattern]).format(a=picture.ground, b=picture.ground2)
    return said.replace(" background", "")
