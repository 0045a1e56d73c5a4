"""`hotfolder logs`: the end of the log, of one job if asked, through rotation.

Standard library only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from daemon.cli.printing import say, say_error
from daemon.cli.tail import follow, last_lines
from daemon.errors import ExitCode
from daemon.root.layout import Layout, find_root


def logs(arguments: argparse.Namespace) -> int:
    """Print the end of the log, of one job if given; with --follow, go on through rotation."""
    file = Layout(find_root(arguments.root)).log_file
    wanted = f"#{arguments.job.lstrip('#')} " if arguments.job else None
    if not file.exists() and not arguments.follow:
        say_error(f"no log yet at {file}")
        return ExitCode.OK
    say(*_matching(file, wanted, arguments.lines), flush=True)
    if arguments.follow:
        for line in follow(file):
            if wanted is None or wanted in f"{line} ":
                say(line, flush=True)
    return ExitCode.OK


def _matching(file: Path, wanted: str | None, number: int) -> list[str]:
    if not file.exists():
        return []
    return last_lines(file, number, lambda line: wanted is None or wanted in f"{line} ")
