"""The states of a worker's slot, and what is told of a worker that has died.

ABSENT    no worker; one may be started
LOADING   its model is being loaded; pictures may already be handed to it
READY     its model is warm
RETIRING  it has grown old: it gets no more pictures, and is replaced once it holds none
KILLED    it is being ended, and its death will be heard
BACKOFF   no worker until a moment: the last one died before it had begun a picture
BLOCKED   no worker until a person has mended something; looked at again after a while
ASIDE     three different jobs in a row failed here while others go on; given a trial after a while
TRIAL     a worker that gets no pictures until its canary, a small one, comes out as ever
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from daemon.worker.hand import InHand


class SlotState(enum.Enum):
    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    RETIRING = "retiring"
    KILLED = "killed"
    BACKOFF = "backoff"
    BLOCKED = "blocked"
    ASIDE = "aside"
    TRIAL = "trial"


ALIVE = frozenset(
    {
        SlotState.LOADING,
        SlotState.READY,
        SlotState.RETIRING,
        SlotState.KILLED,
        SlotState.TRIAL,
    }
)
AWAY = frozenset({SlotState.ABSENT, SlotState.BACKOFF, SlotState.BLOCKED})

OUT = frozenset({SlotState.BLOCKED, SlotState.ASIDE, SlotState.TRIAL})
"""States in which a slot makes no pictures, and is not about to."""

MAX_LOADS = 3
"""Deaths in a row before any render was begun, after which the model can't be loaded."""

RETRY_BLOCKED = 30.0
"""Seconds after which a slot that is blocked may be tried again."""

RETRY_DEVICE = 600.0
"""The same where its device is not there."""


@dataclass(frozen=True, slots=True)
class Death:
    """A worker that ended by itself: what it had in hand, whether it was still loading, its last
    words, and (`hopeless`) why its model is not to be tried again, once it has died too often
    before any picture was begun."""

    lost: tuple[InHand, ...]
    loading: bool
    last_words: str
    hopeless: str | None
