"""The drawings in a scene of Storyboarder, followed where that is asked for."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from support.living_boards import pictures, records

from daemon.boards.layers import Layers, layers_of
from daemon.boards.read import make_board, table_of_board
from daemon.errors import JobError
from daemon.jobfile.read import read_job
from daemon.settings import Settings

BASE = Settings().job_defaults
ASKED = ("boards/_defaults.yaml", b"drawing: layers\n")


def board(uid: str, *layers: str, **more: object) -> dict[str, object]:
    url = f"board-1-{uid}"
    drawn = {name: {"url": f"{url}-{name}.png"} for name in layers}
    return {"uid": uid, "url": f"{url}.png", "layers": drawn, "action": "a boat", **more}


SCENE = {
    "boards": [
        board("ONE", "pencil"),
        board("TWO", "fill", "ink", "pencil"),
        board("SHOWN", "reference", "ink", "pencil"),
        board("FEW", "tone", "pencil"),
        board("PHOTO", "shot-generator"),
        board("GONE", "ink"),
        board("FLAT", "ink"),
        {"uid": "OLD", "url": "board-9-OLD.png", "action": "a key"},
        board("NONE"),
        board("MUTE", "ink", action=""),
    ]
}
NAMES = (
    "board-1-ONE-pencil.png", "board-1-ONE-posterframe.jpg", "board-1-TWO-ink.png",
    "board-1-TWO-posterframe.jpg", "board-1-SHOWN-ink.png", "board-1-SHOWN-posterframe.jpg",
    "board-1-FEW-tone.png", "board-1-PHOTO-shot-generator.png", "board-1-PHOTO-posterframe.jpg",
    "board-1-FLAT-posterframe.jpg", "board-9-OLD.png", "board-1-NONE-posterframe.jpg",
    "board-1-MUTE-ink.png",
)  # fmt: skip


def drawn_by(layers: Layers | None) -> tuple[dict[str, list[str]], list[str]]:
    table = table_of_board(json.dumps(SCENE).encode(), "s.storyboarder", layers=layers)
    made = make_board(table, name="s", base=BASE, defaults=[ASKED] if layers else [])
    found = {shot.id: [one.image for one in shot.takes[0].job.controls] for shot in made.shots}
    return found, list(made.warnings or table.warnings)


def test_a_shot_is_drawn_as_its_board_is_and_what_lies_nowhere_is_told() -> None:
    found, warnings = drawn_by(Layers(frozenset(NAMES)))

    assert found == {
        "ONE": ["images/board-1-ONE-pencil.png"],
        "TWO": ["images/board-1-TWO-posterframe.jpg"],
        "SHOWN": ["images/board-1-SHOWN-ink.png"],
        "FEW": ["images/board-1-FEW-tone.png"],
        "PHOTO": [],
        "GONE": [],
        "FLAT": ["images/board-1-FLAT-posterframe.jpg"],
        "OLD": ["images/board-9-OLD.png"],
        "NONE": [],
    }
    (told,) = [text for text in warnings if "images/" in text]
    assert told == (
        "The drawings of these boards do not lie in images/ beside the scene, and their shots are "
        "made without: GONE."
    )


def test_nothing_is_drawn_unless_it_is_asked_for_and_how_to_ask_is_told() -> None:
    found, warnings = drawn_by(None)

    assert set(map(tuple, found.values())) == {()}
    assert any("`drawing: layers` stands in a _defaults.yaml" in text for text in warnings)


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        ("drawing: layers", {}),
        ("drawing: Layers exact", {"scale": "exact"}),
        ("drawing: {image: layers, kind: lines, scale: 0.5}", {"kind": "lines", "scale": 0.5}),
        ("# layers\nsteps: 4", None),
        ("drawing: layers\n---", None),
        ("drawing: 010.png", None),
    ],
)
def test_the_defaults_above_a_scene_ask_for_it(tmp_path: Path, asked: str, how: object) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").touch()
    defaults = [("boards/_defaults.yaml", asked.removesuffix("\n---").encode())]
    if asked.endswith("---"):  # and a folder below may take it back
        defaults.append(("boards/s/_defaults.yaml", b"drawing: null\n"))

    found = layers_of(tmp_path, BASE, defaults)

    assert found == (None if how is None else Layers(frozenset({"a.png"}), how))


def test_as_a_default_it_says_nothing_of_a_job_and_in_one_it_is_refused() -> None:
    job = read_job(b"prompt: a boat\n", file="a.yaml", base=BASE, defaults=[ASKED])
    assert job.controls == ()
    with pytest.raises(JobError, match=r"`drawing: layers` can't stand here") as refused:
        read_job(b"prompt: a boat\ndrawing: layers\n", file="a.yaml", base=BASE)
    assert (refused.value.line, refused.value.key) == (2, "drawing")


def draw(file: Path, wide: int) -> Path:
    """A layer as the program saves it: strokes on nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    layer = Image.new("RGBA", (320, 180), (0, 0, 0, 0))
    ImageDraw.Draw(layer).rectangle((30, 30, 30 + wide, 150), outline="black", width=4)
    layer.save(file)
    return file


def test_a_scene_that_is_dropped_is_drawn_by_its_layers_and_again_by_a_changed_one(
    root, daemon, wait
) -> None:
    (root.boards / "_defaults.yaml").parent.mkdir(exist_ok=True)
    (root.boards / "_defaults.yaml").write_text("drawing: layers\nsteps: 2\n")
    folder = root.boards / "s"
    layer = draw(folder / "images" / "board-1-ONE-pencil.png", 100)
    scene = {"aspectRatio": 1.7777, "boards": [board("ONE", "pencil"), board("NONE")]}
    (folder / "s.storyboarder").write_text(json.dumps(scene))
    daemon()
    wait(lambda: pictures(root, "s") == ["NONE.png", "ONE.png"])
    draw(layer, 200)
    wait(lambda: "ONE-v2.png" in pictures(root, "s"))

    made = records(root, "s")
    assert sorted(made) == ["NONE", "ONE", "ONE-v2"]
    (strokes,) = made["ONE"]["job"]["controls"]
    assert strokes["image"] == "images/board-1-ONE-pencil-cleaned.png"
    assert made["NONE"]["job"]["controls"] == []
    assert (root.references / hashlib.sha256(layer.read_bytes()).hexdigest()).exists()
