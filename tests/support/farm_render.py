"""`hotfolder render` of a small board, and what lies there afterwards."""

from __future__ import annotations

from pathlib import Path

from support.daemon import hotfolder

BOARD = """\
size: 64x64
steps: 2
shots:
  010: a red boat
  020: {prompt: a house, takes: 2}
  030: {prompt: a tree, from: 010}
"""
ALL = ["010", "020-1", "020-2", "030"]


def command(place: Path, *words: str) -> list[str]:
    out = () if "--out" in words else ("--out", str(place / "out"))
    own = () if {"--daemon", "--settings"} & {*words} else ("--settings", str(place / "dry.yaml"))
    below = () if "--root" in words else ("--root", str(place / "tmp"))
    return ["render", *words, *out, *own, *below]


def render(place: Path, *words: str, **kwargs):
    return hotfolder(*command(place, *words), cwd=place, **kwargs)


def made(place: Path) -> list[str]:
    """The pictures of the board that lie there, each beside its record."""
    found = sorted((place / "out" / "ep03").glob("*.png"))
    assert all(each.with_suffix(".json").exists() for each in found)
    return [each.stem for each in found]
