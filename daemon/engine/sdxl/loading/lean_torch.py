"""Importing torch without its compiler, and with its largest library loaded beside other imports.

This is the one place that knows torch's insides for that. Whoever imports the compiler later gets
the real one.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import threading
import types
from pathlib import Path

from daemon.engine.sdxl.loading.stand_ins import bare

COMPILER = "torch._dynamo"
_INDEXING = f"{COMPILER}._trace_wrapped_higher_order_op"

LIBRARIES = (("libtorch_global_deps.so", os.RTLD_GLOBAL), ("libtorch_cpu.so", os.RTLD_LOCAL))
"""What torch loads first, in its order and in its way."""
OF_CARDS = "libtorch_cuda.so"

_marked: list[object] = []
"""What the libraries wanted to mark for the compiler while it was absent."""


def load_beside() -> threading.Thread | None:
    """Have the system load torch's libraries in a thread, until torch itself is imported: linking
    them takes a fifth of a second in which Python can import other things. Where torch has parts
    for graphics cards too, it has more to do first, and does it by itself."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None or not sys.platform.startswith("linux"):
        return None
    folder = Path(spec.origin).parent / "lib"
    if (folder / OF_CARDS).exists():
        return None
    thread = threading.Thread(target=_load, args=(folder,), name="torch-libraries", daemon=True)
    thread.start()
    return thread


def _load(folder: Path) -> None:
    """Not by `ctypes.CDLL`, during which nothing of Python moves."""
    load = ctypes.CDLL(None).dlopen
    load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for name, how in LIBRARIES:
        load(os.fsencode(folder / name), os.RTLD_NOW | how)


def without_compiler() -> None:
    """Until `bring_compiler`: at import only marks are set for it, and in running torch only asks
    it to look away from some functions."""
    import torch  # noqa: F401 (it loads parts of its own first)

    if COMPILER in sys.modules:
        return
    indexing = types.ModuleType(_INDEXING)
    indexing.TransformGetItemToIndex = _Indexing  # type: ignore[attr-defined]
    sys.modules |= {COMPILER: bare(COMPILER, _Compiler), _INDEXING: indexing}
    sys.meta_path.insert(0, _CompilersModules())


def undrawn() -> None:
    """Networks without memory yet are not filled with numbers, which are read from files in a
    moment: torch would plan that by sympy, in seconds."""
    from torch import nn

    drawn = nn.Embedding.reset_parameters

    def reset(layer: nn.Embedding) -> None:
        if not layer.weight.is_meta:
            drawn(layer)

    nn.Embedding.reset_parameters = reset  # type: ignore[assignment, method-assign]


def bring_compiler() -> types.ModuleType:
    """The real compiler, with what the libraries wanted to mark for it; before anything is
    compiled, and whenever more is asked of it than marks. Takes seconds the first time."""
    _unstand()
    real = importlib.import_module(COMPILER)
    while _marked:
        real.allow_in_graph(_marked.pop())
    return real


def forget() -> None:
    """Let go of what stands for the compiler."""
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
