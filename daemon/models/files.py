"""Files of a model, which may be anything under any name: a pipe, a device, a folder, a dead link.

Nothing is opened before it is known to be a regular file (links are followed, since hubs keep
models as links), so that no look at a model can hang or swallow a device. Knows no formats.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from daemon.errors import SetupError
from daemon.fs.retry import said

CARD_BYTES = 1_000_000
WEIGHTS = ".safetensors"


def is_file(path: Path) -> bool:
    """Whether a regular file lies there, or a link leads to one; False for what can't be asked."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 (Path.is_file may raise)
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """The same for a folder."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116
    except (OSError, ValueError):
        return False


def is_weights(path: Path) -> bool:
    """Whether it is called as weights are, in capitals or not; what begins with a dot is some
    system's note about a file."""
    return path.suffix.casefold() == WEIGHTS and not path.name.startswith(".")


def weights_in(folder: Path) -> list[Path]:
    """The .safetensors files of a folder, sorted; none if it can't be read."""
    try:
        found = sorted(filter(is_weights, folder.iterdir()))
    except (OSError, ValueError):
        return []
    return [file for file in found if is_file(file)]


def read_small(file: Path, limit: int = CARD_BYTES) -> bytes | None:
    """At most `limit` + 1 bytes of a regular file; None if there is nothing of that name. Raises
    SetupError for whatever else is there, or can't be read."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if file.is_symlink():
            raise SetupError(
                f"{file} is a link to nothing.", remedy="Mend or remove that link."
            ) from None
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SetupError(f"{file} is not a plain file.", remedy="Move it away.")
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        raise _unreadable(file, error) from error
    finally:
        os.close(descriptor)


def _unreadable(file: Path, error: Exception) -> SetupError:
    reason = said(error) if isinstance(error, OSError) else str(error)
    return SetupError(f"{file} can't be read: {reason}.", remedy="Mend its rights or its disk.")
