"""Frozen dataclasses from their JSON form. Knows nothing of what they mean.

What goes the other way is `dataclasses.asdict`.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Hashable, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")


def build(kind: type[T], body: Mapping[str, Any]) -> T:
    """A frozen dataclass from its JSON form: lists become tuples, nested objects dataclasses, and
    whole numbers floats where a float is meant.

    Raises KeyError or TypeError for a missing or unknown key."""
    hints = _hints(typing.cast("Hashable", kind))
    unknown = body.keys() - hints.keys()
    if unknown:
        raise TypeError(f"unknown key {sorted(unknown)[0]!r} for {kind.__name__}")
    return kind(**{key: _shape(hints[key], value) for key, value in body.items()})


@lru_cache(maxsize=64)
def _hints(kind: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _shape(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if hint is float and type(value) is int:
        return float(value)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = [arm for arm in typing.get_args(hint) if arm is not type(None)]
        return _shape(inner[0], value) if len(inner) == 1 else value
    if origin is tuple:
        arms = typing.get_args(hint)
        return tuple(_shape(arms[0], item) for item in value)
    if isinstance(hint, type) and is_dataclass(hint):
        return build(hint, value)
    return value
