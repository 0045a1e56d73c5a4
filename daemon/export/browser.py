"""An installed browser as a printer: HTML to PDF, without a window and without the network.

Chromium, Chrome and Edge print alike. Which one is here, what to install where none is, and one
call that has an end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from daemon.errors import SetupError
from daemon.fs import atomic

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
)
APPLICATIONS = ("Google Chrome", "Chromium", "Microsoft Edge")
"""On a Mac, in /Applications or the one at home."""
PATIENCE = 300.0
GET_BROWSER = (
    "Install one (`brew install --cask chromium` on a Mac, `apt install chromium` on Debian or "
    "Ubuntu), or leave --pdf out, open the sheet in any browser and print it."
)
_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)


def find_browser() -> str:
    """The program of a browser that can print. Raises SetupError where there is none."""
    found = next(filter(None, map(shutil.which, COMMANDS)), None)
    if found is None and sys.platform == "darwin":
        folders = (Path("/Applications"), Path.home() / "Applications")
        places = [
            folder / f"{name}.app/Contents/MacOS/{name}"
            for name in APPLICATIONS
            for folder in folders
        ]
        found = next((str(place) for place in places if os.access(place, os.X_OK)), None)
    if found is None:
        raise SetupError(
            "No Chromium, Chrome or Edge is installed, which would print the PDF.",
            remedy=GET_BROWSER,
        )
    return found


def print_pdf(browser: str, page: str, target: Path) -> None:
    """Have `browser` print an HTML page to `target`. Raises SetupError where it can't, OSError."""
    with tempfile.TemporaryDirectory(prefix="hotfolder-sheet-") as place:
        file, made = Path(place) / "sheet.html", Path(place) / "sheet.pdf"
        atomic.write_new(file, page.encode("utf-8", "replace"), sync=False)
        flags = [*_FLAGS, f"--user-data-dir={place}/profile", f"--print-to-pdf={made}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # which it refuses to have as root; the page has no script
        command = [browser, *flags, file.as_uri()]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE
            )
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        except subprocess.TimeoutExpired:
            said = [f"It did not answer within {PATIENCE:.0f} s."]
        if not made.is_file() or made.stat().st_size == 0:
            raise SetupError(
                f"{browser} made no PDF. {said[-1] if said else ''}".strip(), remedy=GET_BROWSER
            )
        atomic.copy_new(made, target)
