"""Importing the engine's libraries without what an SDXL engine never uses: most of the start.

Their packages import forty other networks, peft, torch's compiler and its distributed tensors, and
with these sympy. While they are imported here, such parts are absent, or are packages without their
contents; whoever imports one later gets the real one. Only torch's compiler stays away until it is
needed, since torch asks for it in passing. The modules named `lean_` are the ones that know the
insides of these libraries for it; `tests/engine/test_lean_imports.py` fails when they move, and the
engine then starts as slowly as they do.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
import traceback
from collections.abc import Iterator

from daemon.engine.sdxl.loading import lean_torch, lean_transformers
from daemon.engine.sdxl.loading.lean_torch import load_beside, undrawn, without_compiler
from daemon.engine.sdxl.loading.lean_transformers import count_at_once, unread, without_sharding
from daemon.engine.sdxl.loading.stand_ins import bare, standing_in

ENGINE = "daemon.engine.sdxl.engine"
FAMILY = ("diffusers", "transformers")

#: Packages of diffusers whose every module is imported by their `__init__`; ours is one of each.
CROWDED = tuple(
    f"diffusers.models.{name}" for name in ("transformers", "autoencoders", "unets", "controlnets")
)
#: What the engine takes of each library at once, so that none of it is looked for later.
TAKEN = {
    "diffusers": ("AutoencoderKL", "UNet2DConditionModel"),
    "transformers": ("CLIPTextModel", "CLIPTextModelWithProjection", "CLIPTokenizer"),
}


def import_libraries(*, strict: bool = False) -> None:
    """Import the engine and its libraries. If they have moved so that it can't be done this way,
    they are imported as they are, unless `strict`."""
    if any(name in sys.modules for name in FAMILY):
        return  # already paid for
    was_on = gc.isenabled()
    gc.disable()  # thousands of modules are made, and none is garbage
    try:
        loading = load_beside()
        with contextlib.ExitStack() as undone:
            for absent in (_without_peft, unread, without_sharding):
                undone.enter_context(absent())
            if loading is not None:
                loading.join()
            without_compiler()
            undrawn()
            undone.enter_context(_uncrowded())
            importlib.import_module(ENGINE)
            for library, names in TAKEN.items():
                for name in names:
                    getattr(sys.modules[library], name)
            count_at_once()
    except Exception as error:  # whatever a library says of it
        if strict:
            raise
        traceback.print_exception(error)  # to the log
        _forget()
    finally:
        if was_on:
            gc.enable()


# --- what is absent meanwhile ---------------------------------------------------------------------


@contextlib.contextmanager
def _without_peft() -> Iterator[None]:
    """diffusers asks whether it is there, and does without."""
    with standing_in({"peft": None}):
        yield


@contextlib.contextmanager
def _uncrowded() -> Iterator[None]:
    """diffusers' packages of networks, of which only the modules that are asked for are loaded."""
    importlib.import_module("diffusers.models")
    with standing_in({name: bare(name) for name in CROWDED}):
        yield


def _forget() -> None:
    """Let go of what was imported by halves."""
    kept = (__name__, lean_torch.__name__, lean_transformers.__name__)
    for name in list(sys.modules):
        if name.startswith((*FAMILY, "daemon.engine.sdxl.")) and name not in kept:
            del sys.modules[name]
    lean_torch.forget()
