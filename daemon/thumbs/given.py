"""A thumbnail as what a model is given: its first picture, or lines to follow.

Knows no jobs; a drawing is asked for in a few plain words, which travel as JSON.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass, replace

FLAT, LINES = "flat", "lines"
"""Flat colours, to begin a picture with; white lines on black, which control models read."""

INKED = 150
"""Greys below which a line is one: as crisp as the strokes of a drawing that was cleaned."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be drawn: a prompt with its seed (None: the words are it), as which kind, and in
    which size in pixels."""

    prompt: str
    seed: int | None
    kind: str
    width: int
    height: int

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes) -> Asked:
        """Raises ValueError and TypeError for what is none."""
        return cls(**json.loads(data))


def given(asked: Asked) -> bytes:
    """The drawing as a PNG; the same words, the same bytes with the same versions of Pillow."""
    from daemon.thumbs.drawing import draw
    from daemon.thumbs.labels import unlettered
    from daemon.thumbs.reading import read_scene

    scene = unlettered(read_scene(asked.prompt, seed=asked.seed))
    scene = replace(scene, style="colour" if asked.kind == FLAT else "lines")
    image = draw(scene, asked.width, asked.height, tooth=False)
    if asked.kind == LINES:
        image = image.convert("L").point(lambda value: 255 if value < INKED else 0)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
