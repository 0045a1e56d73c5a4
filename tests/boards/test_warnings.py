"""What a board's author is warned of by `check`, the jobs of its pictures tell as well."""

from __future__ import annotations

import pytest

from daemon.boards.board_file import BoardReader
from daemon.boards.drops import body_of
from daemon.boards.wanted import job_of, pictures_of
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.settings import read_settings

CAST = "cast: {Anna: {as: a girl}, Ben: {as: a man}}\n"
WARNED = [
    ("010: a boat #3 in the harbour", "ends before `#3 in the harbour`"),
    ("010: “harbour”", "typographic quotes"),
    ("010: a {red|blue} boat", "read as typed"),
    ("010: {prompt: a pier, place: {Anna: left}}", "Anna has a `place`"),
    ("010: ANNA waves", "other capitals"),
    ("010: {prompt: a pier, width: 100}", "rounded to 104"),
    ("010: {prompt: a pier, enable_hr: false}", "left aside"),
]


@pytest.mark.parametrize(("shot", "warning"), WARNED)
def test_what_is_warned_of_at_a_shot_is_told_once_of_its_picture(
    root: Layout, shot: str, warning: str
) -> None:
    settings = read_settings(root.settings_file)
    preparer = Preparer(root, settings, engine="dry-run", model=None)
    file = root.boards / "ep" / "board.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"{CAST}shots:\n  {shot}\n", "utf-8")
    board = BoardReader(root, settings, preparer.models).board(file)
    ((one, picture),) = pictures_of(board, file.parent, preparer).items()
    said = picture.take.job.warnings
    assert [text for text in said if warning in text]

    block, about = job_of(picture, "ep", "010", 1, file.parent, preparer, followed=None)
    dropped = root.inbox / "ep" / "010.json"
    dropped.parent.mkdir()
    dropped.write_text(body_of({**block, "id": str(one), "name": "010", "board": about}), "utf-8")
    plan = preparer.foresee(dropped)
    assert plan.warnings == said
    assert "warnings" not in plan.pictures[0].block["board"]
