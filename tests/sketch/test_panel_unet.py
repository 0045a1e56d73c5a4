"""The UNet of storyboard panels: what it is shown, and what its score says."""

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
import yaml
from PIL import Image
from safetensors.torch import load_file

from daemon.sketch import BEGUN
from daemon.sketch.__main__ import main
from daemon.sketch.score import panels as scored
from daemon.sketch.storyboard import drawn, facts
from daemon.sketch.storyboard.panels import FIGURES
from daemon.sketch.train import (
    panel_judge,
    panel_latents,
    stages,
    train_panel_unet,
    train_storyboard,
)
from daemon.sketch.train.batches import CAPTIONS, Shard, Shelf
from daemon.sketch.train.blueprint import CROSS, TEXT_WIDTHS, TOKENS
from daemon.sketch.train.worlds import STORYBOARD

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other


def shard(height: int, width: int, count: int = 6) -> Shard:
    """Latents that say where they came from: their row is their value."""
    rows = torch.arange(count).float().view(-1, 1, 1, 1)
    objects = torch.zeros(count, 1, height, width, dtype=torch.bool)
    objects[:, :, 12, 20] = True
    return Shard(
        (),
        rows.expand(count, 8, height, width).half(),
        objects,
        torch.tensor([[8 * height, 8 * width, 0, 0, 8 * height, 8 * width]] * count),
        torch.zeros(count, CAPTIONS, TOKENS, CROSS).half(),
        torch.zeros(count, CAPTIONS, TEXT_WIDTHS[1]).half(),
    )


def shelf(chance: int = 1) -> Shelf:
    return Shelf([shard(32, 32), shard(32, 48)], torch.device("cpu"), random.Random(chance))


def test_a_window_holds_part_of_what_is_there_and_says_where_it_was_cut() -> None:
    taken = shelf().take(300, window=16)

    assert taken.latents.shape == (300, 8, 16, 16)
    assert taken.objects.flatten(1).any(1).float().mean() > 0.8
    tops, lefts = taken.times[:, 2] / 8, taken.times[:, 3] / 8
    assert ((tops >= 0) & (tops <= 16) & (lefts >= 0) & (lefts <= 16)).all()
    for there, top, left in zip(taken.objects, tops, lefts, strict=True):
        inside = top <= 12 < top + 16 and left <= 20 < left + 16
        assert bool(there.any()) == bool(inside)
    assert (taken.times[:, 4:] == 128).all()


def test_shrunk_pictures_are_whole_ones_at_half_their_size() -> None:
    taken = shelf().shrunk(5)

    assert taken.latents.shape == (5, 8, 16, 16)
    assert taken.objects.flatten(1).sum(1).tolist() == [1] * 5
    assert taken.times[0].tolist() == [128, 128, 0, 0, 128, 128]


def test_other_sizes_come_by_themselves_and_fill_the_same_area() -> None:
    taken = shelf().take_other(9)

    assert taken is not None
    assert taken.latents.shape == (6, 8, 32, 48)
    assert Shelf([shard(32, 32)], torch.device("cpu"), random.Random(1)).take_other(9) is None


def test_the_same_chance_takes_the_same_batch() -> None:
    one, again, other = (shelf(chance).take(8, window=16) for chance in (1, 1, 2))

    assert torch.equal(one.latents, again.latents)
    assert torch.equal(one.times, again.times)
    assert not torch.equal(one.times, other.times)


def test_a_twin_differs_where_somebody_is_and_nowhere_else() -> None:
    """Of single figures on paper: most of what has a colour, and not the line of the horizon."""
    for number in range(12):
        scene = drawn.scene_of("twins", number, FIGURES)
        picture, other = (
            drawn.pixels(one).astype(int) for one in (scene, panel_latents.twin(scene))
        )
        there = np.abs(picture - other).max(-1) > panel_latents.CHANGED
        coloured = picture.max(-1) - picture.min(-1) > 25

        assert there.any()
        assert (there & coloured).sum() > 0.8 * coloured.sum()
        assert there[:, :4].sum() == there[:, -4:].sum() == 0 or scene.figures[0].pose == "lying"


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder in which the first lesson had two steps, on top of what has been learnt."""
    folder = tmp_path_factory.mktemp("work")
    given = ("--steps", "2", "--device", "cpu", "--work", str(folder), "--from-weights")
    stages = ("figures-encoded", "unet-figures")
    assert main(["train", "--world", STORYBOARD, *given, "--only", *stages]) == 0
    return folder


def test_what_is_encoded_is_whole_and_as_the_shards_of_training_are(work: Path) -> None:
    room = stages.Room(work, steps=2, world=STORYBOARD, on="cpu")

    figures, *_, world = panel_latents.LESSONS
    kept = panel_latents.kept(room, figures)

    (one,) = kept
    assert one.latents.shape == (16, 8, 32, 32)
    assert one.objects.shape == (16, 1, 32, 32)
    assert one.objects.flatten(1).any(1).all()  # there is somebody in every picture
    assert 0.3 < one.latents.float().std() < 3
    assert not list(panel_latents.folder(room, figures).glob("*.partial"))
    with pytest.raises(SystemExit, match="run the stage `world-encoded`"):
        panel_latents.kept(room, world)


def test_the_unet_takes_eight_channels_and_goes_on_from_what_was_learnt(work: Path) -> None:
    begun = load_file(BEGUN / "unet" / "diffusion_pytorch_model.safetensors")

    unet = stages.load(stages.Room(work, world=STORYBOARD, on="cpu"), "unet")

    assert unet.config.in_channels == unet.config.out_channels == 8
    learnt = unet.state_dict()
    assert begun.keys() == learnt.keys()
    moved = [name for name, one in begun.items() if not torch.equal(one, learnt[name].half())]
    assert len(moved) > 100
    for name, one in begun.items():
        assert (one.float() - learnt[name]).abs().mean() < 0.1 * one.float().abs().mean() + 1e-2


def test_a_lesson_is_worked_on_by_every_core(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = stages.Room(work, steps=2, world=STORYBOARD, on="cpu")
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    monkeypatch.setattr(torch, "set_num_threads", lambda _: None)  # other tests have one

    train_panel_unet.learn(panel_latents.LESSONS[0], room)

    ended = stages.history(work)[-1]
    assert (ended["stage"], ended["steps"], ended["hands"]) == ("unet-figures", 2, 2)


def test_every_lesson_has_a_plan_a_length_and_a_place_after_the_one_before() -> None:
    names = [lesson.name for lesson in panel_latents.LESSONS]

    assert names == list(train_panel_unet.PLANS) == list(train_storyboard.LASTS)
    told = [stage for name in names for stage in (f"{name}-encoded", f"unet-{name}")]
    first = list(train_storyboard.STAGES).index(told[0])
    assert list(train_storyboard.STAGES)[first : first + len(told)] == told
    for name, plan in train_panel_unet.PLANS.items():
        assert plan.name == f"unet-{name}"
        for shares in zip(plan.windows, plan.shrunk, strict=True):
            assert 0 <= sum(shares) <= 1


def test_a_score_stands_beside_true_drawings_and_other_captions(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--world", STORYBOARD, "--work", str(work), "--scale", "0.02")
    with pytest.raises(SystemExit, match="there are: figures, places, world, looks"):
        main(["score", *asked, "--only", "poses"])

    assert main(["score", *asked, "--only", "figures"]) == 0

    told = yaml.safe_load((work / "panels-figures.yaml").read_text())
    assert told.keys() <= {name.rpartition(".")[2] for name in facts.QUESTIONS}
    assert told["pose"].keys() == {"right", "interval", "of", "true drawings", "other captions"}
    assert 1 <= told["pose"]["of"] <= 4
    with Image.open(work / "panels-figures.png") as sheet:
        assert sheet.width == scored.COLUMNS * drawn.SIDE
    assert "pose" in capsys.readouterr().out


def test_a_score_without_judge_or_unet_says_what_to_run(tmp_path: Path) -> None:
    asked = ["score", "--world", STORYBOARD, "--work", str(tmp_path)]
    with pytest.raises(SystemExit, match="run the stage `judge`"):
        main(asked)

    panel_judge.save(panel_judge.Judge(), tmp_path / "model" / "judge")
    with pytest.raises(SystemExit, match="run the stage `unet-figures`"):
        main(asked)


def test_stages_that_carry_over_are_stages() -> None:
    assert set(train_storyboard.CARRIED) <= set(train_storyboard.STAGES)
