"""The libraries under the engine: which versions are here, and that they keep quiet."""

from __future__ import annotations

import contextlib
import importlib.metadata

FAMILY = (
    "torch",
    "diffusers",
    "transformers",
    "tokenizers",
    "accelerate",
    "safetensors",
    "numpy",
    "pillow",
)

#: Not needed, but transformers scales references with it where it is here, and then otherwise.
GUEST = "torchvision"


def versions() -> dict[str, str]:
    """What a picture's record says of them."""
    found = {name: importlib.metadata.version(name) for name in FAMILY}
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        found[GUEST] = importlib.metadata.version(GUEST)
    return found


def quieten() -> None:
    """No bars, no advice: what the libraries have to say goes to the log as errors only."""
    import diffusers
    import transformers

    for library in (diffusers.utils.logging, transformers.utils.logging):
        library.disable_progress_bar()
        library.set_verbosity_error()
