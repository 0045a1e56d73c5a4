"""`hotfolder status --line`: one line for a menu bar, a prompt or a status bar.

Standard library only.
"""

from __future__ import annotations

from daemon.cli.printing import say
from daemon.errors import ExitCode
from daemon.root.status_file import Snapshot
from daemon.root.status_words import line


def say_line(snapshot: Snapshot) -> int:
    """Print it. Always 0: a bar shows the state in words, and takes any other code for its own."""
    try:
        say(line(snapshot))
    except (TypeError, ValueError, LookupError):  # of another version
        say(str(snapshot.get("state")))
    return ExitCode.OK
