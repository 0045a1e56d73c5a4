"""What the storyboard world has learnt, lesson by lesson and as to looks, printed as tables."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.sketch.score import looks, panels
from daemon.sketch.train.stages import Room


def run(room: Room, scale: float, only: Sequence[str] | None) -> None:
    """Score the lessons named, or all; SystemExit for one that there is not."""
    there = (*panels.MIXES, looks.NAME)
    unknown = set(only or ()) - set(there)
    if unknown:
        raise SystemExit(
            f"no such lesson: {', '.join(sorted(unknown))}; there are: {', '.join(there)}"
        )
    for name in only or there:
        if name == looks.NAME:
            told = looks.score(room, scale)
        else:
            count = max(1, round(panels.CAPTIONS * scale))
            told = panels.score(room, name, panels.MIXES[name], count)
        print(f"{name}: {'right':>14} {'interval':>14} {'true':>6} {'others':>6}")
        for kind, row in told.items():
            low, high = row["interval"]
            print(
                f"{kind:14} {row['right']:6.1%} of {row['of']:3}  {low:6.1%}-{high:6.1%} "
                f"{row['true drawings']:6.1%} {row['other captions']:6.1%}"
            )
