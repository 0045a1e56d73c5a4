"""Hair and beards: a cap that follows the hairline, what hangs down, what grows on a chin."""

from __future__ import annotations

import math

from daemon.thumbs.palette import Colour, mix
from daemon.thumbs.panel.skull import Dressed, Head
from daemon.thumbs.puppet import hull, ring, tapered

COVERS_ALL = ("space helmet", "headscarf", "hood", "great helm")


def hair_behind(body: Dressed) -> None:
    """What hangs behind a head that faces us."""
    _hanging(Head(body))


def hair_over(body: Dressed) -> None:
    """What hangs over the back of somebody who faces away."""
    if body.puppet.seen_from_behind:
        _hanging(Head(body))


def _hair_colour(head: Head) -> Colour:
    return head.body.lit(head.body.look.hair_colour)


def _line_of_hair(head: Head, lon: float) -> float:
    """How far down the hair reaches at a longitude."""
    hair = head.body.look.hair
    lon = abs((lon + 180) % 360 - 180)
    front = {"buzz": 0.55, "fringe": 0.22, "messy": 0.36}.get(hair, 0.45)
    side = {"long": -0.75, "bob": -0.70, "curly": -0.55, "afro": -0.35, "fringe": -0.6}.get(
        hair, -0.02
    )
    nape = {"buzz": -0.6, "bun": -0.68, "ponytail": -0.68}.get(hair, -0.82)
    if hair == "bald":
        front, side, nape = 1.2, 0.05, -0.5
    if lon < 72:
        part = 0.5 - 0.5 * math.cos(math.pi * max(0.0, lon - 18) / 54)
        return front + (side - front) * part
    if lon < 112:
        return side
    return side + (nape - side) * min(1.0, (lon - 112) / 30)


def cap(head: Head) -> None:
    """The hair on a head, down to its line."""
    look, body = head.body.look, head.body
    if look.hair == "none" or (look.hair == "bald" and look.age != "old"):
        return
    if look.body not in ("human",):
        return
    puff = {"afro": 1.5, "curly": 1.26, "buzz": 1.03, "messy": 1.18, "mohawk": 1.02}.get(
        look.hair, 1.10
    )
    lower = []
    for k in range(31):
        angle = -88 + 176 * k / 30
        y = min(0.97, _line_of_hair(head, angle - head.yaw))
        lower.append((math.sin(math.radians(angle)), y))
    made = [head.spot(x * head.half(y) * (1.0 if abs(x) < 0.97 else puff), y) for x, y in lower]
    right, left = lower[-1][1], lower[0][1]
    start, end = (
        math.asin(max(-0.9, min(0.95, right))),
        math.pi - math.asin(max(-0.9, min(0.95, left))),
    )
    for k in range(15):
        angle = start + (end - start) * k / 14
        y = math.sin(angle)
        bump = 1 + (0.05 if k % 2 else -0.03) * (look.hair in ("curly", "afro", "messy"))
        x = math.copysign(head.half(y), math.cos(angle)) * puff
        back = -head.sine * 0.10 * max(0.0, y + 0.3)
        made.append(head.spot(x * bump + back, y * (puff if y > 0 else 1.0) * bump))
    body.shape([made], _hair_colour(head), 0.9)
    if head.r > 0.05 and look.hair not in ("afro", "buzz", "bald"):
        _strands(head)
    if look.hair == "mohawk":
        comb = ((-0.12, 1.35), (0.12, 1.35), (0.15, 0.7), (-0.15, 0.7))
        body.shape([hull([head.spot(x, y) for x, y in comb])], _hair_colour(head))


def _strands(head: Head) -> None:
    for lon in (-70, -25, 15, 60, 120, -125):
        if head.seen(lon):
            y = _line_of_hair(head, lon)
            head.body.line(
                [
                    head.on(lon * 0.4, 0.98),
                    head.on(lon * 0.85, 0.5 + y * 0.45),
                    head.on(lon, y + 0.14),
                ],
                0.5,
                0.55,
            )


def _hanging(head: Head) -> None:
    look, body = head.body.look, head.body
    if look.hat in COVERS_ALL or look.body != "human":
        return
    colour, back = _hair_colour(head), -head.sine
    if look.hair in ("long", "bob", "curly"):
        _loose(head, colour)
    elif look.hair == "ponytail":
        root, tip = head.spot(back * 0.9, 0.35), head.spot(back * 1.45, -1.1)
        middle = head.spot(back * 1.5, -0.1)
        upper = tapered(root, middle, head.r * 0.22, head.r * 0.3)
        body.shape([upper, tapered(middle, tip, head.r * 0.3, head.r * 0.1)], colour)
    elif look.hair == "bun":
        at = head.spot(back * 0.85, 0.62 if abs(head.sine) > 0.4 else 1.1)
        body.shape([ring(at, head.r * 0.42)], colour)
    elif look.hair == "braids":
        for lon in (-100, 100):
            x = math.sin(math.radians(head.yaw + lon)) * 0.85
            ends = head.spot(x, -0.2), head.spot(x * 1.15, -1.7)
            body.shape([tapered(*ends, head.r * 0.24, head.r * 0.14)], colour)


def _loose(head: Head, colour: Colour) -> None:
    """Down to the shoulders, or farther."""
    hair, x = head.body.look.hair, -head.sine * 0.30
    down = {"long": -2.15, "bob": -1.05, "curly": -1.3}[hair]
    wide = {"long": 0.98, "bob": 1.0, "curly": 1.2}[hair]
    spots = (
        (x - 0.8, 0.5),
        (x + 0.8, 0.5),
        (x * 1.6 - wide * 0.92, -0.5),
        (x * 1.6 + wide * 0.92, -0.5),
        (x * 2 - wide * 0.72, down),
        (x * 2 + wide * 0.72, down),
    )
    head.body.shape([hull([head.spot(a, b) for a, b in spots])], colour)


MOUSTACHE = ((-24, -0.46), (-14, -0.34), (0, -0.33), (14, -0.34), (24, -0.46), (0, -0.45))
"""Longitudes and heights of its outline."""
LIP = ((-22, -0.44), (-13, -0.33), (13, -0.33), (22, -0.44))
"""The same of the moustache that a beard has."""


def beard(head: Head) -> None:
    """What grows on a chin, and above its lip."""
    body, look = head.body, head.body.look
    colour = _hair_colour(head)
    if look.beard == "moustache":
        body.shape([hull([head.on(lon, y) for lon, y in MOUSTACHE])], colour, 0.6)
        return
    long = {"beard": 1.14, "long beard": 1.75, "stubble": 1.0}[look.beard]
    top, low = [], []
    for k in range(11):
        angle = -84 + 168 * k / 10
        lon = angle - head.yaw
        if abs((lon + 180) % 360 - 180) > 84:
            continue
        x = math.sin(math.radians(angle))
        edge = -0.30 - 0.12 * math.cos(math.radians(lon)) if abs(lon) > 14 else -0.66
        top.append(head.spot(x * head.half(edge), edge))
        bottom = -0.15 - (long - 0.15) * math.sqrt(max(0.0, 1 - x * x))
        low.append(head.spot(x * 0.78 + head.sine * 0.13, bottom))
    if len(top) > 2:
        tone = mix(colour, body.skin, 0.5) if look.beard == "stubble" else colour
        body.shape([[*top, *low[::-1]]], tone, 0.8)
    if head.r > 0.05 and look.beard != "stubble":
        body.shape([hull([head.on(lon, y) for lon, y in LIP])], colour, 0.5)
