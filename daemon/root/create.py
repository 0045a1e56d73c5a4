"""A root's folders and marker, made when they are missing. Standard library only."""

from __future__ import annotations

import os
import uuid

from daemon.errors import SetupError
from daemon.fs import atomic
from daemon.root.layout import Layout


def prepare(layout: Layout) -> None:
    """Make every folder of the root, and its id. Raises SetupError naming what can't be made."""
    try:
        layout.root.mkdir(parents=True, exist_ok=True)
        for folder in layout.folders():
            folder.mkdir(parents=True, exist_ok=True)
        os.chmod(layout.state, 0o700)  # noqa: PTH101 (spool and caches hold prompts)
        if not layout.id_file.exists():
            atomic.write_new(layout.id_file, f"{uuid.uuid4()}\n".encode("ascii"))
    except FileExistsError:
        return  # another daemon made the marker this instant; the lock decides between us
    except OSError as error:
        raise SetupError(
            f"Hotfolder can't use {layout.root}: {error.filename}: {error.strerror}.",
            remedy="Choose another root with --root, or mend the permissions.",
        ) from error
