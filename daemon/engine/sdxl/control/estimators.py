"""Depth and pose out of a picture, by networks of the catalogue that transformers knows.

Depth is grey, near is bright; a pose is drawn in the colours that control models were shown
(OpenPose's 18 points). Without the networks' weights nothing can be said, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.foreign_weights import refusing
from daemon.engine.sdxl.model_files import check_weights, read_json

#: OpenPose's points out of COCO's 17, which ViTPose gives; the neck is between the shoulders.
NECK = -1
POINTS = (0, NECK, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12),
    (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
HUES = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0),
    (0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255),
    (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
SURE = 0.3
"""How sure of a point, or of a person, is sure enough."""

PERSON = 0
"""A person among COCO's things."""

Point = tuple[float, float]


class Estimators:
    """`folders` are those of the networks that are here: `depth`, `pose`, and `people` who finds
    the people whose pose is asked for. None is held on to: they are needed once a picture."""

    def __init__(self, folders: Mapping[str, str], device: Device) -> None:
        self._folders = folders
        self._device = device

    def made(self, kind: str, picture: Image.Image) -> Image.Image:
        """The control picture of this kind, RGB, as large as `picture`. Raises RenderError."""
        needed = ("depth",) if kind == "depth" else ("people", "pose")
        lacking = [name for name in needed if name not in self._folders]
        if lacking:
            raise RenderError(
                f"There is no network here that reads the {kind} of a picture.",
                why=f"The folder `controls/estimators` of the models has no {lacking[0]}.",
                remedy=f"Fetch it with `hotfolder models pull {kind}`, or give a picture that "
                f"shows the {kind} already, with `ready: true`.",
            )
        with refusing(
            f"The network that reads the {kind} of a picture can't be used.",
            f"What lies in {self._folders[needed[-1]]} is damaged, or another network.",
        ):
            return self._depth(picture) if kind == "depth" else self._pose(picture)

    def _depth(self, picture: Image.Image) -> Image.Image:
        from transformers import AutoImageProcessor, AutoModelForDepthEstimation

        processor, network = self._load("depth", AutoImageProcessor, AutoModelForDepthEstimation)
        given = processor(images=picture, return_tensors="pt").to(self._device.place)
        near = network(**given).predicted_depth.float().cpu()[None]
        near = torch.nn.functional.interpolate(
            near, (picture.height, picture.width), mode="bicubic", align_corners=False
        )[0, 0]
        low, high = near.min(), near.max()
        grey = (near - low) / (high - low).clamp(min=1e-6) * 255
        return Image.fromarray(grey.round().byte().numpy()).convert("RGB")

    def _pose(self, picture: Image.Image) -> Image.Image:
        from transformers import (
            AutoImageProcessor,
            AutoModelForObjectDetection,
            VitPoseForPoseEstimation,
        )

        place = self._device.place
        processor, network = self._load("people", AutoImageProcessor, AutoModelForObjectDetection)
        given = processor(images=picture, return_tensors="pt").to(place)
        found = processor.post_process_object_detection(
            network(**given), target_sizes=[(picture.height, picture.width)], threshold=SURE
        )[0]
        boxes = found["boxes"][found["labels"] == PERSON].cpu().numpy()
        if not len(boxes):
            return Image.new("RGB", picture.size)
        boxes[:, 2:] -= boxes[:, :2]  # as (x, y, width, height)
        processor, network = self._load("pose", AutoImageProcessor, VitPoseForPoseEstimation)
        given = processor(picture, boxes=[boxes], return_tensors="pt").to(place)
        seen = processor.post_process_pose_estimation(network(**given), boxes=[boxes])[0]
        people = [
            _eighteen(one["keypoints"].cpu().numpy(), one["scores"].cpu().numpy()) for one in seen
        ]
        return draw_poses(people, picture.size)

    def _load(self, name: str, *kinds: Any) -> list[Any]:
        """Processor and network of the folder, which is looked at first."""
        folder = Path(self._folders[name])
        read_json(folder / "config.json")
        for file in sorted(folder.glob("*.safetensors")):
            check_weights(file)
        load: Callable[[Any], Any] = lambda kind: kind.from_pretrained(  # noqa: E731
            folder, local_files_only=True, **({"use_safetensors": True} if kind is kinds[1] else {})
        )
        processor, network = (load(kind) for kind in kinds)
        return [processor, network.to(self._device.place).eval()]


def _eighteen(points: np.ndarray, scores: np.ndarray) -> list[Point | None]:
    """OpenPose's points out of COCO's, None for one that is not seen."""
    sure = [(float(x), float(y)) if s >= SURE else None
            for (x, y), s in zip(points, scores.reshape(-1), strict=True)]  # fmt: skip
    left, right = sure[5], sure[6]
    neck = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2) if left and right else None
    return [neck if place == NECK else sure[place] for place in POINTS]


def draw_poses(people: Sequence[Sequence[Point | None]], size: tuple[int, int]) -> Image.Image:
    """Figures on black: a limb in the colour of its number, a point in that of its own."""
    sheet = Image.new("RGB", size)
    pen = ImageDraw.Draw(sheet)
    wide = max(2, round(min(size) / 128))
    for points in people:
        for number, (one, other) in enumerate(LIMBS):
            a, b = points[one], points[other]
            if a and b:
                dim = tuple(round(0.6 * value) for value in HUES[number])
                pen.line((*a, *b), fill=dim, width=2 * wide)
        for number, point in enumerate(points):
            if point:
                x, y = point
                pen.ellipse((x - wide, y - wide, x + wide, y + wide), fill=HUES[number])
    return sheet
