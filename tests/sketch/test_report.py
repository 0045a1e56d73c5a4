"""The report that goes on the card: what it runs, what it refuses, what it writes and forgets."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("torch")

from daemon.sketch import WEIGHTS, __main__
from daemon.sketch.score import report

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))
    (copy / "score.yaml").unlink(missing_ok=True)
    return copy


def card(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((folder / "card.yaml").read_text())
    return loaded


def share(share: float) -> dict[str, float]:
    return {"share": share, "from": share - 0.1, "to": share + 0.1}


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


def test_a_full_part_goes_into_the_report_and_its_shares_on_the_card(folder: Path) -> None:
    tally = {"pictures": 9, "shape": share(0.9), "all": share(0.8)}

    report._write(
        folder,
        "balanced",
        {"steps": 15, "single": tally},
        report.How(half=True),
        report.state(folder),
    )
    report._write(folder, "fast", {"single": tally}, report.How(), report.state(folder))
    report._write(folder, "speed", {"threads": 2}, report.How(half=True), report.state(folder))

    told = yaml.safe_load((folder / "score.yaml").read_text())
    assert told["rules"] == report.rules()
    assert told["balanced"]["measured"]["arithmetic"] == "bfloat16"
    assert told["fast"]["measured"]["arithmetic"] == "float32"
    assert told["speed"]["measured"]["arithmetic"] == "float32"  # it chooses its own
    assert told["fast"]["single"] == tally
    assert card(folder)["score"] == {
        "balanced": {"steps": 15, "single": {"shape": 0.9, "all": 0.8}},
        "fast": {"single": 0.8},
        "speed": {"threads": 2},
    }


def test_figures_of_other_weights_or_of_another_judge_are_forgotten(folder: Path) -> None:
    report._write(folder, "balanced", {}, report.How(), report.state(folder))
    text = (folder / "score.yaml").read_text()
    (folder / "score.yaml").write_text(text.replace(report.rules(), "of another judge"))
    report._write(folder, "fast", {}, report.How(), report.state(folder))
    assert list(card(folder)["score"]) == ["fast"]

    unet = folder / "unet" / "diffusion_pytorch_model.safetensors"
    unet.write_bytes(unet.read_bytes() + b"\0")
    report.export.write_card(folder)
    assert card(folder)["score"] == {}
    report._write(folder, "quality", {}, report.How(), report.state(folder))
    assert list(card(folder)["score"]) == ["quality"]


def test_figures_measured_on_what_is_no_longer_there_are_not_written(folder: Path) -> None:
    key = report.state(folder)
    unet = folder / "unet" / "diffusion_pytorch_model.safetensors"
    unet.write_bytes(unet.read_bytes() + b"\0")

    with pytest.raises(SystemExit, match="has changed meanwhile"):
        report._write(folder, "balanced", {}, report.How(), key)

    assert not (folder / "score.yaml").exists()


def test_the_card_keeps_what_is_no_share() -> None:
    storage = {"float16 file": {"pictures": 4, "all": share(1.0), "largest mean difference": 0.1}}
    diversity = {"model": {"pictures": 24, "distance": 0.3, "backgrounds": 9}}

    assert report.brief(storage, False) == {
        "float16 file": {"all": 1.0, "largest mean difference": 0.1}
    }
    assert report.brief(diversity, False) == diversity


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
