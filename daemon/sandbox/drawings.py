"""What the child does with a drawing: clean it, or say why there is nothing to be followed in it.

Runs in the child alone, like `looks`. How strokes are told from paper, `line_art` knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from daemon.errors import JobError
from daemon.fs import atomic
from daemon.sandbox import looks
from daemon.sandbox.answer import Answer

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LEAST_SIDE = 32
"""Pixels of the shorter side below which nothing can be told."""

ROUGH = "drawing"
"""The kind whose strokes are evened out."""


def clean(source: BinaryIO, target: BinaryIO, name: str, kind: str) -> Answer:
    """The drawing in `source` as white strokes on black, a PNG in `target`, synced; its size and
    sha256, and `notes`: what its author should know of it. Raises JobError for a picture in which
    nothing is drawn."""
    from PIL import ImageOps

    from daemon.sandbox import line_art

    found = looks.sides(source, name)
    if found.ends is False:
        return found
    if min(found.width, found.height) < LEAST_SIDE:
        raise JobError(
            f"The drawing {name} is too small: {found.width}x{found.height} pixels.",
            why="No strokes can be told in it.",
            remedy=f"Draw it with at least {LEAST_SIDE} pixels a side; some 500 are good.",
        )
    with looks.decoding(source, name) as picture:
        # JPEG decodes smaller at once; what is kept is never larger than that
        picture.draft("RGB", (line_art.SIDE, line_art.SIDE))
        drawn = line_art.cleaned(ImageOps.exif_transpose(_in_sight(picture)), even=kind == ROUGH)
    if drawn.is_blank:
        raise _blank(name)
    target.truncate(0)
    target.seek(0)
    drawn.picture.save(target, "PNG", compress_level=6)
    target.flush()
    atomic.fsync(target.fileno())
    target.seek(0)
    sha256 = looks.sha256(target).sha256
    return Answer(sha256, *drawn.picture.size, ends=True, notes=_notes(name, drawn.is_crowded))


def _in_sight(picture: Picture) -> Picture:
    """CMYK as the colours that it prints, which Pillow's own way to grey leaves out."""
    return picture.convert("RGB") if picture.mode in ("CMYK", "YCbCr", "LAB", "HSV") else picture


def _blank(name: str) -> JobError:
    return JobError(
        f"Nothing is drawn in {name}.",
        why="It is of one tone from edge to edge: no stroke stands out from its ground.",
        remedy="Draw something and save it, or take the picture of the paper in better light.",
    )


def _notes(name: str, is_crowded: bool) -> tuple[str, ...]:
    if not is_crowded:
        return ()
    return (
        f"{name} looks like a photograph or a painting rather than a drawing: all that is dark in "
        "it was taken for strokes. To follow its edges, write it under `controls` with "
        "kind: edges; to paint over it, under `image`.",
    )
