"""The login service: a launchd agent on macOS, a systemd user unit on Linux.

Each verb answers with sentences for the person, and raises SetupError or UsageError with a remedy.
Saying a verb twice is harmless. This room knows nothing of jobs or pictures; what the service runs
is `python -m daemon run --service --root ROOT` (with `scheduler`, `cluster worker ADDRESS`), whose
exit code decides: 0 stays stopped, anything else is started again after 30 s. A daemon that can't
work (no model, no permission) must therefore stay up and say `blocked` rather than leave.
"""

from __future__ import annotations

import os
from pathlib import Path

from daemon.service.launchctl import Launchctl
from daemon.service.launchd import LaunchAgent
from daemon.service.launchd_logs import trim as trim_logs
from daemon.service.systemd import UserUnit
from daemon.service.target import LABEL, UNIT, Kind, ServiceState, kind_here
from daemon.service.target import target as target_of

__all__ = [
    "LABEL",
    "UNIT",
    "Kind",
    "LaunchAgent",
    "ServiceState",
    "UserUnit",
    "install",
    "service",
    "start",
    "status",
    "stop",
    "text",
    "trim_logs",
    "uninstall",
]


def service(
    root: Path,
    *,
    python: Path | None = None,
    home: Path | None = None,
    kind: Kind | None = None,
    scheduler: str = "",
) -> LaunchAgent | UserUnit:
    """The service for `root`; by default of this platform, this interpreter and this person."""
    target = target_of(root, python, home, scheduler)
    if (kind or kind_here()) == "launchd":
        return LaunchAgent(target, Launchctl(os.geteuid()))
    return UserUnit(target)


def install(
    root: Path, *, python: Path | None = None, force: bool = False, scheduler: str = ""
) -> list[str]:
    return service(root, python=python, scheduler=scheduler).install(force=force)


def uninstall(root: Path) -> list[str]:
    return service(root).uninstall()


def start(root: Path) -> list[str]:
    return service(root).start()


def stop(root: Path) -> list[str]:
    return service(root).stop()


def status(root: Path, *, python: Path | None = None) -> ServiceState:
    return service(root, python=python).status()


def text(
    root: Path, *, python: Path | None = None, kind: Kind | None = None, scheduler: str = ""
) -> str:
    """What `install` would write; changes nothing."""
    return service(root, python=python, kind=kind, scheduler=scheduler).text()
