"""What the login service is, said once for both platforms: who runs what, where, and how long a
stop may take. Pure; knows neither launchctl nor systemctl.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from daemon.errors import SetupError, UsageError

Kind = Literal["launchd", "systemd"]

LABEL = "com.hotfolder.daemon"
UNIT = "hotfolder.service"

# One slow step plus putting the job back fits well inside; launchd cuts anything above 60 s.
STOP_SECONDS = 45
# Loading a model is heavy: a daemon that falls over at once must not do it every few seconds.
RESTART_SECONDS = 30
# The loop beats every 5 s; a network volume may stand still for a minute or two.
WATCHDOG_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Target:
    """The root a service serves, the interpreter that runs it, and whose home it lives in; with
    `scheduler`, an address, this machine renders for the daemon of a cluster instead."""

    root: Path
    python: Path
    home: Path
    scheduler: str = ""

    def argv(self) -> list[str]:
        """The whole command line; absolute, since no shell will expand anything."""
        verb = ["cluster", "worker", self.scheduler] if self.scheduler else ["run", "--service"]
        return [str(self.python), "-m", "daemon", *verb, "--root", str(self.root)]

    def environment(self, *tool_folders: str) -> dict[str, str]:
        """What the daemon finds in its environment: every value a string, nothing secret."""
        system = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
        return {
            "PATH": ":".join((str(self.python.parent), *tool_folders, *system)),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            # A folder called `daemon` or a `yaml.py` lying in the root must not be imported.
            "PYTHONSAFEPATH": "1",
            # The service renders what is here; only `hotfolder models pull` goes out.
            "HF_HUB_OFFLINE": "1",
        }


@dataclass(frozen=True, slots=True)
class ServiceState:
    """What `hotfolder service status` knows. `remarks` are sentences that ask for attention."""

    kind: Kind
    path: Path
    installed: bool
    loaded: bool
    running: bool
    state: str
    pid: int | None = None
    last_exit: str | None = None
    remarks: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The state as a person reads it."""
        where = str(self.path) if self.installed else f"not installed ({self.path} is not there)"
        pid = f", pid {self.pid}" if self.pid else ""
        text = [f"{self.kind} service: {where}", f"state: {self.state}{pid}"]
        if self.last_exit:
            text.append(f"last exit: {self.last_exit}")
        return text + [f"! {remark}" for remark in self.remarks]


def kind_here() -> Kind:
    """The service keeper of this platform."""
    if sys.platform == "darwin":
        return "launchd"
    if sys.platform.startswith("linux"):
        return "systemd"
    raise SetupError(
        f"Hotfolder knows no login service for this platform ({sys.platform}).",
        remedy="Start it yourself: hotfolder run --service",
    )


_WORKER = ["cluster", "worker"]


def is_our_verb(words: list[str]) -> bool:
    """Whether what follows the interpreter is something that a service of ours runs."""
    return words[:2] == ["-m", "daemon"] and (words[2:3] == ["run"] or words[2:4] == _WORKER)


def target(
    root: Path, python: Path | None = None, home: Path | None = None, scheduler: str = ""
) -> Target:
    """A target with every path absolute.

    The interpreter's symlink is kept as it is: following it would leave the virtual environment.
    """
    return Target(
        root=_absolute(root),
        python=_absolute(python or Path(sys.executable)),
        home=_absolute(home or Path.home()),
        scheduler=scheduler,
    )


def _absolute(path: Path) -> Path:
    text = os.path.abspath(path.expanduser())  # noqa: PTH100 - resolve() would follow links
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise UsageError(
            f"{text!r} has a control character in its name, which no service file can carry. "
            "Choose another folder with --root."
        )
    return Path("/" + text.lstrip("/"))
