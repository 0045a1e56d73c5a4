"""What verbs that steer a daemon share: the root made ready, and a word to a running daemon.

Knows no verb.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from daemon.cli.printing import say_error
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


def prepared_root(arguments: argparse.Namespace) -> Layout:
    """The root the verb is about, its folders made. Raises SetupError."""
    layout = Layout(find_root(arguments.root))
    for told in prepare(layout):
        say_error(told)
    return layout


def job_number(word: str) -> int | None:
    """42 of "42" and "#42"; None of anything else."""
    digits = word.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() else None
