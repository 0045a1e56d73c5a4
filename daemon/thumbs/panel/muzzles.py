"""Heads of animals on a body that stands, as picture books have them: ears, a snout or a beak.

Which animal has what; how a head turns `skull` knows.
"""

from __future__ import annotations

import math

from daemon.thumbs.palette import Colour, mix
from daemon.thumbs.panel.faces import eyes
from daemon.thumbs.panel.skull import WIDE, Dressed, Head
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.puppet import ring, tapered
from daemon.thumbs.uses import ANIMALS, BEAKS

_POINTED = frozenset(
    [
        "cat",
        "fox",
        "wolf",
        "dog",
        "squirrel",
        "horse",
        "unicorn",
        "zebra",
        "lion",
        "tiger",
        "bat",
        "donkey",
        "kangaroo",
        "deer",
        "goat",
        "pig",
        "owl",
    ]
)
_LONG = frozenset(["rabbit", "donkey", "kangaroo"])
_BARE = BEAKS | frozenset([
    "frog", "turtle", "snake", "fish", "lizard", "crocodile", "snail", "worm", "beetle", "bee",
    "spider", "crab", "octopus", "shark", "whale", "dolphin", "dinosaur", "dragon", "seal",
    "butterfly", "hedgehog",
])  # fmt: skip
_SHORT = frozenset(
    [
        "cat",
        "frog",
        "monkey",
        "gorilla",
        "panda",
        "bear",
        "lion",
        "tiger",
        "rabbit",
        "turtle",
        "seal",
        "snail",
        "bee",
        "octopus",
        "owl",
    ]
)
_BRANCHED = ((0.3, 0.85), (0.75, 1.9), (0.55, 1.42), (1.15, 1.75), (0.95, 2.3))
"""Half of a deer's antlers, as a branched line."""


def is_beast(name: str) -> bool:
    """Whether a body is that of an animal."""
    return name in ANIMALS


def draw_muzzle(body: Dressed) -> None:
    """The head of an animal, without what it wears on it."""
    head, kind = Head(body), body.look.body
    if kind == "hedgehog":
        _spines(head)
    if kind == "lion":
        body.shape([ring(head.spot(-0.25 * head.sine, 0.1), head.r * 1.35)], body.lit("brown"))
    if kind not in _BARE or kind == "owl":
        _ears(head, kind)
    if kind == "deer":
        _antlers(head)
    if kind in ("swan", "goose", "ostrich"):
        _long_neck(head)
    body.shape([head.egg()], body.skin)
    if head.cosine > -0.35:
        eyes(head, 0.22)
        _snout(head, kind)


def draw_tail(body: Dressed) -> None:
    """What hangs behind it."""
    puppet, size = body.puppet, body.puppet.size
    (x, y), kind = puppet.pose.hip, body.look.body
    if kind in _BARE - BEAKS and kind not in ("dragon", "lizard", "crocodile", "dinosaur"):
        return
    if puppet.pose.lying:
        return
    thick = {"fox": 0.07, "squirrel": 0.09, "wolf": 0.05}.get(kind, 0.025) * size
    root, tip = puppet.at((x - 0.07, y - 0.02, 0.0)), puppet.at((x - 0.3, y + 0.06, 0.04))
    body.shape([tapered(root, tip, thick * 0.6, thick)], body.skin)


def _ears(head: Head, kind: str) -> None:
    body = head.body
    tall = 1.95 if kind in _LONG else 1.45
    for lon in (-48, 48):
        root, wide = head.on(lon, 0.72), head.r * (0.2 if kind in _LONG else 0.3)
        x = math.sin(math.radians(head.yaw + lon)) * WIDE
        tip = head.spot(x * 1.05 - 0.15 * head.sine, tall)
        if kind == "elephant":
            body.shape([oval(head.spot(x * 1.7, 0.1), head.r * 0.6, head.r * 0.85, 16)], body.skin)
        elif kind in _LONG or kind in _POINTED:
            sides = [(root[0] - wide, root[1]), tip, (root[0] + wide, root[1])]
            parts = [tapered(root, tip, wide, wide * 0.8)] if kind in _LONG else [sides]
            body.shape(parts, body.skin)
        else:
            body.shape([ring(head.spot(x * 0.95, 0.9), head.r * 0.32)], body.skin)


def _antlers(head: Head) -> None:
    for sign in (-1, 1):
        root, top, fork, branch, end = (head.spot(x * sign, y) for x, y in _BRANCHED)
        for line in ((root, fork, top), (fork, branch, end)):
            head.body.line([*line], 2.4)


def _spines(head: Head) -> None:
    """All round the head but for its face."""
    spots: list[Point] = []
    for k in range(29):
        angle = math.radians(-60 + 300 * k / 28)
        far = 1.42 if k % 2 else 1.05
        spots.append(
            head.spot(math.cos(angle) * far * 0.95 - 0.3 * head.sine, math.sin(angle) * far + 0.05)
        )
    head.body.shape([spots], mix(head.body.skin, (40, 34, 30), 0.55))


def _long_neck(head: Head) -> None:
    """Down to the shoulders."""
    foot = head.body.puppet.middle(*head.body.puppet.pose.neck)
    head.body.shape([tapered(head.spot(0, 0), foot, head.r * 0.42, head.r * 0.5)], head.body.skin)


def _snout(head: Head, kind: str) -> None:
    body = head.body
    long = 1.05 if kind in _SHORT else 1.85 if kind in ("crocodile", "horse") else 1.5
    root, tip = head.spot(head.sine * 0.4, -0.22), head.spot(head.sine * long, -0.34)
    if kind in BEAKS:
        far = 2.2 if kind in ("swan", "goose", "ostrich", "gull") else 1.45
        point = head.spot(head.sine * far, -0.3 - 0.35 * head.cosine)
        sides = [head.spot(head.sine * 0.55 - 0.26 * head.cosine, 0.02), point]
        sides.append(head.spot(head.sine * 0.55 + 0.26 * head.cosine, -0.1 - 0.3 * abs(head.sine)))
        body.shape([sides], body.lit("gold"))
        return
    if kind == "elephant":
        end = head.spot(head.sine * 1.5, -1.9)
        body.shape([tapered(root, end, head.r * 0.34, head.r * 0.2)], body.skin)
        return
    pale: Colour = mix(body.skin, (255, 255, 255), 0.4)
    if kind not in ("frog", "turtle", "snake", "fish", "snail"):
        body.shape([tapered(root, tip, head.r * 0.42, head.r * 0.26)], pale)
        body.shape([ring(head.spot(head.sine * (long + 0.16), -0.26), head.r * 0.13)], (40, 36, 40))
    low = -0.52 if head.r > 0.03 else -0.5
    body.line(
        [head.spot(head.sine * 0.5 - 0.16, low), head.spot(head.sine * long, low - 0.04)], 1.0
    )
