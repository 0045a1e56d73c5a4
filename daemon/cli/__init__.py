"""The command line: `hotfolder VERB …`. Each verb's module is imported only when it is called.

So `status` answers at once, without pydantic, watchdog, loguru or torch. Verbs print for people
and return an exit code; errors of ours become one clear message, never a traceback.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence

from daemon.cli.parser import make_parser
from daemon.errors import ExitCode, HotfolderError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names may hold what the terminal can't say
            stream.reconfigure(errors="backslashreplace")
    arguments = make_parser().parse_args(argv)
    module = importlib.import_module(f"daemon.cli.{arguments.module}")
    try:
        return int(getattr(module, arguments.function)(arguments))
    except HotfolderError as error:
        print(f"hotfolder: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            return _reader_left()
        print(f"hotfolder: {error}", file=sys.stderr)
        return ExitCode.FAILED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def _reader_left() -> int:
    """`hotfolder logs | head`: keep Python from complaining about the closed pipe at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.OK
