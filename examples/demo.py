"""`make demo`: start the daemon on a throw-away root, drop two prompts, wait for their pictures.

Drops files exactly as a person would (a copy into inbox/) and shows what the daemon says while it
renders. Leaves the root in place, so that the pictures and their sidecars can be looked at.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
DROPS = ("follow.png", "boat.yaml", "follow.yaml")
PATIENCE = 600.0


def main() -> int:
    root = Path(tempfile.mkdtemp(prefix="hotfolder-demo-"))
    inbox = root / "inbox"
    inbox.mkdir()
    print(f"A daemon is starting on {root}; dropping {', '.join(DROPS)} into its inbox.\n")
    daemon = subprocess.Popen([sys.executable, "-m", "daemon", "run", "--root", str(root)])
    try:
        for name in DROPS:
            shutil.copyfile(HERE / name, inbox / name)
        finished = _wait(root, daemon)
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)
    for note in sorted((root / "failed").glob("*.why.txt")):
        print(note.read_text("utf-8"))
    if not finished:
        print(f"The demo did not finish; see {root / 'logs' / 'hotfolder.log'}", file=sys.stderr)
        return 1
    print("\nPictures, each beside its sidecar:")
    for name in DROPS[1:]:
        print(f"  {(root / 'outbox' / name).with_suffix('.png')}")
    return 0


def _wait(root: Path, daemon: subprocess.Popen[bytes]) -> bool:
    """Whether every dropped job has reached done/."""
    jobs = DROPS[1:]
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and daemon.poll() is None:
        if all((root / "done" / name).exists() for name in jobs):
            return True
        if any((root / "failed" / name).exists() for name in jobs):
            return False
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    sys.exit(main())
