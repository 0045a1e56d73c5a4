"""Importing diffusers and transformers without what an SDXL engine never uses: half of the start.

Their packages import forty other networks, peft, torch's compiler and its distributed tensors, and
with these sympy. While they are imported here, such parts are absent, or are packages without their
contents; whoever imports one later gets the real one. Only torch's compiler stays away until it is
needed, since torch asks for it in passing. This is the one place that knows the insides of these
libraries for it; `tests/engine/test_lean_imports.py` fails when they move, and the engine then
starts as slowly as they do.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import traceback
import types
from collections.abc import Iterator

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
COMPILER = "torch._dynamo"
_INDEXING = f"{COMPILER}._trace_wrapped_higher_order_op"

_marked: list[object] = []
"""What the libraries wanted to mark for the compiler while it was absent."""


def import_libraries(*, strict: bool = False) -> None:
    """Import the engine and its libraries. If they have moved so that it can't be done this way,
    they are imported as they are, unless `strict`."""
    if any(name in sys.modules for name in FAMILY):
        return  # already paid for
    was_on = gc.isenabled()
    gc.disable()  # thousands of modules are made, and none is garbage
    try:
        _without_compiler()
        _undrawn()
        with contextlib.ExitStack() as undone:
            for absent in (_without_peft, unread, without_sharding, _uncrowded):
                undone.enter_context(absent())
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


def bring_compiler() -> types.ModuleType:
    """The real compiler, with what the libraries wanted to mark for it; before anything is
    compiled, and whenever more is asked of it than marks. Takes seconds the first time."""
    _unstand()
    real = importlib.import_module(COMPILER)
    while _marked:
        real.allow_in_graph(_marked.pop())
    return real


# --- what is absent meanwhile ---------------------------------------------------------------------


@contextlib.contextmanager
def _without_peft() -> Iterator[None]:
    """diffusers asks whether it is there, and does without."""
    with standing_in({"peft": None}):
        yield


def _without_compiler() -> None:
    """Until `bring_compiler`: at import only marks are set for it, and in running torch only asks
    it to look away from some functions."""
    import torch  # noqa: F401 (it loads parts of its own first)

    if COMPILER in sys.modules:
        return
    indexing = types.ModuleType(_INDEXING)
    indexing.TransformGetItemToIndex = _Indexing  # type: ignore[attr-defined]
    sys.modules |= {COMPILER: bare(COMPILER, _Compiler), _INDEXING: indexing}
    sys.meta_path.insert(0, _CompilersModules())


def _undrawn() -> None:
    """Networks without memory yet are not filled with numbers, which are read from files in a
    moment: torch would plan that by sympy, in seconds."""
    from torch import nn

    drawn = nn.Embedding.reset_parameters

    def reset(layer: nn.Embedding) -> None:
        if not layer.weight.is_meta:
            drawn(layer)

    nn.Embedding.reset_parameters = reset  # type: ignore[assignment, method-assign]


@contextlib.contextmanager
def _uncrowded() -> Iterator[None]:
    """diffusers' packages of networks, of which only the modules that are asked for are loaded."""
    importlib.import_module("diffusers.models")
    with standing_in({name: bare(name) for name in CROWDED}):
        yield


def _forget() -> None:
    """Let go of what was imported by halves."""
    for name in list(sys.modules):
        if name.startswith((*FAMILY, "daemon.engine.sdxl.")) and name != __name__:
            del sys.modules[name]
    _marked.clear()
    _unstand()


class _Compiler(types.ModuleType):
    """Stands for torch's compiler as long as nobody compiles."""

    @staticmethod
    def allow_in_graph(marked: object) -> object:
        _marked.append(marked)
        return marked

    @staticmethod
    def disable(act: object = None, *_: object, **__: object) -> object:
        return _Compiler.disable if act is None else act

    assume_constant_result = disable

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(bring_compiler(), name)


class _CompilersModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Whoever imports a module of the compiler gets the real one, loaded once, although its package
    was a stand-in when the import began."""

    def find_spec(
        self,
        fullname: str,
        path: object,  # noqa: ARG002
        target: object = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(f"{COMPILER}.") or not _stands_in():
            return None
        bring_compiler()
        return importlib.machinery.ModuleSpec(fullname, self) if fullname in sys.modules else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return sys.modules[spec.name]

    def exec_module(self, module: types.ModuleType) -> None:
        """It has been."""


def _stands_in() -> bool:
    return isinstance(sys.modules.get(COMPILER), _Compiler)


def _unstand() -> None:
    if _stands_in():
        del sys.modules[COMPILER], sys.modules[_INDEXING]


class _Indexing:
    """The real one as soon as somebody needs it."""

    def __new__(cls, *given: object) -> object:  # type: ignore[misc]
        bring_compiler()
        return importlib.import_module(_INDEXING).TransformGetItemToIndex(*given)
