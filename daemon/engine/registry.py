"""From the name of an engine to one of its kind, in the engine's own process.

Which names there are, `protocol.engines` lists; this one imports what they stand for.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from daemon.engine.interface import Engine, UnloadableError
from daemon.protocol.engines import ENGINES, engine_spec


def import_libraries(engine: str) -> None:
    """Import what the engine needs, in the way that it has for it, if it has one."""
    where, _, name = engine_spec(engine).libraries.rpartition(":")
    if where:
        getattr(importlib.import_module(where), name)()


def find_engine(engine: str) -> Engine:
    """An engine by its name, as `module:Class`, or as `path/to/file.py:Class`. Raises
    UnloadableError."""
    where, _, name = engine_spec(engine).loader.rpartition(":")
    if not where or not name:
        known = ", ".join(ENGINES)
        raise UnloadableError(
            f"There is no engine named {engine!r}.", f"Choose one of {known}, or give MODULE:CLASS."
        )
    module = _module_at(Path(where)) if where.endswith(".py") else importlib.import_module(where)
    made: Engine = getattr(module, name)()
    return made


def _module_at(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"engine_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UnloadableError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # where dataclasses of that file look for themselves
    spec.loader.exec_module(module)
    return module
