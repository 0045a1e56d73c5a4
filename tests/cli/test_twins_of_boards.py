"""A board that waits as a twin is told from all others by the beginnings of their files."""

from __future__ import annotations

import pytest
from support.living_boards import save

from daemon.boards.called import hides_its_name
from daemon.boards.folder import place_of
from daemon.cli import main
from daemon.cli.board_words import SeenBoard
from daemon.cli.boards import Boards
from daemon.root.layout import Layout

BOARD = "size: 64x64\nsteps: 1\nshots:\n  010: a boat\n"


class Counted(Boards):
    """Notes which boards are looked at whole."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.looked_at: list[str] = []

    def see(self, folder: str) -> SeenBoard:
        self.looked_at.append(folder)
        return super().see(folder)


def test_only_a_board_that_may_have_the_name_is_read_whole(root: Layout) -> None:
    root.settings_file.write_text("engine: dry-run\n")
    for number in range(20):
        save(root, f"ep{number:02d}", BOARD)
    save(root, "other", f"name: zz\n{BOARD}")
    save(root, "zz", BOARD)
    boards = Counted(root)
    twin = boards.named("zz")
    assert twin is not None
    assert "There is another board called zz: other/." in str(boards.twin_of(twin))
    assert boards.looked_at == ["zz", "other"]
    single = boards.named("other")
    assert single is not None
    assert boards.twin_of(single) is None
    assert boards.looked_at == ["zz", "other", "other"]


#: files of a board called ep, whose names a look at the beginnings of their lines does not find
HIDDEN = {
    "board.json": '{"size": "64x64", "shots": {"010": "a boat"}, "name": "ep"}',
    "flow.yaml": "{shots: {010: a boat}, name: ep}\n",
    "below.yaml": f"name:\n  ep\n{BOARD}",
    "escaped.yaml": f'name: "\\x65p"\n{BOARD}',
    "key.yaml": f'"n\\x61me": ep\n{BOARD}',
    "far.yaml": f"{BOARD}{'# and so on' * 2000}\nname: ep\n",
}


@pytest.mark.parametrize("file", HIDDEN)
def test_a_board_that_comes_first_has_its_name_however_it_says_it(
    root: Layout, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root.settings_file.write_text("engine: dry-run\n")
    (root.boards / "a").mkdir(parents=True)
    (root.boards / "a" / file).write_text(HIDDEN[file])
    twin = save(root, "ep", BOARD)
    for words in (["first", "ep"], ["check", str(twin)]):
        assert main([*words, "--root", str(root.root)]) == 1
        out, err = capsys.readouterr()
        assert "another board called ep: a/." in out + err


@pytest.mark.parametrize("line", ["name: other", "name: 'other'  # for now", 'name: "other" \r'])
def test_a_name_that_is_said_plainly_is_taken_at_its_word(root: Layout, line: str) -> None:
    save(root, "a", f"{line}\n{BOARD}")
    assert not hides_its_name(place_of(root.boards / "a"))
    save(root, "a", f"{line}\n\n  and more\n{BOARD}")
    assert hides_its_name(place_of(root.boards / "a"))
