"""`hotfolder pause|resume`: nothing more is claimed, until it is again."""

from __future__ import annotations

import argparse

from daemon.cli.printing import say
from daemon.cli.wake import prepared_root, wake
from daemon.errors import ExitCode


def pause(arguments: argparse.Namespace) -> int:
    """Nothing more is claimed until `resume`; what renders now is finished."""
    layout = prepared_root(arguments)
    layout.paused_file.touch()
    wake(layout)
    say("paused: nothing more is begun until `hotfolder resume`")
    return ExitCode.OK


def resume(arguments: argparse.Namespace) -> int:
    """Undo `pause`."""
    layout = prepared_root(arguments)
    layout.paused_file.unlink(missing_ok=True)
    wake(layout)
    say("resumed")
    return ExitCode.OK
