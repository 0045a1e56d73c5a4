"""`hotfolder help [VERB]`, and what bare `hotfolder` says: the pages of the parser."""

from __future__ import annotations

import argparse

from daemon.cli.parser import make_parser
from daemon.errors import ExitCode


def help_about(arguments: argparse.Namespace) -> int:
    """Print the help of a verb, or the whole page. 2 if there is no such verb, or none was said
    at all."""
    parser = make_parser()
    if arguments.verb:
        parser.parse_args([arguments.verb, "--help"])  # says it, and leaves
    parser.print_help()
    return ExitCode.OK if arguments.was_asked else ExitCode.USAGE
