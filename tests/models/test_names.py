"""Ways to name a model: what a job may say, what its owner may, and which model that is."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from daemon.errors import SetupError
from daemon.models.catalogue import BUNDLED, Card, find_model, find_named, list_models, survey
from daemon.plan.model_choice import ModelChoice
from daemon.root.layout import Layout
from daemon.settings import Settings


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder: a loose file, a folder, one whose card gives it another name, a copy."""
    folder = tmp_path / "shelf"
    for name, files in {
        "dreams": {"dreams-v9.safetensors": b""},
        "bad": {"x.safetensors": b"broken", "card.yaml": b"name: other"},
        "copy": {"model_index.json": b"{}", "card.yaml": b"name: sketch"},
        "twin": {"model_index.json": b"{}", "card.yaml": b"name: other"},
        "café": {"model_index.json": b"{}"},
    }.items():
        (folder / name).mkdir(parents=True)
        for file, content in files.items():
            (folder / name / file).write_bytes(content)
    (folder / "loose.safetensors").write_bytes(b"")
    (tmp_path / "outside.safetensors").write_bytes(b"")
    monkeypatch.setenv("HOTFOLDER_MODELS", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


NAMED_BY_A_JOB = {
    "sketch": "sketch",
    "sketch.safetensors": "sketch",  # as other tools write a checkpoint
    "SKETCH.safetensors": "sketch",
    "sketch.safetensors [31e35c80fc]": "sketch",
    "Sketch": "sketch",
    "loose": "loose.safetensors",
    "loose.safetensors": "loose.safetensors",
    "Loose.SafeTensors": "loose.safetensors",
    "dreams": "dreams",
    "dreams-v9.safetensors": "dreams",  # the file in its folder
    "bad": "bad",
    "other": "bad",  # by its card
    "copy": "copy",
    "twin": "twin",
    "café": "café",
    unicodedata.normalize("NFD", "café"): "café",
}

NEVER_A_MODEL = (
    ".", "..", "~", "~root", "~nobody-of-that-name", "./shelf", "../shelf/bad", "/", "/etc/passwd",
    "outside.safetensors", "outside", "x", "shelf", "loras", ".safetensors", "", " ",
    "dreams/dreams-v9.safetensors", "bad\\x.safetensors", "dry-run", "a" * 5000, "a\0b", "card.yaml",
    "con", "model_index.json",
)  # fmt: skip


@pytest.mark.parametrize(("name", "place"), NAMED_BY_A_JOB.items())
def test_a_job_finds_a_model_by_its_name_or_its_files(name: str, place: str, shelf: Path) -> None:
    card = find_named(name)

    found = card.weights if place.endswith(".safetensors") else card.folder
    assert found == (BUNDLED if place == "sketch" else shelf / place)


@pytest.mark.parametrize("name", NEVER_A_MODEL)
def test_a_job_names_no_path(name: str) -> None:
    with pytest.raises(SetupError, match="There is no model named"):
        find_named(name)


def test_a_path_in_the_models_folder_is_no_name_either(shelf: Path) -> None:
    with pytest.raises(SetupError):
        find_named(str(shelf / "dreams"))


def test_an_owner_may_name_any_place(shelf: Path, tmp_path: Path) -> None:
    for name in (
        "./outside.safetensors",
        "outside.safetensors",
        str(tmp_path / "outside.safetensors"),
    ):
        assert find_model(name).weights == tmp_path / "outside.safetensors"
    assert find_model("sketch.safetensors").folder == BUNDLED
    assert find_model(str(shelf / "copy")).folder == shelf / "copy"
    for name in ("~nobody-of-that-name/x", "/nowhere", "nowhere.safetensors", "a/\0"):
        with pytest.raises(SetupError):
            find_model(name)


def test_what_a_record_says_finds_the_same_model_again() -> None:
    cards = list_models()

    assert len({card.name for card in cards}) == len(cards)
    for card in cards:
        assert find_named(card.name).folder == card.folder


def test_every_name_of_a_model_is_one_model_to_the_daemon(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "root")
    choice = ModelChoice(layout, Settings(), engine="sdxl", model=None)

    for name in NAMED_BY_A_JOB:
        card = choice.card(name)
        assert choice.is_made_with(card.name, card)
        assert choice.is_default(card) == (card.folder == BUNDLED)


def test_a_model_given_as_a_path_is_found_again_by_its_record(tmp_path: Path) -> None:
    path = str(tmp_path / "outside.safetensors")
    choice = ModelChoice(Layout(tmp_path / "r"), Settings(), engine="sdxl", model=path)

    assert choice.card("outside") == choice.card()
    assert choice.is_default(choice.fixed_card(path))


def test_a_folder_that_is_no_model_is_told_of_with_its_reason(shelf: Path) -> None:
    (shelf / "twice").mkdir()
    for name in "ab":
        (shelf / "twice" / f"{name}.safetensors").write_bytes(b"")

    found = survey()

    assert isinstance(found["bad"], Card)
    assert "2 checkpoints" in str(found["twice"])
