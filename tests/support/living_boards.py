"""Boards that stay alive in a real root: saving them, and what there is of them afterwards."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

from daemon.root.layout import Layout
from daemon.spool import journal


def save(layout: Layout, name: str, text: str) -> Path:
    """As a careful editor saves: written beside it, then renamed over it."""
    file = layout.boards / name / "board.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(".board.yaml.part")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, file)
    return file


def pictures(layout: Layout, name: str) -> list[str]:
    """The names of its pictures, in order."""
    return sorted(file.name for file in (layout.outbox / name).glob("*.png"))


def records(layout: Layout, name: str) -> dict[str, dict[str, object]]:
    """The record of each picture by the picture's name."""
    files = (layout.outbox / name).glob("*.json")
    return {file.stem: json.loads(file.read_bytes()) for file in files}


def keys_made(layout: Layout) -> Counter[str]:
    """How many jobs have made the picture of each id, by the journal; a crash may have written a
    job's line twice."""
    lines = (entry for entry in journal.read(layout) if entry.outcome == "done" and entry.id)
    return Counter(name for name, _ in {(str(entry.id), entry.job) for entry in lines})
