"""Files and jobs that mean harm, or would do it: the daemon goes on and nothing leaves the root."""

from __future__ import annotations

import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest
from faults.rig import check, facts, figure, running, strace
from PIL import Image
from support.daemon import engine, wait_for
from support.levels import counts

from daemon.root.layout import Layout

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
            daemon = psutil.Process(child.process.pid)
            for member in (daemon, *daemon.children()):
                with contextlib.suppress(psutil.Error):  # a bomb may have ended it by now
                    peak = max(peak, member.memory_info().rss)
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
    jobs = counts(5, 150, 1_000)
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
