"""`hotfolder thumbs`: a board, a job file or a text becomes a picture of drawings, without a daemon."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from daemon.cli import main
from daemon.root.layout import Layout

BOARD = """\
aspect: 2.39:1
cast:
  Anna: {look: gone.png, as: a woman with red hair}
shots:
  010: wide, harbour at dawn
  020: Anna frobnicates on the wall
  030: insert, a key
"""


@pytest.fixture
def thumbs(root: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        code = main(["--root", str(root.root), "thumbs", *map(str, words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_a_text_becomes_a_thumbnail_beside_which_nothing_is_overwritten(thumbs, tmp_path) -> None:
    first = thumbs("a man walks in the rain")
    second = thumbs("a man walks in the rain")

    assert (first[0], first[1]) == (0, "thumbs.png\n")
    assert second[1] == "thumbs-2.png\n"
    assert (tmp_path / "thumbs.png").read_bytes() == (tmp_path / "thumbs-2.png").read_bytes()
    with Image.open(tmp_path / "thumbs.png") as image:
        assert image.size == (480, 270)


def test_a_board_becomes_a_sheet_though_its_pictures_are_not_there_yet(
    thumbs, tmp_path, root
) -> None:
    folder = root.root / "boards" / "ep03"
    folder.mkdir(parents=True)
    (folder / "board.yaml").write_text(BOARD)

    code, out, err = thumbs("ep03", "-o", "sheet.webp")

    assert (code, out) == (0, "sheet.webp\n")
    assert "020: not drawn: frobnicates" in err
    with Image.open(tmp_path / "sheet.webp") as image:
        assert image.width > 3 * 480


def test_into_a_folder_each_shot_is_a_file_in_its_own_shape(thumbs, tmp_path) -> None:
    (tmp_path / "ep.yaml").write_text(BOARD)
    (tmp_path / "out").mkdir()

    assert thumbs("ep.yaml", "-o", "out")[0] == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "010.png",
        "020.png",
        "030.png",
    ]
    with Image.open(tmp_path / "out" / "010.png") as image:
        assert image.width / image.height > 1.9


def test_a_job_file_is_drawn_picture_by_picture(thumbs, tmp_path) -> None:
    (tmp_path / "a.yaml").write_text("prompt: a dog on the beach\ncount: 2\nseed: 1\n")

    assert thumbs("a.yaml", "-o", "a.png")[0] == 0
    with Image.open(tmp_path / "a.png") as image:
        assert image.width > 2 * 400


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gone.yaml",), "no such file"),
        (("a man", "-o", "a.txt"), "a picture's name ends with"),
        (("a man", "-o", "no/where/a.png"), "can't be written"),
        (("a\x1b[31m man",), ""),
        (("x" * 5000,), "no board and no file"),
        (("",), ""),
    ],
)
def test_what_can_not_be_done_is_said(thumbs, words, said) -> None:
    code, out, err = thumbs(*words)

    assert bool(code) == bool(said)
    assert said in err
    assert "\x1b" not in out + err


def test_check_names_the_words_that_a_thumbnail_leaves_out(root, tmp_path, capsys) -> None:
    (tmp_path / "ep.yaml").write_text(BOARD.replace("look: gone.png, ", ""))
    (tmp_path / "a.txt").write_text("a man glorps in the street")
    root.settings_file.write_text("engine: dry-run\n")

    main(["--root", str(root.root), "check", str(tmp_path / "ep.yaml"), str(tmp_path / "a.txt")])
    told = capsys.readouterr().out

    assert "not in the thumbnail: frobnicates" in told
    assert "not in the thumbnail: glorps" in told


def test_whom_an_earlier_shot_introduces_later_ones_draw_so(thumbs, tmp_path, root) -> None:
    told = {
        "plain": "wide, two birds",
        "said": "Captain Okoro (60s, a woman, red coat) waits",
        "beast": "a hedgehog called Okoro sniffs",
    }
    frames: dict[str, tuple[bytes, ...]] = {}
    for name, first in told.items():
        folder = root.root / "boards" / "ep03"
        folder.mkdir(parents=True, exist_ok=True)
        text = f"shots:\n  010: {first}\n  020: Okoro runs\n  030: a man runs\n"
        (folder / "board.yaml").write_text(text)
        (tmp_path / name).mkdir()
        assert thumbs("ep03", "-o", name)[0] == 0
        frames[name] = tuple((tmp_path / name / f"0{n}0.png").read_bytes() for n in (2, 3))

    assert len({named for named, _ in frames.values()}) == 3
    assert len({unnamed for _, unnamed in frames.values()}) == 1
