"""Asking the disk for a model's files before anyone needs them.

Importing the torch family takes seconds in which the disk would rest; a thread started before tells
the system which files are next, so that they lie in memory when they are loaded. It reads nothing
itself and whatever goes wrong costs nothing. Imports no torch.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import threading
from pathlib import Path

from daemon.protocol.messages import Load

#: In the order in which they are needed; what is not named comes last.
FIRST = ("tokenizer", "tokenizer_2", "text_encoder", "text_encoder_2", "vae", "unet")

F_RDADVISE = 44
MOST_AT_ONCE = 1 << 30


def read_ahead(load: Load) -> threading.Thread:
    """Start asking for everything that `load` names; returns the thread that does."""
    thread = threading.Thread(target=_ask, args=(load,), name="read-ahead", daemon=True)
    thread.start()
    return thread


def _ask(load: Load) -> None:
    for file in files_of(load):
        with contextlib.suppress(OSError, ValueError):
            _advise(file)


def files_of(load: Load) -> list[Path]:
    """The weights a load will map into memory, in the order of need. Without those of the image
    encoder and the adapters, which wait for the first reference."""
    if not load.model:
        return []
    path = Path(load.model)
    if path.is_file():
        return [path]
    half = load.dtype == "float16" or (load.dtype == "auto" and load.device != "cpu")
    found = []
    for name in FIRST:
        files = sorted((path / name).glob("*.safetensors"))
        small = [file for file in files if ".fp16" in file.name]
        plain = [file for file in files if ".fp16" not in file.name]
        found += (small or plain) if half else (plain or small)
    return found


def _advise(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        if sys.platform == "darwin":
            import fcntl

            for start in range(0, size, MOST_AT_ONCE):
                count = min(MOST_AT_ONCE, size - start)
                # struct radvisory: off_t, int
                fcntl.fcntl(descriptor, F_RDADVISE, struct.pack("qi4x", start, count))
        elif hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, size, os.POSIX_FADV_WILLNEED)
    finally:
        os.close(descriptor)
