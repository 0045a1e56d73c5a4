"""Labels: words on things that can't be drawn as what they are, and drawings without any letters.

A rough has a plain shape with its word on it; a model that is given one would draw the letters.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.guesses import SOMETHING
from daemon.thumbs.scene import Figure, Scene


def unlettered(scene: Scene) -> Scene:
    """Without labels, notes and signs, and without what only a label tells."""
    return replace(
        scene,
        lettered=False,
        notes=(),
        figures=tuple(map(_emptied, scene.figures)),
        things=tuple(one for one in scene.things if one.kind != SOMETHING),
        insert="" if scene.insert == SOMETHING else scene.insert,
    )


def _emptied(one: Figure) -> Figure:
    held, also = ("" if kind == SOMETHING else kind for kind in (one.held, one.also))
    return replace(one, held=held, also=also)
