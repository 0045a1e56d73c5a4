"""Where the letter lies that says why a file was not rendered: NAME.why.txt, beside it.

No two files of a folder share one, however long their names are, and none is laid over what is not
an older letter of ours. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from daemon.fs import naming
from daemon.fs.read import read_regular
from daemon.root.layout import WHY_SUFFIX

_HEADS = (
    *("was not rendered", "is not rendered", "Not rendered again", "has a mistake in it"),
    *("waits to be filled in", "This job file was found in the spool"),
)
"""What the first line of a letter says; of each kind there is."""


def letter_of(file: Path) -> Path:
    """The place of the letter about `file`. A name that is too long for it is cut, and what is left
    is told from another that is cut alike by eight signs made of the whole."""
    whole = file.name + WHY_SUFFIX
    limit = naming.name_limit(file.parent)
    if len(os.fsencode(whole)) <= limit:
        return file.with_name(whole)
    mark = hashlib.sha256(os.fsencode(file.name)).hexdigest()[:8]
    return file.with_name(naming.fit(file.name, f"~{mark}{WHY_SUFFIX}", limit))


def may_lie_at(letter: Path) -> bool:
    """Whether a letter of ours may be laid there: over nothing, or over an older one."""
    try:
        first = read_regular(letter, 2000).decode("utf-8", "replace").split("\n", 1)[0]
    except FileNotFoundError:
        return True
    except OSError:
        return False  # a folder, a link, a file that can't be read: somebody's
    return any(head in first for head in _HEADS)
