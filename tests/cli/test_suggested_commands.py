"""What a verb says to type next is one command of a shell, whatever a board is called."""

from __future__ import annotations

import re
import shlex

import pytest
from support.living_boards import save

from daemon.cli import main
from daemon.errors import ExitCode
from daemon.root.layout import Layout
from daemon.root.own_command import typed, word_of

BOARD = "size: 64x64\nsteps: 1\nshots:\n  010: a boat\n  020: a pier\n"


@pytest.mark.parametrize("name", ["ep03", "My Board", "Ben's", "#10", "-x", "été $HOME;x", "~a*"])
def test_a_name_is_one_word_of_a_shell_that_is_no_option_and_no_number(name: str) -> None:
    assert shlex.split(f"hotfolder resume {typed(name)}") == ["hotfolder", "resume", word_of(name)]
    assert word_of(name) in (name, f"boards/{name}")
    assert word_of(name)[0] not in "#-"


@pytest.mark.parametrize("name", ["ep03", "My Board", "Ben's", "#10"])
@pytest.mark.parametrize(
    ("verb", "parts", "next_verb"),
    [
        ("pause", [""], "resume"),
        ("cancel", [""], "retry"),
        ("cancel", ["/010", "/020"], "retry"),
        ("first", ["/010"], "resume"),
        ("final", [""], "status"),
        ("final", ["/010"], "status"),
    ],
)
def test_the_command_that_is_suggested_does_what_is_meant(
    root: Layout, capsys, name: str, verb: str, parts: list[str], next_verb: str
) -> None:
    root.settings_file.write_text("engine: dry-run\n")
    save(root, name, BOARD)
    if verb == "first":
        (root.boards / name / ".paused").touch()
    main([verb, *(f"{name}{part}" for part in parts), "--root", str(root.root)])
    told = " ".join("".join(capsys.readouterr()).split())
    (said,) = re.findall(rf"`(hotfolder [^`]*\b{next_verb} [^`]*)`", told)
    _, *words = shlex.split(said)
    assert main(words) in (ExitCode.OK, ExitCode.NO_DAEMON), (said, capsys.readouterr())
