"""An engine without a model: it draws the prompt by rule, labelled, at the size asked for, at once.

For trying out a folder's set-up and for tests. The same render gives the same pixels; nothing of
the torch family is imported. Where a drawing would be too small to be one, or is not wanted, it
paints a card with the facts in words.
"""

from __future__ import annotations

import hashlib
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

from PIL import Image, ImageDraw, ImageFont
from PIL import __version__ as pillow_version

from daemon.engine.interface import Look, OnStep, Picture, Report, Stages
from daemon.engine.sdxl.conditioning.open_picture import open_picture
from daemon.protocol.engines import DRY_RUN
from daemon.protocol.messages import Load, Ready
from daemon.protocol.render import REFERENCE_MASK, KeptPicture, Render
from daemon.text.counted import counted

INK = (30, 30, 34)
UNSEEN = (REFERENCE_MASK,)
LEAST = 160
"""Pixels of the shorter side below which there is no room for a drawing and its label."""
PLAIN = "plain"
"""`HOTFOLDER_DRY_CARDS`, or the load option `cards`, for cards with words alone."""


class DryRun:
    """Cards instead of pictures; `step_seconds` makes each step last that long."""

    def __init__(self) -> None:
        self._step_seconds = 0.0
        self._draws = True

    def load(self, load: Load, report: Report) -> Ready:
        report("cards", 1, 1)
        given = load.options.get("step_seconds") or os.environ.get("HOTFOLDER_DRY_STEP_SECONDS")
        self._step_seconds = float(given or 0.0)
        cards = load.options.get("cards") or os.environ.get("HOTFOLDER_DRY_CARDS")
        self._draws = cards != PLAIN
        return Ready(
            seconds=0.0,
            model={"name": DRY_RUN.name, "sha256": None, "adapters": {}},
            device={"type": "cpu", "name": "none", "memory": None},
            versions={"pillow": pillow_version},
            peak_memory_bytes=peak_memory(),
        )

    def render(self, render: Render, on_step: OnStep) -> Picture:
        started = time.monotonic()
        thumbnails = [open_picture(one.source) for one in render.inputs if one.role not in UNSEEN]
        opened = time.monotonic()
        count = render.total_steps
        steps = self._take_steps(
            count, on_step, partial(half_painted, self._paint, render, thumbnails, count)
        )
        stepped = time.monotonic()
        card = self._paint(render, thumbnails)
        return Picture(
            image=card,
            stages=Stages(
                encode_references=opened - started,
                steps=steps,
                denoise=stepped - opened,
                decode=time.monotonic() - stepped,
            ),
            cache={"prompt": "miss", "references": "miss" if thumbnails else None},
            peak_memory_bytes=peak_memory(),
        )

    def _paint(self, render: Render, seen: list[Image.Image]) -> Image.Image:
        width, height, _ = render.passes[-1]
        if (
            not self._draws
            or min(width, height) < LEAST
            or max(width, height) > 4 * min(width, height)
        ):
            return paint(render, seen)
        return draw_card(render, seen)

    def _take_steps(
        self, count: int, on_step: OnStep, so_far: Callable[[int], Image.Image]
    ) -> tuple[float, ...]:
        steps = []
        for number in range(1, count + 1):
            before = time.monotonic()
            if self._step_seconds:
                time.sleep(self._step_seconds)
            steps.append(time.monotonic() - before)
            look: Look = partial(so_far, number)
            on_step(number, steps[-1], look)
        return tuple(steps)


def paint(render: Render, thumbnails: list[Image.Image]) -> Image.Image:
    """A card that says what would have been painted; its colour follows the steps and the size."""
    said = render.sampling
    width, height, _ = render.passes[-1]
    card = Image.new("RGB", (width, height), ground_colour(render))
    draw = ImageDraw.Draw(card)
    size = max(8, min(width, height) // 24)
    margin = size
    line = size + size // 2
    wide = max(8, (width - 2 * margin) * 2 // size)  # a letter is about half as wide as high
    facts = (
        f"{width} x {height}",
        f"{counted(render.total_steps, 'step')}, guidance {said.guidance_scale:g}",
        f"seed {render.seed}",
        " ".join(filter(None, (said.sampler, said.schedule))) or "the model's own sampler",
    )
    texts = [*facts, "", *wrap(said.prompt, wide)]
    if said.negative_prompt:
        texts += ["", *wrap("not: " + said.negative_prompt, wide)]
    side = min(width, height) // 4
    room = (height - 2 * margin - (side if thumbnails else 0)) // line
    for row, text in enumerate(texts[: max(1, room)]):
        draw.text((margin, margin + row * line), text, font=font(size), fill=INK)
    for place, thumbnail in enumerate(thumbnails):
        small = thumbnail.copy()
        small.thumbnail((side, side))
        card.paste(small, (margin + place * (side + margin), height - side - margin))
    card.paste(fingerprint(render, thumbnails), (0, height - 2))
    return card


def draw_card(render: Render, seen: list[Image.Image]) -> Image.Image:
    """The prompt as a storyboard thumbnail, with a label that says what it is, and the pictures
    that the render was given."""
    width, height, _ = render.passes[-1]
    card = drawn(render.sampling.prompt, render.seed, width, height).copy()
    size = max(8, min(width, height) // 32)
    said = render.sampling
    label = (
        f"drawn by rule, not painted   {width} x {height}, "
        f"{counted(render.total_steps, 'step')}, "
        f"guidance {said.guidance_scale:g}, seed {render.seed}"
    )
    lines = fitting(label, size, width - 2 * size)
    line = size + size // 3
    top = height - size // 3 * 2 - line * len(lines)
    card.paste(ground_colour(render), (0, top, width, height))
    pen = ImageDraw.Draw(card)
    for row, text in enumerate(lines):
        pen.text((size, top + size // 3 + row * line), text, font=font(size), fill=INK)
    side = min(width, height) // 5
    for place, picture in enumerate(seen):
        small = picture.copy()
        small.thumbnail((side, side))
        card.paste(small, (size + place * (side + size), top - side - size))
    card.paste(fingerprint(render, seen), (0, height - 2))
    return card


@lru_cache(maxsize=2)
def drawn(prompt: str, seed: int, width: int, height: int) -> Image.Image:
    """Cached: a picture on its way is looked at several times."""
    from daemon.thumbs.drawing import draw  # numpy, which plain cards do without
    from daemon.thumbs.reading import read_scene

    return draw(read_scene(prompt, seed=seed), width, height, tooth=False)


def half_painted(
    paint: Callable[[Render, list[Image.Image]], Image.Image],
    render: Render,
    seen: list[Image.Image],
    steps: int,
    step: int,
) -> Image.Image:
    """The card after `step` of `steps`: so much of it as is done, from the top, and small."""
    card = paint(render, seen)
    done = card.height * step // steps
    card.paste(ground_colour(render), (0, done, card.width, card.height))
    card.thumbnail((256, 256))
    return card


def fingerprint(render: Render, seen: list[Image.Image]) -> Image.Image:
    """A stripe that differs between any two different renders, even if their texts don't fit.
    Pictures in it are known by their pixels, as to a real model: the same one made under another
    job's number is another file."""
    inputs = tuple(
        replace(one, source=KeptPicture("", one.source.sha256 if one.role in UNSEEN else ""))
        for one in render.inputs
    )
    loras = tuple(replace(lora, path="") for lora in render.loras)
    same = replace(render, job=0, index=0, stage="", png_text={}, inputs=inputs, loras=loras)
    key = hashlib.sha256(repr(same).encode())
    for picture in seen:
        key.update(repr((picture.mode, picture.size)).encode() + picture.tobytes())
    strip = Image.frombytes("RGB", (8, 1), key.digest()[:24])
    return strip.resize((render.passes[-1][0], 2), Image.Resampling.NEAREST)


def ground_colour(render: Render) -> tuple[int, int, int]:
    """A light colour that is the same for renders of one preset, and seldom for those of two."""
    said = render.sampling
    key = f"{said.steps}/{said.guidance_scale:g}/{render.width}x{render.height}"
    red, green, blue = hashlib.sha256(key.encode()).digest()[:3]
    return 150 + red * 100 // 255, 150 + green * 100 // 255, 150 + blue * 100 // 255


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` letters; words longer than that are broken."""
    lines = [""]
    for word in text.split():
        pieces = [word[i : i + width] for i in range(0, len(word), width)]
        for piece in pieces:
            if lines[-1] and len(lines[-1]) + 1 + len(piece) > width:
                lines.append(piece)
            else:
                lines[-1] = f"{lines[-1]} {piece}".strip()
    return lines


def fitting(text: str, size: int, width: int) -> list[str]:
    """As few lines as are no wider than `width` pixels, in letters of that `size`; in one line the
    text is as it is."""
    if font(size).getlength(text) <= width:
        return [text]
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font(size).getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@lru_cache(maxsize=8)
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def peak_memory() -> int:
    """The most memory this process has held so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
