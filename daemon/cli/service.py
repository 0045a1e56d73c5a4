"""`hotfolder service`: run at login (launchd, systemd)."""

from __future__ import annotations

import argparse

from daemon.cli.printing import say, say_text
from daemon.errors import ExitCode
from daemon.root.layout import find_root


def service(arguments: argparse.Namespace) -> int:
    """Install, start, stop or show the login service."""
    from daemon import service as room

    root, scheduler = find_root(arguments.root), arguments.cluster_worker or ""
    if scheduler:
        from daemon.cluster.address import checked_address

        scheduler = checked_address(scheduler)
    match arguments.action:
        case "status":
            state = room.status(root)
            say(*state.lines())
            return ExitCode.OK if state.running else ExitCode.FAILED
        case "print":
            say_text(room.text(root, scheduler=scheduler))
            return ExitCode.OK
        case "install":
            said = room.install(root, force=arguments.force, scheduler=scheduler)
        case action:
            said = getattr(room, action)(root)
    say(*said)
    return ExitCode.OK
