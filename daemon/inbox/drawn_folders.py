"""Which folders of the inbox hold drawings to be made pictures of, told from the disk alone.

For `status` of a stopped daemon, which reads no YAML: the line `each: drawing` is looked for in the
defaults as they are written, the nearest first. Standard library only.
"""

from __future__ import annotations

import re
from pathlib import Path

from daemon.formats.kinds import SUFFIXES
from daemon.fs.read import read_file
from daemon.inbox.settle import MAX_BYTES
from daemon.root.layout import DEFAULTS_NAMES, Layout

_TYPOGRAPHIC = rb"(?:\xe2\x80[\x98-\x9f\xb9\xba]|\xc2[\xab\xbb])(?:\xc2\xa0| )?"
_EACH = re.compile(
    rb"^[ \t{,]*[\"']?each[\"']?[ \t]*:[ \t]*(?:[\"']|" + _TYPOGRAPHIC + rb")?(?P<what>\w+)",
    re.IGNORECASE | re.MULTILINE,
)
_TEXT = ".txt"


class DrawnFolders:
    """Those of one root. What it looks up, it looks up once."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: dict[Path, bool] = {}

    def owns(self, path: Path) -> bool:
        """Whether a file is a drawing, or the words beside one: no job, and nobody's mistake."""
        is_meant = path.name.lower().endswith((*SUFFIXES, _TEXT))
        return is_meant and self._holds_drawings(path.parent)

    def _holds_drawings(self, folder: Path) -> bool:
        if folder not in self._known:
            self._known[folder] = self._said(folder)
        return self._known[folder]

    def _said(self, folder: Path) -> bool:
        for name in DEFAULTS_NAMES:
            if (what := _each_in(folder / name)) is not None:
                return what == b"drawing"
        if folder == self._layout.inbox or folder == folder.parent:
            return _each_in(self._layout.settings_file) == b"drawing"
        return self._holds_drawings(folder.parent)


def _each_in(file: Path) -> bytes | None:
    """What a file says of `each`, in small letters; None if it says nothing."""
    try:
        found = _EACH.search(read_file(file, MAX_BYTES))
    except OSError:
        return None
    return found["what"].lower() if found else None
