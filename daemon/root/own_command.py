"""How a command of ours is typed so that it means this root and this board, and no other.

Knows how a root is found when nobody names it; runs nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

from daemon.root.layout import DEFAULT_ROOT, Layout, find_root


def own_command(layout: Layout, words: str = "") -> str:
    """`hotfolder WORDS` as one types it in any folder of any shell, days later: of a letter."""
    return _command(layout.root, words, find=lambda: DEFAULT_ROOT.expanduser().resolve())


def command_here(layout: Layout, words: str) -> str:
    """The same for who reads it in the shell that this process was started in, which may name the
    root or stand in it."""
    return _command(layout.root, words, find=find_root)


def word_of(label: str) -> str:
    """A board, or what is of one, as it is named, also where it is called like a job's number or
    like an option."""
    return f"boards/{label}" if label.startswith(("#", "-")) else label


def typed(label: str) -> str:
    """The same as one word of a shell."""
    return shlex.quote(word_of(label))


def _command(root: Path, words: str, find: Callable[[], Path]) -> str:
    try:
        is_found = root == find()
    except (OSError, RuntimeError):  # nobody has a home, or this shell's folder is gone
        is_found = False
    option = "" if is_found else f" --root {shlex.quote(str(root))}"
    return f"hotfolder{option} {words}".rstrip()
