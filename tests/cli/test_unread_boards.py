"""A verb that is told a board which nobody could read says so, and where its letter lies."""

from __future__ import annotations

import pytest
from support.living_boards import save

from daemon.cli import main
from daemon.errors import ExitCode


@pytest.mark.parametrize("has_daemon", [True, False])
def test_a_board_with_a_mistake_is_no_unknown_word(
    root, daemon, wait, capsys, has_daemon: bool
) -> None:
    file = save(root, "ep", "shots:\n  010: {prompt: a, stepz: 3}\n")
    if has_daemon:
        daemon()
        wait(file.with_name("board.yaml.why.txt").exists)
    for verb in ("retry", "cancel", "first"):
        for word in ("ep", "ep/", "ep/010", "ep/010-2", "EP"):
            code = main([verb, word, "--root", str(root.root)])
            said = capsys.readouterr().err
            assert code == ExitCode.USAGE, (verb, word)
            assert "the board ep" in said
            assert "Did you mean `ep`" not in said
            assert ("boards/ep/board.yaml.why.txt" if has_daemon else "stepz") in said


def test_nothing_of_a_board_goes_first_that_waits_since_another_has_its_name(root, capsys) -> None:
    for name in ("ep", "ep2", "other"):
        save(root, name, f"name: {'x' if name == 'other' else 'ep'}\nshots:\n  010: a\n")

    for name, code in (("ep", 0), ("ep2", 1), ("ep2/010", 1), ("other", 0)):
        assert main(["first", name, "--root", str(root.root)]) == code, name
        said = capsys.readouterr()
        assert ("goes first:" in said.out) is (code == 0), name
        assert ("another board called ep: ep/." in said.err) is bool(code), name
