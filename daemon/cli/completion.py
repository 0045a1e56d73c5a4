"""`hotfolder completion`: the completion script of a shell."""

from __future__ import annotations

import argparse

from daemon.errors import ExitCode


def completion(arguments: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    from daemon.cli.completion_scripts import script, verbs_of
    from daemon.cli.parser import make_parser

    print(script(arguments.shell, verbs_of(make_parser())), end="")
    return ExitCode.OK
