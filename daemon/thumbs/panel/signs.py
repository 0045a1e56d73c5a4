"""A word on a wall that says which place it is, as roughs have it: POLICE, BAR, LAB.

Knows no places; drawings that a model is given have none.
"""

from __future__ import annotations

from daemon.thumbs.palette import named
from daemon.thumbs.panel.writing import write_line
from daemon.thumbs.stage import Stage

STEP = 0.042
"""A step of the letters' grid, in metres."""


def draw_sign(stage: Stage, word: str, x: float, y: float, z: float) -> None:
    """A board with a word; x its middle, y its lower edge, in metres."""
    scene = stage.scene
    if not scene.lettered or any(one.kind == "place" for one in scene.notes):
        return  # it is another place than the drawing's
    stage.panel(x, y, z, (len(word) * 5 + 4) * STEP, 10 * STEP, named("white"))
    stage.paper.pale *= 0.5
    write_line(stage, word, stage.at(x, y + 5 * STEP, z), STEP * stage.camera.scale(z))
