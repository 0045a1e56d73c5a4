"""Pictures beside their records, and what an album lists of them."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from daemon.page.data_files import DataFiles
from daemon.page.places import data_of


def paint(outbox: Path, relative: str, **job: object) -> Path:
    picture = outbox / relative
    picture.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), "red").save(picture)
    record = {"schema": 1, "job": {"prompt": "p", **job}, "result": {"job": 1, "seed": 5}}
    picture.with_suffix(".json").write_text(json.dumps(record))
    return picture


def listed(outbox: Path, group: str = "") -> list[str]:
    """What a browser would be told, read the way it reads: as a script of a line a picture."""
    return [str(line["path"]) for line in DataFiles(outbox, data_of(group)).all()]
