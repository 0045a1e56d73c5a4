"""What makes a room this room and no other: ropes of a ring, aisles, a judge's bench. A table.

Sizes are in metres; `z` of what stands on the floor counts from the camera.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.thumbs.objects import draw_object
from daemon.thumbs.palette import mix, named
from daemon.thumbs.panel.sky import SKY
from daemon.thumbs.paper import oval
from daemon.thumbs.stage import Stage


def ring_ropes(stage: Stage, x: float, z: float) -> None:
    """Canvas, corner posts and three ropes, behind whoever is in the ring."""
    near, far = max(0.6, z - 2.6), z + 1.6
    canvas = [(x - 3, near), (x + 3, near), (x + 3, far), (x - 3, far)]
    stage.ground(canvas, named("white"), 1.0)
    for side in (-1, 1):
        stage.panel(x + 3 * side, 0, far, 0.22, 1.55, named("red"))
    for high, colour in ((0.5, "red"), (0.95, "white"), (1.4, "navy")):
        back = [stage.at(x + a, high, far) for a in (-3, 3)]
        stage.paper.band(back, stage.tint(named(colour), far), 0.009)
        stage.paper.stroke(back, 1.6)
        for side in (-1, 1):
            stage.paper.stroke([stage.at(x + 3 * side, high, b) for b in (far, near)], 1.4)


def aisles(stage: Stage, x: float, z: float) -> None:
    """Shelves along both sides into the depth."""
    near, far = 1.0, z + 9
    for side in (-1, 1):
        edge = x + 1.9 * side
        stage.wall((edge, near), (edge, far), 2.1, named("beige"))
        for row, colour in enumerate(("red", "green", "gold", "teal")):
            base = 0.12 + 0.5 * row
            at, k = near, row
            while at < far:
                high = 0.2 + 0.06 * (k % 3)
                tone = named(colour) if k % 2 else named("cream")
                stage.wall((edge, at), (edge, at + 0.4), base + high, tone, 0.4, base=base)
                at, k = at + 0.5 + 0.05 * at, k + 1
    stage.panel(x, 2.3, far, 1.8, 0.4, named("white"))


def judges_bench(stage: Stage, x: float, z: float) -> None:
    """The high bench of a judge, before a panelled wall, and a rail."""
    stage.block(x, z + 1.8, 4.6, 1.5, 0.8, named("brown"))
    for k in (-1.5, 0, 1.5):
        stage.panel(x + k, 0.3, z + 1.78, 1.1, 0.9, named("light brown"), 0.7)
    stage.panel(x, 1.5, z + 2.5, 0.9, 1.1, named("dark red"))
    stage.block(x + 3.1, z + 1.9, 1.2, 1.0, 0.6, named("wood"))


def school_desks(stage: Stage, x: float, z: float) -> None:
    """Rows of small desks."""
    for far in (2.6, 1.3):
        for k in (-2.4, -0.8, 0.8, 2.4):
            stage.block(x + k, z + far, 0.95, 0.62, 0.4, named("wood"))


def patient(stage: Stage, x: float, z: float) -> None:
    """Somebody under a sheet on the table, in the light of the lamp above."""
    stage.block(x, z + 0.1, 0.5, 0.72, 0.3, named("grey"))
    stage.block(x, z, 2.3, 0.16, 0.6, named("light grey"), base=0.72)
    body = [(-1.0, 0.88), (-0.6, 1.06), (-0.1, 1.13), (0.5, 1.1), (0.62, 0.88)]
    sheet = [stage.at(x + a, b, z) for a, b in body]
    stage.paper.shape([sheet], stage.tint(named("light blue"), z))
    scale = stage.camera.scale(z)
    head = oval(stage.at(x + 0.86, 1.0, z), 0.15 * scale, 0.13 * scale)
    stage.paper.shape([head], stage.tint(named("skin"), z))


def operating_lamp(stage: Stage, x: float, z: float) -> None:
    """A dish of lamps on an arm."""
    stage.pale(z)
    scale, at = stage.camera.scale(z), stage.at(x, 2.15, z)
    stage.paper.stroke([stage.at(x + 0.9, 4, z), stage.at(x + 0.5, 2.5, z), at], 2.2)
    stage.paper.glow(stage.at(x, 1.6, z), 0.8 * scale, named("lamp"), 0.4)
    stage.paper.shape([oval(at, 0.55 * scale, 0.17 * scale)], stage.tint(named("silver"), z))
    for k in (-0.3, 0, 0.3):
        low = oval((at[0] + k * scale, at[1] + 0.03 * scale), 0.11 * scale, 0.06 * scale)
        stage.paper.shape([low], named("lamp"), 0.7)


def booths(stage: Stage, x: float, z: float) -> None:
    """Benches with high backs, back to back, and tables between."""
    for k in (-3.2, -1.2, 1.2, 3.2):
        stage.block(x + k, z + 1.5, 0.35, 1.15, 0.9, named("red"))
        stage.block(x + k + (0.45 if k < 0 else -0.45), z + 1.5, 0.6, 0.45, 0.9, named("dark red"))
    for k in (-2.2, 2.2):
        stage.panel(x + k, 0, z + 1.6, 0.12, 0.7, named("grey"))
        stage.block(x + k, z + 1.4, 0.9, 0.06, 0.7, named("white"), base=0.7)


def bleachers(stage: Stage, x: float, z: float) -> None:
    """Steps of benches along the back, with those who watch."""
    for k in range(4):
        stage.block(x, z + 3.2 + 0.7 * k, 13, 0.45 * (k + 1), 0.7, named("light brown"))
    for k in range(4):
        at = z + 3.1 + 0.7 * k
        for place in range(-7, 8):
            spot = stage.at(x + 0.85 * place + 0.3 * (k % 2), 0.45 * (k + 1) + 0.55, at)
            stage.paper.dot(spot, 0.13 * stage.camera.scale(at), named("beige"), 0.7)


def court_lines(stage: Stage, x: float, z: float) -> None:
    """Lines on the floor of a hall."""
    tone = named("white")
    for a, b in ((-4.5, z - 1.5), (-4.5, z + 2.8)):
        stage.ground([(x + a, b), (x - a, b), (x - a, b + 0.1), (x + a, b + 0.1)], tone)
    for a in (-4.5, 0.0, 4.5):
        low, high = max(0.5, z - 1.5), z + 2.8
        stage.ground([(x + a, low), (x + a + 0.1, low), (x + a + 0.1, high), (x + a, high)], tone)


def subway_seats(stage: Stage, x: float, z: float) -> None:
    """Benches along both sides, dark windows, poles with straps, a door at the end."""
    far = z + 6.6
    for side in (-1, 1):
        edge = 1.55 * side
        for at in (1.4, 3.2, 5.2, 7.6, 10.4):
            if at + 1.3 < far:
                dark = [(edge * 0.995, at), (edge * 0.995, at + 1.3)]
                stage.wall(dark[0], dark[1], 1.95, (52, 56, 70), base=1.1)
        stage.block(edge - 0.3 * side, z + 0.6, 0.6, 0.5, far - z - 0.8, named("orange"))
        for at in (z + 0.7, z + 2.6, z + 5):
            stage.pale(at)
            stage.paper.stroke([stage.at(0.95 * side, 0, at), stage.at(0.95 * side, 2.4, at)], 2.2)
        rail = [stage.at(0.95 * side, 2.1, at) for at in (1.0, far)]
        stage.paper.stroke(rail, 1.6)
        for at in (z + 1.3, z + 1.9, z + 3.3, z + 4):
            ring = oval(
                stage.at(0.95 * side, 1.86, at),
                0.07 * stage.camera.scale(at),
                0.08 * stage.camera.scale(at),
            )
            stage.paper.stroke([stage.at(0.95 * side, 2.1, at), ring[0], *ring], 1.0)
    for aside in (-0.42, 0.42):
        stage.panel(x + aside, 0, far, 0.8, 2.05, named("silver"))
        stage.panel(x + aside, 1.1, far - 0.01, 0.5, 0.75, (52, 56, 70))


def back_seat(stage: Stage, x: float, z: float) -> None:
    """Out through the rear window, and the back of the seat; drawn behind whoever sits there."""
    upper, lower = SKY[stage.scene.time]
    paper, half = stage.paper, stage.half
    roof = stage.light.on((96, 92, 92))
    paper.fade(0, 1, roof, roof)
    glass = [(-half * 0.62, 0.44), (-half * 0.5, 0.1), (half * 0.5, 0.1), (half * 0.62, 0.44)]
    paper.pale = 0.2
    paper.shape([glass], mix(upper, lower, 0.6), 1.3)
    street = [(-half * 0.25, 0.44), (-0.03, 0.28), (0.03, 0.28), (half * 0.25, 0.44)]
    paper.shape([street], stage.light.on(named("asphalt")), 0.7)
    for side in (-1, 1):
        pane = [
            (side * half * a, b) for a, b in ((0.74, 0.5), (0.66, 0.14), (1.1, 0.02), (1.1, 0.5))
        ]
        paper.shape([pane], mix(upper, lower, 0.6), 1.3)
        paper.stroke([(side * half * 0.7, 0.62), (side * half * 1.1, 0.62)], 1.2)
    seat = [(-half * 0.86, 1.1), (-half * 0.78, 0.42), (half * 0.78, 0.42), (half * 0.86, 1.1)]
    paper.pale = 0.0
    paper.shape([seat], stage.light.on(named("brown")), 1.3)
    for k in (-0.45, 0.0, 0.45):
        paper.stroke([(half * k, 0.46), (half * k * 1.06, 1.1)], 0.8)
    for aside in (-0.42, 0.42):
        paper.shape([oval((half * aside, 0.40), 0.12, 0.075)], stage.light.on(named("brown")), 1.1)
    del x, z


def long_table(stage: Stage, x: float, z: float) -> None:
    """Laid for many, behind whoever stands there."""
    stage.block(x, z + 0.7, 5.6, 0.78, 0.9, named("white"))
    for k in (-2.2, -1.1, 0.0, 1.1, 2.2):
        at = stage.at(x + k, 0.78, z + 0.8)
        name = "candle" if k == 0.0 else "plate" if k in (-1.1, 1.1) else "wine"
        draw_object(stage, name, at, stage.camera.scale(z + 0.8) * 1.75, "", z + 0.8, 1)
    for k in (-2.1, -0.7, 0.7, 2.1):
        stage.panel(x + k, 0.45, z + 1.9, 0.46, 0.6, named("brown"))


def lanes(stage: Stage, x: float, z: float) -> None:
    """Lanes of a bowling alley, with pins at their ends."""
    far = z + 7
    for k in range(-3, 4):
        stage.ground([(x + 1.5 * k - 0.1, 0.6), (x + 1.5 * k + 0.1, 0.6), (x + 1.5 * k + 0.1, far),
                      (x + 1.5 * k - 0.1, far)], named("dark grey"), 0.7)  # fmt: skip
    stage.panel(x, 0.9, far, 12, 1.0, named("navy"))
    for k in range(-4, 5):
        for pin in (-0.24, 0.0, 0.24):
            foot = stage.at(x + 1.5 * k + 0.75 + pin, 0.24, far - 0.1)
            scale = stage.camera.scale(far)
            stage.paper.shape([oval(foot, 0.07 * scale, 0.25 * scale)], named("white"), 0.7)


def duct(stage: Stage, x: float, z: float) -> None:
    """A narrow shaft of sheet metal, seen along: frames one in the other, a grating at the end."""
    paper, half, low = stage.paper, stage.half, 0.52
    tone = stage.light.on(named("silver"))
    paper.fade(0, 1, tone, tone)
    paper.pale = 0.3
    for k, share in enumerate((1.0, 0.72, 0.5, 0.34)):
        frame = [(half * share * a, low + 0.56 * share * b) for a, b in
                 ((-1, -1), (1, -1), (1, 1), (-1, 1))]  # fmt: skip
        dark = mix(named("silver"), (40, 40, 50), 0.12 * k)
        paper.shape([frame], stage.light.on(dark), 1.2)
    for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        paper.stroke([(half * a, low + 0.56 * b), (half * a * 0.34, low + 0.19 * b)], 1.2)
    for k in range(-4, 5):
        paper.stroke([(half * 0.075 * k, low - 0.18), (half * 0.075 * k, low + 0.18)], 1.4)
    del x, z


def shopfronts(stage: Stage, x: float, z: float) -> None:
    """Shop windows under signs along both sides, and a gallery above."""
    far = z + 9
    for side in (-1, 1):
        edge, at, k = x + 4.4 * side, 1.2, 0
        while at < far - 1:
            end = min(far, at + 2.6)
            stage.wall((edge, at), (edge, end - 0.4), 2.3, named("glass"), 0.9, base=0.25)
            sign = named(("red", "teal", "gold", "navy")[k % 4])
            stage.wall((edge, at), (edge, end - 0.4), 3.0, sign, 0.9, base=2.45)
            at, k = end, k + 1
        stage.paper.stroke([stage.at(edge, 3.3, 1.2), stage.at(edge, 3.3, far)], 1.6)
        stage.paper.stroke([stage.at(edge, 4.2, 1.2), stage.at(edge, 4.2, far)], 1.2)
    stage.panel(x, 0, far, 4.6, 2.4, named("glass"))
    stage.panel(x, 2.5, far, 4.6, 0.6, named("red"))


def tiers(stage: Stage, x: float, z: float) -> None:
    """Two wooden benches, one above the other, along the back, and planks on the wall."""
    back = z + 2
    for k in range(9):
        high = 0.3 * k
        stage.paper.stroke([stage.at(x - 3, high, back), stage.at(x + 3, high, back)], 0.6)
    for k, high in ((1, 0.95), (0, 0.5)):
        stage.block(x, z + 0.9 + 0.6 * k, 4.2, 0.1, 0.55, named("light brown"), base=high - 0.1)
        for leg in (-2, 0, 2):
            stage.panel(x + leg, 0, z + 0.95 + 0.6 * k, 0.1, high - 0.1, named("wood"), 0.8)


Floor = Callable[[Stage, float, float], None]
FITTINGS: dict[str, Floor] = {
    "ring ropes": ring_ropes,
    "aisles": aisles,
    "judge's bench": judges_bench,
    "school desks": school_desks,
    "patient": patient,
    "operating lamp": operating_lamp,
    "booths": booths,
    "bleachers": bleachers,
    "court lines": court_lines,
    "subway seats": subway_seats,
    "back seat": back_seat,
    "long table": long_table,
    "lanes": lanes,
    "duct": duct,
    "shopfronts": shopfronts,
    "tiers": tiers,
}
"""Pieces of a room on its floor."""
