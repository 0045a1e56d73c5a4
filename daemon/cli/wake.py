"""What verbs that steer a daemon share: the root they are about, and a word to a running daemon.

Knows no verb. Standard library only.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from daemon.cli.printing import say_error
from daemon.errors import UsageError
from daemon.root import commands
from daemon.root.commands import Arrived, Wake
from daemon.root.create import prepare
from daemon.root.layout import Layout, find_root
from daemon.root.lock import is_held


def wake(layout: Layout) -> None:
    """Have a running daemon look now instead of a second later."""
    if is_held(layout.lock_file):
        commands.ask(layout, Wake())


def arrived(layout: Layout, file: Path) -> None:
    """Tell a running daemon that this file in its inbox is complete."""
    if is_held(layout.lock_file):
        commands.ask(layout, Arrived(str(file.relative_to(layout.inbox))))


def existing_root(arguments: argparse.Namespace) -> Layout:
    """The root the verb is about. Only `run`, `service` and `cluster` make one, so that a mistyped
    --root makes none elsewhere. Raises UsageError."""
    layout = Layout(find_root(arguments.root))
    if layout.id_file.is_file() or is_held(layout.lock_file):
        return layout
    raise UsageError(
        f"{layout.root} is no Hotfolder root. Name one with --root DIR or $HOTFOLDER_ROOT, or go "
        f"into one; `hotfolder run --root DIR` makes a new one."
    )


def named_root(arguments: argparse.Namespace) -> Layout:
    """The root the verb is about, which need not be there unless somebody has named it. Raises
    UsageError."""
    if arguments.root or os.environ.get("HOTFOLDER_ROOT"):
        return existing_root(arguments)
    return Layout(find_root())


def prepared_root(arguments: argparse.Namespace) -> Layout:
    """The same, with all of its folders there. Raises UsageError, SetupError."""
    layout = existing_root(arguments)
    for told in prepare(layout):
        say_error(told)
    return layout
