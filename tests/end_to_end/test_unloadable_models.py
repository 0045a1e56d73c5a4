"""Models that can't be loaded, with the real daemon: each job gets its letter, the others go on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.daemon import Drop, hotfolder, pictures, record

from daemon.models.catalogue import BUNDLED
from daemon.root.layout import Layout

QUICK = "size: 192x192\nsteps: 1\nseed: 5\n"

NAMES = {
    "by its folder": "bad",
    "by its card": "other",
    "by its file": "x.safetensors",
    "a folder of pipes": "pipes",
    "a card that is a list": "listed",
}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shelf"
    (folder / "bad").mkdir(parents=True)
    (folder / "bad" / "card.yaml").write_text("name: other")
    (folder / "bad" / "x.safetensors").write_bytes(b"broken")
    shutil.copytree(BUNDLED, folder / "pipes")
    (folder / "pipes" / "card.yaml").write_text("name: pipes\nmin_size: 64")
    (folder / "pipes" / "unet" / "config.json").write_text("[]")
    (folder / "listed").mkdir()
    (folder / "listed" / "model_index.json").write_text("{}")
    (folder / "listed" / "card.yaml").write_text("- a\n- b")
    monkeypatch.setenv("HOTFOLDER_MODELS", str(folder))
    return folder


def test_a_job_whose_model_can_not_be_loaded_gets_a_letter_and_the_others_go_on(
    root: Layout, drop: Drop, daemon, shelf: Path
) -> None:
    drop.whole("first.yaml", f"prompt: a red circle\n{QUICK}")
    for file, (_, name) in enumerate(NAMES.items()):
        drop.whole(f"bad-{file}.yaml", f"prompt: a red circle\nmodel: {name}\n")
    drop.whole("last.yaml", f"prompt: a red circle\nmodel: sketch.safetensors\n{QUICK}")

    child = daemon("--until-empty", engine="sdxl", ready=False)

    assert child.wait() == 1
    assert pictures(root) == ["first.png", "last.png"]
    letters = [(root.failed / f"bad-{n}.yaml.why.txt").read_text() for n in range(len(NAMES))]
    assert all("The model" in letter for letter in letters)
    assert all(str(shelf / "bad" / "x.safetensors") in letter for letter in letters[:3])
    assert str(shelf / "pipes" / "unet" / "config.json") in letters[3]
    assert "card.yaml" in letters[4]
    first, last = record(root, "first")["result"], record(root, "last")["result"]
    assert first["pixels_sha256"] == last["pixels_sha256"]
    assert record(root, "last")["job"]["model"] == "sketch"


def test_words_the_model_does_not_know_are_told_once_a_job_everywhere(
    root: Layout, drop: Drop, daemon
) -> None:
    file = drop.whole("shot.yaml", f"prompt: a lighthouse\ncount: 2\n{QUICK}")
    checked = hotfolder("check", str(file), "--root", str(root.root))

    child = daemon("--until-empty", engine="sdxl", ready=False)

    assert child.wait() == 0
    assert "not: lighthouse." in " ".join(checked.stdout.split())
    assert child.log().count("not: lighthouse.") == 1
    assert " ".join(child.output().split()).count("not: lighthouse.") == 1
    for number in (1, 2):
        (said,) = record(root, f"shot/shot-{number:02d}")["result"]["warnings"]
        assert "models pull sdxl" in said
