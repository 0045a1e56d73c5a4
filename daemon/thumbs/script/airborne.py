"""Who flies with somebody on their back: one of two in the sky who has wings.

Which animals have wings and how two of them are drawn others know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.thumbs.scene import Figure
from daemon.thumbs.uses import BEAKS

_TOGETHER = ("embrace", "piggyback", "carry", "hold hands")
"""What two do in the sky of whom one rides on the other."""


def airborne(figures: Sequence[Figure], place: str, action: str) -> tuple[list[Figure], str]:
    """The figures, one of the first two flying and the other on their back, and what they do."""
    made = list(figures)
    winged = [one for one in made[:2] if _has_wings(one)]
    if place != "sky" or len(made) < 2 or action not in _TOGETHER or not winged:
        return made, action
    flier = winged[0]
    two = (replace(one, pose="flying" if one is flier else "riding", on="") for one in made[:2])
    return [*two, *made[2:]], "fly with"


def _has_wings(one: Figure) -> bool:
    return one.look.body in (*BEAKS, "dragon", "bat", "butterfly") or "wings" in one.look.extras
