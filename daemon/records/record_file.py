"""The record beside a picture, read back as far as it says something.

A person may have changed it, or put anything else in its place: that says nothing, and is no error.
"""

from __future__ import annotations

import json
from pathlib import Path

from daemon.fs.read import read_file
from daemon.protocol.json_object import JsonObject

MOST = 4_000_000
"""Bytes of a record."""


def record_beside(picture: Path) -> JsonObject:
    """`job` and `result` of the record of a picture, both objects; {} where there is none."""
    try:
        found = json.loads(read_file(picture.with_suffix(".json"), MOST))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    is_record = isinstance(found.get("job"), dict) and isinstance(found.get("result"), dict)
    return found if is_record else {}
