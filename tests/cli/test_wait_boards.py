"""`wait` for boards: until every picture that one wants is there, or can't come."""

from __future__ import annotations

import pytest
from support.living_boards import save

from daemon.cli import main
from daemon.errors import ExitCode

HEAD = "takes: 2\nsize: 64x64\nsteps: 2\nshots:\n"
BOARD = HEAD + "  010: {}\n  020: {{prompt: a gull, like: 010}}\n"


@pytest.fixture
def quick(root):
    root.settings_file.write_text(
        "engine: dry-run\nsettle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
    )
    return root


@pytest.fixture
def waited(quick, capsys):
    """Waits for words; the code, the names of the pictures, and what was said beside."""

    def wait(*words: str):
        capsys.readouterr()  # what other verbs have said
        code = main(["wait", *words, "--root", str(quick.root)])
        out, err = capsys.readouterr()
        folder = f"{quick.outbox}/ep/"
        assert all(line.startswith(folder) for line in out.splitlines())
        return code, [line.removeprefix(folder) for line in out.splitlines()], err

    return wait


def test_a_board_is_waited_for_from_its_drop_on_and_after_each_save(quick, daemon, drop, waited):
    daemon(HOTFOLDER_DRY_STEP_SECONDS="0.1")
    for place in ("ep.yaml", "ep/board.yaml"):  # the second is its next version
        drop.whole(place, BOARD.format("a boat" if place == "ep.yaml" else "a ship"))
        code, names, said = waited("ep")
        assert code == ExitCode.OK, said
        versions = ("",) if place == "ep.yaml" else ("-v2",)
        wanted = [
            f"{shot}{v}-{take}.png" for shot in ("010", "020") for v in versions for take in (1, 2)
        ]
        assert names == wanted

    save(quick, "ep", BOARD.format("a raft"))
    code, names, _ = waited("ep/010", "ep/020-1")
    assert (code, names) == (0, ["010-v3-1.png", "010-v3-2.png", "020-v3-1.png"])


def test_what_can_t_come_ends_the_waiting_and_is_named(quick, daemon, waited):
    save(quick, "ep", BOARD.format("a boat"))
    main(["pause", "ep", "--root", str(quick.root)])
    daemon()
    code, _, said = waited("ep")
    assert code == ExitCode.SETUP
    assert " resume ep" in said
    assert waited("ep/030")[0] == ExitCode.USAGE

    assert main(["cancel", "ep/010-1", "--root", str(quick.root)]) == 0
    assert main(["resume", "ep", "--root", str(quick.root)]) == 0
    code, names, said = waited("ep")
    assert (code, names) == (ExitCode.FAILED, ["010-2.png"])
    assert "ep/010-1 was cancelled" in said
    assert said.count("waits until 010 is made") == 2

    save(quick, "ep", "shots: {010: {promt: a boat}}\n")
    code, _, said = waited("ep")
    assert code == ExitCode.FAILED
    assert "boards/ep/board.yaml.why.txt" in said


def test_without_a_daemon_only_what_is_there_is_told(quick, daemon, waited):
    save(quick, "ep", BOARD.format("a boat"))
    assert waited("ep")[0] == ExitCode.NO_DAEMON
    assert daemon("--until-empty", ready=False).wait() == 0
    code, names, _ = waited("ep", "--timeout", "5")
    assert (code, len(names)) == (0, 4)
