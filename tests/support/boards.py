"""Boards as tests write them."""

from __future__ import annotations

import pytest

from daemon.boards.board import Board, Shot
from daemon.boards.read import read_board
from daemon.errors import JobError
from daemon.settings import parse_settings


def board(
    text: str, *, file: str = "board.yaml", name: str = "ep03", settings: str = "", **levels: str
) -> Board:
    """The board in `text`; other keywords are `_defaults.yaml` files, outermost first."""
    return read_board(
        text.encode(),
        file,
        name=name,
        base=parse_settings(settings.encode() or b"# nothing").job_defaults,
        defaults=[(f"{each}/_defaults.yaml", content.encode()) for each, content in levels.items()],
    )


def shots(text: str, **more: str) -> dict[str, Shot]:
    """The shots of a board by their ids."""
    return {shot.id: shot for shot in board(text, **more).shots}


def refusal(text: str, **more: str) -> JobError:
    """What is said of a board that is none."""
    with pytest.raises(JobError) as caught:
        board(text, **more)
    return caught.value
