"""Modules that stand for others while something is imported: empty ones, and packages whose
`__init__` is passed by. Knows no library.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import sys
import types
from collections.abc import Iterator


@contextlib.contextmanager
def standing_in(modules: dict[str, types.ModuleType | None]) -> Iterator[None]:
    """Have these stand for the real modules (None: not to be had), until the end of it."""
    sys.modules.update(modules)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name, module in modules.items():
            if sys.modules.get(name, ...) is module:
                del sys.modules[name]


def bare(name: str, kind: type[types.ModuleType] = types.ModuleType) -> types.ModuleType:
    """The package of that name without what its `__init__` does; its modules can be imported."""
    above = name.rpartition(".")[0]
    path = importlib.import_module(above).__path__ if above else None
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{name} is no package any more")
    module = kind(name)
    module.__path__ = list(spec.submodule_search_locations)
    module.__spec__, module.__package__, module.__file__ = spec, name, spec.origin
    return module
