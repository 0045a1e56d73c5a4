"""What becomes of weights that a library can't use: one rule for all that lies beside a model.

A picture that asked for them is refused with a sentence, and the worker lives; the library's own
words go to the log, since they say nothing to a person.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator

import torch

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.device import out_of_memory
from daemon.engine.sdxl.model_files import MEND


@contextlib.contextmanager
def refusing(what: str, why: str) -> Iterator[None]:
    """Inside, whatever a library makes of these weights becomes a RenderError that says `what` and
    `why`; what the device raises, and what is said already, stays as it is."""
    try:
        yield
    except Exception as error:
        ours = isinstance(error, RenderError | torch.AcceleratorError)
        if ours or out_of_memory(error):
            raise
        traceback.print_exception(error)
        raise RenderError(what, why=why, remedy=MEND) from error
