"""The sky of a scene out of doors: its hour and weather, with sun, moon, stars and clouds."""

from __future__ import annotations

from daemon.thumbs.palette import Colour, mix
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.stage import Stage

SKY: dict[str, tuple[Colour, Colour]] = {
    "day": ((126, 182, 228), (222, 238, 248)),
    "dawn": ((150, 164, 206), (252, 214, 180)),
    "dusk": ((96, 78, 136), (250, 164, 104)),
    "night": ((16, 22, 50), (48, 58, 100)),
}
GREY_SKY: dict[str, tuple[Colour, Colour]] = {
    "day": ((150, 158, 168), (206, 210, 214)),
    "dawn": ((160, 156, 168), (226, 208, 200)),
    "dusk": ((92, 84, 104), (184, 148, 136)),
    "night": ((22, 26, 42), (52, 58, 78)),
}


def sky(stage: Stage) -> None:
    """The sky of the hour down to the horizon, with sun, moon, stars or clouds."""
    scene, paper = stage.scene, stage.paper
    grey = scene.weather in ("rain", "storm", "fog", "snow")
    upper, lower = (GREY_SKY if grey else SKY)[scene.time]
    low = min(1.0, max(0.05, stage.camera.horizon))
    if stage.camera.horizon <= 0.0:
        return
    if paper.look != "colour" and scene.time == "day" and not grey:
        upper, lower = (226, 232, 238), (252, 252, 252)
    paper.fade(0.0, low + 0.02, upper, lower)
    x = stage.chance.choice((-0.62, 0.58, 0.7)) * stage.half
    if scene.time == "night" and not grey:
        for _ in range(26):
            spot = (
                stage.chance.uniform(-stage.half, stage.half),
                stage.chance.uniform(0, low * 0.8),
            )
            paper.dot(spot, stage.chance.uniform(0.0015, 0.0035), (240, 240, 230), 0)
        _disc(stage, (x, low * 0.28), 0.055, (246, 240, 214), 0.34, 0.5)
    elif scene.time in ("dusk", "dawn") and not grey:
        _disc(stage, (x, low - 0.045), 0.075, (255, 214, 120), 0.5, 0.55)
    elif not grey:
        _disc(stage, (x, low * 0.26), 0.05, (252, 222, 110), 0.16, 0.35)
    if (scene.weather == "clear" and scene.time != "night") or scene.weather == "wind":
        for k in range(3):
            cloud(
                stage,
                (stage.chance.uniform(-stage.half, stage.half), low * (0.16 + 0.17 * k)),
                0.055,
            )
    elif scene.weather in ("rain", "storm", "snow"):
        for k in range(5):
            at = ((k / 4 * 2 - 1) * stage.half, stage.chance.uniform(0.0, 0.10) * low)
            cloud(stage, at, 0.13, mix(upper, (70, 76, 90), 0.3))


def _disc(
    stage: Stage, at: Point, radius: float, colour: Colour, far: float, strength: float
) -> None:
    stage.paper.glow(at, far, colour, strength)
    stage.paper.pale = 0.5
    stage.paper.dot(at, radius, colour, 0.7)


def cloud(stage: Stage, at: Point, size: float, colour: Colour | None = None) -> None:
    """One of `size`, in panel heights; white in the light of the hour unless it has a `colour`."""
    x, y = at
    stage.paper.pale = 0.55
    parts = [
        oval((x + dx * size, y + dy * size), rx * size, ry * size, 16)
        for dx, dy, rx, ry in ((-1.1, 0, 1.0, 0.45), (1.1, 0.05, 1.05, 0.42), (0, -0.3, 1.0, 0.6))
    ]
    stage.paper.shape(parts, colour or stage.light.on((250, 250, 252), 0.3), 0.6)
