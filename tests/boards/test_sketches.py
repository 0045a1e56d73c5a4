"""Drawings of a board's shots: named, or by their own names in `sketches/`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from support.living_boards import keys_made, pictures, records, save

from daemon.boards.read import make_board, read_board, table_of_board
from daemon.errors import JobError
from daemon.settings import Settings

BASE = Settings().job_defaults
BOARD = """\
preset: fast
shots:
  010: a harbour
  "020": {prompt: a boat, drawing: boat.png}
  5A: {prompt: a key, aspect: 16:9}
"""


def drawn_by(board: str, *names: str) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    table = table_of_board(board.encode(), "board.yaml")
    made = make_board(table, name="ep", base=BASE, sketches=names)
    found = {shot.id: [one.image for one in shot.takes[0].job.controls] for shot in made.shots}
    return found, made.warnings


def draw(file: Path, wide: int) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).rectangle((30, 30, 30 + wide, 200), outline="black", width=3)
    draft = file.with_name(f".{file.name}.part")
    picture.save(draft, "PNG")
    draft.replace(file)
    return file


def test_a_drawing_in_sketches_belongs_to_the_shot_of_its_name() -> None:
    found, warnings = drawn_by(BOARD, "10.jpg", "020.png", "5a.PNG", "5A.kra")

    assert found == {"010": ["sketches/10.jpg"], "020": ["boat.png"], "5A": ["sketches/5a.PNG"]}
    assert warnings == ()


def test_what_belongs_to_no_shot_or_can_not_be_read_is_told() -> None:
    found, warnings = drawn_by(BOARD, "010.jpg", "010.png", "0200.png", "5A.psd", "notes.txt")

    assert found["010"] == ["sketches/010.jpg"]
    assert found["5A"] == []
    told = "\n".join(warnings)
    assert "sketches/010.png was left aside: sketches/010.jpg is the drawing of shot 010" in told
    assert "sketches/0200.png belongs to no shot. Did you mean `020`?" in told
    assert "sketches/5A.psd can't be read as a drawing: export it as PNG" in told
    assert len(warnings) == 3


def test_a_column_of_a_shot_list_names_drawings() -> None:
    text = "shot,description,drawing\n010,a harbour,dock.png\n020,a boat,\n"
    board = read_board(text.encode(), "ep.csv", name="ep", base=BASE)

    assert [[one.image for one in shot.takes[0].job.controls] for shot in board.shots] == [
        ["dock.png"], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["each: drawing\nshots: {010: a}", "shots: {010: {prompt: a, each: drawing}}"]
)
def test_each_is_no_key_of_a_board(text: str) -> None:
    with pytest.raises(JobError, match="can't stand here") as caught:
        drawn_by(text)
    assert "sketches/" in caught.value.remedy


def test_a_changed_drawing_makes_exactly_its_shot_again(root, daemon, wait) -> None:
    draw(root.boards / "ep" / "sketches" / "010.png", 100)
    draw(root.boards / "ep" / "boat.png", 100)
    save(
        root,
        "ep",
        "takes: 1\nsteps: 2\nshots:\n  010: a harbour\n  020: {prompt: a boat, drawing: boat.png}\n  030: a key\n",
    )
    daemon()
    wait(lambda: pictures(root, "ep") == ["010.png", "020.png", "030.png"])
    changed = draw(root.boards / "ep" / "sketches" / "010.png", 200)
    wait(lambda: "010-v2.png" in pictures(root, "ep"))
    draw(root.boards / "ep" / "sketches" / "030.png", 120)
    wait(lambda: "030-v2.png" in pictures(root, "ep"))

    made = records(root, "ep")
    assert sorted(made) == ["010", "010-v2", "020", "030", "030-v2"]
    assert set(keys_made(root).values()) == {1}
    controls = {name: record["job"]["controls"] for name, record in made.items()}
    assert controls["030"] == []
    assert controls["010"][0]["image"] == "sketches/010-cleaned.png"
    assert controls["010"][0]["sha256"] != controls["010-v2"][0]["sha256"]
    assert made["010"]["job"]["seed"] == made["010-v2"]["job"]["seed"]
    assert (root.references / hashlib.sha256(changed.read_bytes()).hexdigest()).exists()
