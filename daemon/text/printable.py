"""Plain values as words a person or another program reads. Standard library only."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(wall: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
