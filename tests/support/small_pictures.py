"""A small picture, to be found, kept or refused."""

from __future__ import annotations

from pathlib import Path

from PIL import Image


def picture(file: Path, kind: str = "PNG", size: tuple[int, int] = (32, 24)) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "red").save(file, kind)
    return file
