"""What the bridge reads and writes on the daemon's machine: pictures to send, pictures that came.

Knows no network.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from daemon.cluster.weights import look_of
from daemon.fs import atomic
from daemon.fs.read import open_file
from daemon.protocol.messages import Load


def looks_of(load: Load) -> dict[str, str]:
    """What the weights of a model are whose hash nobody knows. Raises OSError."""
    found = {} if load.sha256 or not load.model else {"model": look_of(load.model)}
    return found | {
        f"adapter {name}": look_of(path) for name, path in load.adapters.items() if path
    }


def picture_at(path: str | None, sha256: str) -> bytes | None:
    """An input picture as it was planned with; None if it is no longer that."""
    try:
        with open_file(Path(path or "")) as source:
            data = source.read()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def put_into_stage(place: Path, data: bytes) -> None:
    """As an engine does it: whole, synced, under its name at last. Raises OSError."""
    part = place.with_name(place.name + ".part")
    part.unlink(missing_ok=True)  # left by a bridge that was killed
    atomic.replace(place, data, draft=part)
