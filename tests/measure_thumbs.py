"""Figures of thumbnails on this machine: `make measure`. Not part of the suite; asserts nothing.

What a panel takes of the processor to be read and drawn, and the most memory that a process takes for
it; the same for thousands of prompts whose words were exchanged, cut and shuffled; how long after
the save of a board of forty shots all of its drawings lie on the page; and what it does to the
publication of painted pictures that drawings are made meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.thumbs.drawing import draw
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import STYLES

if TYPE_CHECKING:
    from daemon.root.layout import Layout

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
    publication()


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
    """From the save of the first board until its fortieth drawing lies on the page, by the clock."""
    from support.daemon import wait_for
    from support.living_boards import save

    taken = []
    for _ in range(5):
        with _daemon(HOTFOLDER_PAGE="on", HOTFOLDER_DRY_STEP_SECONDS="0.5") as layout:
            began = time.perf_counter()
            save(layout, "ep", BOARD + _shots(40))
            wait_for(lambda there=layout: _drawn_at(there, 40))
            taken.append(time.perf_counter() - began)
    told = ", ".join(f"{one:.1f}" for one in sorted(taken))
    print(f"a board of 40 shots is drawn {told} s after its save")


def publication(laps: int = 3, shots: int = 200) -> None:
    """From the last step of a picture to the event of its publication, while drawings are made and
    without a page: as many pictures of each, the first ones."""
    from support.daemon import wait_for
    from support.living_boards import save

    sides: dict[str, list[float]] = {"on": [], "off": []}
    for _ in range(laps):
        first = 0
        for word, waits in sides.items():
            with _daemon(HOTFOLDER_PAGE=word, HOTFOLDER_DRY_STEP_SECONDS="0.05") as layout:
                save(layout, "ep", BOARD.replace("140", "4") + _shots(shots))
                if word == "on":
                    end = wait_for(lambda there=layout: _drawn_at(there, shots - 60), layout)
                    first = sum(at < end for at, _ in _published(layout))
                else:
                    wait_for(lambda there=layout, n=first: len(_published(there)) >= n, layout)
                waits += [seconds for _, seconds in _published(layout)[:first]]
    told = {word: 1000 * statistics.median(waits) for word, waits in sides.items()}
    print(
        f"last step to publication, {len(sides['on'])} pictures a side: {told['on']:.1f} ms while "
        f"thumbnails are drawn, {told['off']:.1f} ms without a page"
    )


@contextlib.contextmanager
def _daemon(**environment: str) -> Iterator[Layout]:
    """The root of a daemon that is there and has nothing to do."""
    # here, since the memory of a process that only draws is measured as well
    from support.daemon import Daemon, wait_for

    from daemon.root.create import prepare
    from daemon.root.layout import Layout

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        layout = Layout(Path(folder).resolve() / "root")
        prepare(layout)
        layout.boards.mkdir()
        plain = {"HOTFOLDER_DRY_CARDS": "plain", **environment}
        child = Daemon(layout, ("--engine", "dry-run"), plain)
        try:
            wait_for(lambda: child.status.get("state") not in (None, "starting"), layout)
            yield layout
        finally:
            child.process.terminate()
            child.process.wait(30)


def _drawn_at(layout: Layout, number: int) -> float:
    """When so many drawings were there, in seconds since 1970; 0 while they are not."""
    from daemon.page.places import DRAWN

    times = []
    for file in (layout.outbox / DRAWN).glob("*"):
        with contextlib.suppress(FileNotFoundError):
            times.append(file.stat().st_mtime)
    return max(times) if len(times) >= number else 0.0


def _published(layout: Layout) -> list[tuple[float, float]]:
    """When each picture was published, and how many seconds after its last step."""
    from support.stream import heard

    found, steps = [], dict[int, float]()
    for event in heard(layout):
        at = datetime.fromisoformat(event["time"]).timestamp()
        if event["event"] == "step":
            steps[event["job"]] = at
        elif event["event"] == "published":
            found.append((at, at - steps[event["job"]]))
    return found


def _shots(count: int) -> str:
    shots = (SHOTS[number % len(SHOTS)] for number in range(count))
    lines = (f"{shot}, {number}" for number, shot in enumerate(shots, 1))  # each another one
    return "".join(f"  {number:03d}: {line!r}\n" for number, line in enumerate(lines, 1))


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
