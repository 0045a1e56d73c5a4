"""A figure at its place on the stage, and how high seats lie. Data alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from daemon.thumbs.outlines import outlines
from daemon.thumbs.scene import Figure

MOUNTS = {
    "horse": 1.05,
    "unicorn": 1.05,
    "donkey": 0.72,
    "camel": 1.35,
    "elephant": 2.4,
    "motorcycle": 0.42,
    "bicycle": 0.44,
    "scooter": 0.36,
    "dragon": 1.9,
    "bench": 0.0,
    "chair": 0.0,
    "sofa": 0.05,
    "armchair": 0.02,
    "bed": 0.08,
    "stool": 0.02,
    "throne": 0.05,
    "rock": 0.15,
    "log": 0.0,
    "boat": 0.15,
    "canoe": 0.0,
    "table": 0.3,
    "barrel": 0.35,
    "chest": 0.1,
    "crate": 0.2,
    "carriage": 1.0,
    "cart": 0.5,
    "stump": 0.0,
    "wheelchair": 0.06,
    "fence": 0.5,
    "cow": 0.95,
    "car": 0.32,
    "stair": 0.0,
    "steps": 0.02,
    "beam": 0.05,
    "plank": 0.0,
    "desk": 0.0,
    "coffin": -0.1,
    "swing": 0.08,
    "suitcase": -0.05,
    "tyre swing": 0.2,
    "tractor": 0.75,
    "sled": -0.2,
    "bathtub": -0.2,
    "crib": 0.3,
    "hammock": 0.2,
    "zebra": 0.85,
    "ostrich": 0.7,
    "skateboard": 0.1,
    "diving tower": 3.1,
}
"""How far a seat lies above that of a chair, in metres."""
SADDLES = {"bicycle": 0.24, "motorcycle": 0.38, "scooter": 0.36, "car": -1.3, "diving tower": -1.2}
"""How far a saddle lies behind the middle, in metres."""
LAIN = {"bed": 0.44, "sofa": 0.40, "table": 0.72, "bench": 0.40, "coffin": 0.30, "boat": 0.15,
        "crib": 0.38, "hammock": 0.5, "bathtub": 0.3, "stretcher": 0.46}  # fmt: skip
"""How high somebody lies, in metres."""

SEATS_OF = {"sofa": 0.45, "armchair": 0.48, "chair": 0.47, "bench": 0.45, "bed": 0.5, "tree": 1.9,
            "window": 0.85, "bare tree": 1.7, "car": 1.4, "piano": 1.3, "boat": 0.35}  # fmt: skip
"""How high an animal sits on something, in metres."""
ON_FEET = {"balancing": 0.0, "skiing": 0.0, "walking": 0.5, "running": 0.5}
"""Who stands on what is under them, and how high on a stair, in metres."""
TOPS = {"skateboard": 0.12, "lying surfboard": 0.06, "lying snowboard": 0.04, "diving tower": 3.1}


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure at (x, z), `up` metres above the ground. What it sits on is at `seat_at`, or at x
    where that is no number; None where somebody else has brought it."""

    figure: Figure
    x: float
    z: float
    yaw: float
    up: float = 0.0
    seat_at: float | None = math.nan


def up(figure: Figure) -> float:
    """How far above the ground somebody is who sits or lies on something."""
    if figure.upon:
        return SEATS_OF.get(figure.upon, outlines()[figure.upon].high * 0.97)
    if figure.pose == "lying":
        return LAIN.get(figure.on, 0.0)
    if figure.pose in ON_FEET:
        return ON_FEET[figure.pose] if figure.on == "stair" else TOPS.get(figure.on, 0.0)
    small = figure.look.age == "child" and figure.on in ("chair", "stool", "bench", "desk")
    return MOUNTS.get(figure.on, 0.0) + 0.15 * small
