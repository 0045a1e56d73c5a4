"""What the fault tests share: the table of figures, and the invariants.

Every test says what it measured by `figure`; the table is printed at the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image
from support.daemon import HANG, Daemon, lacking, pictures, wait_for
from support.levels import LEVEL, SEED

from daemon.jobs.retry_policy import MAX_DEATHS
from daemon.root.layout import Layout

TABLE: list[tuple[str, str, str]] = []


def figure(row: str, engine: str, value: str) -> None:
    """One row of the table."""
    TABLE.append((row, engine, value))


def in_time(seconds: float, bound: float) -> bool:
    """Whether something was as quick as it has to be. `make faults` measures that, on a machine
    with nothing else to do; the cut in the default suite must not fail where all cores are busy,
    and there it is enough that it came to pass at all."""
    return LEVEL == "fast" or seconds < bound


def dice(name: str) -> random.Random:
    """Random, but the same in every run of one seed."""
    return random.Random(f"{SEED}/{name}")


# --- the invariants -------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """Everything that must be nought."""

    lost: int = 0
    duplicated: int = 0
    torn: int = 0
    orphaned: int = 0
    wrongly_failed: int = 0
    left_over: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in asdict(self).items())

    @property
    def clean(self) -> bool:
        return not any(asdict(self).values())


def check(layout: Layout, expected: dict[str, int], moved: int = 0) -> Tally:
    """Look at a root at rest whose inbox is worked off. `expected` maps each good job's name to its
    number of pictures, each job under its own name; `moved` pictures were taken away by a person."""
    tally = Tally()
    done = Counter(path.stem for path in layout.done.rglob("*") if path.is_file())
    failed = {path.stem for path in layout.failed.rglob("*.yaml")}
    shown = pictures(layout)
    owners: Counter[tuple[int, int]] = Counter()
    for name in shown:
        identity = _look_at(layout.outbox / name, tally)
        if identity is not None:
            owners[identity] += 1
    tally.wrongly_failed = len(failed & expected.keys())
    tally.lost = sum(1 for name in expected if not done[name] and name not in failed)
    tally.lost += max(0, sum(expected.values()) - moved - len(shown))
    tally.duplicated = sum(times - 1 for times in owners.values() if times > 1)
    tally.duplicated += sum(1 for name in done if name not in expected)
    tally.duplicated += max(0, len(shown) - sum(expected.values()))
    records = {path.with_suffix(".png") for path in _visible(layout.outbox, ".json")}
    tally.orphaned = sum(1 for path in records if not path.exists()) if not moved else 0
    tally.orphaned += len(os.listdir(layout.spool))
    tally.left_over = len(os.listdir(layout.stage)) + sum(
        1
        for folder in (layout.inbox, layout.outbox, layout.done, layout.failed)
        for path in folder.rglob(".*.tmp")
    )
    return tally


def _visible(folder: Path, suffix: str) -> Iterator[Path]:
    for path in folder.rglob(f"*{suffix}"):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _look_at(picture: Path, tally: Tally) -> tuple[int, int] | None:
    """(job number, seed) of a picture; counts it as torn or orphaned if it is."""
    sidecar = picture.with_suffix(".json")
    try:
        data = picture.read_bytes()
        with Image.open(picture) as image:
            image.load()
        result = json.loads(sidecar.read_bytes())["result"]
    except FileNotFoundError:
        tally.orphaned += 1
        return None
    except (OSError, ValueError, KeyError):
        tally.torn += 1
        return None
    if hashlib.sha256(data).hexdigest() != result["sha256"]:
        tally.torn += 1
    return int(result["job"]), int(result["seed"])


def rendered_again(layout: Layout) -> float:
    """The share of pictures that took more than one attempt, in per cent."""
    attempts = [
        json.loads(p.read_bytes())["result"]["attempt"] for p in _visible(layout.outbox, ".json")
    ]
    return 100.0 * sum(1 for tries in attempts if tries > 1) / max(1, len(attempts))


def at_rest(layout: Layout) -> bool:
    """Nothing waits and nothing is claimed."""
    if os.listdir(layout.spool):
        return False
    # Not by `rglob`, which raises where the daemon takes an empty folder away under it.
    return not any(
        name.endswith(".yaml") for _, _, names in os.walk(layout.inbox) for name in names
    )


def is_near_its_end(layout: Layout, jobs: set[int] | None = None) -> bool:
    """Whether one of these claimed jobs, or of all, has met two deaths: one more, and it fails as
    what kills workers, which it is not."""
    for path in layout.spool.glob("*/ticket.json"):
        with suppress(OSError):
            ticket = json.loads(path.read_bytes())
            if ticket["deaths"] + 1 >= MAX_DEATHS and (jobs is None or ticket["number"] in jobs):
                return True
    return False


# --- daemons --------------------------------------------------------------------------------------


def start(layout: Layout, *arguments: str, engine: str = "dry-run", **env: str) -> Daemon:
    return Daemon(layout, ("--engine", engine, *arguments), env)


def finish(layout: Layout, engine: str = "dry-run", patience: float = HANG, **env: str) -> int:
    """Run a daemon until the inbox is empty; its exit code."""
    child = start(layout, "--until-empty", engine=engine, **env)
    try:
        return child.process.wait(patience)
    finally:
        if child.process.poll() is None:
            child.kill()


@contextmanager
def running(
    layout: Layout, *arguments: str, engine: str = "dry-run", **env: str
) -> Iterator[Daemon]:
    """A daemon for the length of a block; it is asked to leave, and killed if it does not."""
    child = start(layout, *arguments, engine=engine, **env)
    try:
        wait_for(lambda: child.status.get("state") or child.process.poll() is not None, layout)
        yield child
    finally:
        stop_for_sure(child)


def stop_for_sure(child: Daemon) -> None:
    if child.process.poll() is None:
        child.process.terminate()
        try:
            child.process.wait(HANG)
        except subprocess.TimeoutExpired:
            child.kill()


def workers_of(pid: int) -> list[int]:
    """The children of a daemon, living ones."""
    with suppress(psutil.Error):
        return [child.pid for child in psutil.Process(pid).children() if child.status() != "zombie"]
    return []


def children_by_kind(pid: int) -> dict[str, int]:
    """One living child of a daemon of each kind: a worker, the reader of boards."""
    found = {}
    for each in workers_of(pid):
        with suppress(psutil.Error):
            is_reader = "daemon.boards" in psutil.Process(each).cmdline()
            found["reader" if is_reader else "worker"] = each
    return found


class Ailments:
    """Faults of an interpreter, to be set off in a daemon started with `env`; see ailments.py."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "ailments"
        self._folder.mkdir()
        code = Path(__file__).with_name("ailments.py")
        shutil.copyfile(code, self._folder / "sitecustomize.py")
        path = filter(None, (str(self._folder), os.environ.get("PYTHONPATH")))
        self.env = {
            "PYTHONPATH": os.pathsep.join(path),
            "HOTFOLDER_TEST_FAULTS": str(self._folder),
        }

    def begin(self, name: str, layout: Layout) -> None:
        """Set it off; returns once it has begun."""
        (self._folder / name).touch()
        wait_for(lambda: (self._folder / f"{name}.seen").exists(), layout)
        (self._folder / f"{name}.seen").unlink()


# --- what this machine lets us do -----------------------------------------------------------------


def need(program: str) -> str:
    """The path of a program, or a skip that says what is missing."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(lacking(program))
    return path


def strace() -> str:
    """strace, if it may trace here."""
    program = need("strace")
    tried = subprocess.run([program, "-o", "/dev/null", "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"strace may not trace here: {tried.stderr.decode().strip()[-100:]}")
    return program


@contextmanager
def mounted(*arguments: str, at: Path) -> Iterator[Path]:
    """A mount for the length of a block; skips where we may not mount."""
    tried = subprocess.run(
        ["mount", *arguments, str(at)], capture_output=True, text=True, check=False
    )
    if tried.returncode != 0:
        pytest.skip(f"mount is not allowed here: {tried.stderr.strip()[-100:]}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], capture_output=True, check=False)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that goes away, for what pytest's own folders are too deep or too slow for."""
    folder = Path(tempfile.mkdtemp(prefix="hotfolder-faults-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def facts(layout: Layout) -> dict[str, Any]:
    """The tree in short, for a failing assertion."""
    return {
        "done": len(os.listdir(layout.done)),
        "failed": sorted(os.listdir(layout.failed))[:10],
        "spool": os.listdir(layout.spool)[:10],
        "stage": os.listdir(layout.stage)[:10],
        "log": layout.log_file.read_text("utf-8").splitlines()[-15:]
        if layout.log_file.exists()
        else [],
    }
