"""Figures of boards on this machine: `make measure`. Not part of the suite; asserts nothing.

A board of ten shots beside one of a thousand, three takes each: reading and planning it for the first
time, what a save costs that changes one shot, and `hotfolder status BOARD` while a daemon runs.
The least of several laps by the clock, and of the status also what it had of the processor: other
programs only add to them. Then what the supervisor and the process that reads boards take of memory
and processor with boards of several sizes, paused, until they are planned and while they lie there.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from faults.test_supervisor_size import Watch
from support.daemon import Daemon, wait_for
from support.living_boards import save

from daemon.boards.account import read_account
from daemon.boards.board_file import BoardReader
from daemon.boards.folder import place_of
from daemon.boards.reconcile import Known, reconcile
from daemon.boards.wanted import pictures_of
from daemon.plan.prepare import Preparer
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.settings import Settings

SIZES = (10, 1000)
LAPS = 7
HEAD = """\
style: rough pencil storyboard, black and white
aspect: 16:9
preset: fast
takes: 3
cast: {Anna: {as: a woman with red hair}}
shots:
"""


def board(shots: int, last: str) -> str:
    """Every shot with words of its own, as an episode has them; the `last` one's are given."""
    lines = [
        f"  {n:04d}: {{prompt: 'Anna on the harbour wall, no. {n}', dialogue: 'ANNA: {n}!'}}\n"
        for n in range(shots - 1)
    ]
    return f"{HEAD}{''.join(lines)}  last: {last}\n"


def main() -> None:
    for shots in SIZES:
        reading(shots)
        telling(shots)
    for boards, shots in ((1, 10), (1, 1000), (1, 5000), (12, 1660)):
        keeping(boards, shots)


def keeping(boards: int, shots: int) -> None:
    """A daemon with so many boards, which are paused, so that nothing of them is rendered; a job
    renders for long, so that the daemon has something to tell each second."""
    layout = fresh()
    (layout.inbox / "long.yaml").write_text("prompt: long\nsize: 64x64\nsteps: 150\ncount: 20\n")
    env = {"HOTFOLDER_PAGE": "off", "HOTFOLDER_DRY_STEP_SECONDS": "0.9"}
    child = Daemon(layout, ("--engine", "dry-run"), env)
    wait_for(lambda: child.status.get("state") == "rendering", layout)
    watch, beside = Watch(layout, child.process.pid), 0
    began = time.perf_counter()
    names = [f"b{number:02d}" for number in range(boards)]
    for name in names:
        (layout.boards / name).mkdir(parents=True)
        (layout.boards / name / ".paused").touch()
        save(layout, name, board(shots, "a boat"))
    supervisor = psutil.Process(child.process.pid)

    def are_planned() -> bool:
        nonlocal beside
        with contextlib.suppress(psutil.Error):
            others = [one.memory_info().rss for one in supervisor.children(recursive=True)]
            beside = max(beside, *others, 0)
        return all(read_account(layout, name) is not None for name in names)

    wait_for(are_planned, layout)
    planned = time.perf_counter() - began
    time.sleep(5)
    used = supervisor.cpu_times()
    time.sleep(20)
    after = supervisor.cpu_times()
    core = (after.user + after.system - used.user - used.system) / 20
    megabytes, silence = watch.end()
    print(
        f"{boards} x {shots} shots x 3: planned after {planned:.1f} s; supervisor {megabytes:.0f} MB "
        f"at the most, silent for {max(0.0, silence):.2f} s, then {core:.2%} of a core; the largest "
        f"process beside it {beside / 2**20:.0f} MB",
        flush=True,
    )
    child.kill()


def say(title: str, seconds: float) -> None:
    print(f"{title:66} {seconds * 1000:8.1f} ms", flush=True)


def fresh() -> Layout:
    layout = Layout(Path(tempfile.mkdtemp(prefix="hotfolder-measure-")).resolve())
    prepare(layout)
    return layout


def reading(shots: int) -> None:
    """What the keeper of boards does at a save, without the wait until the file lies still."""
    layout = fresh()
    settings = Settings()
    first, changed = [], []
    for _ in range(LAPS):
        preparer = Preparer(layout, settings, engine="dry-run", model=None)
        reader = BoardReader(layout, settings, preparer.models)
        known: dict[str, Known] = {}
        for lap in range(3):
            file = save(layout, "ep", board(shots, f"a boat, {lap}"))
            began = time.perf_counter()
            pictures = pictures_of(reader.board(file), file.parent, preparer)
            todo = reconcile([each.wanted for each in pictures.values()], known)
            (changed if lap else first).append(time.perf_counter() - began)
            assert len(todo.drop) == (3 if lap else 3 * shots)
            known |= dict.fromkeys(todo.drop, Known.DONE)
    say(f"a board of {shots} shots read and planned for the first time", min(first))
    say(f"one of {shots} shots changed: read, compared, what to render known", min(changed))


def telling(shots: int) -> None:
    """`status BOARD` as it is typed: the whole process, the interpreter's start in it."""
    layout = fresh()
    layout.paused_file.touch()
    file = save(layout, "ep", board(shots, "a boat"))
    (file.parent / ".paused").touch()
    child = Daemon(layout, ("--engine", "dry-run"), {"HOTFOLDER_PAGE": "off"})
    wait_for(lambda: read_account(layout, place_of(file.parent).folder.name), layout)
    command = [sys.executable, "-m", "daemon", "status", "ep", "--root", str(layout.root)]
    whole, used = timed(lambda: subprocess.run(command, capture_output=True, check=False))
    say(f"hotfolder status of a board of {shots} shots", whole)
    say(f"hotfolder status of a board of {shots} shots, of the processor", used)
    child.stop()


def timed(work: Callable[[], object], laps: int = 15) -> tuple[float, float]:
    """The least of seconds by the clock, and of those that children had of the processor."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of them compiles all it imports
    whole, used = [], []
    for _ in range(laps):
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        work()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        whole.append(time.perf_counter() - began)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(whole), min(used)


if __name__ == "__main__":
    main()
