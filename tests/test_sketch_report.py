"""The report that goes on the card: what it runs, what it refuses, what it writes and forgets."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("torch")

from daemon.sketch import WEIGHTS, __main__, report

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))


def card(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((folder / "card.yaml").read_text())
    return loaded


def test_a_report_on_few_pictures_is_printed_and_does_not_touch_the_card(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "card.yaml").read_bytes()
    words = ["--weights", str(folder), "--scale", "0.01", "--half", "--only"]

    __main__.main(["score", *words, "diversity"])

    said = capsys.readouterr().out
    assert "# diversity" in said
    assert "backgrounds:" in said
    assert (folder / "card.yaml").read_bytes() == before


def test_a_full_part_goes_on_the_card_with_how_it_was_measured(folder: Path) -> None:
    part = {"all": {"share": 1.0}}

    report._write(folder, "balanced", part, report.How(half=True))
    report._write(folder, "fast", part, report.How())

    score = card(folder)["score"]
    assert score["rules"] == report.rules()
    assert score["balanced"]["measured"]["arithmetic"] == "bfloat16"
    assert score["fast"]["measured"]["arithmetic"] == "float32"
    assert score["balanced"]["all"] == {"share": 1.0}


def test_figures_of_other_weights_or_of_another_judge_are_forgotten(folder: Path) -> None:
    report._write(folder, "balanced", {}, report.How())
    told = card(folder)
    told["score"]["rules"] = "of another judge"
    (folder / "card.yaml").write_text(yaml.safe_dump(told))
    report._write(folder, "fast", {}, report.How())
    assert "balanced" not in card(folder)["score"]

    unet = folder / "unet" / "diffusion_pytorch_model.safetensors"
    unet.write_bytes(unet.read_bytes() + b"\0")
    report.export.write_card(folder)
    assert card(folder)["score"] == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "ceilling"], "no such part: ceilling; there are: balanced"),
        (["--scale", "0"], "--scale must be above 0"),
        (["--at-once", "0"], "--at-once at least 1"),
        (["--weights", "/nowhere"], "is not a model folder with a card"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_before_it_begins(
    words: list[str], told: str
) -> None:
    with pytest.raises(SystemExit, match=told):
        __main__.main(["score", *words])
