"""`hotfolder check` of a board: shots, who is in each, what the model reads, how many, what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from daemon.cli import main
from daemon.root.layout import Layout

BOARD = """\
style: pencil
aspect: 1:1
preset: fast
takes: 3
cast:
  Anna: {look: anna.png, as: a woman with red hair}
  Ben: {look: ben.png}
shots:
  010: wide, harbour at dawn
  020: Anna stands on the wall
  060:
    prompt: over Anna's shoulder, Ben waves
    dialogue: "BEN: Up here!"
    takes: 5
    place: {Anna: left, Ben: right}
    like: 020
  070:
    prompt: pier at {light}
    takes: 1
    vary: {light: [dawn, night]}
    from: {shot: 010, strength: 0.5}
"""


@pytest.fixture
def folder(root: Layout) -> Path:
    """A board with the pictures of its cast, where boards live; the engine needs no model."""
    root.settings_file.write_text("engine: dry-run\n")
    folder = root.root / "boards" / "ep03"
    folder.mkdir(parents=True)
    for name in ("anna", "ben"):
        Image.new("RGB", (64, 64), "red").save(folder / f"{name}.png")
    (folder / "board.yaml").write_text(BOARD)
    return folder


def check(root: Layout, *words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["--root", str(root.root), "check", *map(str, words)])
    return code, capsys.readouterr().out


def test_a_board_is_told_shot_by_shot(root: Layout, folder: Path, capsys) -> None:
    code, told = check(root, folder / "board.yaml", capsys=capsys)

    assert code == 0, told
    assert "board ep03, 4 shots, 13 pictures" in told
    for line in (
        "  010  3 pictures",
        "wide, harbour at dawn, pencil",
        "  020  3 pictures; Anna",
        "Anna stands on the wall, pencil; Anna: a woman with red hair",
        "  060  5 pictures; Anna, Ben; like 020 (0.5)",
        "  070  2 pictures; from 010 (0.5)",
        "dawn: pier at dawn, pencil",
        "night: pier at night, pencil",
    ):
        assert line in told
    assert "Up here" not in told


def test_a_program_gets_the_same_as_json(root: Layout, folder: Path, capsys) -> None:
    code, told = check(root, "--json", folder / "board.yaml", capsys=capsys)

    (said,) = json.loads(told)
    shots = {shot["shot"]: shot for shot in said["shots"]}
    assert (code, said["ok"], said["board"], said["pictures"]) == (0, True, "ep03", 13)
    assert list(shots) == ["010", "020", "060", "070"]
    assert shots["060"]["who"] == ["Anna", "Ben"]
    assert shots["060"]["follows"] == {
        "shot": "020", "paints_over": False, "strength": 0.5, "line": 16
    }  # fmt: skip
    assert shots["060"]["told"] == {"dialogue": "BEN: Up here!"}
    assert [take["name"] for take in shots["070"]["takes"]] == ["070-dawn", "070-night"]
    assert len({take["seed"] for take in shots["070"]["takes"]}) == 1
    assert shots["020"]["written"] == "Anna stands on the wall"


def test_the_time_counts_every_take_and_the_fewer_steps_of_what_is_painted_over(
    root: Layout, folder: Path, capsys
) -> None:
    pace = {"seconds_per_megapixel_step": 1.0, "overhead": 0.0, "pictures_per_step": 1.0}
    root.status_file.write_text(json.dumps({"schema": 1, "pace": pace}))

    _, told = check(root, "--json", folder / "board.yaml", capsys=capsys)

    (said,) = json.loads(told)
    steps, whole = 10 * 0.768**2, 10 * 0.768**2 / 2
    assert said["estimate_seconds"] == pytest.approx(11 * steps + 2 * whole, rel=0.01)


def test_a_picture_that_is_missing_is_told_of_each_shot_that_needs_it(
    root: Layout, folder: Path, capsys
) -> None:
    (folder / "ben.png").unlink()

    code, told = check(root, folder / "board.yaml", capsys=capsys)

    assert code == 1
    assert "1 shot can't be made" in told
    assert "problem" in told.split("  060  ")[1].split("  070  ")[0]
    assert "ben.png" in told


def test_a_mistake_is_told_as_in_a_letter(root: Layout, folder: Path, capsys) -> None:
    (folder / "board.yaml").write_text(BOARD.replace("like: 020", "like: 02"))

    code, told = check(root, folder / "board.yaml", capsys=capsys)

    assert code == 1
    assert "Did you mean `020`" in told
    assert "like: 02" in told


def test_defaults_of_boards_hold_and_are_blamed(root: Layout, folder: Path, capsys) -> None:
    (folder.parent / "_defaults.yaml").write_text("steps: 33\n")
    (folder / "_defaults.yaml").write_text("negative_prompt: fog\n")
    (folder / "board.yaml").write_text("shots: {010: pier}\n")
    _, told = check(root, "--json", folder / "board.yaml", capsys=capsys)
    assert json.loads(told)[0]["shots"][0]["takes"][0]["negative_prompt"] == "fog"

    (folder / "_defaults.yaml").write_text("stepps: 3\n")
    code, told = check(root, folder / "board.yaml", capsys=capsys)

    assert code == 1
    assert "boards/ep03/_defaults.yaml" in told


def test_boards_and_jobs_are_counted_together(root: Layout, folder: Path, capsys) -> None:
    (folder / "note.yaml").write_text("prompt: a boat\n")

    code, told = check(root, folder, capsys=capsys)

    assert code == 0
    assert "2 files, 14 pictures" in told


@pytest.mark.parametrize(
    "name",
    ["again", "later", "lost+found", "x.app", "Final", "LATER", "now.png", "Index.html"],
)
def test_a_name_that_a_daemon_refuses_is_refused(
    root: Layout, folder: Path, name: str, capsys
) -> None:
    (folder / "board.yaml").write_text(f"name: {name}\n{BOARD}")

    code, told = check(root, folder / "board.yaml", capsys=capsys)

    assert code == 1
    assert f"A board can't be called {name}." in told


#: what lies in `boards/` beside ep03, which is good: what is said of it, "" where it is made
IN_BOARDS = {
    "loose.yaml": "Move it to boards/loose/board.yaml.",
    "alone/_board.yaml": "its name begins with _",
    "deep/er/board.yaml": "Move that folder to boards/er.",
    "ep03/old/board.yaml": "Move that folder to boards/old.",
    ".hid/board.yaml": "begins with a dot",
    "ep03/ep04.yaml": "Here board.yaml is read, and this file is not.",
    "ep03/shots.csv": "Here board.yaml is read, and this file is not.",
    "ep02/board.yaml": "",
    "ep02/lights.txt": "",
    "zz/ep03.yaml": "There is another board called ep03: ep03/.",
    "other/a.yaml": "",
}


def test_what_the_daemon_leaves_lying_or_refuses_in_boards_is_not_good(
    root: Layout, folder: Path, capsys
) -> None:
    for name in IN_BOARDS:
        (folder.parent / name).parent.mkdir(parents=True, exist_ok=True)
        text = "shot,prompt\n010,a boat\n" if name.endswith("csv") else "shots: {010: a boat}\n"
        (folder.parent / name).write_text("dawn\n" if name.endswith("txt") else text)

    code, told = check(root, "--json", *map(folder.parent.joinpath, IN_BOARDS), capsys=capsys)

    said = dict(zip(IN_BOARDS, json.loads(told), strict=True))
    assert code == 1
    assert {name for name, each in said.items() if each["ok"]} == {
        name for name, words in IN_BOARDS.items() if not words
    }
    assert all(words in said[name].get("why", "") for name, words in IN_BOARDS.items()), said


def test_a_board_with_a_mistake_takes_its_name_from_no_other(
    root: Layout, folder: Path, capsys
) -> None:
    (folder.parent / "ep02").mkdir()
    for text, code in (("name: ep03\nshots: {010: }\n", 0), ("name: ep03\nshots: {010: p}\n", 1)):
        (folder.parent / "ep02" / "board.yaml").write_text(text)
        assert check(root, folder / "board.yaml", capsys=capsys)[0] == code
