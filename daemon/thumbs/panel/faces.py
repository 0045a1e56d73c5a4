"""Faces: eyes, brows, nose, mouth, and how somebody feels."""

from __future__ import annotations

import math

from daemon.thumbs.panel.skull import WIDE, Head
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.puppet import ring


def nose(head: Head) -> list[list[Point]]:
    if head.cosine < -0.2:
        return []
    tip = head.spot(head.sine * WIDE * 1.22, -0.20)
    return [
        [head.on(0, 0.12), tip, head.spot(head.sine * WIDE * 1.04, -0.33), head.on(0, -0.34, 0.8)]
    ]


def ears(head: Head) -> None:
    for lon in (-96, 96):
        if head.seen(lon) and head.body.look.hair not in ("long", "bob", "curly", "afro", "fringe"):
            head.body.shape(
                [oval(head.on(lon, -0.06), head.r * 0.15, head.r * 0.21, 12)], head.body.skin, 0.8
            )


def face(head: Head) -> None:
    body, feeling = head.body, head.body.puppet.figure.expression
    mood = FACES[feeling]
    tip, base = head.spot(head.sine * WIDE * 1.22, -0.20), head.spot(head.sine * WIDE * 1.0, -0.32)
    if abs(head.sine) < 0.85 and head.r > 0.035:
        body.line([tip, base, head.on(-13 if head.sine > 0 else 13, -0.30)], 0.7, 0.85)
        if head.r > 0.09:
            near = 9 if head.sine > 0 else -9
            body.line([head.on(near, 0.10), head.on(near * 0.7, -0.05)], 0.6, 0.5)
    eyes(head, 0.03)
    for lon in (-25, 25):
        if head.seen(lon) and head.r > 0.035:
            inner, outer = mood.brow
            sign = 1 if lon > 0 else -1
            body.line(
                [
                    head.on(lon - 13 * sign, 0.30 + inner),
                    head.on(lon + 2 * sign, 0.325 + (inner + outer) / 2),
                    head.on(lon + 15 * sign, 0.275 + outer),
                ],
                1.5 if head.r > 0.09 else 1.1,
            )
    _mouth(head)
    if body.look.age == "old" and head.r > 0.05:
        for lon in (-34, 34):
            if head.seen(lon):
                body.line([head.on(lon * 0.6, -0.22), head.on(lon * 0.9, -0.45)], 0.5, 0.6)


class Mood:
    """Brow (inner, outer end, up), how open the eyes are, the mouth's corners and opening."""

    def __init__(self, brow: tuple[float, float], eye: float, corner: float, open_: float) -> None:
        self.brow, self.eye, self.corner, self.open = brow, eye, corner, open_


FACES = {
    "calm": Mood((0.0, 0.0), 0.10, 0.0, 0.0),
    "happy": Mood((0.03, 0.0), 0.085, 0.10, 0.05),
    "sad": Mood((0.10, -0.06), 0.075, -0.09, 0.0),
    "angry": Mood((-0.11, 0.09), 0.075, -0.06, 0.0),
    "afraid": Mood((0.15, 0.02), 0.135, -0.05, 0.07),
    "surprised": Mood((0.15, 0.12), 0.145, 0.0, 0.15),
    "thinking": Mood((-0.03, 0.08), 0.08, -0.02, 0.0),
    "asleep": Mood((0.0, -0.02), 0.0, 0.0, 0.0),
    "shouting": Mood((-0.09, 0.07), 0.09, -0.03, 0.17),
    "laughing": Mood((0.06, 0.03), 0.02, 0.12, 0.14),
}


_HOLLOW = {"skeleton": 1.5, "ghost": 1.5, "alien": 1.9}
"""Whose eyes are dark, and how large."""


def eyes(head: Head, y: float) -> None:
    body = head.body
    mood = FACES[body.puppet.figure.expression]
    big = 1.25 if body.look.age in ("child", "baby") else 1.0
    white, dark = body.lit("white"), body.lit("black")
    if body.look.body in _HOLLOW:
        white, big = dark, _HOLLOW[body.look.body]
    for lon in (-26, 26):
        if not head.seen(lon):
            continue
        squeeze = max(0.35, math.cos(math.radians(head.yaw + lon)))
        at, r = head.on(lon, y), head.r
        if mood.eye < 0.03:
            body.line([head.on(lon - 10, y), head.on(lon, y - 0.05), head.on(lon + 10, y)], 1.0)
        elif head.r < 0.045:
            body.shape([ring(at, max(0.0024, r * 0.075))], dark, 0)
        else:
            body.shape([oval(at, r * 0.155 * squeeze * big, r * mood.eye * big, 14)], white, 0.6)
            look = (at[0] + head.sine * r * 0.035, at[1] + r * 0.005)
            body.shape(
                [
                    oval(
                        look,
                        r * 0.075 * big * max(0.6, squeeze),
                        r * min(0.085, mood.eye) * big,
                        12,
                    )
                ],
                dark,
                0,
            )
            body.line(
                [
                    head.on(lon - 11, y + mood.eye * 0.55),
                    head.on(lon, y + mood.eye * 1.05),
                    head.on(lon + 11, y + mood.eye * 0.55),
                ],
                1.1,
            )


def _mouth(head: Head) -> None:
    body, y = head.body, -0.53
    if body.look.beard in ("beard", "long beard"):
        y = -0.50
    mood = FACES[body.puppet.figure.expression]
    spots = [lon for lon in (-19, -9, 0, 9, 19) if head.seen(lon)]
    if len(spots) < 2:
        return
    out = 1.04 if abs(head.sine) > 0.6 else 1.0
    line = [
        head.on(lon, y + mood.corner * (lon / 19) ** 2 - mood.corner * 0.4, out) for lon in spots
    ]
    if mood.open and head.r > 0.035:
        low = [
            head.on(lon * 0.8, y - mood.open * (1 - (lon / 21) ** 2) - mood.corner * 0.4, out)
            for lon in spots
        ]
        body.shape([[*line, *low[::-1]]], body.lit("dark red"), 0.8)
        return
    body.line(line, 1.0)
    if body.look.sex == "f" and head.r > 0.09:
        body.line([head.on(-7, y - 0.10, out), head.on(7, y - 0.10, out)], 0.7, 0.6)
