"""The command line: `hotfolder VERB …`. Each verb's module is imported only when it is called.

So `status` answers at once, without pydantic, watchdog or torch. Verbs print for people
and return an exit code; errors of ours become one clear message, never a traceback.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence

from daemon.cli.parser import make_parser
from daemon.cli.printing import be_silent, flush, prepare_streams, say_error
from daemon.errors import ExitCode, HotfolderError


def main(argv: Sequence[str] | None = None, *, begin: Callable[[], None] = lambda: None) -> int:
    """Run one verb; returns its exit code. `begin` is called once everything is imported."""
    prepare_streams()
    code: int = ExitCode.OK
    try:
        code = _verb(argv, begin)
        flush()
    except BrokenPipeError:  # `hotfolder logs | head`
        be_silent()
    except OSError as error:  # a full disk, where the output is a file
        be_silent()
        say_error(error)
        return code or ExitCode.FAILED
    except KeyboardInterrupt:
        be_silent()
        return ExitCode.INTERRUPTED
    return code


def _verb(argv: Sequence[str] | None, begin: Callable[[], None]) -> int:
    """Raises OSError only where the output itself is not to be written."""
    try:
        words = sys.argv[1:] if argv is None else argv
        arguments = make_parser(words[0] if words else None).parse_args(words)
        module = importlib.import_module(f"daemon.cli.{arguments.module}")
        begin()
        return int(getattr(module, arguments.function)(arguments))
    except SystemExit as leaving:  # argparse has said why, or has shown the help
        return int(leaving.code or 0)
    except HotfolderError as error:
        say_error(error)
        return error.code
    except BrokenPipeError:
        raise
    except OSError as error:
        say_error(_of_the_disk(error))
        return ExitCode.FAILED


def _of_the_disk(error: OSError) -> str:
    """What the system says, of which file, without its number."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."
