"""Helmets and hoods: what covers more of a head than a hat does, and the face within it."""

from __future__ import annotations

from daemon.thumbs.palette import mix
from daemon.thumbs.panel.faces import face as draw_face
from daemon.thumbs.panel.skull import Head
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.puppet import hull, ring


def path(head: Head, spots: list[tuple[float, float]]) -> list[Point]:
    """Spots of the head as points, a little behind its middle when it turns."""
    shift = -head.sine * 0.06
    return [head.spot(x + shift, y) for x, y in spots]


def helmet(head: Head, colour: str) -> None:
    """A round one with a rim."""
    tone = head.body.lit(colour)
    dome = [(-1.02, 0.12), (-0.98, 0.7), (-0.55, 1.2), (0.55, 1.2), (0.98, 0.7), (1.02, 0.12)]
    head.body.shape([path(head, dome)], tone)
    rim = oval(head.spot(head.sine * 0.1, 0.2), head.r * 1.12, head.r * 0.13, 18)
    head.body.shape([rim], tone)


def horns(head: Head, colour: str) -> None:
    """A helmet with two horns."""
    helmet(head, "grey")
    for sign in (-1, 1):
        horn = [
            (0.8 * sign, 0.55),
            (1.3 * sign, 0.8),
            (1.35 * sign, 1.5),
            (1.05 * sign, 1.0),
            (0.75 * sign, 0.85),
        ]
        head.body.shape([path(head, horn)], head.body.lit(colour))


def hood(head: Head, colour: str) -> None:
    """What lies around the face: a hood, a headscarf, a veil."""
    body, tone = head.body, head.body.lit(colour)
    ring_ = [
        head.spot(x, y)
        for x, y in (
            (-0.6, -1.15),
            (-1.0, -0.6),
            (-1.05, 0.4),
            (-0.6, 1.12),
            (0.0, 1.3),
            (0.6, 1.12),
            (1.05, 0.4),
            (1.0, -0.6),
            (0.6, -1.15),
        )
    ]
    body.shape([ring_], tone)
    if head.cosine > -0.35:
        face = oval(
            head.spot(head.sine * 0.34, -0.12),
            head.r * (0.64 - 0.16 * abs(head.sine)),
            head.r * 0.82,
            22,
        )
        body.shape([face], body.skin, 0.9)
        if head.r > 0.026:
            draw_face(head)


def space(head: Head, colour: str) -> None:
    """A ball with a glass before the face."""
    body = head.body
    body.shape([ring(head.spot(0, 0), head.r * 1.42)], body.lit(colour))
    if head.cosine > -0.35:
        glass = oval(
            head.spot(head.sine * 0.5, 0.02),
            head.r * (1.0 - 0.25 * abs(head.sine)),
            head.r * 0.92,
            22,
        )
        body.shape([glass], mix(body.lit("glass"), body.skin, 0.25))
        if head.r > 0.026:
            draw_face(head)


def great(head: Head, colour: str) -> None:
    """A knight's, closed but for a cross."""
    body, tone = head.body, head.body.lit(colour)
    body.shape(
        [
            path(
                head,
                [(-0.8, -1.0), (-0.92, 0.3), (-0.6, 1.1), (0.6, 1.1), (0.92, 0.3), (0.8, -1.0)],
            )
        ],
        tone,
    )
    if head.cosine > -0.35:
        body.line([head.on(-55, 0.08), head.on(55, 0.08)], 3.0)
        body.line([head.on(0, 0.08), head.on(0, -0.8)], 1.0)


def veil(head: Head, colour: str) -> None:
    """A bride's: it hangs from the crown of the head on both sides, and behind."""
    body, tone = head.body, head.body.lit(colour)
    for sign in (-1, 1):
        if head.sine * sign > 0.5:  # the face is there
            continue
        wide = 1.0 + 0.4 * abs(head.sine)
        cloth = ((0.0, 1.18), (0.75 * wide, 0.95), (1.15 * wide, -0.2), (1.35 * wide, -2.6),
                 (0.8, -2.6), (0.82 - 0.5 * abs(head.sine), 0.1), (0.3, 0.95))  # fmt: skip
        body.shape([path(head, [(x * sign, y) for x, y in cloth])], tone)
    body.shape([hull([head.spot(x, y) for x, y in _WREATH])], tone)


_WREATH = ((-0.72, 0.72), (-0.5, 1.0), (0.0, 1.16), (0.5, 1.0), (0.72, 0.72), (0.0, 0.86))
