"""Training on storyboard panels: from nothing, in sittings, and to the same weights as in one go.

Stages end by steps here, and a sitting where the test says so: no clock decides anything.
"""

import math
import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import load_file
from torch import Tensor

from daemon.sketch.__main__ import main
from daemon.sketch.storyboard import drawn, facts, panels
from daemon.sketch.train import (
    panel_shards,
    stages,
    train,
    train_panel_vae,
    train_storyboard,
    train_text,
)
from daemon.sketch.train.blueprint import CROSS, SCALING, TEXT_WIDTHS, TOKENS
from daemon.sketch.train.worlds import SHAPES, STORYBOARD, WORLDS

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other

STEPS = 4
LEARNT = tuple(train_storyboard.STAGES)[:7]
"""Every kind of stage; further lessons are the last two again, on other panels."""
Sketch = Callable[..., str]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> stages.Room:
    """All there is of the storyboard world, a few steps of each, in one go."""
    room = stages.Room(tmp_path_factory.mktemp("whole"), 3, steps=STEPS, world=STORYBOARD, on="cpu")
    train.train(room, list(LEARNT))
    return room


@pytest.fixture
def sketch(capsys: pytest.CaptureFixture[str]) -> Sketch:
    """What `python -m daemon.sketch train` says."""

    def run(*words: object) -> str:
        assert main(["train", *map(str, words)]) == 0
        return capsys.readouterr().out

    return run


def weights(room: stages.Room) -> dict[str, Tensor]:
    return {
        f"{path.parent.name} {name}": tensor
        for path in sorted(room.model.rglob("*.safetensors"))
        for name, tensor in load_file(path).items()
    }


def test_a_training_in_sittings_comes_to_the_weights_of_one_that_nobody_cut(
    trained: stages.Room, tmp_path: Path, sketch: Sketch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sittings end after the drawings, and after the first step of the networks."""
    step = [*[False] * STEPS, True]  # the others of one stage, and what the next begins with
    stopped = ("vae", "vae", "text", "judge", "unet-figures", "unet-figures")
    over = iter([False, True, True, *step, *step, *step, True, *[False] * STEPS])

    def is_over(room: stages.Room) -> bool:
        asked.append(room.until)
        return next(over)

    asked: list[float] = []
    monkeypatch.setattr(stages.Room, "is_over", is_over)
    words = ("--world", STORYBOARD, "--work", tmp_path, "--seed", 3, "--steps", STEPS)
    told = [sketch(*words, "--device", "cpu", "--sitting", 5) for _ in range(6)]
    sketch(*words, "--device", "cpu", "--only", "unet-figures")

    again = (
        f"train --work {tmp_path} --world storyboard --device cpu --seed 3 --steps 4 --sitting 5"
    )
    for stage, text in zip(stopped, told, strict=True):
        assert (
            f"the sitting is over, {stage} is next; to go on: python -m daemon.sketch {again}"
            in text
        )
    assert "vae goes on at 25.0 %, step 1" in told[2]
    assert math.isfinite(asked[0])
    assert math.isinf(asked[-1])
    one, other = weights(trained), weights(stages.Room(tmp_path))
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert torch.equal(tensor, other[name]), name


def test_every_stage_notes_what_it_was_given_and_how_well_it_did(trained: stages.Room) -> None:
    history = stages.history(trained.work)

    assert [entry["stage"] for entry in history] == list(LEARNT)
    assert [entry["steps"] for entry in history] == [0, 1, STEPS, STEPS, STEPS, 1, STEPS]
    assert history[2]["measured"]["all"] > 10
    assert (trained.work / "vae-decoded.png").exists()
    assert history[3]["read"]["end"] == 0  # nothing is read after four steps
    assert {path.name for path in trained.model.iterdir()} == {
        "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "judge", "unet",
    }  # fmt: skip


def test_once_every_stage_has_ended_there_is_nothing_to_do(tmp_path: Path, sketch: Sketch) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "world").write_text(STORYBOARD)
    (tmp_path / "finished").write_text("\n".join(train_storyboard.STAGES))

    assert "every stage is done" in sketch("--world", STORYBOARD, "--work", tmp_path)


def test_the_autoencoder_has_eight_channels_at_an_eighth_of_the_size(trained: stages.Room) -> None:
    vae = stages.load(trained, "vae")
    _, pictures = panel_shards.unseen(8)

    with torch.no_grad():
        latents = vae.encode(pictures[:, :, :, :192]).latent_dist.mean
        back = vae.decode(latents).sample

    assert latents.shape == (8, 8, 32, 24)
    assert back.shape == (8, 3, 256, 192)
    with torch.no_grad():
        whole = vae.encode(pictures).latent_dist.mean * SCALING
    assert whole.mean((0, 2, 3)).abs().max() < 0.5
    assert whole.std((0, 2, 3)).sub(1).abs().max() < 0.5


def test_the_encoders_give_what_the_unet_takes(trained: stages.Room) -> None:
    reader = train_text.Reader(trained)

    tokens, pooled = reader(["two men run", "", "Zürich, ночь"])

    assert tokens.shape == (3, TOKENS, CROSS)
    assert pooled.shape == (3, TEXT_WIDTHS[1])
    assert tokens.isfinite().all()
    assert 2500 < len(reader.tokenizer) < 3500
    for word in ("woman", "women", "kneeling", "harbour", "umbrella", "Svetlana", "Thaddeus"):
        assert len(reader.tokenizer(word).input_ids) == 3, word


def test_fidelity_is_that_of_the_picture_which_comes_back() -> None:
    class Twin:
        """An autoencoder that is off by a tenth of the range everywhere."""

        device = torch.device("cpu")

        def to(self, **_: object) -> "Twin":
            return self

        def encode(self, x: Tensor) -> SimpleNamespace:
            return SimpleNamespace(latent_dist=SimpleNamespace(mean=x))

        def decode(self, x: Tensor) -> SimpleNamespace:
            return SimpleNamespace(sample=x + 0.2)

    told = train_panel_vae.fidelity(
        Twin(),
        [("wide", "pencil"), ("full", "pencil"), ("wide", "colour")],
        torch.zeros(3, 3, 8, 8),
    )

    assert told == dict.fromkeys(("all", "wide", "full", "pencil", "colour"), 20.0)


def test_the_rate_is_held_and_then_brought_down_to_nothing() -> None:
    held = {train_panel_vae.rate(done / 100) for done in range(2, 60)}

    assert held == {train_panel_vae.RATE}
    assert train_panel_vae.rate(0) < train_panel_vae.rate(0.005) < train_panel_vae.RATE
    assert train_panel_vae.rate(0.8) == pytest.approx(train_panel_vae.RATE / 2)
    assert train_panel_vae.rate(1) == 0


def test_crops_are_of_the_drawings_and_the_same_for_the_same_chance(trained: stages.Room) -> None:
    crops = panel_shards.Crops(trained)

    one, again = (crops.batch(random.Random(5), 4, 64, tries=3) for _ in range(2))

    assert one.shape == (4, 3, 64, 64)
    assert torch.equal(one, again)
    assert -1 <= one.min() < one.max() <= 1


def test_other_drawings_lie_elsewhere(
    trained: stages.Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = panel_shards.folder(trained)
    monkeypatch.setattr(
        drawn, "sample", lambda chance, _mix, **_: panels.sample(chance, panels.FIGURES)
    )
    drawn.version.cache_clear()

    try:
        assert panel_shards.folder(trained) != here
    finally:
        drawn.version.cache_clear()


def test_reading_asks_what_a_judge_would_ask() -> None:
    questions = WORLDS[STORYBOARD].questions

    assert questions.keys() == facts.QUESTIONS.keys()
    assert all(answers[0] == "" for answers in questions.values())
    assert WORLDS[SHAPES].questions.keys() != questions.keys()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["--world", "storyboard", "--only", "unet-parts"],
            "there are: prepare, drawings, vae, text, judge, figures-encoded, unet-figures",
        ),
        (["--device", "abacus"], "--device abacus: there is no such device here; there are: cpu"),
        (["--device", "cuda:99"], "--device cuda:99: there is no such device here"),
        (["--sitting", "-1"], "--sitting -1: no sitting can last that long"),
        (["--sitting", "nan"], "--sitting nan: no sitting can last that long"),
        (["--world", "storyboard", "--only", "text"], "for text to go on with"),
    ],
)
def test_a_training_that_makes_no_sense_is_refused_before_it_begins(
    words: list[str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["train", "--work", str(tmp_path), *words])

    assert told in str(refused.value.code)
    assert not any(tmp_path.iterdir())


def test_a_world_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--world", "opera"])

    assert "invalid choice: 'opera'" in capsys.readouterr().err


def test_one_world_never_takes_the_place_of_another_s_training(trained: stages.Room) -> None:
    with pytest.raises(SystemExit, match="has a training of the world 'storyboard'"):
        main(["train", "--work", str(trained.work), "--only", "vae"])
    with pytest.raises(SystemExit, match="has a training of the world 'storyboard'"):
        main(["export", "--work", str(trained.work), "--weights", str(trained.work / "weights")])


def test_an_autoencoder_without_drawings_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="run the stage `drawings`"):
        panel_shards.Crops(stages.Room(tmp_path))
