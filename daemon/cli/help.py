"""`hotfolder help [VERB]`, and what bare `hotfolder` says: the pages of the parser."""

from __future__ import annotations

import argparse

from daemon.cli.parser import make_parser
from daemon.errors import ExitCode


def help_about(arguments: argparse.Namespace) -> int:
    """Print the help of a verb, or the whole page. 2 if there is no such verb."""
    words = [arguments.verb] if arguments.verb else []
    make_parser().parse_args([*words, "--help"])
    return ExitCode.OK
