"""What of the storyboard world has been learnt so far: kept, adopted, and as good as is told."""

from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("torch")

import torch
from safetensors.torch import load_file

from daemon.sketch import BEGUN
from daemon.sketch.__main__ import main
from daemon.sketch.storyboard import drawn, facts
from daemon.sketch.storyboard.panels import FIGURES
from daemon.sketch.train import export, panel_judge, panel_shards, stages, train, train_panel_vae
from daemon.sketch.train.panel_shards import as_tensor
from daemon.sketch.train.train_storyboard import CARRIED
from daemon.sketch.train.train_text import Reader
from daemon.sketch.train.worlds import STORYBOARD

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other

FEW = 12
"""Panels of the 96 that the card's figure is of."""


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> stages.Room:
    room = stages.Room(tmp_path_factory.mktemp("adopted"), steps=2, world=STORYBOARD, on="cpu")
    train.adopt(room, BEGUN)
    return room


def test_a_training_goes_on_where_another_ended(adopted: stages.Room) -> None:
    assert stages.finished(adopted) == list(CARRIED)
    assert stages.world_of(adopted.work) == STORYBOARD
    told = [entry["stage"] for entry in stages.history(adopted.work)]
    assert set(CARRIED) <= set(told)
    for path in adopted.model.rglob("*.safetensors"):
        full, half = load_file(path), load_file(BEGUN / path.relative_to(adopted.model))
        assert all(tensor.dtype == torch.float32 for tensor in full.values())
        assert all(torch.equal(full[name].half(), half[name]) for name in half)


def test_the_autoencoder_brings_unseen_panels_back(adopted: stages.Room) -> None:
    """In half precision, of some of them: by chance they are half a decibel from all."""
    vae = stages.load(adopted, "vae").eval()
    card = yaml.safe_load((BEGUN / "card.yaml").read_text())
    told = next(each["measured"] for each in card["trained"] if each["stage"] == "vae")

    assert told["all"] > 30
    assert train_panel_vae.fidelity(vae, *panel_shards.unseen(FEW))["all"] > 29.5


def test_the_readers_know_words_as_wholes_and_tell_captions_apart(adopted: stages.Room) -> None:
    reader = Reader(adopted)
    one, other = "a woman in a red coat walks in the harbour", "two old men sit in the forest"
    (a, b, c), _ = reader([one, one, other])

    assert len(reader.tokenizer.tokenize("woman harbour forest")) == 3
    assert torch.equal(a, b)
    assert (a - c).abs().max() > 0.5


def test_its_files_are_those_that_the_card_names() -> None:
    assert yaml.safe_load((BEGUN / "card.yaml").read_text())["hashes"] == export.hashes(BEGUN)


def test_what_was_learnt_is_kept_whole_in_place_of_what_was_there(
    adopted: stages.Room, tmp_path: Path
) -> None:
    target = tmp_path / "begun"
    target.mkdir()
    (target / "old").write_text("of another training")
    asked = ["export", "--world", STORYBOARD, "--work", str(adopted.work), "--weights", str(target)]

    assert main(asked) == 0
    assert export.hashes(target) == export.hashes(BEGUN)
    assert [each.name for each in tmp_path.iterdir()] == ["begun"]


def test_nothing_learnt_and_nothing_to_adopt_are_said_and_nothing_is_made(tmp_path: Path) -> None:
    work, target = tmp_path / "work", tmp_path / "target"
    with pytest.raises(SystemExit, match="nothing was learnt in"):
        main(["export", "--world", STORYBOARD, "--work", str(work), "--weights", str(target)])
    with pytest.raises(SystemExit, match="there are no weights in"):
        train.adopt(stages.Room(work, world=STORYBOARD), target)
    assert not any(tmp_path.iterdir())


def test_a_training_is_never_taken_for_another(adopted: stages.Room) -> None:
    with pytest.raises(SystemExit, match="leave out --from-weights to go on with it"):
        main(["train", "--world", STORYBOARD, "--work", str(adopted.work), "--from-weights"])


def test_the_judge_reads_poses_of_figures_on_paper(adopted: stages.Room) -> None:
    judge = panel_judge.load(adopted.model / "judge", adopted.device)
    scenes = [drawn.scene_of("begun", number, FIGURES) for number in range(40)]

    read = judge.read(as_tensor(np.stack([drawn.pixels(scene) for scene in scenes])))

    true = [facts.truth(scene) for scene in scenes]
    for kind, least in (("pose", 0.95), ("clothes", 0.95), ("facing", 0.95), ("kind", 0.8)):
        right, asked = panel_judge.shares(read, true)[kind]
        assert right >= least * asked, kind
        assert panel_judge.of_others(read, true)[kind][0] < 0.5 * asked
