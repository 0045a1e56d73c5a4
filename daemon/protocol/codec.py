"""Frozen dataclasses from their JSON form. Knows nothing of what they mean.

What goes the other way is `as_body`. `build` trusts the values it is given,
`build_checked` does not.
"""

from __future__ import annotations

import enum
import json
import math
import types
import typing
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar

from daemon.errors import WireError
from daemon.protocol.json_object import JsonObject

T = TypeVar("T")


def to_line(message: Any) -> bytes:
    """A frozen dataclass as one line, ending in a newline, ASCII only."""
    body = {"kind": type(message).__name__, **as_body(message)}
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def as_body(message: Any) -> JsonObject:
    """The JSON form of a dataclass, to be written at once: other than `dataclasses.asdict`, which
    takes several times as long, it copies no value that JSON leaves as it is."""
    kind = typing.cast("Hashable", type(message))
    return {name: _plain(getattr(message, name)) for name in _names(kind)}


_LEAVES = (str, int, float)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, _LEAVES):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return as_body(value) if is_dataclass(value) else value


@lru_cache(maxsize=200)
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(each.name for each in fields(typing.cast("type", kind)))


def from_line(line: bytes, kinds: Mapping[str, type]) -> Any:
    """The message in `line`, of one of `kinds` by their names; raises WireError if it is none."""
    try:
        body = json.loads(line)
        return build(kinds[body.pop("kind")], body)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WireError(f"not a message: {line[:200]!r} ({error})") from error


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


def build_checked(kind: type[T], body: object) -> T:
    """As `build`, of a body that anything may have happened to: every value is of the type its
    field says (a float takes whole numbers, and is finite).

    Raises TypeError or KeyError for whatever is not so."""
    if not isinstance(body, dict):
        raise TypeError(f"{type(body).__name__} where {kind.__name__} was to be")
    made = build(kind, body)
    for name, hint in _hints(typing.cast("Hashable", kind)).items():
        if not _is(hint, getattr(made, name)):
            raise TypeError(f"{name} of {kind.__name__} is no {hint}")
    return made


def _is(hint: Any, value: Any) -> bool:
    if hint is Any or hint is object:
        return True
    origin, arms = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_is(arm, value) for arm in arms)
    if origin in (tuple, list):
        if type(value) is not origin:
            return False
        is_fixed = origin is tuple and arms[-1] is not Ellipsis
        return (not is_fixed or len(value) == len(arms)) and all(_is(arms[0], v) for v in value)
    if origin is dict:
        return isinstance(value, dict) and all(_is(arms[1], each) for each in value.values())
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(typing.cast("Hashable", hint))
        return isinstance(value, hint) and all(
            _is(each, getattr(value, name)) for name, each in hints.items()
        )
    if hint is float:
        return type(value) is float and math.isfinite(value)
    return type(value) is hint or (
        isinstance(hint, type) and issubclass(hint, enum.Enum) and isinstance(value, hint)
    )
