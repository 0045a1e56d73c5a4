"""`hotfolder completion`: the completion script of a shell, written by shtab from the parser.

The scripts hold only words, so that pressing Tab starts no Python. Here is only what the parser
can't say: which of its arguments are files and which are folders.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import shtab

from daemon.cli.parser import make_parser
from daemon.cli.printing import say_text
from daemon.errors import ExitCode
from daemon.jobfile.presets import PRESETS
from daemon.protocol.samplers import SAMPLERS

_FILES = frozenset({"file", "model", "image", "mask", "reference", "drawing", "settings"})
_NAMES = {"preset": list(PRESETS), "sampler": [row.name for row in SAMPLERS]}
_FOLDERS = frozenset({"root", "out", "daemon"})


def completion(arguments: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    say_text(script(arguments.shell))
    return ExitCode.OK


def script(shell: str) -> str:
    """What `shell`, one of `SHELLS`, is to read to complete every verb and option."""
    parser = make_parser()
    for action in _actions(parser):
        if action.dest in _NAMES and not action.choices:  # one's own are taken as well
            action.choices = _NAMES[action.dest]
        if action.dest in _FILES | _FOLDERS and not action.choices:
            kind = shtab.DIRECTORY if action.dest in _FOLDERS else shtab.FILE
            action.complete = kind  # type: ignore[attr-defined]  # how shtab is told
    return shtab.complete(parser, shell)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                yield from _actions(verb)
