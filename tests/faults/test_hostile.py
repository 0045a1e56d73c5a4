"""Files and jobs that mean harm, or would do it: the daemon goes on and nothing leaves the root."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path

import psutil
import pytest
from faults.rig import check, counts, dice, facts, figure, running, strace
from hypothesis import HealthCheck, Phase, given, seed, settings
from PIL import Image
from support import fuzzing
from support.daemon import HANG, engine, wait_for
from support.places import JOB_FILES

from daemon.root.layout import Layout

HERE = Path(__file__).parent
SMALL = "prompt: p\nsize: 64x64\nsteps: 2\n"
POISON = {"segfault": "segfault", "hang": "hang", "memory": "memory", "shortage": "shortage"}


@pytest.mark.timeout(1800)
def test_poisonous_jobs_fail_in_the_end_and_every_healthy_one_behind_them_is_done(root, drop):
    healthy = counts(6, 40, 100)
    root.settings_file.write_text("hang_timeout: 4\nworker_memory: 0.4\n")
    for name, prompt in POISON.items():
        drop.whole(f"{name}.yaml", f"prompt: {prompt}\nsteps: 4\n")
    with running(root, engine=engine("poisonous")) as child:
        names = [f"healthy{number:03d}" for number in range(healthy)]
        for name in names:
            drop.whole(f"{name}.yaml", "prompt: p\nsteps: 2\n")
        wait_for(lambda: len(list(root.done.glob("*.yaml"))) == healthy, root, 900)
        wait_for(lambda: len(list(root.failed.glob("*.why.txt"))) == len(POISON), root, 900)
        alive = child.process.poll() is None
    tally = check(root, dict.fromkeys(names, 1))
    figure(
        "poison: segmentation fault, hang, memory (two ways)",
        "misbehaving",
        f"daemon deaths {0 if alive else 1}; {healthy} of {healthy} healthy jobs done; {tally}",
    )
    assert alive
    assert tally.clean, (tally, facts(root))


# --- job files ------------------------------------------------------------------------------------


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
    lost = number - empty - len(refused) - len(list(root.done.rglob("*.yaml")))
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


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.timeout(1800)
def test_picture_bombs_fail_their_jobs_and_cost_no_memory(root, drop, tmp_path):
    counts(1, 1, 1)
    make_bombs(root.inbox)
    bombs = sorted(path.name for path in root.inbox.iterdir() if path.is_file())
    peak = 0
    with running(root) as child:
        drop.whole("warm.yaml", SMALL)
        wait_for(lambda: (root.done / "warm.yaml").exists(), root)
        for bomb in bombs:
            drop.whole(
                f"{bomb.replace('.', '-')}.yaml",
                f"prompt: b\nsize: 64x64\nreferences: [{{image: {bomb}}}]\n",
            )

        def all_failed() -> bool:
            nonlocal peak
            family = [
                psutil.Process(child.process.pid),
                *psutil.Process(child.process.pid).children(),
            ]
            peak = max(peak, *(member.memory_info().rss for member in family))
            return len(list(root.failed.glob("*.why.txt"))) == len(bombs)

        wait_for(all_failed, root)
        alive = child.process.poll() is None
    figure(
        f"{len(bombs)} picture bombs as references",
        "dry-run",
        f"all refused, daemon deaths {0 if alive else 1}, peak {peak / 1e6:.0f} MB in any process",
    )
    assert alive
    assert peak < 400e6


def make_bombs(folder: Path) -> None:
    """Huge, lying about their size, of another kind than named, or no picture at all."""
    Image.new("1", (30_000, 30_000)).save(folder / "huge.png")
    Image.new("L", (16_000, 4_000)).save(folder / "wide.jpg", quality=1)
    Image.new("L", (16_000, 4_000)).save(folder / "wide.webp", quality=0)
    small = Image.new("RGB", (64, 64))
    small.save(folder / "lies.png")
    data = bytearray((folder / "lies.png").read_bytes())
    data[16:24] = (2**31 - 1).to_bytes(4, "big") * 2
    (folder / "lies.png").write_bytes(data)
    small.save(folder / "gif.png", format="GIF")
    (folder / "script.png").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n" + b"x" * 999
    )
    (folder / "vector.png").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>" * 9)
    old = time.time() - 3600
    for file in folder.iterdir():
        if file.is_file():
            os.utime(file, (old, old))


@pytest.mark.timeout(1800)
def test_no_reference_leads_out_of_the_inbox_however_fast_it_is_swapped(root, drop, tmp_path):
    """A folder and a file that become links to a secret, and back, all the time."""
    jobs = counts(15, 150, 1_000)
    secret = tmp_path / "secret"
    secret.mkdir()
    Image.new("RGB", (40, 40), (1, 2, 3)).save(secret / "ref.png")
    Image.new("RGB", (40, 40), (200, 200, 200)).save(root.inbox / "honest.png")
    inside = root.inbox / "sub"
    inside.mkdir()
    Image.new("RGB", (40, 40), (200, 200, 200)).save(inside / "ref.png")
    forbidden = (secret / "ref.png").read_bytes()
    stop = threading.Event()
    swapper = threading.Thread(target=swap, args=(inside, secret, root.root / "aside", stop))
    swapper.start()
    try:
        with running(root) as child:
            for number in range(jobs):
                drop.whole(
                    f"swap{number:04d}.yaml", f"{SMALL}references: [{{image: sub/ref.png}}]\n"
                )
            for number, escape in enumerate(
                ("../../etc/passwd", "/etc/passwd", "~/x.png", "sub/../../x.png")
            ):
                drop.whole(f"escape{number}.yaml", f"{SMALL}references: [{{image: {escape}}}]\n")
            root.settings_file.write_text("")
            wait_for(
                lambda: (
                    len(list(root.done.glob("*"))) + len(list(root.failed.glob("*.yaml")))
                    >= jobs + 4
                ),
                root,
                900,
            )
            alive = child.process.poll() is None
    finally:
        stop.set()
        swapper.join()
    leaked = [path for path in root.references.iterdir() if path.read_bytes() == forbidden]
    figure(
        f"{jobs} references swapped for links while they are read, 4 path escapes",
        "dry-run",
        f"leaked {len(leaked)}, daemon deaths {0 if alive else 1}",
    )
    assert alive
    assert not leaked
    assert len(list(root.failed.glob("escape*.yaml"))) == 4


def swap(folder: Path, secret: Path, aside: Path, stop: threading.Event) -> None:
    while not stop.is_set():
        folder.rename(aside)
        folder.symlink_to(secret)
        folder.unlink()
        aside.rename(folder)
        if random.random() < 0.5:
            time.sleep(0.001)


# --- what leaves the root -------------------------------------------------------------------------

ALLOWED = ("/dev/", "/proc/", "pipe:", "socket:", "anon_inode:", "/memfd:")
PROBE = re.compile(r"/tmp/[a-z0-9_]{8}")
"""Python's own tempfile module tries whether it can write there, and takes the file away."""


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("name", ["dry-run", "sdxl"])
def test_nothing_is_asked_of_the_network_and_nothing_written_outside_the_root(root, drop, name):
    program = strace()
    jobs = counts(10, 100, 100) if name == "dry-run" else counts(None, 100, 100)
    steps, size = (1, "192x192") if name == "sdxl" else (2, "64x64")
    for number in range(jobs):
        drop.whole(f"job{number:03d}.yaml", f"prompt: a red circle\nsize: {size}\nsteps: {steps}\n")
    trace = Path(tempfile.gettempdir()) / f"hotfolder-trace-{os.getpid()}-{name}"
    calls = "connect,sendto,openat,open,creat,rename,renameat,renameat2,link,linkat,mkdir,mkdirat,unlink,unlinkat,truncate,symlink,symlinkat"
    ended = subprocess.run(
        [
            *(program, "-f", "--seccomp-bpf", "-o", str(trace), "-e", f"trace={calls}"),
            *(
                sys.executable,
                "-m",
                "daemon",
                "run",
                "--root",
                str(root.root),
                "--engine",
                name,
                "--until-empty",
                "--plain",
            ),
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    lines = trace.read_text("utf-8", "replace").splitlines()
    trace.unlink()
    connects = [line for line in lines if "AF_INET" in line]
    touched = written_outside(lines, root)
    probes = {path for path in touched if PROBE.fullmatch(path)}
    outside = sorted(touched - probes)
    figure(
        f"{jobs} jobs under strace",
        name if name == "dry-run" else "sdxl (sketch)",
        f"internet connects {len(connects)}; files written outside the root {len(outside)} (and {len(probes)} probes of the temporary folder)"
        + (f": {', '.join(outside[:5])}" if outside else ""),
    )
    assert ended.returncode == 0, ended.stderr[-1000:]
    assert len(list(root.done.glob("*.yaml"))) == jobs
    assert not connects
    assert not outside


def written_outside(lines: list[str], root: Layout) -> set[str]:
    """Paths outside the root that a call which succeeded has created, changed or removed."""
    found = set()
    for line in lines:
        match = re.match(r"^\d+\s+(\w+)\((.*)\)\s+=\s+(-?\d+)", line)
        if match is None or int(match[3]) < 0:
            continue
        call, arguments = match[1], match[2]
        if call in ("connect", "sendto"):
            continue
        if call in ("openat", "open") and not re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC)", arguments):
            continue
        for path in re.findall(r'"([^"]*)"', arguments):
            if path.startswith("/") and not path.startswith((f"{root.root}/", *ALLOWED)):
                found.add(path)
    return found
