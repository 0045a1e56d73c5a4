"""The states of a worker's slot, and what is told of a worker that has died.

ABSENT    no worker; one may be started
LOADING   its model is being loaded; pictures may already be handed to it
READY     its model is warm
RETIRING  it has grown old: it gets no more pictures, and is replaced once it holds none
KILLED    it is being ended, and its death will be heard
BACKOFF   no worker until a moment: the last one died before it had begun a picture
BLOCKED   no worker until a person has mended something; looked at again after a while
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


ALIVE = frozenset({SlotState.LOADING, SlotState.READY, SlotState.RETIRING, SlotState.KILLED})
AWAY = frozenset({SlotState.ABSENT, SlotState.BACKOFF, SlotState.BLOCKED})


@dataclass(frozen=True, slots=True)
class Death:
    """A worker that ended by itself: what it had in hand, whether it was still loading, its last
    words, and (`hopeless`) why its model is not to be tried again, once it has died too often
    before any picture was begun."""

    lost: tuple[InHand, ...]
    loading: bool
    last_words: str
    hopeless: str | None
