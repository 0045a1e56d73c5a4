"""`make demo`: start the daemon on a throw-away root, save a board of four shots, see it drawn and
then painted.

Saves a board exactly as a person would and shows what the daemon says while it renders. Leaves the
root in place, so that the page, the pictures and their records can be looked at.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
BOARD = "demo"
SHOTS = 4
PATIENCE = 600.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", default="sdxl", help="dry-run paints no picture")
    engine = parser.parse_args().engine
    root = Path(tempfile.mkdtemp(prefix="hotfolder-demo-"))
    board = root / "boards" / BOARD
    board.mkdir(parents=True)
    page = root / "outbox" / "index.html"
    print(f"A daemon is starting on {root}; a board of {SHOTS} shots is saved there.\n", flush=True)
    command = [sys.executable, "-m", "daemon", "run", "--root", str(root), "--engine", engine]
    daemon = subprocess.Popen(command)
    try:
        saved = time.monotonic()
        shutil.copyfile(HERE / "boards" / BOARD / "board.yaml", board / "board.yaml")
        if _wait(lambda: len(_drawn(root)) >= SHOTS or _painted(root), daemon):
            seconds = time.monotonic() - saved
            print(f"\nDrawn after {seconds:.1f} s, to be looked at: {page.as_uri()}\n", flush=True)
        # the page is made by a process that stands back behind the one that paints
        finished = _wait(
            lambda: (len(_painted(root)) >= SHOTS and page.exists()) or bool(_notes(root)), daemon
        )
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)
    for note in _notes(root):
        print(note.read_text("utf-8"))
    if not finished or _notes(root):
        print(f"The demo did not finish; see {root / 'logs' / 'hotfolder.log'}", file=sys.stderr)
        return 1
    print("\nPainted, each beside its record:")
    for picture in _painted(root):
        print(f"  {picture}")
    print("The bundled model knows boats, houses, suns and moons, but no people: those are drawn.")
    print(f"\nThe page: {page.as_uri()}")
    return 0


def _drawn(root: Path) -> list[Path]:
    return list((root / "outbox" / ".page" / "drawn").glob("*.webp"))


def _painted(root: Path) -> list[Path]:
    return sorted((root / "outbox" / BOARD).glob("*.png"))


def _notes(root: Path) -> list[Path]:
    return sorted((root / "failed").rglob("*.why.txt"))


def _wait(there: Callable[[], object], daemon: subprocess.Popen[bytes]) -> bool:
    """Whether it is there while the daemon still runs."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and daemon.poll() is None:
        if there():
            return True
        time.sleep(0.05)
    return False


if __name__ == "__main__":
    sys.exit(main())
