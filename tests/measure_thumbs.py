"""Figures of thumbnails on this machine: `make measure`. Not part of the suite; asserts nothing.

What a panel takes of the processor to be read and drawn, and the most memory that a process takes for
it; the same for thousands of prompts whose words were exchanged, cut and shuffled; and how long after
the drop of a board of forty shots all of its drawings lie on the page.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from daemon.thumbs.drawing import draw
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import STYLES

SHOTS = (Path(__file__).parent / "thumbs" / "shots.txt").read_text("utf-8").splitlines()
MUTATED = 10_000
BOARD = "size: 1024x576\nsteps: 140\nseed: 3\nshots:\n"


def main() -> None:
    if sys.argv[1:] == ["memory"]:
        panels((480, 270))
        print(f"  the whole process: {_peak():.0f} MB at most")
        return
    read_scene("a man")  # the words are read once
    for size in ((480, 270), (1024, 576)):
        panels(size)
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run([sys.executable, __file__, "memory"], check=True, env=alone)
    mutated()
    page()


def panels(size: tuple[int, int]) -> None:
    """Natural shots in each of the styles."""
    taken = [_seconds(shot, style, size) for style in STYLES for shot in SHOTS]
    print(f"{size[0]} x {size[1]}, {len(taken)} panels: {_told(taken)}")


def mutated() -> None:
    """Shots with words exchanged for any of the lexicon, cut, doubled, shuffled and misspelt."""
    chance, taken, wrong = random.Random(5), list[float](), 0
    for text in _mutations(chance):
        try:
            taken.append(_seconds(text, chance.choice(STYLES), (480, 270)))
        except Exception as error:
            wrong += 1
            print(f"  {type(error).__name__} of {text!r}: {error}")
    print(f"{MUTATED} mutated prompts: {wrong} exceptions, {_told(taken)}")


def page() -> None:
    """From the save of a board until its fortieth drawing lies on the page, by the clock."""
    # here, since the memory of a process that only draws is measured as well
    from support.daemon import Daemon, wait_for
    from support.living_boards import save

    from daemon.page.places import DRAWN
    from daemon.root.create import prepare
    from daemon.root.layout import Layout

    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder).resolve() / "root")
        prepare(layout)
        slow = {"HOTFOLDER_PAGE": "on", "HOTFOLDER_DRY_STEP_SECONDS": "0.5"}
        child = Daemon(layout, ("--engine", "dry-run"), slow)
        try:
            wait_for(lambda: child.status, layout)
            began = time.perf_counter()
            save(layout, "ep", BOARD + "".join(f"  {n:03d}: {s!r}\n" for n, s in _forty()))
            wait_for(lambda: len(list((layout.outbox / DRAWN).glob("*"))) >= 40, layout)
            print(
                f"a board of 40 shots is drawn {time.perf_counter() - began:.1f} s after its save"
            )
        finally:
            child.process.terminate()
            child.process.wait(30)


def _forty() -> Iterator[tuple[int, str]]:
    yield from enumerate(SHOTS[:40], 1)


def _mutations(chance: random.Random) -> Iterator[str]:
    known = sorted(lexicon().phrases)
    for number in range(MUTATED):
        words = SHOTS[number % len(SHOTS)].split(" ")
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(words))
            way = chance.randrange(6)
            if way == 0:
                words[place] = chance.choice(known)
            elif way == 1:
                del words[place:]
            elif way == 2:
                words.insert(place, chance.choice((",", ".", ";", "and", "with", "'s", "🎈", "30")))
            elif way == 3:
                chance.shuffle(words)
            elif way == 4:
                words[place] = words[place][::-1].upper()
            else:
                words += words[:place]
            words = words or ["."]
        yield " ".join(words)


def _seconds(text: str, style: str, size: tuple[int, int]) -> float:
    """What a panel takes of the processor."""
    began = time.process_time()
    draw(read_scene(text, style=style), *size)
    return time.process_time() - began


def _told(taken: Sequence[float]) -> str:
    each = [1000 * one for one in taken]
    median, worst = statistics.median(each), max(each)
    near = statistics.quantiles(each, n=100)[-1]
    return f"p50 {median:.0f} ms, p99 {near:.0f} ms, at most {worst:.0f} ms of the processor"


def _peak() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    main()
