"""What is rendered: the shots of every workload, and the reference pictures they follow. Pure but
for `paint_references`, which writes the pictures.

Every lap has prompts, seeds and references of its own, so that nobody's caches win a lap that the
other side had to work for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageDraw

COLOURS = ("red", "blue", "green", "yellow", "orange", "purple", "black", "white")
SHAPES = ("circle", "square", "star", "triangle")
SCALES = (0.6, 0.0, 0.35, 0.8)
REFERENCES = 4

ALONE = ("W1", "W7")
"""Workloads of one picture a lap."""
SAID = {
    "W1": "one picture",
    "W2": "different prompts",
    "W3": "prompts with references",
    "W4": "one prompt, many seeds",
    "W5": "arrivals at random",
    "W6": "a long mixed day",
    "W7": "busy neighbours",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What all shots of a lap have in common."""

    width: int
    height: int
    steps: int
    guidance_scale: float


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to be made by every side; `reference` is a file name, `lora` a LoRA's."""

    name: str
    prompt: str
    seed: int
    look: Look
    negative_prompt: str = ""
    reference: str | None = None
    scale: float = 0.0
    lora: str | None = None
    strict: bool = False


def lap_of(workload: str, look: Look, *, lap: int, pictures: int) -> list[Shot]:
    """The shots of one lap of W1 to W4 or W7; lap 0 is the warm-up."""
    shots = [
        Shot(
            f"{workload}-{lap}-{number:02}".lower(), _prompt(lap, number), _seed(lap, number), look
        )
        for number in range(1 if workload in ALONE else pictures)
    ]
    if workload == "W3":
        return [
            replace(
                shot,
                reference=reference_name(lap, number // len(SCALES) % REFERENCES),
                scale=SCALES[number % len(SCALES)],
            )
            for number, shot in enumerate(shots)
        ]
    if workload == "W4":
        return [replace(shot, prompt=shots[0].prompt) for shot in shots]
    return shots


def alike(shots: list[Shot]) -> list[Shot]:
    """The same shots, all following one reference: what diffusers can do in one call."""
    return [
        replace(shot, name=f"{shot.name}-led", reference=reference_name(0, 0), scale=0.6)
        for shot in shots
    ]


def strictly(shots: list[Shot]) -> list[Shot]:
    """The same shots, asked for on exact paths only."""
    return [replace(shot, name=f"{shot.name}-strict", strict=True) for shot in shots]


def _prompt(lap: int, number: int) -> str:
    colour = COLOURS[number % len(COLOURS)]
    shape = SHAPES[number // len(COLOURS) % len(SHAPES)]
    ground = COLOURS[(number + lap + 3) % len(COLOURS)]
    return f"a {colour} {shape} on a {ground} background, lap {lap}"


def _seed(lap: int, number: int) -> int:
    return 1000 * (lap + 1) + number


def reference_name(lap: int, number: int) -> str:
    return f"reference-{lap}-{number}.png"


def paint_references(folder: Path, laps: int) -> None:
    """Pictures to follow: plain shapes, different in every lap."""
    folder.mkdir(parents=True, exist_ok=True)
    for lap in range(laps):
        for number in range(REFERENCES):
            ground = COLOURS[(lap + number) % len(COLOURS)]
            image = Image.new("RGB", (256, 256), ground)
            draw = ImageDraw.Draw(image)
            edge = 40 + 7 * (lap % 8) + 12 * number
            colour = COLOURS[(lap + 2 * number + 3) % len(COLOURS)]
            (draw.ellipse if number % 2 else draw.rectangle)(
                (edge, edge, 256 - edge, 256 - edge), fill=colour
            )
            image.save(folder / reference_name(lap, number))
