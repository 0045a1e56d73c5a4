"""Importing transformers without what an SDXL engine never uses.

To know the names of its hundreds of networks it reads all their three thousand files, twice. Here
it reads those of the few that are used; it reads the others as soon as somebody asks for a name
that is not among them. This is the one place that knows its insides for that.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from daemon.engine.sdxl.loading.stand_ins import bare, standing_in

NAME = "transformers"
MODELS = f"{NAME}.models"
READ = ("auto", "clip")
"""Networks whose files are read for their names."""

_ABSENT = ("is_torch_flex_attn_available", "is_torch_distributed_available")


@contextlib.contextmanager
def unread() -> Iterator[None]:
    """Import it, and its package of networks, with the names of some of them; the others' are read
    when they are asked for."""
    utils = _import_utils()
    read = utils.create_import_structure_from_path
    folder = Path(utils.__file__).parents[1] / "models"

    def read_some(place: str | Path) -> dict[str, Any]:
        if Path(place) not in (folder, folder / "__init__.py"):
            found: dict[str, Any] = read(place)
            return found
        return {name: read(str(folder / name)) for name in READ}

    utils.create_import_structure_from_path = read_some
    try:
        for name in (NAME, MODELS):
            importlib.import_module(name)
        yield
    finally:
        utils.create_import_structure_from_path = read
        utils.define_import_structure.cache_clear()
    for name in (NAME, MODELS):  # it puts another of itself there meanwhile
        package = sys.modules[name]
        package.__class__ = _completing(type(package))


def _import_utils() -> Any:
    """What reads the files, which is part of the package that has them read at its import."""
    package = bare(NAME)
    package.__version__ = importlib.metadata.version(NAME)  # type: ignore[attr-defined]
    with standing_in({NAME: package}):
        return importlib.import_module(f"{NAME}.utils.import_utils")


def _completing(kind: type[types.ModuleType]) -> type[types.ModuleType]:
    """A package of that kind which learns all its names with the first that it lacks."""

    class Completing(kind):  # type: ignore[misc, valid-type]
        def __getattr__(self, name: str) -> object:
            if not name.startswith("__") and name not in vars(self)["__all__"]:
                _complete(self, kind)
            return kind.__getattr__(self, name)  # type: ignore[attr-defined]

    return Completing


def _complete(package: types.ModuleType, kind: type[types.ModuleType]) -> None:
    """Import it as it is, beside what it has imported so far."""
    package.__class__ = kind
    del sys.modules[package.__name__]
    try:
        vars(package).update(vars(importlib.import_module(package.__name__)))
    finally:
        sys.modules[package.__name__] = package
    if package.__name__ == MODELS:
        sys.modules[NAME].models = package  # type: ignore[attr-defined]


@contextlib.contextmanager
def without_sharding() -> Iterator[None]:
    """It asks for tensors over several machines, and for flexible attention."""
    utils = importlib.import_module(f"{NAME}.utils")
    places = (utils, utils.import_utils)
    real = [(place, name, getattr(place, name)) for place in places for name in _ABSENT]
    for place, name, _ in real:
        setattr(place, name, _no)
    try:
        yield
    finally:
        for place, name, value in real:
            setattr(place, name, value)


def _no() -> bool:
    return False


def count_at_once() -> None:
    """It plans a network without memory first. Its counted positions are counted at once, which
    takes nothing; planned, they too would need sympy."""
    import torch
    from torch.utils._device import DeviceContext
    from transformers import PreTrainedModel

    class Planned(DeviceContext):
        def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            if func is torch.arange:
                kwargs = {"device": "cpu", **(kwargs or {})}
            elif func is torch.randn:  # to be read from a file
                func = torch.empty
            return super().__torch_function__(func, types, args, kwargs)

    usual = PreTrainedModel.get_init_context.__func__

    def contexts(kind: type, /, *given: object, **named: object) -> list[object]:
        found = usual(kind, *given, **named)
        return [Planned(each) if isinstance(each, torch.device) else each for each in found]

    PreTrainedModel.get_init_context = classmethod(contexts)
