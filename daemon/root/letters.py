"""Where the letter lies that says why a file was not rendered: NAME.why.txt, beside it.

No two files of a folder share one, however long their names are. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from daemon.fs import naming
from daemon.root.layout import WHY_SUFFIX


def letter_of(file: Path) -> Path:
    """The place of the letter about `file`. A name that is too long for it is cut, and what is left
    is told from another that is cut alike by eight signs made of the whole."""
    whole = file.name + WHY_SUFFIX
    limit = naming.name_limit(file.parent)
    if len(os.fsencode(whole)) <= limit:
        return file.with_name(whole)
    mark = hashlib.sha256(os.fsencode(file.name)).hexdigest()[:8]
    return file.with_name(naming.fit(file.name, f"~{mark}{WHY_SUFFIX}", limit))
