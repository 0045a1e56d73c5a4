"""Training the bundled model: that each part of it runs, learns and hands over, in seconds.

How well the shipped weights turned out is `test_sketch_model`'s to ask.
"""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import load_file

from daemon.sketch import WEIGHTS, sampling, train, train_adapter, world

HANG = 300

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other


def sketch(*words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "daemon.sketch", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=HANG,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_patch_on_an_object_is_asked_for_it_and_no_other_patch_is() -> None:
    things = (
        world.Thing("heart", "pink", "big", "left", 0.25, 0.5, 0.2),
        world.Thing("cross", "teal", "small", "right", 0.75, 0.5, 0.1),
    )
    pictures = [world.Picture("pair", things=things), world.Picture("single")]

    truth = train_adapter.Patches(8).truth(pictures, 8).unflatten(2, (8, 8))

    asked_of = train_adapter.Patches.ANSWERS
    for thing, column in zip(things, (2, 6), strict=True):
        told = [answers[n] for answers, n in zip(asked_of, truth[0, :, 4, column], strict=True)]
        assert told == [thing.shape, thing.colour, thing.size]
    unasked = train_adapter.Patches.NOT_ASKED
    assert (truth[0, :, 0] == unasked).all()  # the top row: background
    assert (truth[1] == unasked).all()  # nothing there at all


def test_patches_that_are_never_asked_cost_nothing() -> None:
    patches = train_adapter.Patches(8)

    loss = patches.loss(torch.randn(2, 64, 8), [world.Picture("single")] * 2)

    assert loss == 0


def test_training_from_nothing_goes_through_every_stage_and_exports_a_folder_for_diffusers(
    tmp_path: Path,
) -> None:
    """A second or two a stage: what comes out draws nothing, but all of it is there and loads."""
    work, weights = tmp_path / "work", tmp_path / "weights"

    sketch("train", "--work", work, "--share", 0.0005)
    sketch("export", "--work", work, "--weights", weights)

    assert (work / "finished").read_text().split() == list(train.STAGES)
    for shipped in WEIGHTS.rglob("*.safetensors"):
        made = load_file(weights / shipped.relative_to(WEIGHTS))
        assert made.keys() == load_file(shipped).keys()
        assert all(tensor.isfinite().all() for tensor in made.values())
    pipe = sampling.load(weights)
    sampling.load_adapter(pipe, weights, "plus")
    sketch("train", "--work", work)  # nothing is left to do


def test_a_stage_goes_on_from_the_shipped_weights_and_leaves_the_rest_alone(tmp_path: Path) -> None:
    work, weights = tmp_path / "work", tmp_path / "weights"
    work.mkdir()
    (work / "unet.pt").write_text("of an earlier training")

    sketch("train", "--work", work, "--from-weights", "--only", "base", "--minutes", 0.02)
    sketch("export", "--work", work, "--weights", weights)

    changed = {
        str(path.relative_to(weights))
        for path in weights.rglob("*.safetensors")
        if path.read_bytes() != (WEIGHTS / path.relative_to(weights)).read_bytes()
    }
    assert changed == {"ip_adapter/base.safetensors"}
    assert not (work / "unet.pt").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "vison"], "no such stage: vison; there are: prepare, vae"),
        (["--from-weights"], "name the stages with --only"),
    ],
)
def test_a_training_that_makes_no_sense_is_refused_before_it_begins(
    words: list[str], told: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "daemon.sketch", "train", "--work", str(tmp_path), *words]

    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG)

    assert done.returncode == 1
    assert told in done.stderr
    assert not any(tmp_path.iterdir())
