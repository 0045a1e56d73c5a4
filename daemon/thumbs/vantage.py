"""What stands right before the camera: a shoulder looked over, the hands of a point of view."""

from __future__ import annotations

from daemon.thumbs.palette import SKINS, named
from daemon.thumbs.puppet import hull, ring, tapered
from daemon.thumbs.stage import Stage


def draw_vantage(stage: Stage) -> None:
    """The two hands of a point of view; who is looked over `layout` puts there."""
    if stage.scene.camera != "point of view":
        return
    skin = stage.light.on(SKINS[stage.scene.seed % 5], 0, near=True)
    sleeve = stage.light.on(named("navy"), 0, near=True)
    stage.paper.pale = 0.0
    for sign in (-1, 1):
        x = sign * stage.half * 0.52
        stage.paper.shape([tapered((x, 0.97), (x + sign * 0.16, 1.25), 0.085, 0.12)], sleeve, 1.3)
        palm = hull([*ring((x, 0.92), 0.062), *ring((x - sign * 0.02, 0.86), 0.056)])
        stage.paper.shape(
            [
                palm,
                *[
                    tapered(
                        (x - sign * 0.03 + 0.035 * k, 0.87),
                        (x - sign * 0.05 + 0.04 * k, 0.79),
                        0.021,
                        0.017,
                    )
                    for k in range(-1, 3)
                ],
            ],
            skin,
            1.2,
        )
