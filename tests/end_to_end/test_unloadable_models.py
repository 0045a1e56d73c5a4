"""Models that can't be loaded, with the real daemon: each job gets its letter, the others go on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.daemon import Daemon, Drop, hotfolder, pictures, record

from daemon.models.catalogue import BUNDLED
from daemon.root.create import prepare
from daemon.root.layout import Layout

QUICK = "size: 192x192\nsteps: 1\nseed: 5\n"

NAMES = {
    "by its folder": "bad",
    "by its card": "other",
    "by its file": "x.safetensors",
    "a folder of pipes": "pipes",
    "a card that is a list": "listed",
}


def make_shelf(folder: Path) -> None:
    """Models that are none, under each of these names."""
    (folder / "bad").mkdir(parents=True)
    (folder / "bad" / "card.yaml").write_text("name: other")
    (folder / "bad" / "x.safetensors").write_bytes(b"broken")
    shutil.copytree(BUNDLED, folder / "pipes")
    (folder / "pipes" / "card.yaml").write_text("name: pipes\nmin_size: 64")
    (folder / "pipes" / "unet" / "config.json").write_text("[]")
    (folder / "listed").mkdir()
    (folder / "listed" / "model_index.json").write_text("{}")
    (folder / "listed" / "card.yaml").write_text("- a\n- b")


@dataclass(frozen=True)
class Run:
    """A run over all of these jobs: one, since each load of the libraries takes seconds."""

    root: Layout
    shelf: Path
    checked: str
    code: int
    log: str
    said: str


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("unloadable")
    make_shelf(folder / "shelf")
    root = Layout((folder / "root").resolve())
    prepare(root)
    drop = Drop(root)
    drop.whole("first.yaml", f"prompt: a red circle\n{QUICK}")
    for file, (_, name) in enumerate(NAMES.items()):
        drop.whole(f"bad-{file}.yaml", f"prompt: a red circle\nmodel: {name}\n")
    drop.whole("last.yaml", f"prompt: a red circle\nmodel: sketch.safetensors\n{QUICK}")
    shot = drop.whole("shot.yaml", f"prompt: a lighthouse\ncount: 2\n{QUICK}")
    checked = hotfolder("check", str(shot), "--root", str(root.root)).stdout

    shelf = {"HOTFOLDER_MODELS": str(folder / "shelf")}
    child = Daemon(root, ("--engine", "sdxl", "--until-empty"), shelf)
    return Run(root, folder / "shelf", checked, child.wait(), child.log(), child.output())


def test_a_job_whose_model_can_not_be_loaded_gets_a_letter_and_the_others_go_on(run: Run) -> None:
    root = run.root

    assert run.code == 1
    shots = ["shot/shot-01.png", "shot/shot-02.png"]
    assert pictures(root) == ["first.png", "last.png", *shots]
    letters = [(root.failed / f"bad-{n}.yaml.why.txt").read_text() for n in range(len(NAMES))]
    assert all("The model" in letter for letter in letters)
    assert all(str(run.shelf / "bad" / "x.safetensors") in letter for letter in letters[:3])
    assert str(run.shelf / "pipes" / "unet" / "config.json") in letters[3]
    assert "card.yaml" in letters[4]
    first, last = record(root, "first")["result"], record(root, "last")["result"]
    assert first["pixels_sha256"] == last["pixels_sha256"]
    assert record(root, "last")["job"]["model"] == "sketch"


def test_words_the_model_does_not_know_are_told_once_a_job_everywhere(run: Run) -> None:
    assert "not: lighthouse." in " ".join(run.checked.split())
    assert run.log.count("not: lighthouse.") == 1
    assert " ".join(run.said.split()).count("not: lighthouse.") == 1
    for number in (1, 2):
        (told,) = record(run.root, f"shot/shot-{number:02d}")["result"]["warnings"]
        assert "models pull sdxl" in told
