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
from daemon.sketch.score.score import interval
from daemon.sketch.world import world

SIDE, LARGE, STEPS, AT_ONCE = 256, 384, 8, 10
NEAR = 0.06
"""Of a side: how far an object may have moved and still be at its place."""

Places = list[tuple[float, float]]


def prompts(count: int) -> list[str]:
    """One object each, and no word of where: that is the seed's choice."""
    found = []
    rng = random.Random(31)
    while len(found) < count:
        picture = world.single(rng, unseen=True, plain=True)
        thing = picture.things[0]
        found.append(
            f"a {thing.size} {thing.colour} {thing.shape} on a {picture.ground} background"
        )
    return found


def run(layout: Layout) -> None:
    """Everything that waits."""
    command = [sys.executable, "-m", "daemon", "run", "--until-empty", "--root", str(layout.root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def places(file: Path) -> Places:
    """Where the judge sees objects, in parts of the sides, from left to right."""
    with Image.open(file) as picture:
        pixels = np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.float32) / 255
    seen = judge.judge(pixels).things
    return sorted((each.x, each.y) for each in seen)


def same(one: Places, other: Places) -> bool:
    """Whether as many objects are there, each near to where it was."""
    return len(one) == len(other) and all(
        abs(x - u) <= NEAR and abs(y - v) <= NEAR for (x, y), (u, v) in zip(one, other, strict=True)
    )


def told(name: str, marks: Sequence[bool]) -> str:
    low, high = interval(sum(marks), len(marks))
    return f"{name:34} {sum(marks)}/{len(marks)} ({low:.0%} to {high:.0%})"


def ask(layout: Layout, number: int, text: str, seed: int) -> None:
    """A small picture and, of the same seed, a large one."""
    body = f"prompt: {text!r}\nsteps: {STEPS}\nseed: {seed}\n"
    for name, side in (("small", SIDE), ("large", LARGE)):
        place = layout.inbox / name
        place.mkdir(exist_ok=True)
        (place / f"{number:03d}.yaml").write_text(f"{body}size: {side}x{side}\n")


def main(count: int) -> None:
    kept: list[bool] = []
    drawn: list[bool] = []
    rng = random.Random(31)
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder) / "root")
        prepare(layout)
        small, large = layout.outbox / "small", layout.outbox / "large"
        for number, text in enumerate(prompts(count)):
            ask(layout, number, text, rng.randrange(2**32))
            if (number + 1) % AT_ONCE and number + 1 < count:
                continue
            run(layout)
            new = [f"{each:03d}.png" for each in range(len(kept), number + 1)]
            for name in new:
                shutil.copy(small / name, layout.inbox / "final" / name)
            run(layout)
            kept += [same(places(small / name), places(small / "final" / name)) for name in new]
            drawn += [same(places(small / name), places(large / name)) for name in new]
            print(told("final/: objects at their places", kept), flush=True)
            print(told("same seed, larger size", drawn), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
