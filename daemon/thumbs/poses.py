"""How a body stands, sits, runs: joints in space, for a figure that is 1 high.

A joint is (x forwards, y up, z to the figure's left). Knows nothing of paper and clothes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

Joint = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """`hip` and `neck` are (x, y); `head` (x, y) from the neck; `seat` is what has to be under it
    (chair, ground or ""); `lying` turns the whole onto its back."""

    hip: tuple[float, float] = (0.0, 0.50)
    neck: tuple[float, float] = (0.0, 0.805)
    head: tuple[float, float] = (0.012, 0.098)
    left_elbow: Joint = (-0.02, 0.63, 0.150)
    left_hand: Joint = (0.03, 0.475, 0.145)
    right_elbow: Joint = (-0.02, 0.63, -0.150)
    right_hand: Joint = (0.03, 0.475, -0.145)
    left_knee: Joint = (0.015, 0.27, 0.070)
    left_foot: Joint = (0.0, 0.03, 0.080)
    right_knee: Joint = (0.015, 0.27, -0.070)
    right_foot: Joint = (0.0, 0.03, -0.080)
    seat: str = ""
    lying: bool = False
    lift: float = 0.0


_STAND = Pose()
_SIT = Pose(
    hip=(0.0, 0.285), neck=(-0.01, 0.59),
    left_elbow=(0.02, 0.42, 0.15), left_hand=(0.17, 0.33, 0.10),
    right_elbow=(0.02, 0.42, -0.15), right_hand=(0.17, 0.33, -0.10),
    left_knee=(0.23, 0.29, 0.08), left_foot=(0.24, 0.03, 0.08),
    right_knee=(0.23, 0.29, -0.08), right_foot=(0.20, 0.03, -0.08), seat="chair",
)  # fmt: skip
_FLOOR = Pose(
    hip=(0.0, 0.09), neck=(-0.03, 0.395), head=(0.03, 0.095),
    left_elbow=(0.02, 0.25, 0.15), left_hand=(0.18, 0.24, 0.09),
    right_elbow=(0.02, 0.25, -0.15), right_hand=(0.18, 0.24, -0.09),
    left_knee=(0.19, 0.26, 0.08), left_foot=(0.28, 0.03, 0.08),
    right_knee=(0.19, 0.24, -0.08), right_foot=(0.31, 0.03, -0.08), seat="ground",
)  # fmt: skip
_WALK = Pose(
    hip=(0.0, 0.492), neck=(0.025, 0.795), head=(0.02, 0.098),
    left_elbow=(-0.10, 0.645, 0.145), left_hand=(-0.11, 0.50, 0.14),
    right_elbow=(0.09, 0.64, -0.145), right_hand=(0.17, 0.525, -0.12),
    left_knee=(0.135, 0.285, 0.055), left_foot=(0.20, 0.045, 0.06),
    right_knee=(-0.035, 0.27, -0.055), right_foot=(-0.20, 0.055, -0.06),
)  # fmt: skip
_RUN = Pose(
    hip=(0.0, 0.485), neck=(0.12, 0.765), head=(0.05, 0.09),
    left_elbow=(-0.08, 0.66, 0.15), left_hand=(-0.13, 0.52, 0.10),
    right_elbow=(0.19, 0.61, -0.15), right_hand=(0.32, 0.70, -0.10),
    left_knee=(0.22, 0.40, 0.06), left_foot=(0.17, 0.16, 0.06),
    right_knee=(-0.10, 0.30, -0.06), right_foot=(-0.33, 0.27, -0.06), lift=0.02,
)  # fmt: skip
_KNEEL = replace(
    _STAND, hip=(0.0, 0.29), neck=(0.02, 0.59),
    left_elbow=(0.02, 0.42, 0.15), left_hand=(0.13, 0.32, 0.09),
    right_elbow=(0.02, 0.42, -0.15), right_hand=(0.13, 0.32, -0.09),
    left_knee=(0.20, 0.26, 0.08), left_foot=(0.17, 0.03, 0.08),
    right_knee=(0.04, 0.04, -0.08), right_foot=(-0.20, 0.05, -0.08),
)  # fmt: skip
_CROUCH = replace(
    _STAND, hip=(-0.05, 0.23), neck=(0.12, 0.47), head=(0.06, 0.085),
    left_elbow=(0.20, 0.30, 0.14), left_hand=(0.28, 0.20, 0.08),
    right_elbow=(0.20, 0.30, -0.14), right_hand=(0.28, 0.20, -0.08),
    left_knee=(0.17, 0.27, 0.10), left_foot=(0.04, 0.03, 0.09),
    right_knee=(0.15, 0.25, -0.10), right_foot=(-0.02, 0.03, -0.09),
)  # fmt: skip
_FORWARD = replace(
    _STAND, left_elbow=(0.08, 0.66, 0.13), left_hand=(0.24, 0.68, 0.05),
    right_elbow=(0.08, 0.66, -0.13), right_hand=(0.24, 0.68, -0.05),
)  # fmt: skip
_STRIDE = replace(
    _STAND, left_knee=(0.12, 0.28, 0.07), left_foot=(0.15, 0.03, 0.08),
    right_knee=(-0.05, 0.27, -0.07), right_foot=(-0.17, 0.04, -0.08),
)  # fmt: skip
_LIE = replace(_STAND, lying=True, left_elbow=(-0.02, 0.64, 0.16), left_hand=(0.03, 0.50, 0.15))

POSES: dict[str, Pose] = {
    "standing": _STAND,
    "walking": _WALK,
    "running": _RUN,
    "sitting": _SIT,
    "sitting on the ground": _FLOOR,
    "lying": _LIE,
    "kneeling": _KNEEL,
    "crouching": _CROUCH,
    "waving": replace(_STAND, right_elbow=(0.03, 0.80, -0.22), right_hand=(0.04, 1.0, -0.19)),
    "pointing": replace(
        _STAND, right_elbow=(0.17, 0.765, -0.13), right_hand=(0.345, 0.785, -0.08)
    ),
    "reaching": replace(
        _STRIDE, neck=(0.06, 0.80), right_elbow=(0.20, 0.77, -0.10), right_hand=(0.37, 0.84, -0.05),
        left_elbow=(0.17, 0.70, 0.12), left_hand=(0.31, 0.75, 0.05),
    ),
    "arms crossed": replace(
        _STAND, left_elbow=(0.05, 0.615, 0.16), left_hand=(0.115, 0.66, -0.06),
        right_elbow=(0.05, 0.615, -0.16), right_hand=(0.12, 0.635, 0.06),
    ),
    "hands on hips": replace(
        _STAND, left_elbow=(-0.03, 0.64, 0.235), left_hand=(0.03, 0.525, 0.11),
        right_elbow=(-0.03, 0.64, -0.235), right_hand=(0.03, 0.525, -0.11),
    ),
    "leaning": replace(
        _STAND, hip=(-0.06, 0.49), neck=(-0.16, 0.785), head=(0.03, 0.098),
        left_knee=(0.06, 0.27, 0.06), left_foot=(0.08, 0.03, 0.06),
        right_knee=(0.05, 0.29, -0.06), right_foot=(-0.10, 0.16, -0.06),
        left_elbow=(-0.13, 0.61, 0.16), left_hand=(0.0, 0.64, 0.05),
        right_elbow=(-0.13, 0.61, -0.16), right_hand=(0.0, 0.60, -0.05),
    ),
    "jumping": replace(
        _RUN, neck=(0.04, 0.79), right_elbow=(0.12, 0.86, -0.20), right_hand=(0.16, 1.02, -0.18),
        left_elbow=(-0.06, 0.86, 0.20), left_hand=(-0.08, 1.02, 0.20), lift=0.2,
    ),
    "falling": replace(
        _STAND, hip=(0.0, 0.42), neck=(-0.22, 0.60), head=(-0.05, 0.085),
        left_elbow=(-0.15, 0.78, 0.18), left_hand=(0.0, 0.90, 0.16),
        right_elbow=(-0.36, 0.62, -0.18), right_hand=(-0.45, 0.75, -0.16),
        left_knee=(0.19, 0.52, 0.08), left_foot=(0.36, 0.60, 0.10),
        right_knee=(0.18, 0.36, -0.08), right_foot=(0.34, 0.25, -0.10), lift=0.12,
    ),
    "climbing": replace(
        _STAND, neck=(0.04, 0.80), left_elbow=(0.12, 0.86, 0.13), left_hand=(0.16, 1.02, 0.11),
        right_elbow=(0.12, 0.72, -0.14), right_hand=(0.18, 0.86, -0.11),
        left_knee=(0.16, 0.38, 0.08), left_foot=(0.12, 0.16, 0.08), lift=0.1,
    ),
    "dancing": replace(
        _STAND, hip=(0.03, 0.495), neck=(-0.02, 0.80), left_elbow=(0.0, 0.84, 0.20),
        left_hand=(0.05, 1.0, 0.12), right_elbow=(0.06, 0.70, -0.22),
        right_hand=(0.14, 0.76, -0.34),
        right_knee=(0.16, 0.34, -0.12), right_foot=(0.05, 0.12, -0.16),
    ),
    "crawling": replace(
        _STAND, hip=(-0.22, 0.27), neck=(0.14, 0.33), head=(0.11, 0.045),
        left_elbow=(0.13, 0.18, 0.12), left_hand=(0.24, 0.03, 0.12),
        right_elbow=(0.05, 0.17, -0.12), right_hand=(0.09, 0.03, -0.12),
        left_knee=(-0.14, 0.04, 0.08), left_foot=(-0.38, 0.05, 0.08),
        right_knee=(-0.27, 0.04, -0.08), right_foot=(-0.50, 0.05, -0.08),
    ),
    "punching": replace(
        _STRIDE, neck=(0.07, 0.79), right_elbow=(0.20, 0.76, -0.10), right_hand=(0.38, 0.80, -0.03),
        left_elbow=(0.08, 0.63, 0.15), left_hand=(0.18, 0.77, 0.08),
    ),
    "aiming": replace(
        _STRIDE, right_elbow=(0.16, 0.755, -0.10), right_hand=(0.33, 0.80, -0.02),
        left_elbow=(0.15, 0.72, 0.10), left_hand=(0.32, 0.785, 0.01),
    ),
    "holding": replace(
        _STAND, right_elbow=(0.0, 0.63, -0.15), right_hand=(0.16, 0.64, -0.10),
        left_elbow=(-0.01, 0.63, 0.15), left_hand=(0.10, 0.56, 0.12),
    ),
    "reading": replace(
        _STAND, head=(0.03, 0.094), left_elbow=(0.01, 0.62, 0.14), left_hand=(0.17, 0.68, 0.05),
        right_elbow=(0.01, 0.62, -0.14), right_hand=(0.17, 0.68, -0.05),
    ),
    "drinking": replace(
        _STAND, right_elbow=(0.13, 0.70, -0.14), right_hand=(0.12, 0.85, -0.03),
    ),
    "phoning": replace(
        _STAND, right_elbow=(0.10, 0.66, -0.19), right_hand=(0.025, 0.865, -0.095),
    ),
    "thinking": replace(
        _STAND, right_elbow=(0.10, 0.66, -0.11), right_hand=(0.085, 0.80, -0.02),
        left_elbow=(0.04, 0.61, 0.15), left_hand=(0.10, 0.63, -0.06),
    ),
    "crying": replace(
        _STAND, neck=(0.03, 0.795), head=(0.045, 0.085), left_elbow=(0.12, 0.67, 0.13),
        left_hand=(0.10, 0.865, 0.035), right_elbow=(0.12, 0.67, -0.13),
        right_hand=(0.10, 0.865, -0.035),
    ),
    "cheering": replace(
        _STAND, left_elbow=(0.02, 0.86, 0.20), left_hand=(0.03, 1.05, 0.22),
        right_elbow=(0.02, 0.86, -0.20), right_hand=(0.03, 1.05, -0.22),
    ),
    "hands up": replace(
        _STAND, left_elbow=(0.02, 0.78, 0.22), left_hand=(0.03, 0.96, 0.20),
        right_elbow=(0.02, 0.78, -0.22), right_hand=(0.03, 0.96, -0.20),
    ),
    "praying": replace(
        _KNEEL, left_knee=(0.04, 0.04, 0.08), left_foot=(-0.20, 0.05, 0.08),
        left_hand=(0.14, 0.56, 0.01), right_hand=(0.14, 0.56, -0.01),
    ),
    "bowing": replace(
        _STAND, neck=(0.24, 0.68), head=(0.085, 0.02), left_elbow=(0.16, 0.53, 0.14),
        left_hand=(0.13, 0.38, 0.12), right_elbow=(0.16, 0.53, -0.14),
        right_hand=(0.13, 0.38, -0.12),
    ),
    "sneaking": replace(
        _WALK, hip=(-0.02, 0.44), neck=(0.13, 0.70), head=(0.06, 0.085),
        left_elbow=(0.17, 0.54, 0.14), left_hand=(0.29, 0.62, 0.11),
        right_elbow=(0.14, 0.54, -0.14), right_hand=(0.24, 0.58, -0.11),
        left_knee=(0.15, 0.30, 0.06), right_knee=(-0.02, 0.23, -0.06),
    ),
    "throwing": replace(
        _STRIDE, neck=(-0.03, 0.80), right_elbow=(-0.15, 0.84, -0.16),
        right_hand=(-0.14, 1.0, -0.14), left_elbow=(0.15, 0.74, 0.12), left_hand=(0.28, 0.78, 0.08),
    ),
    "kicking": replace(
        _STAND, neck=(-0.06, 0.79), right_knee=(0.17, 0.45, -0.05), right_foot=(0.40, 0.46, -0.05),
        left_elbow=(0.08, 0.66, 0.18), right_elbow=(-0.15, 0.66, -0.20),
    ),
    "pushing": replace(
        _STRIDE, hip=(-0.08, 0.47), neck=(0.12, 0.745), head=(0.06, 0.085),
        left_elbow=(0.22, 0.65, 0.13), left_hand=(0.37, 0.70, 0.10),
        right_elbow=(0.22, 0.62, -0.13), right_hand=(0.37, 0.66, -0.10),
        right_foot=(-0.30, 0.04, -0.08), right_knee=(-0.11, 0.28, -0.07),
    ),
    "pulling": replace(
        _STRIDE, hip=(-0.06, 0.46), neck=(-0.18, 0.74), head=(0.01, 0.095),
        left_elbow=(0.02, 0.66, 0.12), left_hand=(0.17, 0.60, 0.06),
        right_elbow=(0.02, 0.63, -0.12), right_hand=(0.16, 0.57, -0.06),
    ),
    "carrying": replace(
        _STRIDE, left_elbow=(0.02, 0.60, 0.15), left_hand=(0.18, 0.60, 0.10),
        right_elbow=(0.02, 0.60, -0.15), right_hand=(0.18, 0.60, -0.10),
    ),
    "giving": replace(_STRIDE, right_elbow=(0.14, 0.67, -0.12), right_hand=(0.31, 0.66, -0.06)),
    "hugging": replace(
        _STAND, neck=(0.03, 0.80), left_elbow=(0.16, 0.72, 0.13), left_hand=(0.25, 0.68, 0.03),
        right_elbow=(0.16, 0.68, -0.13), right_hand=(0.25, 0.62, -0.03),
    ),
    "working": _FORWARD,
    "digging": replace(
        _STRIDE, neck=(0.15, 0.75), head=(0.07, 0.075), left_elbow=(0.17, 0.57, 0.13),
        left_hand=(0.26, 0.50, 0.05), right_elbow=(0.10, 0.58, -0.14),
        right_hand=(0.16, 0.60, -0.05),
    ),
    "looking": replace(
        _STAND, right_elbow=(0.11, 0.745, -0.15), right_hand=(0.075, 0.90, -0.07),
    ),
    "typing": replace(_SIT, left_hand=(0.24, 0.415, 0.06), right_hand=(0.24, 0.415, -0.06)),
    "driving": replace(
        _SIT, left_elbow=(0.12, 0.46, 0.14), left_hand=(0.25, 0.52, 0.07),
        right_elbow=(0.12, 0.46, -0.14), right_hand=(0.25, 0.52, -0.07),
    ),
    "riding": replace(
        _SIT, neck=(0.02, 0.59), left_knee=(0.15, 0.22, 0.13), left_foot=(0.06, 0.02, 0.13),
        right_knee=(0.15, 0.22, -0.13), right_foot=(0.06, 0.02, -0.13), seat="",
        left_hand=(0.22, 0.40, 0.05), right_hand=(0.22, 0.40, -0.05),
    ),
    "swimming": replace(
        _STAND, hip=(-0.25, 0.10), neck=(0.05, 0.17), head=(0.10, 0.05),
        left_elbow=(0.20, 0.30, 0.12), left_hand=(0.36, 0.18, 0.10),
        right_elbow=(-0.05, 0.10, -0.15), right_hand=(-0.20, 0.08, -0.15),
        left_knee=(-0.42, 0.08, 0.06), left_foot=(-0.62, 0.10, 0.06),
        right_knee=(-0.42, 0.03, -0.06), right_foot=(-0.60, 0.02, -0.06),
    ),
    "flying": replace(
        _STAND, hip=(-0.22, 0.62), neck=(0.10, 0.70), head=(0.10, 0.06),
        left_elbow=(0.24, 0.76, 0.08), left_hand=(0.42, 0.82, 0.06),
        right_elbow=(0.0, 0.62, -0.14), right_hand=(-0.12, 0.57, -0.14),
        left_knee=(-0.42, 0.58, 0.05), left_foot=(-0.62, 0.52, 0.06),
        right_knee=(-0.38, 0.52, -0.05), right_foot=(-0.52, 0.62, -0.06), lift=0.35,
    ),
    "playing": replace(
        _STAND, left_elbow=(0.04, 0.64, 0.17), left_hand=(0.14, 0.64, 0.20),
        right_elbow=(0.02, 0.60, -0.16), right_hand=(0.13, 0.56, -0.03),
    ),
    "singing": replace(
        _STAND, right_elbow=(0.12, 0.68, -0.12), right_hand=(0.12, 0.80, -0.02),
        left_elbow=(0.02, 0.72, 0.23), left_hand=(0.10, 0.80, 0.33),
    ),
    "swinging": replace(
        _STRIDE, right_elbow=(0.10, 0.88, -0.14), right_hand=(0.0, 1.02, -0.08),
        left_elbow=(0.13, 0.84, 0.10), left_hand=(0.02, 0.99, 0.0),
    ),
}  # fmt: skip

SEATED = {
    "drinking": "drinking", "reading": "reading", "phoning": "phoning", "thinking": "thinking",
    "crying": "crying", "holding": "holding", "waving": "waving", "pointing": "pointing",
    "giving": "giving", "playing": "playing", "arms crossed": "arms crossed", "working": "working",
    "looking": "looking", "cheering": "cheering", "hands up": "hands up", "singing": "singing",
}  # fmt: skip
"""Poses of which the upper half can be had on a chair."""


def seated(pose: str) -> Pose:
    """The upper half of a pose, sitting."""
    if pose not in SEATED:
        return POSES[pose] if POSES[pose].seat else _SIT
    upper = POSES[pose]
    return replace(
        _SIT,
        neck=(upper.neck[0], 0.59),
        head=upper.head,
        left_elbow=_lower(upper.left_elbow),
        left_hand=_lower(upper.left_hand),
        right_elbow=_lower(upper.right_elbow),
        right_hand=_lower(upper.right_hand),
    )


def _lower(joint: Joint) -> Joint:
    return (joint[0], joint[1] - 0.215, joint[2])
