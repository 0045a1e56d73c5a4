"""Thumbnails that jobs ask to be begun with, drawn by the sandbox's child and kept by content.

What is asked travels as a small file, since the child is told of files only.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from daemon.errors import StillLookingError
from daemon.fs import atomic
from daemon.sandbox.answer import DRAW
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import open_regular
from daemon.thumbs.given import Asked

_ANEW = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def drawn(folder: Path, sandbox: Sandbox, asked: Asked) -> tuple[str, Path]:
    """The sha256 of the drawing and where it is kept, in `folder`. Raises StillLookingError while
    it is being drawn, OSError."""
    words = asked.to_json()
    name = hashlib.sha256(words).hexdigest()[:32]
    question, draft = folder / f".asked-{name}", folder / f".incoming-{name}"
    folder.mkdir(exist_ok=True)  # never its parents: a root that is gone stays gone
    if not question.exists():  # or the child would be asked anew by another file
        atomic.replace(question, words, sync=False, mode=0o600)
    descriptor = open_regular(question, shown=question.name)
    try:
        found = sandbox.look(
            DRAW, descriptor, name="thumbnail", target=lambda: os.open(draft, _ANEW, 0o600)
        )
    except StillLookingError:
        raise
    except BaseException:
        draft.unlink(missing_ok=True)
        question.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    kept = folder / found.sha256
    os.replace(draft, kept)
    atomic.fsync_folder(folder)
    question.unlink(missing_ok=True)
    return found.sha256, kept
