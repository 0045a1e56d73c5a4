"""How a command of ours is typed so that it means this root and no other.

Knows how a root is found when nobody names it; runs nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

from daemon.root.layout import DEFAULT_ROOT, Layout, find_root


def own_command(layout: Layout, words: str = "") -> str:
    """`hotfolder WORDS` as one types it in any folder of any shell, days later: of a letter."""
    return _typed(layout.root, words, find=lambda: DEFAULT_ROOT.expanduser().resolve())


def command_here(layout: Layout, words: str) -> str:
    """The same for who reads it in the shell that this process was started in, which may name the
    root or stand in it."""
    return _typed(layout.root, words, find=find_root)


def _typed(root: Path, words: str, find: Callable[[], Path]) -> str:
    try:
        is_found = root == find()
    except (OSError, RuntimeError):  # nobody has a home, or this shell's folder is gone
        is_found = False
    option = "" if is_found else f" --root {shlex.quote(str(root))}"
    return f"hotfolder{option} {words}".rstrip()
