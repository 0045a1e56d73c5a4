"""Job files that are nonsense, fuzzed or mutilated: refused with a letter, and never a crash or a hang."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import random
import re
import struct
import subprocess
import sys
from collections import deque
from pathlib import Path

import psutil
import pytest
from faults.rig import dice, figure, running
from hypothesis import HealthCheck, Phase, given, seed, settings
from support import fuzzing
from support.daemon import HANG, wait_for
from support.levels import counts
from support.places import JOB_FILES

HERE = Path(__file__).parent


class Readers:
    """A process that reads files as the daemon would; see reading.py."""

    AHEAD = 64
    """Files sent before the first answer is asked for, so that making and reading overlap."""

    def __init__(self, errors: Path) -> None:
        self._errors = errors
        with errors.open("wb") as place:
            self._child = subprocess.Popen(
                [sys.executable, "-W", "ignore", str(HERE / "reading.py"), str(HERE.parent)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=place,
                cwd=HERE.parent.parent,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        self._unread: deque[bytes] = deque()
        self.read, self.slowest, self.slow, self.peak = 0, 0.0, 0, 0

    def feed(self, data: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):  # whose fault is found out by the answers
            self._child.stdin.write(struct.pack("<I", len(data)) + data)
        self._unread.append(data)
        if len(self._unread) >= self.AHEAD:
            self._child.stdin.flush()
            self._hear()

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.flush()
        while self._unread:
            self._hear()
        self.peak = peak_of(self._child.pid)
        self._child.stdin.close()
        self._child.stdout.close()
        assert self._child.wait(HANG) == 0

    def _hear(self) -> None:
        answer = self._child.stdout.read(8)
        data = self._unread.popleft()
        if len(answer) < 8:
            code = self._child.wait(HANG)
            pytest.fail(f"reading {data!r} ended the reader ({code}): {self._errors.read_text()}")
        seconds = struct.unpack("<d", answer)[0]
        self.read += 1
        self.slow += seconds > 1.0
        self.slowest = max(self.slowest, seconds)


def peak_of(pid: int) -> int:
    """The most memory a process has held, in bytes (what getrusage says of a child counts what its
    parent held when it was forked, too)."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return psutil.Process(pid).memory_info().rss


CHUNK = 2_000
"""Files of one run of hypothesis, whose memory grows with every file it has made."""


@pytest.mark.timeout(5000)
def test_fuzzed_job_files_crash_and_hang_nothing(tmp_path):
    """Each is read as YAML, as JSON, as folder defaults and as settings."""
    number = counts(400, 5_000, 100_000)
    throw, readers = dice("fuzz"), Readers(tmp_path / "errors")
    while readers.read + readers.AHEAD < number:
        wanted = min(CHUNK, number - readers.read)
        one = settings(
            max_examples=wanted, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(fuzzing.ANY_FILE)(readers.feed))  # fmt: skip
        seed(throw.getrandbits(30))(one)()
    readers.close()
    figure(
        f"{readers.read:,} fuzzed job files, each read four ways",
        "none",
        f"crashes 0, over 1 s {readers.slow}, slowest {readers.slowest * 1000:.0f} ms of processor time, "
        f"peak {readers.peak / 1e6:.0f} MB",
    )
    assert readers.read >= number * 0.9
    assert not readers.slow
    assert readers.peak < 200e6


@pytest.mark.timeout(3000)
def test_files_made_to_reach_every_line_of_the_reader_crash_nothing(tmp_path):
    """Guided by coverage, where atheris is installed (`pip install atheris`)."""
    number = counts(None, 3_000, 50_000)
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: pip install atheris")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for index, data in enumerate(fuzzing.SEEDS):
        (corpus / str(index)).write_bytes(data)
    command = [sys.executable, "-W", "ignore", str(HERE / "guided.py"), str(HERE.parent)]
    ended = subprocess.run(
        [*command, str(number), str(dice("guided").getrandbits(30)), str(corpus)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    said = dict(re.findall(r"stat::(\w+):\s+(\d+)", ended.stderr))
    assert ended.returncode == 0, ended.stderr[-3000:]
    figure(
        f"{int(said['number_of_executed_units']):,} files guided by coverage (atheris), each read four ways",
        "none",
        f"crashes 0, hangs 0, {said['new_units_added']} found new lines, "
        f"slowest {said['slowest_unit_time_sec']} s, peak {said['peak_rss_mb']} MB",
    )


@pytest.mark.timeout(1800)
def test_every_mutilated_file_that_is_refused_has_a_letter(root, drop):
    number = counts(60, 400, 2_000)
    throw = dice("letters")
    seeds = [
        file.read_bytes()
        for folder in ("good", "bad")
        for file in sorted((JOB_FILES / folder).iterdir())
        if file.suffix in (".yaml", ".json") and file.stat().st_size < 4_000
    ]
    root.settings_file.write_text("reference_wait: 0.2\n")
    root.paused_file.touch()
    for index in range(number):
        drop.whole(f"m{index:04d}.yaml", mutilated(throw.choice(seeds), throw))
    root.paused_file.unlink()
    with running(root) as child:
        wait_for(
            lambda: not any(map(size_of, root.inbox.glob("*.yaml"))) and not os.listdir(root.spool),
            root,
            900,
        )
        alive = child.process.poll() is None
    letters = {path.name.removesuffix(".why.txt") for path in root.failed.rglob("*.why.txt")}
    refused = {path.name for path in root.failed.rglob("*.yaml")}
    empty = len([p for p in root.inbox.glob("*.yaml") if not p.stat().st_size])
    boards = len([p for p in root.boards.glob("*") if p.is_dir()])  # several documents are one
    lost = number - empty - boards - len(refused) - len(list(root.done.rglob("*.yaml")))
    figure(
        f"{number} mutilated files dropped",
        "dry-run",
        f"refused {len(refused)}, without a letter {len(refused - letters)}, lost {lost}",
    )
    assert alive
    assert not refused - letters
    assert lost == 0


def size_of(path: Path) -> int:
    """Nought for one that has just been claimed, too."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def mutilated(data: bytes, throw: random.Random) -> bytes:
    for _ in range(throw.randint(1, 3)):
        at = throw.randrange(len(data) + 1)
        match throw.randrange(4):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + data[at + throw.randint(1, 9) :]
            case 2:
                data = (
                    data[:at]
                    + throw.choice(
                        [b"\0", b"\xff", b"\t", b'"', b"[", b"}", b"&a ", b"*a", b"!", b": "]
                    )
                    + data[at:]
                )
            case _:
                data = data[:at] + data
    return data[:60_000]
