"""Plain values as words a person or another program reads. Standard library only."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# C0 and C1 controls, and the marks that reorder or hide text on a terminal.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def one_line(text: str, limit: int = 400) -> str:
    """`text` as a part of one log line: printable, and cut to `limit` characters."""
    clean = _UNSAFE.sub(" ", text).encode("utf-8", "backslashreplace").decode("utf-8").strip()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def iso(wall: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
