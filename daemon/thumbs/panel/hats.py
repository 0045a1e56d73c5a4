"""Hats on a head. A table of builders by the hat's name."""

from __future__ import annotations

import math
from collections.abc import Callable

from daemon.thumbs.palette import mix
from daemon.thumbs.panel.helmets import great, helmet, hood, horns, path, space, veil
from daemon.thumbs.panel.skull import Head
from daemon.thumbs.paper import oval
from daemon.thumbs.puppet import ring
from daemon.thumbs.wardrobe import USUAL


def draw_hat(head: Head) -> None:
    """The hat of a head's look."""
    look = head.body.look
    colour = look.hat_colour or USUAL[look.hat]
    _SHAPES.get(look.hat, _brimless)(head, colour)


def _brimmed(
    wide: float, high: float, top: float, tilt: float = 0.0
) -> Callable[[Head, str], None]:
    def draw(head: Head, colour: str) -> None:
        body, tone = head.body, head.body.lit(colour)
        crown = path(
            head,
            [
                (-0.84, 0.42),
                (-top, high),
                (-top * 0.4, high + 0.03),
                (0.0, high - 0.06),
                (top * 0.4, high + 0.03),
                (top, high),
                (0.84, 0.42),
            ],
        )
        body.shape([crown], tone)
        band = path(head, [(-0.85, 0.42), (-0.81, 0.62), (0.81, 0.62), (0.85, 0.42)])
        body.shape([band], mix(tone, (30, 30, 36), 0.5), 0.6)
        brim = oval(head.spot(head.sine * 0.12, 0.44), head.r * wide, head.r * (0.17 + tilt), 20)
        body.shape([brim], tone)

    return draw


def _visored(high: float) -> Callable[[Head, str], None]:
    def draw(head: Head, colour: str) -> None:
        body, tone = head.body, head.body.lit(colour)
        dome = [(-0.86, 0.36), (-0.84, 0.75), (-0.5, high), (0.5, high), (0.84, 0.75), (0.86, 0.36)]
        body.shape([path(head, dome)], tone)
        if head.cosine > -0.3:
            a, b = head.on(-58, 0.42), head.on(58, 0.42)
            out = head.spot(head.sine * 1.42, 0.30 if abs(head.sine) > 0.4 else 0.16)
            body.shape([[a, head.on(0, 0.46), b, out]], mix(tone, (20, 20, 26), 0.4))

    return draw


def _police(head: Head, colour: str) -> None:
    _visored(0.95)(head, colour)
    tone = head.body.lit(colour)
    head.body.shape(
        [oval(head.spot(-head.sine * 0.06, 0.93), head.r * 1.08, head.r * 0.28, 20)], tone
    )
    if head.cosine > -0.2:
        head.body.shape([ring(head.on(0, 0.62, 1.0), head.r * 0.13)], head.body.lit("gold"), 0.6)


def _brimless(head: Head, colour: str) -> None:
    """A knitted cap, and whatever has no shape of its own."""
    tone = head.body.lit(colour)
    dome = [
        (-0.88, 0.22),
        (-0.9, 0.7),
        (-0.5, 1.14),
        (0.0, 1.25),
        (0.5, 1.14),
        (0.9, 0.7),
        (0.88, 0.22),
    ]
    head.body.shape([path(head, dome)], tone)
    head.body.shape(
        [path(head, [(-0.9, 0.18), (-0.92, 0.48), (0.92, 0.48), (0.9, 0.18)])],
        mix(tone, (255, 255, 255), 0.15),
    )


def _crown(head: Head, colour: str) -> None:
    spots = [(-0.75, 0.62)]
    for k in range(5):
        spots += [(-0.75 + 0.375 * k, 1.35), (-0.56 + 0.375 * k, 0.98)]
    spots[-1] = (0.75, 0.62)
    head.body.shape([path(head, [(-0.75, 0.58), *spots[1:], (0.75, 0.58)])], head.body.lit(colour))


def _pointed(head: Head, colour: str) -> None:
    body, tone = head.body, head.body.lit(colour)
    body.shape(
        [
            path(
                head,
                [
                    (-0.75, 0.45),
                    (-0.35, 1.3),
                    (0.25 + 0.2 * head.sine, 2.2),
                    (0.4, 1.3),
                    (0.75, 0.45),
                ],
            )
        ],
        tone,
    )
    body.shape([oval(head.spot(0, 0.45), head.r * 1.55, head.r * 0.22, 20)], tone)


def _cone(head: Head, colour: str) -> None:
    head.body.shape([path(head, [(-0.6, 0.72), (0.0, 2.0), (0.6, 0.72)])], head.body.lit(colour))


def _santa(head: Head, colour: str) -> None:
    body = head.body
    body.shape(
        [path(head, [(-0.85, 0.45), (-0.4, 1.2), (0.9, 1.3), (1.05, 0.7), (0.85, 0.45)])],
        body.lit(colour),
    )
    body.shape(
        [
            path(head, [(-0.95, 0.32), (-0.95, 0.62), (0.95, 0.62), (0.95, 0.32)]),
            ring(head.spot(1.05, 0.62), head.r * 0.2),
        ],
        body.lit("white"),
    )


def _tall(head: Head, colour: str) -> None:
    body, tone = head.body, head.body.lit(colour)
    body.shape([path(head, [(-0.68, 0.5), (-0.74, 1.75), (0.74, 1.75), (0.68, 0.5)])], tone)
    body.shape([oval(head.spot(0, 0.5), head.r * 1.18, head.r * 0.16, 18)], tone)


def _chef(head: Head, colour: str) -> None:
    body, tone = head.body, head.body.lit(colour)
    puff = [ring(head.spot(x, 1.35), head.r * 0.5) for x in (-0.5, 0.0, 0.5)]
    body.shape([*puff, path(head, [(-0.72, 0.5), (-0.72, 1.3), (0.72, 1.3), (0.72, 0.5)])], tone)


def _turban(head: Head, colour: str) -> None:
    body, tone = head.body, head.body.lit(colour)
    body.shape([oval(head.spot(0, 0.78), head.r * 1.02, head.r * 0.52, 22)], tone)
    body.line([head.spot(-0.9, 0.62), head.spot(0.1, 0.95), head.spot(0.5, 1.2)], 0.8)
    body.line([head.spot(0.9, 0.6), head.spot(0.0, 0.72), head.spot(-0.4, 1.2)], 0.8)


def _beret(head: Head, colour: str) -> None:
    head.body.shape(
        [oval(head.spot(0.15, 0.82), head.r * 1.08, head.r * 0.36, 22, turn=-0.14)],
        head.body.lit(colour),
    )


def _ears(head: Head, colour: str) -> None:
    for sign in (-1, 1):
        ear = [(0.25 * sign, 0.85), (0.65 * sign, 1.45), (0.8 * sign, 0.6)]
        head.body.shape([path(head, ear)], head.body.lit(colour))


def _halo(head: Head, colour: str) -> None:
    rim = oval(head.spot(0, 1.35), head.r * 0.62, head.r * 0.16, 20)
    head.body.line([*rim, rim[0]], 1.6)
    del colour


def _graduate(head: Head, colour: str) -> None:
    _brimless(head, colour)
    board = [(-1.15, 1.05), (0.0, 1.38), (1.15, 1.05), (0.0, 0.75)]
    head.body.shape([path(head, board)], head.body.lit(colour))


def _bandana(head: Head, colour: str) -> None:
    tone = head.body.lit(colour)
    dome = [(-0.86, 0.40), (-0.78, 0.85), (-0.4, 1.12), (0.4, 1.12), (0.78, 0.85), (0.86, 0.40)]
    back = -1 if math.sin(math.radians(head.yaw)) > 0 else 1
    knot = [(0.82 * back, 0.45), (1.25 * back, 0.2), (1.05 * back, 0.55)]
    head.body.shape([path(head, dome), path(head, knot)], tone)


_SHAPES: dict[str, Callable[[Head, str], None]] = {
    "fedora": _brimmed(1.38, 1.22, 0.62),
    "cowboy": _brimmed(1.75, 1.3, 0.62, 0.05),
    "straw": _brimmed(1.7, 1.1, 0.6),
    "sun": _brimmed(1.85, 1.05, 0.66, 0.06),
    "tricorn": _brimmed(1.45, 1.0, 0.6),
    "bowler": _brimmed(1.15, 1.18, 0.6),
    "conical": _cone,
    "cap": _visored(1.08),
    "police": _police,
    "captain": _police,
    "helmet": helmet,
    "hard hat": helmet,
    "fire": helmet,
    "beanie": _brimless,
    "fur": _brimless,
    "top hat": _tall,
    "crown": _crown,
    "tiara": _crown,
    "hood": hood,
    "headscarf": hood,
    "veil": veil,
    "chef": _chef,
    "nurse": _brimless,
    "witch": _pointed,
    "turban": _turban,
    "space helmet": space,
    "great helm": great,
    "beret": _beret,
    "horns": horns,
    "bandana": _bandana,
    "party": _cone,
    "graduate": _graduate,
    "santa": _santa,
    "ears": _ears,
    "halo": _halo,
}
