"""However large and many the files are that are dropped, the supervisor stays small and goes on
telling that it lives."""

from __future__ import annotations

import json
import os
import shutil
import struct
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from faults.rig import figure, in_time, running
from support.daemon import wait_for
from support.levels import counts
from support.living_boards import save

from daemon.root.layout import Layout

MOST_MEGABYTES = 80
MOST_SILENCE = 1.0
"""Seconds beyond the one that lies between two beats of `status.json`."""

SMALL = "size: 64x64\nsteps: 1\n"


class Watch(threading.Thread):
    """Notes a daemon's peak of memory and the longest time between two of its heartbeats."""

    def __init__(self, layout: Layout, pid: int) -> None:
        super().__init__(daemon=True)
        self._layout = layout
        self._pid = pid
        self._over = threading.Event()
        self.silence = 0.0
        self.start()

    def run(self) -> None:
        last = None
        while not self._over.wait(0.05):
            try:
                beat = json.loads(self._layout.status_file.read_bytes())["heartbeat_unix"]
            except (OSError, ValueError, KeyError):
                continue
            if last is not None and beat != last:
                self.silence = max(self.silence, beat - last - 1.0)
            last = beat

    def end(self) -> tuple[float, float]:
        """Megabytes at the most, and seconds of silence."""
        self._over.set()
        self.join()
        text = Path(f"/proc/{self._pid}/status").read_text()
        peak = next(line for line in text.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024, self.silence


def png_of_many_texts(path: Path, chunks: int) -> None:
    """A tiny picture with so many tEXt chunks."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    tail = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    path.write_bytes(head + chunk(b"tEXt", b"a\0b") * chunks + tail)


def one_job_of_many_notes(inbox: Path) -> None:
    job = {"prompt": "p", "count": 256, "size": "64x64", "steps": 1, "notes": "n" * 980_000}
    (inbox / "hostile.json").write_text(json.dumps(job))


def one_job_of_a_deep_tree(inbox: Path) -> None:
    job = {"prompt": "p", "count": 256, "size": "64x64", "steps": 1, "notes": [["x"] * 9] * 990}
    (inbox / "hostile.json").write_text(json.dumps(job))


def many_large_files(inbox: Path) -> None:
    job = {"prompt": "p", "size": "64x64", "steps": 1, "priority": -1, "notes": "n" * 900_000}
    for number in range(counts(None, 150, 1500)):
        (inbox / f"hostile{number:04d}.json").write_text(json.dumps(job))


def many_large_defaults(inbox: Path) -> None:
    for number in range(40):
        folder = inbox / f"hostile{number}"
        folder.mkdir()
        (folder / "_defaults.yaml").write_text('notes: "' + "n" * 900_000 + '"\n')


def a_megabyte_of_words(inbox: Path) -> None:
    (inbox / "hostile.yaml").write_text("prompt: " + "a " * 490_000)


def a_megabyte_of_lines(inbox: Path) -> None:
    (inbox / "hostile.yaml").write_text("prompt: [" + "\n" * 990_000 + "]")


def a_picture_of_many_texts(inbox: Path) -> None:
    (inbox / "again").mkdir(exist_ok=True)
    png_of_many_texts(inbox / "again" / "hostile.png", counts(None, 500_000, 3_000_000))


def a_reference_of_many_texts(inbox: Path) -> None:
    png_of_many_texts(inbox / "many.png", counts(None, 500_000, 3_000_000))
    os.utime(inbox / "many.png", (1, 1))
    (inbox / "hostile.yaml").write_text(f"prompt: p\n{SMALL}references: [many.png]\n")


CASES: tuple[Callable[[Path], None], ...] = (
    one_job_of_many_notes,
    one_job_of_a_deep_tree,
    many_large_files,
    many_large_defaults,
    a_megabyte_of_words,
    a_megabyte_of_lines,
    a_picture_of_many_texts,
    a_reference_of_many_texts,
)


def is_digested(layout: Layout) -> bool:
    """Whether nothing of the case waits any more but what waits for a person."""
    left = [
        path for path in layout.inbox.rglob("hostile*") if path.suffix in (".json", ".yaml", ".png")
    ]
    return not left and (layout.done / "after.yaml").exists()


NEEDS_PROC = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs Linux's /proc"
)


@pytest.mark.timeout(3000)
@NEEDS_PROC
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_supervisor_stays_small_and_never_falls_silent(root, case) -> None:
    counts(None, 1, 1)
    root.settings_file.write_text("folder_settle: 0\nreference_wait: 5\n")
    with running(root) as child:
        watch = Watch(root, child.process.pid)
        case(root.inbox)
        (root.inbox / "after.yaml").write_text(f"prompt: after\npriority: -2\n{SMALL}")
        wait_for(lambda: is_digested(root), root)
        time.sleep(1.5)  # one more heartbeat
        megabytes, silence = watch.end()
    told(f"dropped: {case.__name__.replace('_', ' ')}", megabytes, silence)
    assert megabytes < MOST_MEGABYTES
    assert in_time(silence, MOST_SILENCE)


def told(what: str, megabytes: float, silence: float) -> None:
    said = f"supervisor {megabytes:.0f} MB at the most, silent for {max(0.0, silence):.2f} s"
    figure(what, "dry-run", said)


# --- boards: all that the daemon keeps of them is how far they are --------------------------------


def board(shots: int, more: str = "") -> str:
    lines = (
        f"  {n:05d}: {{prompt: 'Anna on the harbour wall, no. {n}'{more}}}\n" for n in range(shots)
    )
    return (
        f"takes: 3\n{SMALL}cast: {{Anna: {{as: a woman with red hair}}}}\nshots:\n{''.join(lines)}"
    )


def chain(shots: int) -> str:
    lines = (f"  {n:05d}: {{prompt: a boat, like: {n - 1:05d}}}\n" for n in range(1, shots))
    return f"{SMALL}shots:\n  00000: a boat\n{''.join(lines)}"


BOARDS: dict[str, Callable[[], list[str]]] = {
    "one of 1,000 shots x 3": lambda: [board(1_000)],
    "one of 5,000 shots x 3": lambda: [board(5_000)],
    "all that may be, 12 of 1,660 shots x 3": lambda: [board(1_660)] * 12,
    "100 of 10 shots x 3": lambda: [board(10)] * 100,
    "one too large by far": lambda: [board(11_000)],
    "a chain of 200": lambda: [chain(200)],
}


@pytest.mark.timeout(3000)
@NEEDS_PROC
@pytest.mark.parametrize("name", BOARDS)
def test_the_supervisor_stays_small_whatever_boards_there_are(root, name) -> None:
    """Read, planned, and what they lack dropped as far as it is dropped at once; then away again. A
    long job renders meanwhile, so that the daemon has something to tell each second."""
    counts(None, 1, 1)
    root.settings_file.write_text("folder_settle: 0\nsettle: 0.2\nscan_interval: 0.5\n")
    texts = BOARDS[name]()
    (root.inbox / "long.yaml").write_text("prompt: long\nsize: 64x64\nsteps: 150\ncount: 20\n")
    with running(root, HOTFOLDER_DRY_STEP_SECONDS="0.9") as child:
        wait_for(lambda: child.status.get("state") == "rendering", root)
        watch = Watch(root, child.process.pid)
        for number, text in enumerate(texts):
            save(root, f"b{number:03d}", text)
        wait_for(lambda: len(accounts(root)) + len(letters(root)) == len(texts), root)
        wait_for(lambda: has_rest(root), root)
        for number in range(len(texts)):
            shutil.rmtree(root.boards / f"b{number:03d}", ignore_errors=True)  # a letter may come
        wait_for(lambda: not [*root.inbox.rglob("*.json")], root)
        time.sleep(1.5)  # one more heartbeat
        megabytes, silence = watch.end()
    told(f"boards: {name}", megabytes, silence)
    assert megabytes < MOST_MEGABYTES
    assert in_time(silence, MOST_SILENCE)


def accounts(layout: Layout) -> list[Path]:
    return [*(layout.state / "boards").glob("*.json")]


def letters(layout: Layout) -> list[Path]:
    return [*layout.boards.rglob("*.why.txt")]


def has_rest(layout: Layout) -> bool:
    """Whether the inbox holds as many jobs as a second before."""

    def number() -> int:
        return sum(len(names) for _, _, names in os.walk(layout.inbox))

    before = number()
    time.sleep(1.0)
    return 0 <= before - number() < 200
