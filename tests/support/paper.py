"""Photographs of drawings on paper, made by rule: what was drawn is known, so that what is found in
them can be counted.

Each picture has a number, from which all of it follows. Kinds are mixed: pencil pale and dark, ink,
chalk on black paper; slanted light, the shadow of a hand, a telephone held askew, ruled and squared
paper, grain, JPEG.
"""

from __future__ import annotations

import io
import itertools
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

KINDS = (
    "scan", "slanted light", "shadow", "askew", "pale pencil", "ruled paper", "squared paper",
    "dark room", "black paper", "ball pen",
)  # fmt: skip


@dataclass(frozen=True)
class Photograph:
    """`picture` as a telephone saves it; `drawn` is white where there is a stroke in it ("L")."""

    kind: str
    picture: Image.Image
    drawn: Image.Image

    def jpeg(self) -> bytes:
        data = io.BytesIO()
        self.picture.save(data, "JPEG", quality=86)
        return data.getvalue()


def photograph(number: int, size: tuple[int, int] = (1600, 1200)) -> Photograph:
    """The picture of that number; every kind comes in turn."""
    rng = random.Random(number)
    noise = np.random.default_rng(number)
    kind = KINDS[number % len(KINDS)]
    drawn = _strokes(rng, size, width=rng.uniform(2.2, 5.5) * max(size) / 1600)
    strength = {
        "pale pencil": rng.uniform(0.13, 0.22), "black paper": rng.uniform(0.5, 0.8),
        "ball pen": rng.uniform(0.6, 0.85), "scan": rng.uniform(0.6, 0.95),
    }.get(kind, rng.uniform(0.3, 0.6))  # fmt: skip
    texture = _blurred_noise(noise, size, 1.2) * 0.25 + 1
    ink = np.asarray(drawn.filter(ImageFilter.GaussianBlur(0.9)), np.float32) / 255
    ink = np.clip(ink * strength * texture, 0, 1)[..., None]
    paper = np.ones((size[1], size[0], 3), np.float32) * np.array(_paper(rng), np.float32)
    if kind in ("ruled paper", "squared paper"):
        paper = _ruled(rng, paper, squared=kind == "squared paper")
    if kind == "black paper":
        paper = np.full_like(paper, 0.11)
        surface = paper + ink * 0.85
    else:
        colour = np.array(
            (0.25, 0.35, 0.9) if kind == "ball pen" else (0.05, 0.05, 0.06), np.float32
        )
        surface = paper * (1 - ink) + colour * ink * paper
    light = _light(rng, noise, size, kind)[..., None]
    shot = np.clip(surface * light, 0, 1)
    picture = Image.fromarray((shot * 255).astype(np.uint8), "RGB")
    if kind != "scan":
        corners = _askew(rng, size, 0.16 if kind == "askew" else 0.04)
        picture = _warped(picture, corners)
        drawn = _warped(drawn, corners)
    grain = noise.normal(0, 0.004 if kind == "scan" else 0.02 if kind == "dark room" else 0.011,
                         (size[1], size[0], 1)) + noise.normal(0, 0.006, (size[1], size[0], 3))  # fmt: skip
    values = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.6)), np.float32) / 255 + grain
    picture = Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8), "RGB")
    return Photograph(kind, picture, drawn.point(lambda value: 255 if value > 127 else 0))


def accuracy(found: Image.Image, drawn: Image.Image, *, near: int = 4) -> tuple[float, float]:
    """(precision, recall): of what was found the share within `near` pixels of a stroke, and of the
    strokes the share within that of something found."""
    drawn = drawn.resize(found.size, Image.Resampling.BOX).point(lambda v: 255 if v > 100 else 0)
    found = found.point(lambda v: 255 if v > 60 else 0)
    around = ImageFilter.MaxFilter(2 * near + 1)
    return (
        _share(ImageChops.darker(found, drawn.filter(around)), found),
        _share(ImageChops.darker(drawn, found.filter(around)), drawn),
    )


def _share(part: Image.Image, whole: Image.Image) -> float:
    pixels = int((np.asarray(whole) > 0).sum())
    return int((np.asarray(part) > 0).sum()) / pixels if pixels else 0.0


# --- what is drawn --------------------------------------------------------------------------------


def _strokes(rng: random.Random, size: tuple[int, int], width: float) -> Image.Image:
    """Figures as people sketch them: boxes, rounds and people of wobbly strokes, two or three over
    each other, with gaps."""
    large = Image.new("L", size, 0)
    draw = ImageDraw.Draw(large)
    across, down = size
    for _ in range(rng.randint(4, 8)):
        x, y = rng.uniform(0.12, 0.88) * across, rng.uniform(0.15, 0.85) * down
        r = rng.uniform(0.05, 0.2) * down
        outline = rng.choice((_round, _box, _figure, _hill))(rng, x, y, r)
        for line in outline:
            for _ in range(rng.choice((1, 1, 2))):
                _stroke(rng, draw, line, width, wobble=width * 0.8)
    return large


def _stroke(rng, draw, line, width, wobble) -> None:
    points = []
    offset = rng.uniform(-wobble, wobble), rng.uniform(-wobble, wobble)
    for (x1, y1), (x2, y2) in itertools.pairwise(line):
        steps = max(2, int(abs(x2 - x1) + abs(y2 - y1)) // 14)
        for step in range(steps):
            share = step / steps
            points.append((
                x1 + (x2 - x1) * share + offset[0] + rng.gauss(0, wobble / 5),
                y1 + (y2 - y1) * share + offset[1] + rng.gauss(0, wobble / 5),
            ))  # fmt: skip
    gap = rng.randrange(len(points)) if rng.random() < 0.3 and len(points) > 8 else -9
    for at, (here, there) in enumerate(itertools.pairwise(points)):
        if not gap <= at < gap + 2:
            thick = max(1, round(width * rng.uniform(0.7, 1.25)))
            draw.line((*here, *there), fill=255, width=thick, joint="curve")


def _round(rng, x, y, r):
    tall = r * rng.uniform(0.7, 1.3)
    turns = [at / 24 * 2 * np.pi for at in range(26)]
    return [[(x + r * np.cos(turn), y + tall * np.sin(turn)) for turn in turns]]


def _box(rng, x, y, r):
    w, h = r * rng.uniform(0.6, 1.5), r * rng.uniform(0.6, 1.5)
    return [
        [(x - w, y - h), (x + w, y - h)], [(x + w, y - h), (x + w, y + h)],
        [(x + w, y + h), (x - w, y + h)], [(x - w, y + h), (x - w, y - h)],
    ]  # fmt: skip


def _figure(rng, x, y, r):
    head = _round(rng, x, y - r, r * 0.3)
    lean = rng.uniform(-0.3, 0.3) * r
    body = [[(x, y - r * 0.7), (x + lean, y + r * 0.3)]]
    limbs = [
        [(x + lean * 0.2, y - r * 0.4), (x + side * r * 0.6, y - r * rng.uniform(-0.4, 0.5))]
        for side in (-1, 1)
    ]
    legs = [[(x + lean, y + r * 0.3), (x + lean + side * r * 0.4, y + r)] for side in (-1, 1)]
    return [*head, *body, *limbs, *legs]


def _hill(rng, x, y, r):
    return [
        [(x - 2 * r + 4 * r * at / 12, y - r * np.sin(np.pi * at / 12) * 0.8) for at in range(13)]
    ]


# --- paper, light and telephone -------------------------------------------------------------------


def _paper(rng: random.Random) -> tuple[float, float, float]:
    warm = rng.uniform(0.9, 1.0)
    return 0.96, 0.95 * (warm + 1) / 2, 0.93 * warm


def _ruled(rng: random.Random, paper: np.ndarray, *, squared: bool) -> np.ndarray:
    high, wide = paper.shape[:2]
    step, line = high / rng.randint(18, 26), np.array((0.72, 0.83, 0.95), np.float32)
    for at in np.arange(step, high, step):
        paper[int(at) : int(at) + 2] *= line
    if squared:
        for at in np.arange(step, wide, step):
            paper[:, int(at) : int(at) + 2] *= line
    return paper


def _light(rng: random.Random, noise, size: tuple[int, int], kind: str) -> np.ndarray:
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, size[0]), np.linspace(-0.5, 0.5, size[1]))
    turn = rng.uniform(0, 2 * np.pi)
    fall = {"scan": 0.02, "slanted light": 0.65, "dark room": 0.4}.get(kind, 0.25)
    slope = across * np.cos(turn) + down * np.sin(turn)
    light = (0.42 if kind == "dark room" else 0.86) * (1 + fall * slope)
    if kind == "shadow":
        light *= 1 - _shadow(rng, size) * rng.uniform(0.35, 0.6)
    return light.astype(np.float32)


def _shadow(rng: random.Random, size: tuple[int, int]) -> np.ndarray:
    """That of a hand and an arm, whose edge is soft."""
    small = Image.new("L", (size[0] // 8, size[1] // 8), 0)
    draw, (wide, high) = ImageDraw.Draw(small), small.size
    x, y = rng.uniform(0.2, 0.6) * wide, rng.uniform(0.3, 0.7) * high
    draw.polygon([(x, y), (x + wide * 0.25, y - high * 0.1), (wide, high * 0.7), (wide, high), (x, high)], fill=255)  # fmt: skip
    soft = small.filter(ImageFilter.GaussianBlur(rng.uniform(1.5, 6))).resize(size)
    return np.asarray(soft, np.float32) / 255


def _blurred_noise(noise, size: tuple[int, int], radius: float) -> np.ndarray:
    raw = Image.fromarray((noise.random((size[1], size[0])) * 255).astype(np.uint8), "L")
    soft = np.asarray(raw.filter(ImageFilter.GaussianBlur(radius)), np.float32)
    return (soft - soft.mean()) / max(soft.std(), 1e-6)


def _askew(rng: random.Random, size: tuple[int, int], most: float) -> list[tuple[float, float]]:
    """Where the corners of what is photographed lie: inside the paper, which fills the picture."""
    wide, high = size
    inward = lambda: rng.uniform(0, most)  # noqa: E731
    return [
        (wide * inward(), high * inward()), (wide * inward(), high * (1 - inward())),
        (wide * (1 - inward()), high * (1 - inward())), (wide * (1 - inward()), high * inward()),
    ]  # fmt: skip


def _warped(picture: Image.Image, corners: list[tuple[float, float]]) -> Image.Image:
    """What lies between `corners` (top left, bottom left, bottom right, top right), filling all."""
    wide, high = picture.size
    targets = [(0, 0), (0, high), (wide, high), (wide, 0)]
    rows, values = [], []
    for (x, y), (u, v) in zip(targets, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows, float), np.array(values, float))
    return picture.transform(picture.size, Image.Transform.PERSPECTIVE, tuple(solved), Image.Resampling.BICUBIC)  # fmt: skip
