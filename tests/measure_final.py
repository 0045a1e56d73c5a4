"""Whether `inbox/final/` keeps everything at its place: `python tests/measure_final.py [COUNT]`.

Makes COUNT pictures (60) with the bundled model, drops them into final/, and asks for each once more
with the same seed at the larger size. The scorer's judge, which sees no caption, says where the
objects are in all three; printed is in how many pictures each lies where it lay in the original.
Minutes long.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.sketch.score import judge
from daemon.sketch.score.score import interval, pairs, singles

SIDE, STEPS = 256, 10
NEAR = 0.06
"""Of a side: how far an object may have moved and still be at its place."""

Places = list[tuple[float, float]]


def prompts(count: int) -> list[tuple[str, int]]:
    """(prompt, how many objects), half of them of two."""
    one = [(text, 1) for _, text in singles(count - count // 2, seed=31)]
    return one + [(text, 2) for _, text, _ in pairs(count // 2, seed=31)]


def run(layout: Layout) -> None:
    """Everything that waits."""
    command = [sys.executable, "-m", "daemon", "run", "--until-empty", "--root", str(layout.root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def places(file: Path, things: int) -> Places:
    """Where the judge sees objects, in parts of the sides, from left to right."""
    with Image.open(file) as picture:
        pixels = np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.float32) / 255
    seen = judge.judge(pixels, things).things
    return sorted((each.x, each.y) for each in seen)


def same(one: Places, other: Places) -> bool:
    """Whether as many objects are there, each near to where it was."""
    return len(one) == len(other) and all(
        abs(x - u) <= NEAR and abs(y - v) <= NEAR for (x, y), (u, v) in zip(one, other, strict=True)
    )


def told(name: str, marks: Sequence[bool]) -> str:
    low, high = interval(sum(marks), len(marks))
    return f"{name:34} {sum(marks)}/{len(marks)} ({low:.0%} to {high:.0%})"


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder) / "root")
        prepare(layout)
        asked = prompts(count)
        rng = random.Random(31)
        for number, (text, _) in enumerate(asked):
            body = f"prompt: {text!r}\nsteps: {STEPS}\nseed: {rng.randrange(2**32)}\n"
            for name, side in (("small", SIDE), ("large", 384)):
                place = layout.inbox / name
                place.mkdir(exist_ok=True)
                (place / f"{number:03d}.yaml").write_text(f"{body}size: {side}x{side}\n")
        run(layout)
        for picture in sorted((layout.outbox / "small").glob("*.png")):
            shutil.copy(picture, layout.inbox / "final" / picture.name)
        run(layout)
        kept, drawn = [], []
        for number, (_, things) in enumerate(asked):
            name = f"{number:03d}.png"
            was = places(layout.outbox / "small" / name, things)
            kept.append(same(was, places(layout.outbox / "small" / "final" / name, things)))
            drawn.append(same(was, places(layout.outbox / "large" / name, things)))
        size = Image.open(layout.outbox / "small" / "final" / "000.png").size
        print(f"{count} pictures of {SIDE}x{SIDE}, made final at {size[0]}x{size[1]}")
        print(told("final/: objects at their places", kept))
        print(told("same seed, larger size", drawn))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
