"""What torch says when a picture can't be made, in words for the person who can do something."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import torch

from daemon.engine.interface import BrokenError, RenderError, UnloadableError
from daemon.engine.sdxl.device import Device, out_of_memory
from daemon.engine.sdxl.vae import NotFiniteError
from daemon.errors import sentences
from daemon.protocol.render import Render


@contextlib.contextmanager
def explaining(
    render: Render, device: Device, let_go: Callable[[BaseException], None]
) -> Iterator[None]:
    """Inside, errors of torch become ours; `let_go` gives back what a failed picture held."""
    try:
        yield
    except torch.AcceleratorError as error:
        if out_of_memory(error):
            let_go(error)
            raise _exhausted(render, error) from None
        raise BrokenError(f"{device.kind} failed: {error}") from error
    except NotFiniteError as error:
        if not render.loras:
            raise
        raise _carried_away(render, error) from None
    except UnloadableError as error:  # an encoder that was to be fetched again
        raise RenderError(error.what, remedy=error.remedy) from error
    except (RuntimeError, MemoryError) as error:
        if out_of_memory(error):
            let_go(error)
            raise _exhausted(render, error) from None
        raise


def _carried_away(render: Render, error: NotFiniteError) -> RenderError:
    names = ", ".join(lora.name for lora in render.loras)
    return RenderError(
        error.what,
        why=sentences(error.why, f"It wore {names}."),
        remedy="Lower the scale of its LoRAs, or leave one out that changes too much.",
    )


def _exhausted(render: Render, error: BaseException) -> RenderError:
    return RenderError(
        f"This machine ran out of memory at {render.width}x{render.height}.",
        why=" ".join(str(error).split())[:300],
        remedy="Ask for a smaller picture, or close other programs"
        + (", or leave `strict` out, since what would help changes pixels" * render.sampling.strict)
        + ".",
        transient=True,
        out_of_memory=True,
    )


def check_size(render: Render) -> None:
    """Raises RenderError for a size that no SDXL model can paint."""
    if render.width % 8 or render.height % 8:
        raise RenderError(
            f"A picture of {render.width}x{render.height} can't be painted.",
            remedy="Make `width` and `height` multiples of 8.",
        )
