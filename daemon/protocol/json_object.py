"""A JSON object as it was read: what is in it, only looking tells. And as a person reads it.

For the seams where JSON comes in or goes out (a child's answers, a record on disk). Between rooms
travel dataclasses.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]

_flat = json.JSONEncoder(ensure_ascii=False).encode


def indented(value: object, spaces: int) -> str:
    """What `json.dumps` with an indent writes, which then leaves its C for Python, in a part of the
    time. Keys are texts."""
    return _indented(value, " " * spaces, "\n")


def _indented(value: object, step: str, line: str) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if not isinstance(value, dict | list | tuple) or not value:
        return _flat(value)
    inner = line + step
    if isinstance(value, dict):
        parts = [f"{encode_basestring(k)}: {_indented(v, step, inner)}" for k, v in value.items()]
        return f"{{{inner}{f',{inner}'.join(parts)}{line}}}"
    return f"[{inner}{f',{inner}'.join([_indented(v, step, inner) for v in value])}{line}]"
