"""The hands of one pose with the seat or the legs of another: who smokes may walk, kneel or sit.

Knows nothing of paper and clothes.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.hand_poses import HAND_POSES
from daemon.thumbs.poses import POSES
from daemon.thumbs.stances import SIT, STAND, Joint, Pose

UPRIGHT = ("lying", "cycling", "balancing", "skiing", "walking", "running")
"""Poses that are what they are whatever is under them."""
SEATED = {
    "drinking": "drinking", "reading": "reading", "phoning": "phoning", "thinking": "thinking",
    "crying": "crying", "holding": "holding", "waving": "waving", "pointing": "pointing",
    "giving": "giving", "playing": "playing", "arms crossed": "arms crossed", "working": "working",
    "looking": "looking", "cheering": "cheering", "hands up": "hands up", "singing": "singing",
}  # fmt: skip
SEATED |= {name: name for name in ("reaching", "throwing", "swinging", "aiming", "clasping",
                                  "looking up", "looking down")}  # fmt: skip
SEATED |= {name: name for name, pose in HAND_POSES.items() if pose.hip == STAND.hip}
"""Poses of which the upper half can be had on a chair."""
BASES = (
    "climbing",
    "walking",
    "running",
    "kneeling",
    "crouching",
    "sitting on the ground",
    "sneaking",
)
"""Poses of legs, with which hands can do something else."""
UPPER = frozenset(SEATED) | {"aiming", "throwing", "swinging", "carrying", "praying", "reaching"}
"""Poses of hands, which can be had with other legs."""


def seated(pose: str) -> Pose:
    """The upper half of a pose, sitting."""
    if pose in UPRIGHT:
        return POSES[pose]
    if pose not in SEATED:
        return POSES[pose] if POSES[pose].seat else SIT
    upper = POSES[pose]
    return replace(
        SIT,
        neck=(upper.neck[0], 0.59),
        head=upper.head,
        left_elbow=_lower(upper.left_elbow),
        left_hand=_lower(upper.left_hand),
        right_elbow=_lower(upper.right_elbow),
        right_hand=_lower(upper.right_hand),
        tilt=upper.tilt,
        other_tilt=upper.other_tilt,
    )


def based(pose: str, base: str) -> Pose:
    """The hands of a pose and the legs of another."""
    if base not in BASES or pose not in UPPER:
        return POSES[pose]
    upper, legs = POSES[pose], POSES[base]
    x, y = legs.neck[0] * 0.8, legs.neck[1] - STAND.neck[1]
    return replace(
        legs,
        head=upper.head,
        left_elbow=_moved(upper.left_elbow, x, y),
        left_hand=_moved(upper.left_hand, x, y),
        right_elbow=_moved(upper.right_elbow, x, y),
        right_hand=_moved(upper.right_hand, x, y),
        tilt=upper.tilt,
        other_tilt=upper.other_tilt,
        top=upper.top,
    )


def _moved(joint: Joint, x: float, y: float) -> Joint:
    return (joint[0] + x, joint[1] + y, joint[2])


def _lower(joint: Joint) -> Joint:
    return (joint[0], joint[1] - 0.215, joint[2])
