"""A control picture as a control model takes it: opened, made if it must be, fitted, a tensor.

It covers the size of the picture and is cropped at its middle, as a picture to start from is.
"""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.fitting import Size, fitted
from daemon.engine.sdxl.conditioning.open_picture import laid_on, open_as_it_is, open_mask
from daemon.engine.sdxl.control.edges import edges
from daemon.engine.sdxl.control.estimators import Estimators
from daemon.protocol.render import Control

GROUNDS = {"drawing": "black", "lines": "black", "edges": "black", "pose": "black"}
"""What lies behind what is transparent, by kind; white else."""


def control_picture(control: Control, estimators: Estimators) -> Image.Image:
    """What the model is shown, RGB, of its own size. Raises RenderError."""
    kind, ready = control.params.kind, control.params.ready
    ground = GROUNDS.get(kind, "white") if ready else "white"
    picture = laid_on(open_as_it_is(control.source), ground)
    if ready or kind in ("drawing", "lines", "tile"):
        return picture
    if kind == "edges":
        return edges(picture).convert("RGB")
    if kind in ("depth", "pose"):
        return estimators.made(kind, picture)
    raise RenderError(
        f"There is no control of the kind {kind!r}.", remedy="See `kind` in docs/job-files.md."
    )


def as_tensor(picture: Image.Image, size: Size, channels: int, *, multiple: int = 8) -> Tensor:
    """(1, channels, height, width) from 0 to 1; black is added on the right and below until both
    sides are multiples of `multiple`."""
    shown = fitted(picture, size).convert("L" if channels == 1 else "RGB")
    values = np.asarray(shown, dtype=np.float32) / 255.0
    values = values[None, None] if values.ndim == 2 else values.transpose(2, 0, 1)[None]
    right, below = -size[0] % multiple, -size[1] % multiple
    return torch.nn.functional.pad(torch.from_numpy(values.copy()), (0, right, 0, below))


def felt_where(control: Control, size: Size) -> Tensor | None:
    """Where it acts, (1, 1, height, width) from 0 to 1; None for everywhere."""
    if control.mask is None:
        return None
    mask = np.asarray(fitted(open_mask(control.mask), size), dtype=np.float32) / 255.0
    if not control.params.mask_soft:
        mask = (mask >= 0.5).astype(np.float32)
    return torch.from_numpy(mask.copy())[None, None]
