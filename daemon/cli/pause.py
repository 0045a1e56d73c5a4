"""`hotfolder pause|resume`: nothing more is claimed, of everything or of one board, until it is
again."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from daemon.boards.folder import PAUSED
from daemon.cli.board_words import SeenBoard
from daemon.cli.boards import Boards
from daemon.cli.printing import say, say_error
from daemon.cli.wake import prepared_root, wake
from daemon.errors import ExitCode
from daemon.root.layout import Layout
from daemon.root.own_command import command_here, typed


def pause(arguments: argparse.Namespace) -> int:
    """Nothing more is claimed until `resume`; what renders now is finished. 2 if a word is no
    board."""
    layout = prepared_root(arguments)
    if not arguments.board:
        layout.paused_file.touch()
        wake(layout)
        say(f"paused: nothing more is begun until `{command_here(layout, 'resume')}`")
        return ExitCode.OK
    for board in _boards(layout, arguments.board):
        (board.place.folder / PAUSED).touch()
        again = f"`{command_here(layout, f'resume {typed(board.folder)}')}`"
        say(f"paused {board.folder}: nothing more of it is begun until {again}")
    wake(layout)
    return ExitCode.OK


def resume(arguments: argparse.Namespace) -> int:
    """Undo `pause`."""
    layout = prepared_root(arguments)
    if not arguments.board:
        layout.paused_file.unlink(missing_ok=True)
        wake(layout)
        say("resumed")
        return ExitCode.OK
    for board in _boards(layout, arguments.board):
        (board.place.folder / PAUSED).unlink(missing_ok=True)
        say(f"resumed {board.folder}")
    wake(layout)
    if layout.paused_file.exists():
        say_error(f"Everything is paused still; `{command_here(layout, 'resume')}` goes on.")
    return ExitCode.OK


def _boards(layout: Layout, words: Sequence[str]) -> list[SeenBoard]:
    """Raises UsageError before anything is done."""
    boards = Boards(layout)
    return [each for word in words for each in boards.whole(word)]
