"""Where in `boards/` a word of the command line leads: one rule for every verb.

ep03, boards/ep03, that folder, the board in it, and the paths that lead there from here or from the
root are one; what follows, a shot for one, is left to others. Opens no board. Standard library
only.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from unicodedata import normalize

from daemon.boards.account import read_account
from daemon.fs.naming import name_key
from daemon.root.layout import Layout

_STARTS = ("/", "./", "../", "boards/")


def below_boards(layout: Layout, word: str) -> str:
    """The word in NFC, without the path to `boards/` that it begins with: ep03, or ep03/060."""
    text = normalize("NFC", word).rstrip("/")
    path = Path(os.path.abspath(text))  # noqa: PTH100 (links are not to be followed)
    is_path = text.startswith(_STARTS) or os.path.lexists(path)
    for start in (path, layout.root / text) if text and is_path else ():
        for home in (layout.boards, Path(os.path.realpath(layout.boards))):
            if start.is_relative_to(home) and start != home:
                parts = start.relative_to(home).parts
                is_file = len(parts) == 2 and os.path.lexists(home.joinpath(*parts))
                return parts[0] if is_file else "/".join(parts)
    return text


def folder_called(layout: Layout, folders: Sequence[str], name: str) -> str | None:
    """Which of the folders holds the board of that name; the folder's own name counts first."""
    wanted = name_key(name)
    for folder in sorted(folders, key=lambda each: each != name):
        if name_key(folder) == wanted:
            return folder
    for folder in folders:
        account = read_account(layout, folder)
        if account and wanted in (name_key(account.board), name_key(account.project)):
            return folder
    return None
