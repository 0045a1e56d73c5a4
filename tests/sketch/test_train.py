"""Training the bundled model: that every stage runs, hands over and goes on where it was cut.

Stages end by steps here (`Room.steps`), never by a clock: what comes out draws nothing, on any
machine. How well the shipped weights turned out is `test_sketch_model`'s to ask.
"""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
import yaml
from safetensors.torch import load_file
from support.daemon import HANG

from daemon.models.recipes import recipe_of
from daemon.sketch import WEIGHTS
from daemon.sketch.__main__ import main
from daemon.sketch.score import sampling
from daemon.sketch.train import export, stages, train

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other

Sketch = Callable[..., str]


@pytest.fixture
def sketch(capsys: pytest.CaptureFixture[str]) -> Sketch:
    """What `python -m daemon.sketch` says, without the seconds that its imports take again."""

    def run(*words: object) -> str:
        assert main([str(word) for word in words]) == 0
        return capsys.readouterr().out

    return run


#: `python -m daemon.sketch`, killed with no chance to tidy up at its first checkpoint of the UNet.
KILLED = """
import os, signal, sys
from daemon.sketch import __main__
from daemon.sketch.train import stage_run

def save(self, saved=stage_run.Course.save):
    saved(self)
    if self.name == "unet-parts":
        os.kill(os.getpid(), signal.SIGKILL)

stage_run.Course.save = save
__main__.main(sys.argv[1:])
"""


def killed(*words: object) -> None:
    command = [sys.executable, "-c", KILLED, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.timeout(3000)  # some four minutes of a core, beside whatever else is busy
def test_training_killed_on_its_way_goes_on_and_exports_a_folder_for_diffusers(
    tmp_path: Path, sketch: Sketch
) -> None:
    """A step or two a stage: what comes out draws nothing, but all of it is there and loads."""
    work, weights = tmp_path / "work", tmp_path / "weights"

    killed("train", "--work", work, "--steps", 2)
    ended = stages.history(work)
    cut = torch.load(work / "unet.pt")
    read = (work / "model" / "text_encoder" / "model.safetensors").read_bytes()
    told = sketch("train", "--work", work, "--steps", 2)
    sketch("export", "--work", work, "--weights", weights)

    assert [entry["stage"] for entry in ended] == ["prepare", "vae", "text"]
    assert (cut["stage"], cut["done"], cut["steps"]) == ("unet-parts", 0.5, 1)
    assert f"unet-parts goes on at {100 * cut['done']:.1f} %, step {cut['steps']}" in told
    assert (work / "model" / "text_encoder" / "model.safetensors").read_bytes() == read
    history = stages.history(work)
    assert history[:3] == ended
    assert [entry["stage"] for entry in history] == list(train.STAGES)
    assert [entry["steps"] for entry in history] == [0, *[2] * (len(train.STAGES) - 1)]
    assert (work / "finished").read_text().split() == list(train.STAGES)
    assert {path.name for path in work.glob("*.pt")} == {"heads.pt", "unet.pt"}
    assert yaml.safe_load((weights / "card.yaml").read_text())["trained"] == history
    assert export.is_export(work / "model", weights)
    for recipe in ("controls/drawing.yaml", "loras/four-steps.yaml"):
        assert (weights / recipe).read_bytes() == (WEIGHTS / recipe).read_bytes()
    for shipped in WEIGHTS.rglob("*.safetensors"):
        made = load_file(weights / shipped.relative_to(WEIGHTS))
        assert made.keys() == load_file(shipped).keys()
        assert all(tensor.isfinite().all() for tensor in made.values())
    pipe = sampling.load(weights)
    sampling.load_adapter(pipe, weights, "plus")
    assert "every stage is done" in sketch("train", "--work", work)


def test_stages_go_on_from_the_shipped_weights_and_leave_the_rest_alone(
    tmp_path: Path, sketch: Sketch
) -> None:
    """Stages that draw their own pictures: a process that draws imports all libraries anew."""
    work, weights = tmp_path / "work", tmp_path / "weights"
    work.mkdir()
    (work / "unet.pt").write_text("of an earlier training")

    sketch("train", "--work", work, "--from-weights", "--only", "lora", "four-steps", "--steps", 1)
    sketch("export", "--work", work, "--weights", weights)

    changed = {
        str(path.relative_to(weights))
        for path in weights.rglob("*.safetensors")
        if path.read_bytes() != (WEIGHTS / path.relative_to(weights)).read_bytes()
    }
    assert changed == {"loras/chalk.safetensors", "loras/four-steps.safetensors"}
    recipe = recipe_of(weights / "loras" / "four-steps.safetensors")
    assert (recipe.few_steps, recipe.values["guidance_scale"]) == (4, 0)
    assert not (work / "unet.pt").exists()
    shipped = yaml.safe_load((WEIGHTS / "card.yaml").read_text())["trained"]
    before = shipped if isinstance(shipped, list) else [shipped]
    trained = yaml.safe_load((weights / "card.yaml").read_text())["trained"]
    assert trained[:-2] == before
    told = [(each["stage"], each["minutes"], each["steps"]) for each in trained[-2:]]
    assert told == [("lora", 0.0, 1), ("four-steps", 0.0, 1)]
    assert "every stage is done" in sketch("train", "--work", work)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "vison"], "no such stage: vison; there are: prepare, vae"),
        (["--from-weights"], "name the stages with --only"),
        (["--share", "0"], "a share of the time has to be more than 0"),
        (["--only", "text", "--minutes", "-1"], "no stage can last that long"),
        (["--steps", "-1"], "--steps -1: no stage can have that many"),
        (["--steps", "2", "--share", "0.1"], "--steps ends the stages instead of a clock"),
        (["--minutes", "5"], "--minutes is for the stages named with --only"),
    ],
)
def test_a_training_that_makes_no_sense_is_refused_before_it_begins(
    words: list[str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["train", "--work", str(tmp_path), *words])

    assert told in str(refused.value.code)
    assert not any(tmp_path.iterdir())


def test_a_stage_without_a_model_to_go_on_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="for base to go on with"):
        train.train(stages.Room(tmp_path), only=["base"])


@pytest.fixture
def trained(tmp_path: Path) -> stages.Room:
    """A working folder with an hour of somebody's training in it."""
    room = stages.Room(tmp_path)
    room.model.mkdir()
    (room.model / "model_index.json").write_text("an hour of training")
    return room


def test_shipped_weights_never_take_the_place_of_a_training_under_way(trained: stages.Room) -> None:
    with pytest.raises(SystemExit, match="leave out --from-weights to go on with it, or name"):
        train.adopt(trained, WEIGHTS)

    assert (trained.model / "model_index.json").read_text() == "an hour of training"


def test_nor_does_a_training_from_nothing(trained: stages.Room) -> None:
    """Folders begun from weights by an earlier version have no list of what is finished."""
    with pytest.raises(SystemExit, match="name stages with --only to go on with it"):
        train.train(trained)

    assert (trained.model / "model_index.json").read_text() == "an hour of training"


def test_a_training_from_nothing_begins_with_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    room = stages.Room(tmp_path)
    left = [f"{name}.pt" for name in train.STAGES] + ["unet.pt", "heads.pt", "vae.partial"]
    for name in left:
        (tmp_path / name).write_text("of an earlier training")
    (tmp_path / "finished").write_text("prepare\nvae\n")
    (tmp_path / "history.yaml").write_text("- stage: vae\n")
    (tmp_path / "mine.txt").write_text("not of any training")
    for folder in (tmp_path / "pool", room.pool, tmp_path / "pool-0ld"):
        folder.mkdir()

    stages.prepare(room)

    there = {path.name for path in tmp_path.iterdir()}
    assert there - {"prepare.pt", "unet-parts.pt", "unet-256.pt", "unet-finish.pt"} == {
        "finished", "history.yaml", "mine.txt", "model",
    }  # fmt: skip
    assert stages.finished(room) == ["prepare"]
    assert [entry["stage"] for entry in stages.history(tmp_path)] == ["prepare"]


def test_ctrl_c_says_how_to_go_on(
    trained: stages.Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(room: stages.Room) -> None:
        raise KeyboardInterrupt

    def whole(room: stages.Room) -> None:
        ended.append(room.minutes)

    ended: list[float] = []
    fakes = {"base": (whole, 1.0), "plus": (interrupted, 1.0), "lora": (interrupted, 1.0)}
    monkeypatch.setattr(train, "STAGES", fakes)

    with pytest.raises(SystemExit) as stopped:
        train.train(trained, only=["base", "plus", "lora"], share=0.5)

    assert (stopped.value.code, ended) == (130, [0.5])
    again = f"train --work {trained.work} --only plus lora --share 0.5"
    assert capsys.readouterr().out.rstrip().endswith(again)


def test_pictures_of_another_world_are_not_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = stages.Room(tmp_path)
    pool = room.pool
    edited = tmp_path / "sketch"
    edited.mkdir()
    for name in stages.MAKE_PICTURES:
        text = (stages.SKETCH / f"{name}.py").read_text()
        copy = edited / f"{name}.py"
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(text + "#" * (name == "world/world"))
    stages.of_these_pictures.cache_clear()
    monkeypatch.setattr(stages, "SKETCH", edited)

    try:
        assert room.pool != pool
    finally:
        stages.of_these_pictures.cache_clear()
