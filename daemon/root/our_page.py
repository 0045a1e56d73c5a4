"""The page that lies in every folder of the outbox, told from a person's own file of its name.

It is made anew wherever it is missed, so that a copy of it is nobody's loss.
"""

from __future__ import annotations

from pathlib import Path

from daemon.fs.read import read_regular

PAGE = "index.html"
GENERATOR = '<meta name="generator" content="Hotfolder">'


def is_our_page(file: Path) -> bool:
    """Whether it is one that we wrote."""
    if file.name != PAGE:
        return False
    try:
        return GENERATOR.encode() in read_regular(file)
    except OSError:
        return False
