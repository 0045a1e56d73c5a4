"""How much all boards together may ask of the daemon's memory."""

from __future__ import annotations

import pytest

from daemon.boards import living as living_boards
from daemon.boards.board_file import BoardReader
from daemon.boards.living import LivingBoards
from daemon.fs.moment import Moment
from daemon.notify.events import Event
from daemon.plan.prepare import Preparer
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.settings import Settings


def test_a_board_too_many_has_a_letter_and_the_others_go_on(
    root: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(living_boards, "MOST_PICTURES", 5)
    prepare(root)
    settings = Settings(engine="dry-run")
    preparer = Preparer(root, settings, engine="dry-run", model=None)
    told: list[Event] = []
    reader = BoardReader(root, settings, preparer.models)
    boards = LivingBoards(root, preparer, reader.board, told.append, settle=0.0)
    files = {}
    for name in ("a", "b", "c"):
        files[name] = root.boards / name / "board.yaml"
        files[name].parent.mkdir(parents=True)
        files[name].write_text("takes: 2\nshots:\n  010: a boat\n")

    def look() -> list[str]:
        for turn in range(60):
            boards.look(Moment(float(turn), float(turn)))
            for each in boards.boards.values():
                if each.reading is not None:
                    each.reading.exception(60)
        return [each.place.folder.name for each in boards.boards.values() if each.error]

    assert look() == ["c"]
    letter = files["c"].with_name("board.yaml.why.txt").read_text()
    assert "more than 5 pictures" in letter
    assert "With this one they would be 6" in letter
    files["a"].unlink()
    files["a"].with_name("board.yaml.why.txt").unlink(missing_ok=True)
    files["c"].write_text("takes: 3\nshots:\n  010: a boat\n")
    assert look() == []
    assert not files["c"].with_name("board.yaml.why.txt").exists()
    boards.stop()
