"""Two characters in one picture: how often each keeps its own colour, with `place` and without.

    PYTHONPATH=tests python tests/sketch/measure_cast.py [--pictures 60] [--places left right]

Real job files with a `cast`, planned as the daemon plans them and rendered by the real engine on the
bundled model; the judge of `daemon/sketch` says what is seen. A picture is right when the largest
thing in its left half has the colour of the character named for it, and so in its right half. The
looks are drawings of one thing in the middle of white; prompts say colours, shapes and sides, as
sketch knows no names; colours, shapes and seeds are the same with and without places.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from daemon.plan.prepare import Preparer
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.settings import Settings
from daemon.sketch.score import judge, score
from daemon.sketch.world import world

SHAPES = ("circle", "square", "triangle", "heart", "moon")
COLOURS = tuple(colour for colour in world.COLOURS if colour not in ("white", "grey"))
Case = tuple[str, str, str, str]
"""Colour and shape on the left, colour and shape on the right."""


def cases(count: int) -> Iterator[Case]:
    """The same ones every time."""
    rng = random.Random(16)
    for _ in range(count):
        (one, two), (left, right) = rng.sample(COLOURS, 2), rng.sample(SHAPES, 2)
        yield one, left, two, right


class Studio:
    """A root with a cast of two, and the engine, warm."""

    def __init__(self, folder: Path) -> None:
        from support.warm_engine import warm

        self._layout = Layout(folder)
        prepare(self._layout)
        self._preparer = Preparer(self._layout, Settings(), engine="sdxl", model=None)
        self._engine = warm()

    def is_right(self, case: Case, seed: int, more: str) -> bool:
        """Whether the picture of `case` shows each colour on its side; `more` is said in its job
        file beside the rest."""
        one, left, two, right = case
        self._cast("anna", one, left)
        self._cast("ben", two, right)
        job = (
            f"prompt: on a white background a big {one} {left} on the left and a big {two} {right} "
            f"on the right\nseed: {seed}\ncast: [anna, ben]\nwith: [anna, ben]\n{more}"
        )
        verdict = judge.judge(self._picture(job), 2)
        sides: list[str] = []
        for is_left in (True, False):
            things = [each for each in verdict.things if (each.x < 0.5) == is_left]
            sides.append(max(things, key=lambda each: each.reach).colour if things else "")
        return sides == [one, two]

    def _cast(self, name: str, colour: str, shape: str) -> None:
        thing = world.Thing(shape, colour, "big", "centre", 0.5, 0.5, 0.28)
        drawing = world.Picture("single", ground="white", things=(thing,))
        score.reference_picture(drawing).save(self._layout.cast / f"{name}.png")

    def _picture(self, text: str) -> judge.Pixels:
        from support.warm_engine import no_step

        file = self._layout.inbox / "pair.yaml"
        file.write_text(text)
        job = self._preparer.peek(file, project="")
        plan = self._preparer.plan(
            job, number=1, stem="pair", project="", draw_seed=lambda: 0, taken=lambda _: False
        )
        image = self._engine.render(plan.pictures[0].render, no_step).image
        return np.asarray(image).astype(np.float32) / np.float32(255)


def share(studio: Studio, count: int, more: str) -> tuple[int, float, float]:
    """How many of `count` pictures are right, and the 95 % interval of that share."""
    right = sum(studio.is_right(case, seed, more) for seed, case in enumerate(cases(count)))
    return right, *score.interval(right, count)


def main() -> int:
    """Print the share with places and without; 1 if it is below 85 % with them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--places", nargs=2, default=["left", "right"])
    parser.add_argument("--more", default="", help="said in every job file, \\n between lines")
    parser.add_argument("--only", choices=["with", "without"], default="")
    options = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    left, right = options.places
    place = f"place: {{anna: {left}, ben: {right}}}\n"
    more = options.more.replace("\\n", "\n") + "\n"
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder).resolve())
        found: dict[str, int] = {}
        for label, said in (("with place", place), ("without place", "")):
            if options.only not in ("", label.split()[0]):
                continue
            found[label], low, high = share(studio, options.pictures, said + more)
            print(
                f"{label}: {found[label]} of {options.pictures} "
                f"({found[label] / options.pictures:.0%}, "
                f"95 % interval {low:.0%} to {high:.0%})",
                flush=True,
            )
    return 0 if found.get("with place", options.pictures) >= 0.85 * options.pictures else 1


if __name__ == "__main__":
    sys.exit(main())
