"""A board that waits as a twin is told from all others by the beginnings of their files."""

from __future__ import annotations

from support.living_boards import save

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
