"""`hotfolder service`: run at login (launchd, systemd)."""

from __future__ import annotations

import argparse

from daemon.errors import ExitCode
from daemon.root.layout import find_root


def service(arguments: argparse.Namespace) -> int:
    """Install, start, stop or show the login service."""
    from daemon import service as room

    root = find_root(arguments.root)
    match arguments.action:
        case "status":
            state = room.status(root)
            print("\n".join(state.lines()))
            return ExitCode.OK if state.running else ExitCode.FAILED
        case "print":
            print(room.text(root), end="")
            return ExitCode.OK
        case "install":
            said = room.install(root, force=arguments.force)
        case action:
            said = getattr(room, action)(root)
    print("\n".join(said))
    return ExitCode.OK
