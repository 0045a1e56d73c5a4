"""How a job ended: the four words that journal, status.json, log and command line share.

Standard library only.
"""

from __future__ import annotations

import enum


class Outcome(enum.StrEnum):
    """The end of a job; its value is what stands on disk."""

    DONE = "done"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_good(self) -> bool:
        """Whether the file goes to done/ and nobody need look at it."""
        return self in (Outcome.DONE, Outcome.DUPLICATE)
