"""`hotfolder doctor`: everything that can go wrong on this machine, looked for before it does.

Each check looks, judges, and says how to mend what it finds; a check that falls over is a finding
of its own, never the end of the examination. Nothing is changed, no model is loaded, and torch is
only imported in a child process.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from daemon.doctor import canary, folders, hotfolder, machine
from daemon.doctor.finding import Finding, Level, report, warn
from daemon.root.layout import Layout

__all__ = ["Finding", "Level", "examine", "report"]

Check = Callable[[], list[Finding]]


def examine(root: Path) -> list[Finding]:
    """Every finding about this machine and the daemon of `root`, in a fixed order."""
    layout = Layout(root)
    checks: tuple[tuple[str, Check], ...] = (
        ("Python", machine.python),
        ("User", machine.privileges),
        ("Device", lambda: hotfolder.devices(wanted=hotfolder.wanted_devices(layout))),
        ("Settings", lambda: hotfolder.settings_and_model(layout)),
        ("Canary", lambda: canary.songs(layout)),
        ("Root", lambda: folders.folders(layout)),
        ("Inbox", lambda: [*folders.sharing(layout), *folders.disks(layout)]),
        ("Log", lambda: folders.logs(layout)),
        ("Disk", lambda: machine.disk(root)),
        ("Limits", lambda: [*machine.open_files(), *machine.inotify()]),
        ("Clock", lambda: machine.clock(layout)),
        ("Daemon", lambda: hotfolder.daemon(layout)),
        ("Leftovers", lambda: folders.leftovers(layout, running=hotfolder.running(layout))),
        ("Service", lambda: hotfolder.service(root)),
    )
    return [finding for title, check in checks for finding in _guarded(title, check)]


def _guarded(title: str, check: Check) -> list[Finding]:
    try:
        return check()
    except Exception as error:  # one broken check must not hide the others
        return [
            warn(
                title,
                f"could not be examined ({type(error).__name__}: {error})",
                "The other findings hold; please report this one.",
            )
        ]
