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

from daemon.sketch import WEIGHTS, sampling, train_adapter, world

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


def test_training_goes_on_from_the_shipped_weights_and_exports_a_folder_for_diffusers(
    tmp_path: Path,
) -> None:
    """The image encoder and an adapter for some seconds each: the shortest way through it all."""
    work, weights = tmp_path / "work", tmp_path / "weights"

    sketch("train", "--work", work, "--from-weights", "--only", "vision", "base", "--minutes", 0.05)
    sketch("export", "--work", work, "--weights", weights)

    for part in ("ip_adapter/image_encoder/model.safetensors", "ip_adapter/base.safetensors"):
        before, after = load_file(WEIGHTS / part), load_file(weights / part)
        assert before.keys() == after.keys()
        assert any(not torch.equal(before[key], after[key]) for key in before), part
        assert all(tensor.isfinite().all() for tensor in after.values())
    unet = "unet/diffusion_pytorch_model.safetensors"
    assert (weights / unet).read_bytes() == (WEIGHTS / unet).read_bytes()  # held fast
    sampling.load_adapter(sampling.load(weights), weights, "base")
