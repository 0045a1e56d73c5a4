"""Small pictures for the page: 320 pixels at the longer side, as WebP.

Made from the file in the outbox, here, so that no picture waits for its small one. One that can't
be made is done without: the page shows the picture itself.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image

from daemon.fs import atomic
from daemon.page.data_files import make_below
from daemon.page.entry import Entry, contents_of_drawings
from daemon.page.places import thumb_of

SIDE = 320
DRAWING_SIDE = 512
"""Of a drawing, which has no larger picture to be opened."""
QUALITY = 78
MOST_PIXELS = 64_000_000
"""Of a picture that a person put there: more is not opened."""


def make_thumb(outbox: Path, relative: str) -> str:
    """Where the small picture lies below the outbox, made if it is not there yet; "" if it can't
    be."""
    small = thumb_of(relative)
    return small if make_thumb_of(outbox, outbox / relative, small) else ""


def make_strokes(outbox: Path, entry: Entry, references: Path) -> None:
    """Have the small pictures lie there of all drawings that a picture follows, which are kept in
    `references`, as far as they can be made."""
    for small, sha256 in zip(entry.drawn, contents_of_drawings(entry.job), strict=True):
        if small:
            make_thumb_of(outbox, references / sha256, small, DRAWING_SIDE)


def make_thumb_of(outbox: Path, picture: Path, small: str, side: int = SIDE) -> bool:
    """Have the small picture of any file lie at outbox/SMALL; whether it does."""
    target = outbox / small
    if target.exists():
        return True
    try:
        data = _small(picture, side)
        make_below(outbox, target.parent)
        atomic.replace(target, data, sync=False)
    except Exception:  # whatever a library says of a file that a person may have changed
        return False
    return True


def _small(picture: Path, side: int) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(picture) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError("too large")
            image.draft("RGB", (side, side))
            small = image.convert("RGB")
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, "WEBP", quality=QUALITY, method=2)
    return data.getvalue()
