"""Heads: skull, face, hair and hat put together, in the order in which they cover each other."""

from __future__ import annotations

import math

from daemon.thumbs.panel.faces import ears, eyes, face, nose
from daemon.thumbs.panel.hair import COVERS_ALL, beard, cap
from daemon.thumbs.panel.hats import draw_hat
from daemon.thumbs.panel.marks import draw_marks
from daemon.thumbs.panel.muzzles import draw_muzzle, is_beast
from daemon.thumbs.panel.skull import Dressed, Head
from daemon.thumbs.paper import oval
from daemon.thumbs.puppet import ring


def draw_head(body: Dressed) -> None:
    """The head without what hangs behind it."""
    head = Head(body)
    if body.look.body == "robot":
        _robot(head)
        return
    if is_beast(body.look.body):
        draw_muzzle(body)
        _worn(head)
        return
    if body.look.body == "alien":
        _feelers(head)
    bridge = nose(head) if body.look.body in ("human", "monster") else []
    body.shape([head.egg(), *bridge], body.skin)
    if head.is_away:
        _nape(head)
    if body.look.hair != "bald" or body.look.age == "old" or head.is_away:
        ears(head)
    large = head.r > 0.026
    if head.cosine > -0.35 and large:
        face(head)
    if body.look.beard and head.cosine > -0.35:
        beard(head)
    if body.look.hat not in COVERS_ALL:
        cap(head)
    _worn(head)


def _nape(head: Head) -> None:
    """The neck of somebody who is seen from behind, where others have a chin."""
    left, right = ([head.spot(side * x, y) for x, y in NAPE] for side in (-1, 1))
    head.body.shape([[*left, *right[::-1]]], head.body.skin, 0)
    for side in (left, right):
        head.body.line(side, 1.0)


NAPE = ((0.46, -0.72), (0.46, -1.0), (0.6, -1.3))
"""Half the width of a neck by the height, in half head heights."""


def _worn(head: Head) -> None:
    """What is on a head, and the marks beside it."""
    body = head.body
    if "glasses" in body.look.extras and head.cosine > -0.2:
        _glasses(head)
    if "mask" in body.look.extras and head.cosine > -0.2:
        _band(head, 0.22, -0.12, "black")
        eyes(head, 0.05)
    if "face mask" in body.look.extras and head.cosine > -0.35:
        _band(head, -0.08, -0.72, "white")
    if body.look.hat:
        draw_hat(head)
    if "headphones" in body.look.extras:
        _headphones(head)
    draw_marks(head)


def _glasses(head: Head) -> None:
    for lon in (-26, 26):
        if head.seen(lon):
            squeeze = max(0.4, math.cos(math.radians(head.yaw + lon)))
            rim = oval(head.on(lon, 0.02, 1.05), head.r * 0.24 * squeeze, head.r * 0.21, 16)
            dark = "sunglasses" in head.body.look.extras
            if dark:
                head.body.shape([rim], head.body.lit("black"))
            else:
                head.body.line([*rim, rim[0]], 1.0)
    head.body.line([head.on(-10, 0.06, 1.08), head.on(10, 0.06, 1.08)], 0.9)


def _band(head: Head, top: float, low: float, colour: str) -> None:
    upper = [
        head.spot(math.sin(math.radians(a)) * head.half(top) * 1.02, top)
        for a in range(-85, 86, 17)
    ]
    lower = [
        head.spot(math.sin(math.radians(a)) * head.half(low) * 1.02, low)
        for a in range(85, -86, -17)
    ]
    head.body.shape([[*upper, *lower]], head.body.lit(colour), 0.6)


def _headphones(head: Head) -> None:
    """A bow over the head and what is at the ears."""
    turns = [math.radians(a) for a in range(0, 181, 15)]
    wide = head.half(0.3) + 0.12
    bow = [head.spot(wide * math.cos(a), 0.1 + 1.05 * math.sin(a)) for a in turns]
    head.body.line(bow, 3.0)
    for lon in (-92, 92):
        if head.seen(lon) or abs(head.sine) < 0.9:
            ear = oval(head.on(lon, -0.02, 1.05), head.r * 0.22, head.r * 0.34, 14)
            head.body.shape([ear], head.body.lit("black"))


def _feelers(head: Head) -> None:
    for sign in (-1, 1):
        end = head.spot(0.55 * sign, 1.75)
        head.body.line([head.spot(0.25 * sign, 0.9), end], 1.2)
        head.body.shape([ring(end, head.r * 0.13)], head.body.skin)


def _robot(head: Head) -> None:
    body = head.body
    box = [head.spot(x, y) for x, y in ((-0.72, -0.85), (-0.78, 0.75), (0.78, 0.75), (0.72, -0.85))]
    body.shape([box], body.skin)
    body.line([head.spot(0, 0.75), head.spot(0, 1.2)])
    body.shape([ring(head.spot(0, 1.25), head.r * 0.12)], body.lit("red"))
    if head.cosine > -0.2:
        for lon in (-30, 30):
            if head.seen(lon):
                body.shape([ring(head.on(lon, 0.15), head.r * 0.19)], body.lit("lamp"))
        body.line([head.on(-26, -0.42), head.on(26, -0.42)], 1.4)
