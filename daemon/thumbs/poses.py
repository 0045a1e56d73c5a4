"""How a body stands, sits, runs: joints in space, for a figure that is 1 high.

A joint is (x forwards, y up, z to the figure's left). Knows nothing of paper and clothes.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.body_poses import BODY_POSES
from daemon.thumbs.hand_poses import HAND_POSES
from daemon.thumbs.stances import (
    CROUCH,
    FLOOR,
    KNEEL,
    LIE,
    RUN,
    SIT,
    STAND,
    STRIDE,
    WALK,
    Pose,
)

POSES: dict[str, Pose] = HAND_POSES | BODY_POSES | {
    "standing": STAND,
    "walking": WALK,
    "running": RUN,
    "sitting": SIT,
    "sitting on the ground": FLOOR,
    "lying": LIE,
    "kneeling": KNEEL,
    "crouching": CROUCH,
    "waving": replace(STAND, right_elbow=(0.03, 0.80, -0.22), right_hand=(0.04, 1.0, -0.19)),
    "pointing": replace(
        STAND, right_elbow=(0.17, 0.765, -0.13), right_hand=(0.345, 0.785, -0.08)
    ),
    "reaching": replace(
        STRIDE, neck=(0.06, 0.80), right_elbow=(0.20, 0.77, -0.10), right_hand=(0.37, 0.84, -0.05),
        left_elbow=(0.17, 0.70, 0.12), left_hand=(0.31, 0.75, 0.05),
    ),
    "arms crossed": replace(
        STAND, left_elbow=(0.05, 0.615, 0.16), left_hand=(0.115, 0.66, -0.06),
        right_elbow=(0.05, 0.615, -0.16), right_hand=(0.12, 0.635, 0.06),
    ),
    "hands on hips": replace(
        STAND, left_elbow=(-0.03, 0.64, 0.235), left_hand=(0.03, 0.525, 0.11),
        right_elbow=(-0.03, 0.64, -0.235), right_hand=(0.03, 0.525, -0.11),
    ),
    "leaning": replace(
        STAND, hip=(-0.06, 0.49), neck=(-0.16, 0.785), head=(0.03, 0.098),
        left_knee=(0.06, 0.27, 0.06), left_foot=(0.08, 0.03, 0.06),
        right_knee=(0.05, 0.29, -0.06), right_foot=(-0.10, 0.16, -0.06),
        left_elbow=(-0.13, 0.61, 0.16), left_hand=(0.0, 0.64, 0.05),
        right_elbow=(-0.13, 0.61, -0.16), right_hand=(0.0, 0.60, -0.05),
    ),
    "jumping": replace(
        RUN, neck=(0.04, 0.79), right_elbow=(0.12, 0.86, -0.20), right_hand=(0.16, 1.02, -0.18),
        left_elbow=(-0.06, 0.86, 0.20), left_hand=(-0.08, 1.02, 0.20), lift=0.2,
    ),
    "slipping": replace(
        STAND, hip=(0.0, 0.42), neck=(-0.22, 0.60), head=(-0.05, 0.085),
        left_elbow=(-0.15, 0.78, 0.18), left_hand=(0.0, 0.90, 0.16),
        right_elbow=(-0.36, 0.62, -0.18), right_hand=(-0.45, 0.75, -0.16),
        left_knee=(0.19, 0.52, 0.08), left_foot=(0.36, 0.60, 0.10),
        right_knee=(0.18, 0.36, -0.08), right_foot=(0.34, 0.25, -0.10), lift=0.12,
    ),
    "climbing": replace(
        STAND, neck=(0.04, 0.80), left_elbow=(0.12, 0.86, 0.13), left_hand=(0.16, 1.02, 0.11),
        right_elbow=(0.12, 0.72, -0.14), right_hand=(0.18, 0.86, -0.11),
        left_knee=(0.16, 0.38, 0.08), left_foot=(0.12, 0.16, 0.08), lift=0.1,
    ),
    "dancing": replace(
        STAND, hip=(0.03, 0.495), neck=(-0.02, 0.80), left_elbow=(0.0, 0.84, 0.20),
        left_hand=(0.05, 1.0, 0.12), right_elbow=(0.06, 0.70, -0.22),
        right_hand=(0.14, 0.76, -0.34),
        right_knee=(0.16, 0.34, -0.12), right_foot=(0.05, 0.12, -0.16),
    ),
    "crawling": replace(
        STAND, hip=(-0.22, 0.27), neck=(0.14, 0.33), head=(0.11, 0.045),
        left_elbow=(0.13, 0.18, 0.12), left_hand=(0.24, 0.03, 0.12),
        right_elbow=(0.05, 0.17, -0.12), right_hand=(0.09, 0.03, -0.12),
        left_knee=(-0.14, 0.04, 0.08), left_foot=(-0.38, 0.05, 0.08),
        right_knee=(-0.27, 0.04, -0.08), right_foot=(-0.50, 0.05, -0.08),
    ),
    "punching": replace(
        STRIDE, neck=(0.07, 0.79), right_elbow=(0.20, 0.76, -0.10), right_hand=(0.38, 0.80, -0.03),
        left_elbow=(0.08, 0.63, 0.15), left_hand=(0.18, 0.77, 0.08),
    ),
    "aiming": replace(
        STRIDE, right_elbow=(0.16, 0.755, -0.10), right_hand=(0.33, 0.80, -0.02),
        left_elbow=(0.15, 0.72, 0.10), left_hand=(0.32, 0.785, 0.01),
    ),
    "holding": replace(
        STAND, right_elbow=(0.0, 0.63, -0.15), right_hand=(0.16, 0.64, -0.10),
        left_elbow=(-0.01, 0.63, 0.15), left_hand=(0.10, 0.56, 0.12),
    ),
    "reading": replace(
        STAND, head=(0.03, 0.094), left_elbow=(0.01, 0.62, 0.14), left_hand=(0.17, 0.68, 0.05),
        right_elbow=(0.01, 0.62, -0.14), right_hand=(0.17, 0.68, -0.05),
    ),
    "drinking": replace(
        STAND, right_elbow=(0.13, 0.70, -0.14), right_hand=(0.12, 0.85, -0.03),
    ),
    "phoning": replace(
        STAND, right_elbow=(0.10, 0.66, -0.19), right_hand=(0.025, 0.865, -0.095),
    ),
    "thinking": replace(
        STAND, right_elbow=(0.10, 0.66, -0.11), right_hand=(0.085, 0.80, -0.02),
        left_elbow=(0.04, 0.61, 0.15), left_hand=(0.10, 0.63, -0.06),
    ),
    "crying": replace(
        STAND, neck=(0.03, 0.795), head=(0.045, 0.085), left_elbow=(0.12, 0.67, 0.13),
        left_hand=(0.10, 0.865, 0.035), right_elbow=(0.12, 0.67, -0.13),
        right_hand=(0.10, 0.865, -0.035),
    ),
    "cheering": replace(
        STAND, left_elbow=(0.02, 0.86, 0.20), left_hand=(0.03, 1.05, 0.22),
        right_elbow=(0.02, 0.86, -0.20), right_hand=(0.03, 1.05, -0.22),
    ),
    "hands up": replace(
        STAND, left_elbow=(0.02, 0.78, 0.22), left_hand=(0.03, 0.96, 0.20),
        right_elbow=(0.02, 0.78, -0.22), right_hand=(0.03, 0.96, -0.20),
    ),
    "praying": replace(
        KNEEL, left_knee=(0.04, 0.04, 0.08), left_foot=(-0.20, 0.05, 0.08),
        left_hand=(0.14, 0.56, 0.01), right_hand=(0.14, 0.56, -0.01),
    ),
    "bowing": replace(
        STAND, neck=(0.24, 0.68), head=(0.085, 0.02), left_elbow=(0.16, 0.53, 0.14),
        left_hand=(0.13, 0.38, 0.12), right_elbow=(0.16, 0.53, -0.14),
        right_hand=(0.13, 0.38, -0.12),
    ),
    "sneaking": replace(
        WALK, hip=(-0.02, 0.44), neck=(0.13, 0.70), head=(0.06, 0.085),
        left_elbow=(0.17, 0.54, 0.14), left_hand=(0.29, 0.62, 0.11),
        right_elbow=(0.14, 0.54, -0.14), right_hand=(0.24, 0.58, -0.11),
        left_knee=(0.15, 0.30, 0.06), right_knee=(-0.02, 0.23, -0.06),
    ),
    "throwing": replace(
        STRIDE, neck=(-0.03, 0.80), right_elbow=(-0.15, 0.84, -0.16),
        right_hand=(-0.14, 1.0, -0.14), left_elbow=(0.15, 0.74, 0.12), left_hand=(0.28, 0.78, 0.08),
    ),
    "kicking": replace(
        STAND, neck=(-0.06, 0.79), right_knee=(0.17, 0.45, -0.05), right_foot=(0.40, 0.46, -0.05),
        left_elbow=(0.08, 0.66, 0.18), right_elbow=(-0.15, 0.66, -0.20),
    ),
    "pushing": replace(
        STRIDE, hip=(-0.08, 0.47), neck=(0.12, 0.745), head=(0.06, 0.085),
        left_elbow=(0.22, 0.65, 0.13), left_hand=(0.37, 0.70, 0.10),
        right_elbow=(0.22, 0.62, -0.13), right_hand=(0.37, 0.66, -0.10),
        right_foot=(-0.30, 0.04, -0.08), right_knee=(-0.11, 0.28, -0.07),
    ),
    "pulling": replace(
        STRIDE, hip=(-0.06, 0.46), neck=(-0.18, 0.74), head=(0.01, 0.095),
        left_elbow=(0.02, 0.66, 0.12), left_hand=(0.17, 0.60, 0.06),
        right_elbow=(0.02, 0.63, -0.12), right_hand=(0.16, 0.57, -0.06),
    ),
    "carrying": replace(
        STRIDE, left_elbow=(0.02, 0.60, 0.15), left_hand=(0.18, 0.60, 0.10),
        right_elbow=(0.02, 0.60, -0.15), right_hand=(0.18, 0.60, -0.10),
    ),
    "giving": replace(STRIDE, right_elbow=(0.14, 0.67, -0.12), right_hand=(0.31, 0.66, -0.06)),
    "hugging": replace(
        STAND, neck=(0.03, 0.80), left_elbow=(0.16, 0.72, 0.13), left_hand=(0.25, 0.68, 0.03),
        right_elbow=(0.16, 0.68, -0.13), right_hand=(0.25, 0.62, -0.03),
    ),
    "kneeling hug": replace(
        KNEEL, neck=(0.06, 0.58), left_elbow=(0.18, 0.48, 0.13), left_hand=(0.32, 0.42, 0.04),
        right_elbow=(0.18, 0.44, -0.13), right_hand=(0.32, 0.36, -0.04),
    ),
    "working": replace(
        STAND, left_elbow=(0.0, 0.635, 0.15), left_hand=(0.09, 0.50, 0.13),
        right_elbow=(0.11, 0.67, -0.14), right_hand=(0.29, 0.655, -0.07),
    ),
    "digging": replace(
        STRIDE, neck=(0.15, 0.75), head=(0.07, 0.075), left_elbow=(0.17, 0.57, 0.13),
        left_hand=(0.26, 0.50, 0.05), right_elbow=(0.10, 0.58, -0.14),
        right_hand=(0.16, 0.60, -0.05),
    ),
    "looking": replace(
        STAND, right_elbow=(0.11, 0.745, -0.15), right_hand=(0.075, 0.90, -0.07),
    ),
    "typing": replace(SIT, left_hand=(0.24, 0.415, 0.06), right_hand=(0.24, 0.415, -0.06)),
    "driving": replace(
        SIT, left_elbow=(0.12, 0.46, 0.14), left_hand=(0.25, 0.52, 0.07),
        right_elbow=(0.12, 0.46, -0.14), right_hand=(0.25, 0.52, -0.07),
    ),
    "riding": replace(
        SIT, neck=(0.02, 0.59), left_knee=(0.15, 0.22, 0.13), left_foot=(0.06, 0.02, 0.13),
        right_knee=(0.15, 0.22, -0.13), right_foot=(0.06, 0.02, -0.13), seat="",
        left_hand=(0.22, 0.40, 0.05), right_hand=(0.22, 0.40, -0.05),
    ),
    "cycling": replace(
        SIT, neck=(0.13, 0.56), head=(0.05, 0.085), left_elbow=(0.22, 0.44, 0.14),
        left_hand=(0.36, 0.40, 0.11), right_elbow=(0.22, 0.44, -0.14),
        right_hand=(0.36, 0.40, -0.11), left_knee=(0.21, 0.27, 0.07),
        left_foot=(0.10, 0.06, 0.07), right_knee=(0.17, 0.17, -0.07),
        right_foot=(0.10, -0.04, -0.07), seat="",
    ),
    "swimming": replace(
        STAND, hip=(-0.25, 0.10), neck=(0.05, 0.17), head=(0.10, 0.05),
        left_elbow=(0.20, 0.30, 0.12), left_hand=(0.36, 0.18, 0.10),
        right_elbow=(-0.05, 0.10, -0.15), right_hand=(-0.20, 0.08, -0.15),
        left_knee=(-0.42, 0.08, 0.06), left_foot=(-0.62, 0.10, 0.06),
        right_knee=(-0.42, 0.03, -0.06), right_foot=(-0.60, 0.02, -0.06),
    ),
    "flying": replace(
        STAND, hip=(-0.22, 0.62), neck=(0.10, 0.70), head=(0.10, 0.06),
        left_elbow=(0.24, 0.76, 0.08), left_hand=(0.42, 0.82, 0.06),
        right_elbow=(0.0, 0.62, -0.14), right_hand=(-0.12, 0.57, -0.14),
        left_knee=(-0.42, 0.58, 0.05), left_foot=(-0.62, 0.52, 0.06),
        right_knee=(-0.38, 0.52, -0.05), right_foot=(-0.52, 0.62, -0.06), lift=0.08,
    ),
    "playing": replace(
        STAND, left_elbow=(0.04, 0.64, 0.17), left_hand=(0.14, 0.64, 0.20),
        right_elbow=(0.02, 0.60, -0.16), right_hand=(0.13, 0.56, -0.03),
    ),
    "singing": replace(
        STAND, right_elbow=(0.12, 0.68, -0.12), right_hand=(0.12, 0.80, -0.02),
        left_elbow=(0.02, 0.72, 0.23), left_hand=(0.10, 0.80, 0.33),
    ),
    "swinging": replace(
        STRIDE, right_elbow=(0.10, 0.88, -0.14), right_hand=(0.0, 1.02, -0.08),
        left_elbow=(0.13, 0.84, 0.10), left_hand=(0.02, 0.99, 0.0), tilt=-62,
    ),
    "balancing": replace(
        STAND, hip=(-0.03, 0.42), neck=(0.04, 0.715), head=(0.03, 0.095),
        left_elbow=(-0.14, 0.70, 0.10), left_hand=(-0.30, 0.76, 0.08),
        right_elbow=(0.20, 0.68, -0.10), right_hand=(0.36, 0.74, -0.08),
        left_knee=(-0.15, 0.24, 0.05), left_foot=(-0.20, 0.03, 0.05),
        right_knee=(0.16, 0.27, -0.05), right_foot=(0.18, 0.03, -0.05),
    ),
    "skiing": replace(
        STAND, hip=(-0.08, 0.38), neck=(0.12, 0.64), head=(0.07, 0.085),
        left_elbow=(0.06, 0.50, 0.17), left_hand=(0.20, 0.52, 0.16),
        right_elbow=(0.06, 0.50, -0.17), right_hand=(0.20, 0.52, -0.16),
        left_knee=(0.13, 0.24, 0.07), left_foot=(0.0, 0.03, 0.07),
        right_knee=(0.13, 0.24, -0.07), right_foot=(0.0, 0.03, -0.07), tilt=-60, other_tilt=-60,
    ),
    "skating": replace(
        STAND, hip=(0.0, 0.46), neck=(0.14, 0.73), head=(0.06, 0.088),
        left_elbow=(-0.02, 0.70, 0.24), left_hand=(-0.14, 0.70, 0.34),
        right_elbow=(0.24, 0.66, -0.16), right_hand=(0.36, 0.72, -0.14),
        left_knee=(0.06, 0.25, 0.04), left_foot=(0.02, 0.03, 0.04),
        right_knee=(-0.22, 0.36, -0.06), right_foot=(-0.42, 0.30, -0.08),
    ),
    "floating": replace(
        STAND, hip=(-0.05, 0.50), neck=(0.06, 0.79), head=(0.03, 0.095),
        left_elbow=(0.02, 0.74, 0.24), left_hand=(0.10, 0.82, 0.38),
        right_elbow=(0.18, 0.72, -0.20), right_hand=(0.32, 0.80, -0.24),
        left_knee=(0.14, 0.34, 0.12), left_foot=(-0.06, 0.20, 0.14),
        right_knee=(-0.02, 0.28, -0.12), right_foot=(-0.22, 0.14, -0.14), lift=0.22,
    ),
    "afloat": replace(
        LIE, left_elbow=(0.0, 0.74, 0.22), left_hand=(0.02, 0.80, 0.40),
        right_elbow=(0.0, 0.74, -0.22), right_hand=(0.02, 0.80, -0.40),
        left_foot=(0.0, 0.03, 0.14), right_foot=(0.0, 0.03, -0.14),
    ),
    "dozing": replace(
        SIT, neck=(-0.05, 0.575), head=(0.075, 0.055), left_elbow=(0.0, 0.42, 0.15),
        left_hand=(0.12, 0.33, 0.03), right_elbow=(0.0, 0.42, -0.15),
        right_hand=(0.12, 0.34, -0.03),
    ),
}  # fmt: skip
