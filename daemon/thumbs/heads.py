"""Heads: face, hair, beard, expression, seen from any side. Hats: `hats`.

A feature sits at a longitude and a height of the head and is there if its side is towards us.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from daemon.thumbs.hats import draw_hat
from daemon.thumbs.palette import Colour, mix
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.puppet import hull, ring, tapered

if TYPE_CHECKING:
    from daemon.thumbs.bodies import Body

WIDE = 0.80
"""Half a head's width, of half its height."""
COVERS_ALL = ("space helmet", "headscarf", "hood", "great helm")


class Head:
    """Where things of one head are on the paper."""

    def __init__(self, body: Body) -> None:
        puppet = body.puppet
        self.body = body
        self.centre, self.r = puppet.head, puppet.head_size
        self.yaw, self.sine, self.cosine = puppet.yaw, puppet.sine, puppet.cosine
        self.turn = 0.0
        if puppet.pose.lying:
            self.turn = 90.0 if puppet.sine >= 0 else -90.0
            self.yaw = 24.0
            self.sine, self.cosine = math.sin(math.radians(24)), math.cos(math.radians(24))
        bowed = {"bowing": 40.0, "crawling": 55.0, "swimming": 50.0, "flying": 55.0}
        if (lean := bowed.get(puppet.figure.pose)) and not puppet.figure.on:
            self.turn = lean * self.sine
        self.aged = 1.04 if body.look.age in ("child", "baby") else 1.0

    def spot(self, x: float, y: float) -> Point:
        """A point by x (to the right) and y (up), in half head heights."""
        turn = math.radians(self.turn)
        c, s = math.cos(turn), math.sin(turn)
        x, y = x * self.r, y * self.r
        return (self.centre[0] + x * c + y * s, self.centre[1] + x * s - y * c)

    def on(self, lon: float, y: float, out: float = 1.0) -> Point:
        """A point of its surface; `lon` in degrees from the face's middle, to its own left."""
        angle = math.radians(self.yaw + lon)
        return self.spot(math.sin(angle) * self.half(y) * out, y)

    def seen(self, lon: float) -> bool:
        return math.cos(math.radians(self.yaw + lon)) > 0.12

    def half(self, y: float) -> float:
        """Half the width at a height: an egg, narrower below."""
        y = max(-1.0, min(1.0, y))
        round_ = math.sqrt(max(0.0, 1 - y * y)) * WIDE * self.aged
        return round_ * (1 - 0.22 * max(0.0, -y)) if y < 0 else round_

    def egg(self) -> list[Point]:
        """The outline: chin towards the face, skull towards the back."""
        made = []
        for k in range(30):
            angle = 2 * math.pi * k / 30
            y = math.sin(angle)
            x = math.copysign(self.half(y), math.cos(angle))
            forward = self.sine * (0.13 * max(0.0, -y) - 0.10 * max(0.0, y + 0.3))
            made.append(self.spot(x + forward, y))
        return made


def draw_head(body: Body) -> None:
    """The head without what hangs behind it."""
    head = Head(body)
    if body.look.body == "robot":
        _robot(head)
        return
    nose = _nose(head) if body.look.body in ("human", "monster") else []
    body.shape([head.egg(), *nose], body.skin)
    if body.look.hair != "bald" or body.look.age == "old":
        _ears(head)
    large = head.r > 0.026
    if head.cosine > -0.35 and large:
        _face(head)
    if body.look.beard and head.cosine > -0.35:
        _beard(head)
    if body.look.hat not in COVERS_ALL:
        _cap(head)
    if "glasses" in body.look.extras and head.cosine > -0.2:
        _glasses(head)
    if "mask" in body.look.extras and head.cosine > -0.2:
        _band(head, 0.22, -0.12, "black")
        _eyes(head, 0.05)
    if body.look.hat:
        draw_hat(head)


def hair_behind(body: Body) -> None:
    """What hangs behind a head that faces us."""
    _hanging(Head(body))


def hair_over(body: Body) -> None:
    """What hangs over the back of somebody who faces away."""
    if body.puppet.seen_from_behind:
        _hanging(Head(body))


# --- hair -----------------------------------------------------------------------------------------


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
    nape = {"buzz": -0.45, "bun": -0.5, "ponytail": -0.5}.get(hair, -0.68)
    if hair == "bald":
        front, side, nape = 1.2, 0.05, -0.5
    if lon < 72:
        part = 0.5 - 0.5 * math.cos(math.pi * max(0.0, lon - 18) / 54)
        return front + (side - front) * part
    if lon < 112:
        return side
    return side + (nape - side) * min(1.0, (lon - 112) / 30)


def _cap(head: Head) -> None:
    look = head.body.look
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
    body = head.body
    body.shape([made], _hair_colour(head), 0.9)
    if head.r > 0.05 and look.hair not in ("afro", "buzz", "bald"):
        _strands(head)
    if look.hair == "mohawk":
        body.shape(
            [
                hull(
                    [
                        head.spot(-0.12, 1.35),
                        head.spot(0.12, 1.35),
                        head.spot(0.15, 0.7),
                        head.spot(-0.15, 0.7),
                    ]
                )
            ],
            _hair_colour(head),
        )


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
        down = {"long": -2.15, "bob": -1.05, "curly": -1.3}[look.hair]
        wide = {"long": 0.98, "bob": 1.0, "curly": 1.2}[look.hair]
        x = back * 0.30
        body.shape(
            [
                hull(
                    [
                        head.spot(x - 0.8, 0.5),
                        head.spot(x + 0.8, 0.5),
                        head.spot(x * 1.6 - wide * 0.92, -0.5),
                        head.spot(x * 1.6 + wide * 0.92, -0.5),
                        head.spot(x * 2 - wide * 0.72, down),
                        head.spot(x * 2 + wide * 0.72, down),
                    ]
                )
            ],
            colour,
        )
    elif look.hair == "ponytail":
        root, tip = head.spot(back * 0.9, 0.35), head.spot(back * 1.45, -1.1)
        middle = head.spot(back * 1.5, -0.1)
        body.shape(
            [
                tapered(root, middle, head.r * 0.22, head.r * 0.3),
                tapered(middle, tip, head.r * 0.3, head.r * 0.1),
            ],
            colour,
        )
    elif look.hair == "bun":
        body.shape(
            [ring(head.spot(back * 0.85, 0.62 if abs(head.sine) > 0.4 else 1.1), head.r * 0.42)],
            colour,
        )
    elif look.hair == "braids":
        for lon in (-100, 100):
            x, _ = math.sin(math.radians(head.yaw + lon)) * 0.85, 0
            body.shape(
                [
                    tapered(
                        head.spot(x, -0.2), head.spot(x * 1.15, -1.7), head.r * 0.24, head.r * 0.14
                    )
                ],
                colour,
            )


def _beard(head: Head) -> None:
    body, look = head.body, head.body.look
    colour = _hair_colour(head)
    if look.beard == "moustache":
        body.shape(
            [
                hull(
                    [
                        head.on(lon, y)
                        for lon, y in (
                            (-24, -0.46),
                            (-14, -0.34),
                            (0, -0.33),
                            (14, -0.34),
                            (24, -0.46),
                            (0, -0.45),
                        )
                    ]
                )
            ],
            colour,
            0.6,
        )
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
        body.shape(
            [[*top, *low[::-1]]],
            mix(colour, body.skin, 0.5) if look.beard == "stubble" else colour,
            0.8,
        )
    if head.r > 0.05 and look.beard != "stubble":
        body.shape(
            [
                hull(
                    [
                        head.on(lon, y)
                        for lon, y in ((-22, -0.44), (-13, -0.33), (13, -0.33), (22, -0.44))
                    ]
                )
            ],
            colour,
            0.5,
        )


# --- the face -------------------------------------------------------------------------------------


def _nose(head: Head) -> list[list[Point]]:
    if head.cosine < -0.2:
        return []
    tip = head.spot(head.sine * WIDE * 1.22, -0.20)
    return [
        [head.on(0, 0.12), tip, head.spot(head.sine * WIDE * 1.04, -0.33), head.on(0, -0.34, 0.8)]
    ]


def _ears(head: Head) -> None:
    for lon in (-96, 96):
        if head.seen(lon) and head.body.look.hair not in ("long", "bob", "curly", "afro", "fringe"):
            head.body.shape(
                [oval(head.on(lon, -0.06), head.r * 0.15, head.r * 0.21, 12)], head.body.skin, 0.8
            )


def _face(head: Head) -> None:
    body, feeling = head.body, head.body.puppet.figure.expression
    mood = FACES[feeling]
    tip, base = head.spot(head.sine * WIDE * 1.22, -0.20), head.spot(head.sine * WIDE * 1.0, -0.32)
    if abs(head.sine) < 0.85 and head.r > 0.035:
        body.line([tip, base, head.on(-13 if head.sine > 0 else 13, -0.30)], 0.7, 0.85)
        if head.r > 0.09:
            near = 9 if head.sine > 0 else -9
            body.line([head.on(near, 0.10), head.on(near * 0.7, -0.05)], 0.6, 0.5)
    _eyes(head, 0.03)
    for lon in (-25, 25):
        if head.seen(lon) and head.r > 0.035:
            inner, outer = mood.brow
            sign = 1 if lon > 0 else -1
            body.line(
                [
                    head.on(lon - 13 * sign, 0.26 + inner),
                    head.on(lon + 2 * sign, 0.32 + (inner + outer) / 2),
                    head.on(lon + 15 * sign, 0.25 + outer),
                ],
                1.5 if head.r > 0.09 else 1.1,
            )
    _mouth(head)
    if body.look.age == "old" and head.r > 0.05:
        for lon in (-34, 34):
            if head.seen(lon):
                body.line([head.on(lon * 0.6, -0.22), head.on(lon * 0.9, -0.45)], 0.5, 0.6)
    if feeling == "sad" and head.r > 0.09 and head.seen(25):
        body.line([head.on(28, -0.12), head.on(29, -0.36)], 0.8, 0.6)


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


def _eyes(head: Head, y: float) -> None:
    body = head.body
    mood = FACES[body.puppet.figure.expression]
    big = 1.25 if body.look.age in ("child", "baby") else 1.6 if body.look.body == "alien" else 1.0
    white, dark = body.lit("white"), body.lit("black")
    if body.look.body == "skeleton" or body.look.body == "ghost":
        white, big = dark, 1.5
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
