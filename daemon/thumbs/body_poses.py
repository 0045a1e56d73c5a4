"""Poses of the whole body: how somebody looks up, backs off, trips, leans on a rail, shrugs.

Data alone, as in `hand_poses`.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.stances import STAND, STRIDE, Pose

BODY_POSES: dict[str, Pose] = {
    "looking up": replace(
        STAND, neck=(-0.015, 0.80), head=(-0.012, 0.096), left_hand=(0.0, 0.48, 0.15),
        right_hand=(0.0, 0.48, -0.15),
    ),
    "looking down": replace(STAND, neck=(0.02, 0.80), head=(0.045, 0.082)),
    "looking back": replace(
        STRIDE, neck=(0.02, 0.80), left_elbow=(-0.08, 0.64, 0.15), left_hand=(-0.02, 0.50, 0.17),
    ),
    "backing": replace(
        STRIDE, hip=(-0.06, 0.47), neck=(-0.14, 0.765), head=(0.0, 0.098),
        left_elbow=(0.0, 0.64, 0.16), left_hand=(0.17, 0.78, 0.14),
        right_elbow=(0.0, 0.62, -0.16), right_hand=(0.17, 0.74, -0.15),
        right_knee=(-0.13, 0.27, -0.07), right_foot=(-0.28, 0.05, -0.08),
    ),
    "falling": replace(
        STAND, hip=(0.02, 0.47), neck=(0.28, 0.66), head=(0.085, 0.05),
        left_elbow=(0.42, 0.60, 0.16), left_hand=(0.55, 0.62, 0.16),
        right_elbow=(0.40, 0.52, -0.16), right_hand=(0.53, 0.46, -0.16),
        left_knee=(0.08, 0.25, 0.06), left_foot=(-0.04, 0.03, 0.08),
        right_knee=(-0.16, 0.40, -0.06), right_foot=(-0.40, 0.36, -0.08),
    ),
    "leaning on": replace(
        STAND, hip=(-0.08, 0.485), neck=(0.12, 0.745), head=(0.06, 0.09),
        left_elbow=(0.20, 0.575, 0.15), left_hand=(0.34, 0.60, 0.04),
        right_elbow=(0.20, 0.575, -0.15), right_hand=(0.34, 0.60, -0.04),
        left_foot=(-0.02, 0.03, 0.08), right_knee=(-0.02, 0.26, -0.07),
        right_foot=(-0.16, 0.05, -0.08),
    ),
    "hitching": replace(
        STAND, right_elbow=(0.16, 0.72, -0.18), right_hand=(0.32, 0.74, -0.20),
    ),
    "shrugging": replace(
        STAND, left_elbow=(0.02, 0.62, 0.19), left_hand=(0.06, 0.68, 0.34),
        right_elbow=(0.02, 0.62, -0.19), right_hand=(0.06, 0.68, -0.34),
    ),
    "clasping": replace(
        STAND, left_elbow=(0.04, 0.60, 0.16), left_hand=(0.16, 0.54, 0.02),
        right_elbow=(0.04, 0.60, -0.16), right_hand=(0.16, 0.54, -0.02),
    ),
}  # fmt: skip
