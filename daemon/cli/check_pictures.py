"""Whether the pictures of a plan can be opened and decoded, for `hotfolder check`."""

from __future__ import annotations

import warnings
from pathlib import Path

from daemon.errors import JobError
from daemon.plan.plan import Plan

FORMATS = ("PNG", "JPEG", "WEBP")


def look_at_pictures(plan: Plan) -> None:
    """Decode each of them once; masks that are yet to be drawn have no place. Raises JobError for
    the first that is none."""
    for place in dict.fromkeys(item.source.path for item in plan.pictures[0].render.inputs):
        if Path(place).is_absolute():
            _decode(Path(place))


def _decode(path: Path) -> None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as picture:
                picture.load()
    except Exception as error:  # whatever a decoder says of a spoilt file
        raise JobError(
            f"The picture {path.name} is not a picture that can be read.",
            why=f"It may be broken, or of a kind other than PNG, JPEG or WebP ({error}).",
            remedy="Save it as PNG or JPEG.",
        ) from None
