"""How a job ended: the four words that journal, status.json, log and command line share.

Standard library only.
"""

from __future__ import annotations

import enum

WITHDRAWN = "The board no longer asks for this picture."
"""The reason of a job that its board has ended: it counts as never made, and as no failure."""


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


def is_failure(outcome: Outcome, reason: str) -> bool:
    """Whether a person should look at a job that ended so. What a board took back on purpose is
    nobody's to look at."""
    return not outcome.is_good and (outcome, reason) != (Outcome.CANCELLED, WITHDRAWN)
