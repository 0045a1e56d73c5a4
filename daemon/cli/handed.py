"""What a word means that is to be handed over or put away: a board, or a folder of the outbox."""

from __future__ import annotations

from pathlib import Path

from daemon.boards.board_file import BoardReader
from daemon.cli.boards import Boards
from daemon.errors import UsageError
from daemon.export.subject import Subject, find_subject
from daemon.root.layout import Layout


def subject(layout: Layout, reader: BoardReader, word: str) -> Subject:
    """Boards are named as for every verb. Raises UsageError, and JobError for a board that can't be
    read."""
    return find_subject(layout, reader, word, _board_file(layout, word))


def _board_file(layout: Layout, word: str) -> Path | None:
    try:
        return Boards(layout, reads=False).board(word).place.file
    except UsageError:
        return None
