"""Poses of hands at work: how somebody holds themselves who chops, writes, sweeps or lights a pipe.

Each is a way to stand, sit or kneel with its hands somewhere else; `tilt` is how far what is in
the right hand leans forwards, `other_tilt` what is in the left. Data alone.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.stances import CROUCH, KNEEL, SIT, STAND, STRIDE, Pose

WORK = replace(STAND, neck=(0.05, 0.795), head=(0.045, 0.086))
"""Standing, with an eye on the hands."""
DESK = replace(SIT, neck=(0.06, 0.58), head=(0.06, 0.077))

HAND_POSES: dict[str, Pose] = {
    # at a table or a counter
    "chopping": replace(
        WORK, left_elbow=(0.07, 0.63, 0.15), left_hand=(0.26, 0.585, 0.08),
        right_elbow=(0.05, 0.66, -0.17), right_hand=(0.20, 0.665, -0.05), tilt=115,
    ),
    "stirring": replace(
        WORK, left_elbow=(0.08, 0.64, 0.15), left_hand=(0.22, 0.60, 0.12),
        right_elbow=(0.09, 0.69, -0.17), right_hand=(0.25, 0.70, -0.03), tilt=165,
    ),
    "washing": replace(
        WORK, left_elbow=(0.09, 0.64, 0.14), left_hand=(0.26, 0.575, 0.05),
        right_elbow=(0.09, 0.64, -0.14), right_hand=(0.27, 0.60, -0.05), tilt=20,
    ),
    "pouring": replace(
        WORK, left_elbow=(0.07, 0.64, 0.15), left_hand=(0.28, 0.61, 0.05),
        right_elbow=(0.11, 0.72, -0.16), right_hand=(0.22, 0.78, -0.05), tilt=108,
    ),
    "packing": replace(
        STAND, neck=(0.15, 0.75), head=(0.075, 0.07), left_elbow=(0.18, 0.59, 0.14),
        left_hand=(0.29, 0.50, 0.07), right_elbow=(0.18, 0.59, -0.14),
        right_hand=(0.29, 0.50, -0.07),
    ),
    "blowing out": replace(
        STAND, neck=(0.13, 0.765), head=(0.08, 0.07), left_elbow=(0.11, 0.62, 0.15),
        left_hand=(0.20, 0.54, 0.10), right_elbow=(0.11, 0.62, -0.15),
        right_hand=(0.20, 0.54, -0.10),
    ),
    "peering": replace(
        STAND, neck=(0.15, 0.745), head=(0.09, 0.062), left_elbow=(0.13, 0.61, 0.16),
        left_hand=(0.27, 0.60, 0.09), right_elbow=(0.13, 0.61, -0.16),
        right_hand=(0.27, 0.60, -0.09),
    ),
    "writing": replace(
        DESK, left_elbow=(0.08, 0.43, 0.17), left_hand=(0.22, 0.415, 0.11),
        right_elbow=(0.07, 0.44, -0.17), right_hand=(0.25, 0.43, -0.04), tilt=-30,
    ),
    "slumped": replace(
        SIT, neck=(0.21, 0.465), head=(0.10, 0.015), left_elbow=(0.21, 0.41, 0.17),
        left_hand=(0.37, 0.42, 0.06), right_elbow=(0.21, 0.41, -0.17),
        right_hand=(0.37, 0.42, -0.07),
    ),
    "sewing": replace(
        DESK, left_elbow=(0.04, 0.43, 0.15), left_hand=(0.19, 0.44, 0.04),
        right_elbow=(0.10, 0.52, -0.19), right_hand=(0.25, 0.56, -0.08), tilt=-120,
    ),
    "knitting": replace(
        DESK, left_elbow=(0.03, 0.43, 0.15), left_hand=(0.19, 0.46, 0.05),
        right_elbow=(0.03, 0.43, -0.15), right_hand=(0.19, 0.46, -0.05),
    ),
    "drumming": replace(
        SIT, left_elbow=(0.07, 0.45, 0.17), left_hand=(0.22, 0.50, 0.10),
        right_elbow=(0.08, 0.56, -0.20), right_hand=(0.20, 0.68, -0.11), tilt=40, other_tilt=80,
    ),
    "rowing": replace(
        SIT, neck=(-0.06, 0.585), left_elbow=(0.09, 0.43, 0.15), left_hand=(0.24, 0.43, 0.10),
        right_elbow=(0.09, 0.43, -0.15), right_hand=(0.24, 0.43, -0.10), tilt=-55,
    ),
    # at the face
    "eating": replace(
        STAND, right_elbow=(0.13, 0.68, -0.15), right_hand=(0.15, 0.80, -0.04),
        left_elbow=(0.06, 0.63, 0.14), left_hand=(0.20, 0.60, 0.08), tilt=-40,
    ),
    "smoking": replace(
        STAND, right_elbow=(0.11, 0.67, -0.15), right_hand=(0.12, 0.835, -0.03), tilt=78,
    ),
    "lighting": replace(
        STAND, head=(0.03, 0.092), left_elbow=(0.12, 0.69, 0.15), left_hand=(0.17, 0.815, 0.04),
        right_elbow=(0.11, 0.69, -0.15), right_hand=(0.125, 0.835, -0.03), tilt=78,
    ),
    "whispering": replace(
        STAND, right_elbow=(0.13, 0.70, -0.16), right_hand=(0.125, 0.84, -0.06),
    ),
    "making up": replace(
        STAND, right_elbow=(0.14, 0.71, -0.17), right_hand=(0.13, 0.835, -0.04), tilt=-65,
        left_elbow=(0.11, 0.67, 0.17), left_hand=(0.24, 0.80, 0.10),
    ),
    "combing": replace(
        STAND, right_elbow=(0.10, 0.84, -0.23), right_hand=(0.02, 0.955, -0.12), tilt=-50,
    ),
    "rubbing eyes": replace(
        STAND, right_elbow=(0.13, 0.73, -0.16), right_hand=(0.095, 0.885, -0.03),
    ),
    "holding the cheek": replace(
        STAND, head=(0.03, 0.092), right_elbow=(0.12, 0.69, -0.18),
        right_hand=(0.06, 0.85, -0.085),
    ),
    "covering ears": replace(
        STAND, head=(0.03, 0.092), left_elbow=(0.08, 0.78, 0.23), left_hand=(0.02, 0.90, 0.105),
        right_elbow=(0.08, 0.78, -0.23), right_hand=(0.02, 0.90, -0.105),
    ),
    "saluting": replace(STAND, right_elbow=(0.06, 0.79, -0.26), right_hand=(0.06, 0.925, -0.10)),
    "adjusting": replace(
        STAND, left_elbow=(0.05, 0.66, 0.21), left_hand=(0.095, 0.745, 0.025),
        right_elbow=(0.05, 0.66, -0.21), right_hand=(0.095, 0.745, -0.025),
    ),
    "showing": replace(
        STAND, right_elbow=(0.11, 0.69, -0.20), right_hand=(0.16, 0.825, -0.14),
    ),
    "raising": replace(
        STAND, head=(0.0, 0.10), right_elbow=(0.10, 0.84, -0.20), right_hand=(0.17, 1.0, -0.16),
    ),
    "serving": replace(
        STRIDE, right_elbow=(0.10, 0.66, -0.21), right_hand=(0.14, 0.80, -0.20),
    ),
    "photographing": replace(
        STAND, left_elbow=(0.11, 0.73, 0.17), left_hand=(0.16, 0.885, 0.05),
        right_elbow=(0.11, 0.73, -0.17), right_hand=(0.16, 0.885, -0.05),
    ),
    "clapping": replace(
        STAND, left_elbow=(0.06, 0.66, 0.19), left_hand=(0.19, 0.72, 0.025),
        right_elbow=(0.06, 0.66, -0.19), right_hand=(0.19, 0.72, -0.025),
    ),
    # at the ground
    "sweeping": replace(
        STRIDE, neck=(0.06, 0.79), head=(0.045, 0.085), left_elbow=(0.08, 0.66, 0.15),
        left_hand=(0.17, 0.68, 0.03), right_elbow=(0.07, 0.61, -0.17),
        right_hand=(0.22, 0.52, -0.04), tilt=-24,
    ),
    "fixing": replace(
        KNEEL, neck=(0.08, 0.575), head=(0.06, 0.078), left_elbow=(0.15, 0.41, 0.15),
        left_hand=(0.29, 0.35, 0.08), right_elbow=(0.15, 0.45, -0.16),
        right_hand=(0.30, 0.44, -0.05), tilt=60,
    ),
    "drawing on the ground": replace(
        KNEEL, hip=(-0.04, 0.25), neck=(0.15, 0.47), head=(0.085, 0.045),
        left_elbow=(0.17, 0.25, 0.14), left_hand=(0.24, 0.06, 0.12),
        right_elbow=(0.22, 0.26, -0.14), right_hand=(0.33, 0.09, -0.05), tilt=-30,
    ),
    "tying": replace(
        KNEEL, neck=(0.15, 0.49), head=(0.08, 0.05), left_elbow=(0.21, 0.28, 0.13),
        left_hand=(0.25, 0.11, 0.05), right_elbow=(0.21, 0.28, -0.13),
        right_hand=(0.25, 0.11, -0.03),
    ),
    "petting": replace(
        CROUCH, right_elbow=(0.22, 0.34, -0.14), right_hand=(0.37, 0.26, -0.06),
        left_elbow=(0.16, 0.30, 0.15), left_hand=(0.14, 0.22, 0.12),
    ),
    "offering": replace(
        KNEEL, right_elbow=(0.15, 0.48, -0.13), right_hand=(0.31, 0.54, -0.05),
        left_elbow=(0.12, 0.46, 0.13), left_hand=(0.27, 0.50, 0.02),
    ),
    # at a wall, above the head
    "knocking": replace(STAND, right_elbow=(0.14, 0.73, -0.15), right_hand=(0.29, 0.84, -0.06)),
    "opening": replace(STRIDE, right_elbow=(0.15, 0.64, -0.13), right_hand=(0.33, 0.60, -0.05)),
    "painting": replace(
        STRIDE, head=(-0.005, 0.10), right_elbow=(0.17, 0.84, -0.15),
        right_hand=(0.31, 0.92, -0.06), tilt=45,
    ),
    "at the easel": replace(
        STAND, right_elbow=(0.14, 0.69, -0.14), right_hand=(0.31, 0.72, -0.04), tilt=70,
        left_elbow=(0.04, 0.61, 0.16), left_hand=(0.15, 0.60, 0.14),
    ),
    "hammering": replace(
        STRIDE, left_elbow=(0.16, 0.73, 0.12), left_hand=(0.34, 0.80, 0.05),
        right_elbow=(0.04, 0.83, -0.20), right_hand=(0.15, 0.96, -0.12), tilt=-20,
    ),
    "hanging up": replace(
        STAND, head=(0.0, 0.10), left_elbow=(0.16, 0.85, 0.15), left_hand=(0.26, 0.99, 0.09),
        right_elbow=(0.16, 0.85, -0.15), right_hand=(0.26, 0.99, -0.07),
    ),
    "hanging": replace(
        STAND, head=(0.0, 0.10), left_elbow=(0.06, 0.93, 0.14), left_hand=(0.10, 1.10, 0.09),
        right_elbow=(0.06, 0.93, -0.14), right_hand=(0.10, 1.10, -0.07),
        left_knee=(0.09, 0.28, 0.07), left_foot=(0.0, 0.06, 0.08),
        right_knee=(0.02, 0.25, -0.07), right_foot=(-0.10, 0.06, -0.08), lift=0.3,
    ),
    "carrying on the head": replace(
        STAND, left_elbow=(0.03, 0.90, 0.22), left_hand=(0.02, 1.03, 0.10),
        right_elbow=(0.03, 0.90, -0.22), right_hand=(0.02, 1.03, -0.10),
        left_knee=(0.10, 0.28, 0.06), left_foot=(0.13, 0.03, 0.06),
        right_knee=(-0.02, 0.27, -0.06), right_foot=(-0.14, 0.05, -0.06), top=True,
    ),
    # with tools and games
    "sawing": replace(
        WORK, neck=(0.11, 0.77), head=(0.065, 0.078), left_elbow=(0.14, 0.62, 0.15),
        left_hand=(0.30, 0.56, 0.10), right_elbow=(0.03, 0.65, -0.18),
        right_hand=(0.20, 0.61, -0.05), tilt=108,
    ),
    "watering": replace(
        STAND, right_elbow=(0.06, 0.64, -0.16), right_hand=(0.23, 0.58, -0.06), tilt=28,
    ),
    "catching": replace(
        STRIDE, left_elbow=(0.14, 0.77, 0.14), left_hand=(0.28, 0.88, 0.06),
        right_elbow=(0.14, 0.77, -0.14), right_hand=(0.28, 0.88, -0.06),
    ),
    "drawing a bow": replace(
        STRIDE, left_elbow=(0.20, 0.785, 0.06), left_hand=(0.37, 0.795, 0.02),
        right_elbow=(-0.11, 0.80, -0.17), right_hand=(0.07, 0.80, -0.08),
    ),
    "diving": replace(
        STAND, hip=(-0.16, 0.34), neck=(0.14, 0.43), head=(0.10, 0.045),
        left_elbow=(0.28, 0.52, 0.10), left_hand=(0.43, 0.56, 0.06),
        right_elbow=(0.28, 0.47, -0.10), right_hand=(0.43, 0.52, -0.05),
        left_knee=(-0.34, 0.34, 0.06), left_foot=(-0.52, 0.26, 0.06),
        right_knee=(-0.30, 0.23, -0.06), right_foot=(-0.50, 0.16, -0.06), lift=0.12,
    ),
    "fiddling": replace(
        STAND, head=(0.03, 0.094), left_elbow=(0.16, 0.70, 0.16), left_hand=(0.29, 0.79, 0.10),
        right_elbow=(0.13, 0.67, -0.18), right_hand=(0.25, 0.71, -0.04), tilt=-8, other_tilt=88,
    ),
    "bowing a cello": replace(
        SIT, left_elbow=(0.08, 0.55, 0.19), left_hand=(0.13, 0.62, 0.06),
        right_elbow=(0.09, 0.45, -0.19), right_hand=(0.24, 0.40, -0.12), tilt=-70,
        left_knee=(0.22, 0.29, 0.15), right_knee=(0.22, 0.29, -0.15),
    ),
    "blowing": replace(
        STAND, left_elbow=(0.09, 0.68, 0.16), left_hand=(0.20, 0.80, 0.03),
        right_elbow=(0.09, 0.68, -0.16), right_hand=(0.15, 0.825, -0.03),
    ),
    "squeezing": replace(
        STAND, left_elbow=(0.04, 0.63, 0.22), left_hand=(0.15, 0.62, 0.17),
        right_elbow=(0.04, 0.63, -0.22), right_hand=(0.15, 0.62, -0.17),
    ),
    "tossing": replace(
        STAND, right_elbow=(0.09, 0.64, -0.15), right_hand=(0.26, 0.66, -0.05), tilt=0,
    ),
}  # fmt: skip
