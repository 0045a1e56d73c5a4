"""How well strokes are told from paper: precision and recall over photographs made by rule.

    PYTHONPATH=tests python tests/measure_cleaning.py [--count 60] [--into FOLDER]

Prints a table by kind of photograph. `--into` writes photograph, truth and what was found side by
side, to be looked at. Needs no model and no network; a picture takes a quarter of a second.
"""

from __future__ import annotations

import argparse
import io
import time
from collections import defaultdict
from pathlib import Path

from PIL import Image
from support.paper import accuracy, photograph

from daemon.sandbox.line_art import cleaned


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--into", type=Path)
    arguments = parser.parse_args()
    rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
    seconds = 0.0
    for number in range(arguments.count):
        shot = photograph(number)
        picture = Image.open(io.BytesIO(shot.jpeg()))
        begun = time.perf_counter()
        found = cleaned(picture, even=True)
        seconds += time.perf_counter() - begun
        rows[shot.kind].append(accuracy(found.picture, shot.drawn))
        if arguments.into:
            arguments.into.mkdir(exist_ok=True)
            side_by_side(picture, shot.drawn, found.picture).save(
                arguments.into / f"{number:03d}-{shot.kind.replace(' ', '-')}.png"
            )
    print(f"{'photograph':<16} {'n':>3} {'precision':>9} {'worst':>6} {'recall':>7} {'worst':>6}")
    every = [row for each in rows.values() for row in each]
    for kind, each in [*sorted(rows.items()), ("all", every)]:
        precision, recall = zip(*each, strict=True)
        print(
            f"{kind:<16} {len(each):>3} {sum(precision) / len(each):>9.3f} {min(precision):>6.2f} "
            f"{sum(recall) / len(each):>7.3f} {min(recall):>6.2f}"
        )
    print(f"{seconds / arguments.count * 1000:.0f} ms a picture")


def side_by_side(*pictures: Image.Image) -> Image.Image:
    """At half of their size."""
    small = [each.convert("RGB").resize((800, 600)) for each in pictures]
    sheet = Image.new("RGB", (800 * len(small), 600))
    for at, each in enumerate(small):
        sheet.paste(each, (800 * at, 0))
    return sheet


if __name__ == "__main__":
    main()
