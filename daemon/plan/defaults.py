"""The defaults of one folder of the inbox: which file holds them, and its bytes.

What they mean, `jobfile` knows.
"""

from __future__ import annotations

import os
from pathlib import Path

from daemon.errors import DefaultsError, JobError
from daemon.root.layout import DEFAULTS_NAMES
from daemon.sandbox.descriptor import open_regular

MAX_BYTES = 100_000
"""Of all the defaults above one job together: they are read for every job below them."""


def find(folder: Path, shown: str, *, limit: int = MAX_BYTES) -> tuple[str, bytes] | None:
    """(name as shown, content) of the folder's defaults, if it has any; it is called `shown`.
    Raises DefaultsError for two of them, for what is no file, and for more than `limit` bytes."""
    base = f"{folder}{os.sep}"  # for every job that is read: a path each would be half of the work
    present = [name for name in DEFAULTS_NAMES if os.path.lexists(base + name)]
    if not present:
        return None
    name = f"{shown}/{present[0]}"
    if len(present) > 1:
        raise DefaultsError(
            f"This folder has several files of defaults: {', '.join(present)}.",
            why="Only one can hold for it.",
            remedy="Keep one of them, and take the others away.",
            file=name,
        )
    try:
        descriptor = open_regular(folder / present[0], shown=present[0])
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:  # taken away this moment
        return None
    except JobError as error:
        raise error.relocated(DefaultsError, name) from None
    except OSError as error:
        what = f"The defaults can't be read: {error.strerror}."
        raise DefaultsError(what, remedy="Make the file readable.", file=name) from None
    if len(data) > limit:
        raise DefaultsError(
            f"The defaults above these jobs hold more than {MAX_BYTES:,} bytes.",
            why="They are read for every job below them.",
            remedy="Shorten them: a dozen lines are usual.",
            file=name,
        )
    return name, data
