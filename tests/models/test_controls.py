"""Control models as people have them: told by their tables of contents, fitted to a model, listed,
and fetched by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support import control_files, weight_files
from support.hub import StandIn, fetch, files_in, large
from support.weight_files import write

from daemon.models import hashes
from daemon.models.catalogue import find_model, list_models, strays
from daemon.models.controls import read_controls
from daemon.models.pull.extras import EXTRAS

T2I = {
    "adapter.conv_in.weight": (320, 768, 3, 3),
    **{
        f"adapter.body.{i}.resnets.0.block1.weight": (channels, channels, 3, 3)
        for i, channels in enumerate((320, 640, 1280, 1280))
    },
}
CONTROLNET = {
    "controlnet_cond_embedding.conv_in.weight": (16, 3, 3, 3),
    "controlnet_mid_block.weight": (1280, 1280, 1, 1),
    **{f"controlnet_down_blocks.{i}.weight": (320, 320, 1, 1) for i in range(9)},
    **weight_files.UNET,
}
UNION = {**CONTROLNET, "task_embedding": (8, 320)}
SDXL_UNET = {**weight_files.UNET, "conv_in.weight": (320, 4, 3, 3)}


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this person's own models live: an SDXL, and control models of every kind."""
    folder = tmp_path / "shelf"
    home = folder / "controls"
    write(folder / "dreams" / "model_index.json", b"{}")
    write(folder / "dreams" / "unet" / "diffusion_pytorch_model.safetensors", SDXL_UNET)
    write(home / "t2i-adapter-sketch-sdxl-1.0" / "diffusion_pytorch_model.fp16.safetensors", T2I)
    write(home / "controlnet-softedge.safetensors", CONTROLNET)
    write(home / "anything.safetensors", CONTROLNET)
    write(home / "union" / "diffusion_pytorch_model.safetensors", UNION)
    for name, file in control_files.of_others(tmp_path / "others").items():
        file.rename(home / f"{name}.safetensors")
    write(home / "cut.safetensors", weight_files.toc(T2I)[:-200])
    write(home / "chalk.safetensors", weight_files.LORA)
    write(home / "pickled" / "model.bin", b"\x80\x02")
    write(home / "estimators" / "depth" / "config.json", b"{}")
    monkeypatch.setenv("HOTFOLDER_MODELS", str(folder))
    return folder


def test_control_models_are_told_by_their_contents_and_their_kinds_by_their_names() -> None:
    controls = find_model("dreams").controls
    assert {name: (one.facts.family, one.kinds) for name, one in controls.models.items()} == {
        "anything": ("controlnet", ()),
        "controlnet-softedge": ("controlnet", ("drawing",)),
        "t2i-adapter-sketch-sdxl-1.0": ("t2i", ("drawing",)),
        "union": ("union", ("drawing", "lines", "edges", "depth", "pose", "tile")),
    }
    chosen = {kind: controls.of_kind(kind) for kind in ("drawing", "lines")}
    assert [one and one.name for one in chosen.values()] == ["t2i-adapter-sketch-sdxl-1.0", "union"]
    assert set(controls.estimators) == {"depth"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("t2i-sd15", "a T2I-Adapter for Stable Diffusion 1.5."),
        ("t2i-four-channels", "whose first layer takes 1024 channels"),
        ("controlnet-sd15", "a ControlNet for Stable Diffusion 1.5."),
        ("controlnet-flux", "a ControlNet for Flux."),
        ("original-names", "in the names of the original code"),
        ("cut", "broken, or cut off"),
        ("chalk", "a LoRA"),
        ("pickled", "never opened"),
    ],
)
def test_what_is_no_control_model_for_sdxl_is_named_with_what_it_is(name: str, words: str) -> None:
    (told,) = [str(one) for one in find_model("dreams").controls.unusable if one.name == name]
    assert words in told


def test_a_control_model_of_another_model_is_not_offered_and_the_bundled_one_has_its_own() -> None:
    sketch = find_model("sketch").controls
    assert set(sketch.models) <= {"drawing"}
    (told,) = [str(one) for one in sketch.unusable if one.name == "union"]
    assert "reads text that is 2048 wide, this model's is 224" in told
    (told,) = [str(one) for one in sketch.unusable if one.name == "t2i-adapter-sketch-sdxl-1.0"]
    assert "first block has 320 channels, this model's 48" in told


def test_control_models_are_no_models_and_among_these_they_are_told_where_they_belong(
    shelf: Path,
) -> None:
    write(shelf / "lost.safetensors", T2I)
    assert {card.name for card in list_models()} == {"sketch", "dreams"}
    (told,) = strays()
    assert "T2I-Adapter" in told
    assert "Put it into the folder `controls`" in told


def test_the_public_ones_are_fetched_by_name_with_their_licence(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.licence = "apache-2.0"
    half, full = (f"diffusion_pytorch_model{mark}.safetensors" for mark in (".fp16", ""))
    hub.repos[EXTRAS["t2i-sketch"].repo] = {
        "config.json": b"{}", "README.md": b"x", full: large(T2I, "full"), half: large(T2I),
        "diffusion_pytorch_model.bin": b"pickle",
    }  # fmt: skip
    hub.repos[EXTRAS["union"].repo] = {
        "config.json": b"{}", full: large(CONTROLNET, "plain"), "config_promax.json": b'{"a": 1}',
        "diffusion_pytorch_model_promax.safetensors": large(UNION),
    }  # fmt: skip
    for name in ("pose", "people"):
        hub.repos[EXTRAS[name].repo] = dict.fromkeys(
            ("config.json", "preprocessor_config.json", "model.safetensors"), b"{}"
        )
    home = tmp_path / "fresh"

    for name in ("t2i-sketch", "union", "pose"):
        assert fetch(hub, home, name) == home / EXTRAS[name].folder
    asked = len(hub.asked)
    fetch(hub, home, "pose")

    assert len(hub.asked) == asked
    assert files_in(home / "controls/t2i-sketch") == {"card.yaml", "config.json", full}
    assert (home / "controls/union/config.json").read_bytes() == b'{"a": 1}'
    found = read_controls(home)
    assert {name: one.facts.family for name, one in found.models.items()} == {
        "t2i-sketch": "t2i",
        "union": "union",
    }
    assert set(found.estimators) == {"pose", "people"}
    card = yaml.safe_load((home / "controls/t2i-sketch/card.yaml").read_text())
    assert (card["source"], card["licence"]) == (EXTRAS["t2i-sketch"].repo, "apache-2.0")
    assert hashes.differing(home / "controls/t2i-sketch", card["hashes"]) == []
