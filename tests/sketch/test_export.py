"""Export of a trained model: the shipped folder replaced whole or not at all, its card kept."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
import yaml
from safetensors.torch import load_file, save_file

from daemon.sketch.__main__ import main
from daemon.sketch.train import export


def small(folder: Path, **tensors: torch.Tensor) -> Path:
    """A folder that export takes for a model."""
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    save_file(tensors, folder / "unet" / "model.safetensors")
    return folder


def test_export_replaces_what_shipped_whole_and_keeps_its_card(tmp_path: Path) -> None:
    model = small(tmp_path / "model", weight=torch.ones(3))
    (model / "unet.partial").mkdir()
    (model / "unet.partial" / "config.json").write_text("half wri")
    weights = small(tmp_path / "weights", weight=torch.zeros(3))
    (weights / "stale.json").write_text("{}")
    (weights / "card.yaml").write_text(yaml.safe_dump({"trained": {"hours": 5}, "score": {"a": 1}}))

    export.export(model, weights)

    card = yaml.safe_load((weights / "card.yaml").read_text())
    assert (card["trained"], card["score"]) == ({"hours": 5}, {})
    assert set(card["hashes"]) == {"model_index.json", "unet/model.safetensors"}
    assert {p.name for p in weights.iterdir()} == {"card.yaml", "model_index.json", "unet"}
    assert {p.name for p in tmp_path.iterdir()} == {"model", "weights"}
    assert export.is_export(model, weights)


def test_export_of_too_much_leaves_what_shipped_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small(tmp_path / "model", weight=torch.ones(3000))
    weights = small(tmp_path / "weights", weight=torch.zeros(3))
    monkeypatch.setattr(export, "LIMIT", 5000)

    with pytest.raises(ValueError, match="at most"):
        export.export(model, weights)

    assert load_file(weights / "unet" / "model.safetensors")["weight"].tolist() == [0, 0, 0]
    assert {p.name for p in tmp_path.iterdir()} == {"model", "weights"}


def test_export_of_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="there is no model in"):
        main(["export", "--work", str(tmp_path), "--weights", str(tmp_path / "weights")])

    assert not (tmp_path / "weights").exists()


@pytest.mark.parametrize(
    "other",
    [
        {"weight": torch.ones(3), "bias": torch.ones(1)},
        {"weight": torch.ones(4)},
        {"weight": torch.zeros(3)},
        {"weigth": torch.ones(3)},
    ],
)
def test_a_folder_of_other_networks_is_no_export(
    other: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    weights = small(tmp_path / "weights", weight=torch.ones(3).half())

    assert export.is_export(small(tmp_path / "same", weight=torch.ones(3)), weights)
    assert not export.is_export(small(tmp_path / "other", **other), weights)
    assert not export.is_export(tmp_path / "nowhere", weights)
