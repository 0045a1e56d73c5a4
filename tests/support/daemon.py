"""What every end-to-end test is made of: a real root, real drops, the real daemon, and patience.

Nothing of ours is replaced: `Daemon` starts `python -m daemon run` as a person would, files are
written the way people and their tools write them, and tests wait for files to appear. When a
daemon of a test is stopped, every sidecar it wrote must explain its own timings.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.nursery import NURSERY
from support.places import ENGINES

from daemon.cli import main
from daemon.fs.live_picture import LIVE_NAME, is_live_picture
from daemon.root.layout import Layout
from daemon.root.lock import is_held
from daemon.root.status_file import read_status

HANG = 900.0
"""Seconds after which a wait is called a hang, on a machine however slow or busy; no test asserts
that something is quick, and pytest's own limit is longer, so that a wait can say what it saw."""

DESERTED = 120.0
"""Seconds that a wait goes on where the daemons of a test have ended and nobody serves their root:
children that they leave behind may have something to do yet, and after that nothing comes."""

PACKAGES = {
    "losetup": "mount",
    "mkfs.ext4": "e2fsprogs",
    "setpriv": "util-linux",
    "systemctl": "systemd",
    "systemd-analyze": "systemd",
}
"""The package of a program where it has another name."""


def lacking(program: str) -> str:
    """Why a test is left out, and what would bring it back."""
    return f"{program} is not installed: apt install {PACKAGES.get(program, program)}"


def needs(program: str) -> pytest.MarkDecorator:
    """Leaves a test out where there is no such program."""
    return pytest.mark.skipif(not shutil.which(program), reason=lacking(program))


def engine(name: str) -> str:
    """`--engine` argument for one of the misbehaving engines beside this file."""
    return f"{ENGINES / name}.py:Engine"


class Drop:
    """Writes job files into the inbox the way people and tools do."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def whole(self, name: str, text: str | bytes) -> Path:
        """Open, write, close: a script, or an editor's plain save."""
        file = self._layout.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return file

    def by_rename(self, name: str, text: str) -> Path:
        """Written elsewhere on the disk and moved in: Finder, mv, careful tools."""
        away = self._layout.root / "away"
        away.mkdir(exist_ok=True)
        draft = away / "draft"
        draft.write_text(text, encoding="utf-8")
        file = self._layout.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(file)
        return file

    def slowly(self, name: str, parts: list[str], pause: float) -> Path:
        """Part after part through one open file, as a slow copy does."""
        file = self._layout.inbox / name
        with file.open("w", encoding="utf-8") as stream:
            for part in parts:
                stream.write(part)
                stream.flush()
                time.sleep(pause)
        return file


class Hold:
    """Keeps the jobs of a daemon at one step (engines `held` and `sharing`), so that what a test
    does in the middle of a job comes in the middle of it, on a machine however slow."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def at(self, step: int) -> dict[str, str]:
        """From now on; returns the environment that the daemon needs for it."""
        self._file.write_text(str(step))
        return {"HOTFOLDER_TEST_HOLD": str(self._file)}

    def off(self) -> None:
        self._file.unlink()


BEGUN: dict[Path, list[subprocess.Popen[bytes]]] = {}
"""The daemons of each root."""


class Daemon:
    """The real daemon as a child process; `start` gives it as `subprocess.Popen` does."""

    def __init__(
        self,
        layout: Layout,
        arguments: tuple[str, ...],
        environment: dict[str, str],
        start: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen,
    ) -> None:
        self.layout = layout
        self.born = time.time()
        with (layout.root / "daemon.out").open("ab") as out:
            self.process = start(
                [sys.executable, "-m", "daemon", "run", "--root", str(layout.root), *arguments],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
            )
        BEGUN.setdefault(layout.root, []).append(self.process)

    @property
    def status(self) -> dict[str, Any]:
        return read_status(self.layout) or {}

    @property
    def worker_pid(self) -> int | None:
        workers = self.status.get("workers") or []
        return workers[0]["pid"] if workers else None

    def log(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return self.layout.log_file.read_text("utf-8")
        return ""

    def stop(self) -> int:
        """SIGTERM, as launchd and systemd do; returns the exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        return self.wait()

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        self.process.kill()
        self.process.wait()

    def wait(self) -> int:
        return self.process.wait(timeout=HANG)

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Of what is done in this block it sees the end alone: two steps of ours are one to it."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)  # until it has heard that
        yield
        self.process.send_signal(signal.SIGCONT)

    def output(self) -> str:
        return (self.layout.root / "daemon.out").read_text("utf-8", "replace")


def explain_timings(timings: dict[str, Any], sidecar: Path) -> None:
    """The stages explain the measured total to within the larger of 1 % and 20 ms."""
    names = ("load", "encode_prompt", "encode_references", "encode_image", "denoise", "decode")
    again = timings["hires"] or {"enlarge": 0.0, "denoise": 0.0}
    stages = [
        *(timings[name] or 0.0 for name in (*names, "save", "waited")),
        *map(again.get, ("enlarge", "denoise")),
    ]
    assert all(seconds >= 0 for seconds in stages), (sidecar.name, timings)
    told = sum(stages)
    allowed = max(0.01 * timings["total"], 0.02)
    assert abs(timings["total"] - told) <= allowed, (sidecar.name, timings)


def wait_for(
    predicate: Callable[[], Any], layout: Layout | None = None, seconds: float = HANG
) -> Any:
    """The predicate's first true answer; fails with the tree and the end of the log.

    What is dear to look at is looked at less often, for whom we wait for needs the processor."""
    end = time.monotonic() + seconds
    while (began := time.monotonic()) < end:
        busy = time.thread_time()
        answer = predicate()
        if answer:
            return answer
        waited = began - (end - seconds)
        if layout is not None and waited > 10 and end - began > DESERTED and is_deserted(layout):
            seconds, end = waited + DESERTED, began + DESERTED
        time.sleep(min(0.1, 0.02 + 5 * (time.thread_time() - busy) + waited / 100))
    tree, log = "", ""
    if layout is not None:
        codes = [process.poll() for process in BEGUN.get(layout.root, [])]
        files = sorted(Path(top, name) for top, _, names in os.walk(layout.root) for name in names)
        tree = "\n".join(str(p.relative_to(layout.root)) for p in files[:80])
        with contextlib.suppress(OSError):
            log = "\n".join(layout.log_file.read_text("utf-8").splitlines()[-30:])
        log += f"\nits daemons ended with {codes}" if is_deserted(layout) else ""
    pytest.fail(f"waited {seconds:.0f} s in vain\n{tree}\n\n{log}")


def is_deserted(layout: Layout) -> bool:
    """Whether daemons of ours have served this root, and nobody does any more."""
    begun = BEGUN.get(layout.root, [])
    ended = bool(begun) and all(process.poll() is not None for process in begun)
    return ended and not is_held(layout.lock_file)


def living_children(pid: int, word: str) -> list[psutil.Process]:
    """The processes below that one with `word` on their command line. One that ends meanwhile is
    none: asked for its line, it would raise."""
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            found += [child] if word in child.cmdline() else []
    return found


def pictures(layout: Layout) -> list[str]:
    """Every published picture, as a path relative to the outbox."""
    found = _published(layout, ".png")
    return sorted(p.relative_to(layout.outbox).as_posix() for p in found if not _is_under_way(p))


def records(layout: Layout) -> list[Path]:
    """Every sidecar in the outbox."""
    return sorted(_published(layout, ".json"))


def _published(layout: Layout, suffix: str) -> Iterator[Path]:
    """Files that are not hidden; a folder that is taken away meanwhile holds none."""
    for folder, folders, names in os.walk(layout.outbox):
        folders[:] = [name for name in folders if name[0] != "."]
        shown = (name for name in names if name.endswith(suffix) and name[0] != ".")
        yield from (Path(folder, name) for name in shown)


def _is_under_way(picture: Path) -> bool:
    """Whether it is one that is still being made, or was, and is gone since it was listed."""
    if picture.name != LIVE_NAME:
        return False
    return is_live_picture(picture) or not picture.exists()


def record(layout: Layout, stem: str) -> dict[str, Any]:
    """The sidecar of outbox/STEM.png."""
    return json.loads((layout.outbox / f"{stem}.json").read_bytes())


AT_REST = ("check", "models", "new", "schema", "submit")
"""Verbs that ask nothing of a daemon's moment, and import much: what they show needs no process of
its own. The others would come sooner than any person's."""


def hotfolder(
    *arguments: str, cwd: Path | None = None, **kwargs: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end, in this process where that shows the same, else in one that
    is born in the nursery, since importing it anew takes ten times what most verbs do.
    `tests/cli/test_cli.py` holds one against the other."""
    if kwargs.keys() - {"input"}:
        return hotfolder_process(*arguments, cwd=cwd, **kwargs)
    if kwargs or not set(AT_REST).intersection(arguments):
        return _born(*arguments, cwd=cwd, **kwargs)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    nobody = io.TextIOWrapper(io.BytesIO(), "utf-8")  # at the keyboard
    usual, sys.stdin = sys.stdin, nobody
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            contextlib.chdir(cwd or Path.cwd()),
        ):
            code = main([str(word) for word in arguments])
    finally:
        sys.stdin = usual
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue().decode("utf-8"))
    return subprocess.CompletedProcess(list(arguments), code, *told)


def _born(*arguments: str, cwd: Path | None, **kwargs: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "daemon", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    if kwargs:
        pipes["stdin"] = subprocess.PIPE
    with NURSERY.start(words, env=dict(os.environ), cwd=cwd, **pipes) as child:
        try:
            out, err = child.communicate(timeout=HANG, **kwargs)
        except BaseException:
            child.kill()
            raise
    return subprocess.CompletedProcess(words, child.returncode, out, err)


def hotfolder_process(*arguments: str, **kwargs: Any) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, as a person runs it."""
    return subprocess.run(
        [sys.executable, "-m", "daemon", *arguments],
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        **kwargs,
    )
