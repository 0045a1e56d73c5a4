"""The events of a root, as they lie in its stream."""

from __future__ import annotations

import json
from typing import Any

from daemon.notify.stream_files import events_after
from daemon.root.layout import Layout


def heard(root: Layout) -> list[dict[str, Any]]:
    """Every event in the stream so far, rotated files included."""
    return [json.loads(line) for line in events_after(root, 0)]


def words(root: Layout) -> list[str]:
    return [event["event"] for event in heard(root)]
