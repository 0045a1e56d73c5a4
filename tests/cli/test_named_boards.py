"""`check` and `thumbs` take boards as the other verbs do: by name, by folder, by path, or a shot."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.cli import main
from daemon.root.layout import Layout

BOARD = "size: 64x64\nshots:\n  010: a boat\n  020: {prompt: a man walks, takes: 2}\n"


@pytest.fixture
def typed(root: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    """Types a line in a folder that is not the root's."""
    root.settings_file.write_text("engine: dry-run\n")
    for name, text in (("ep03", BOARD), ("ep04", f"name: Pilot\n{BOARD}")):
        (root.boards / name).mkdir(parents=True)
        (root.boards / name / "board.yaml").write_text(text)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*words: str) -> tuple[int, str]:
        code = main([*words, "--root", str(root.root)])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def ways(root: Layout) -> list[str]:
    """Every way to say that board."""
    folder = root.boards / "ep03"
    up = Path("..") / folder.relative_to(Path.cwd().parent)
    return ["ep03", "EP03", "boards/ep03", "boards/ep03/board.yaml", str(folder), str(up)]


def test_a_board_is_named_in_every_way(root: Layout, typed) -> None:
    for word in [*ways(root), "ep03/"]:
        code, told = typed("check", word)
        assert (code, "board ep03, 2 shots, 3 pictures" in told) == (0, True), (word, told)
        code, told = typed("thumbs", word, "-o", "a.png")
        assert (code, told) == (0, "a.png\n"), (word, told)


def test_a_shot_of_it_alone_is_told(root: Layout, typed) -> None:
    for board in ("ep03", "boards/ep03", str(root.boards / "ep03")):
        for part, pictures in (
            ("020", 2),
            ("020-2", 2),
            ("020.png", 2),
            ("0[2-9]*", 2),
            ("010", 1),
        ):
            code, told = typed("check", f"{board}/{part}")
            assert code == 0, told
            assert f"1 of 2 shots, {pictures} picture" in told
            assert typed("thumbs", f"{board}/{part}", "-o", "a.png") == (0, "a.png\n")


@pytest.mark.parametrize("verb", ["check", "thumbs"])
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("ep3", "`ep03`"),
        ("boards/ep3", "`boards/ep03`"),
        ("nosuch", "no board"),
        ("no/such", "no such file"),
        ("ep03/030", "no shot 030"),
        ("010.txt", "no such file"),
    ],
)
def test_a_word_that_names_none_is_an_error_that_names_what_is_near(
    typed, verb, word, said
) -> None:
    code, told = typed(verb, word)
    assert (code, said in told) == (2, True), told
    assert list(Path.cwd().iterdir()) == []


def test_one_word_that_thumbnails_know_is_drawn_and_said(typed) -> None:
    code, told = typed("thumbs", "boat", "-o", "a.png")
    assert (code, "the word is drawn" in told, "a.png\n" in told) == (0, True, True)
    assert typed("thumbs", "a boat", "-o", "b.png") == (0, "b.png\n")
    assert typed("thumbs", "海上的船", "-o", "c.png")[0] == 0


def test_what_lies_here_comes_before_a_board(typed) -> None:
    Path("ep03").mkdir()
    Path("ep03/mine.yaml").write_text("prompt: a house\n")
    assert "ep03/mine.yaml: good" in typed("check", "ep03")[1]
    Path("ep03/mine.yaml").unlink()
    assert "board ep03" in typed("check", "ep03")[1]
