"""What a pose is, and the ways to stand, sit, walk and kneel that all others are made from.

A joint is (x forwards, y up, z to the figure's left), of a figure that is 1 high.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

Joint = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """`hip` and `neck` are (x, y); `head` (x, y) from the neck; `seat` is what has to be under it
    (chair, ground or ""); `lying` turns the whole onto its back; `tilt` is how far what the right
    hand holds leans forwards, in degrees, `other_tilt` what the left holds; `top`: on the head."""

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
    tilt: float = 0.0
    other_tilt: float = 0.0
    top: bool = False


STAND = Pose()
SIT = Pose(
    hip=(0.0, 0.285), neck=(-0.01, 0.59),
    left_elbow=(0.02, 0.42, 0.15), left_hand=(0.17, 0.33, 0.10),
    right_elbow=(0.02, 0.42, -0.15), right_hand=(0.17, 0.33, -0.10),
    left_knee=(0.23, 0.29, 0.08), left_foot=(0.24, 0.03, 0.08),
    right_knee=(0.23, 0.29, -0.08), right_foot=(0.20, 0.03, -0.08), seat="chair",
)  # fmt: skip
FLOOR = Pose(
    hip=(0.0, 0.09), neck=(-0.03, 0.395), head=(0.03, 0.095),
    left_elbow=(0.02, 0.25, 0.15), left_hand=(0.18, 0.24, 0.09),
    right_elbow=(0.02, 0.25, -0.15), right_hand=(0.18, 0.24, -0.09),
    left_knee=(0.19, 0.26, 0.08), left_foot=(0.28, 0.03, 0.08),
    right_knee=(0.19, 0.24, -0.08), right_foot=(0.31, 0.03, -0.08), seat="ground",
)  # fmt: skip
WALK = Pose(
    hip=(0.0, 0.492), neck=(0.025, 0.795), head=(0.02, 0.098),
    left_elbow=(-0.10, 0.645, 0.145), left_hand=(-0.11, 0.50, 0.14),
    right_elbow=(0.09, 0.64, -0.145), right_hand=(0.17, 0.525, -0.12),
    left_knee=(0.135, 0.285, 0.055), left_foot=(0.20, 0.045, 0.06),
    right_knee=(-0.035, 0.27, -0.055), right_foot=(-0.20, 0.055, -0.06),
)  # fmt: skip
RUN = Pose(
    hip=(0.0, 0.485), neck=(0.12, 0.765), head=(0.05, 0.09),
    left_elbow=(-0.12, 0.69, 0.15), left_hand=(-0.24, 0.58, 0.12),
    right_elbow=(0.19, 0.61, -0.15), right_hand=(0.32, 0.70, -0.10),
    left_knee=(0.22, 0.40, 0.06), left_foot=(0.17, 0.16, 0.06),
    right_knee=(-0.10, 0.30, -0.06), right_foot=(-0.33, 0.27, -0.06), lift=0.02,
)  # fmt: skip
KNEEL = replace(
    STAND, hip=(0.0, 0.29), neck=(0.02, 0.59),
    left_elbow=(0.02, 0.42, 0.15), left_hand=(0.13, 0.32, 0.09),
    right_elbow=(0.02, 0.42, -0.15), right_hand=(0.13, 0.32, -0.09),
    left_knee=(0.20, 0.26, 0.08), left_foot=(0.17, 0.03, 0.08),
    right_knee=(0.04, 0.04, -0.08), right_foot=(-0.20, 0.05, -0.08),
)  # fmt: skip
CROUCH = replace(
    STAND, hip=(-0.05, 0.23), neck=(0.12, 0.47), head=(0.06, 0.085),
    left_elbow=(0.20, 0.30, 0.14), left_hand=(0.28, 0.20, 0.08),
    right_elbow=(0.20, 0.30, -0.14), right_hand=(0.28, 0.20, -0.08),
    left_knee=(0.17, 0.27, 0.10), left_foot=(0.04, 0.03, 0.09),
    right_knee=(0.15, 0.25, -0.10), right_foot=(-0.02, 0.03, -0.09),
)  # fmt: skip
STRIDE = replace(
    STAND, left_knee=(0.12, 0.28, 0.07), left_foot=(0.15, 0.03, 0.08),
    right_knee=(-0.05, 0.27, -0.07), right_foot=(-0.17, 0.04, -0.08),
)  # fmt: skip
LIE = replace(STAND, lying=True, left_elbow=(-0.02, 0.64, 0.16), left_hand=(0.03, 0.50, 0.15))
