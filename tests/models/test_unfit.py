"""What lies among the models and can't be used is listed with its reason, before anything is loaded;
what can be is found however its name is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.daemon import hotfolder
from support.weight_files import CHECKPOINT, LORA, VAE, Shapes, toc, write

from daemon.errors import SetupError
from daemon.models.catalogue import find_model, find_named, list_models, strays
from daemon.models.files import weights_in

WHOLE = {
    **CHECKPOINT,
    **{f"first_stage_model.{name}": shape for name, shape in VAE.items()},
    "conditioner.embedders.0.transformer.a": (1,),
    "conditioner.embedders.1.model.a": (1,),
}
OLDER = {
    "model.diffusion_model.input_blocks.0.0.weight": (320, 4, 3, 3),
    "cond_stage_model.transformer.text_model.a": (1,),
    "first_stage_model.a": (1,),
}
EMBEDDING = {"clip_l": (4, 768), "clip_g": (4, 1280)}
PAGE, POINTER = b"<!DOCTYPE html><html>", b"version https://git-lfs.github.com/spec/v1\n"


def cut_off(shapes: Shapes) -> bytes:
    """A whole table of contents, and half of what it names."""
    table = json.loads(toc(shapes)[8:])
    for number, entry in enumerate(table.values()):
        entry["data_offsets"] = [number * 64, number * 64 + 64]
    text = json.dumps(table).encode()
    return len(text).to_bytes(8, "little") + text + bytes(32 * len(table))


pytestmark = pytest.mark.usefixtures("shelf")


def listed() -> list[str]:
    return hotfolder("models").stdout.splitlines()


MODELS: dict[str, tuple[bytes | Shapes, str]] = {
    "for SD 1.5": (OLDER, "Stable Diffusion 1.5"),
    "a page": (PAGE, "HTML"),
    "a pointer": (POINTER, "Git LFS"),
    "a renamed pickle": (b"PK\3\4" + b"x" * 600, "pickle"),
    "empty": (b"", "empty"),
    "half a table": (toc(WHOLE)[:300], "cut off"),
    "half of it": (cut_off(WHOLE), "cut off"),
}


@pytest.mark.parametrize("row", MODELS)
def test_a_checkpoint_that_no_picture_can_be_made_with_is_listed_with_its_reason(
    row: str, shelf: Path
) -> None:
    content, why = MODELS[row]
    write(shelf / "my dreams v1.2.safetensors", content)
    lines = listed()
    place = next(n for n, line in enumerate(lines) if line.startswith("! my dreams v1.2"))

    assert "can't be used" in lines[place]
    assert why in lines[place + 1]
    assert lines[place + 1].endswith(".")
    assert why in hotfolder("models", "check", "my dreams v1.2").stdout


@pytest.mark.parametrize("kind", ["StableDiffusionPipeline", "FluxPipeline", "x" * 500])
def test_a_folder_of_another_kind_of_model_is_listed_with_its_kind(kind: str, shelf: Path) -> None:
    write(shelf / "mine" / "model_index.json", json.dumps({"_class_name": kind}).encode())

    assert any(kind[:50] in line for line in listed())


@pytest.mark.parametrize(
    "content", [WHOLE, {**WHOLE, "v_pred": (), "ztsnr": ()}], ids=["plain", "marked"]
)
def test_of_a_whole_one_nothing_is_said(content: Shapes, shelf: Path) -> None:
    write(shelf / "mine.safetensors", content)

    assert not any("can't be used" in line and "mine" in line for line in listed())


LORAS: dict[str, tuple[bytes | Shapes, str]] = {
    "an embedding": (EMBEDDING, "embedding"),
    "of Flux": ({"lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight": (4, 4)}, "Flux"),
    "a page": (PAGE, "HTML"),
    "a checkpoint": (WHOLE, "checkpoint"),
    "half of it": (cut_off(LORA), "cut off"),
}


@pytest.mark.parametrize("row", LORAS)
def test_a_lora_that_can_not_be_worn_is_listed_with_its_reason(row: str, shelf: Path) -> None:
    content, why = LORAS[row]
    write(shelf / "loras" / "my lora v1.2 (xl).safetensors", content)
    write(shelf / "loras" / "good.safetensors", LORA)
    told = [line for line in listed() if "! the LoRA" in line]

    assert ["my lora v1.2 (xl) can't be used" in line and why in line for line in told] == [True]


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".PTH", ".bin", ".gguf"])
@pytest.mark.parametrize("name", ["dreams", "dreams v1.2 (final)"])
def test_what_is_never_opened_is_told_and_so_it_is_to_whoever_names_it(
    suffix: str, name: str, shelf: Path
) -> None:
    write(shelf / f"{name}{suffix}", b"PK\3\4")
    (told,) = strays()

    assert (name + suffix in told, "Get it as .safetensors." in told) == (True, True)
    for said in (name, name + suffix):
        with pytest.raises(SetupError, match="is no model"):
            find_named(said)


def test_loras_that_are_never_found_are_told(shelf: Path) -> None:
    write(shelf / "loras" / "styles" / "ink.safetensors", LORA)
    write(shelf / "loras" / "notes" / "read.txt")
    write(shelf / "loras" / "old.pt", b"PK\3\4")

    told = strays()
    assert [("old.pt" in text, "loras/styles is not looked into" in text) for text in told] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("suffix", [".SAFETENSORS", ".SafeTensors", ".safetensors"])
def test_an_ending_in_capitals_is_one(suffix: str, shelf: Path) -> None:
    write(shelf / f"dreams{suffix}", WHOLE)
    write(shelf / "loras" / f"ink{suffix}", LORA)
    write(shelf / "folder" / f"own{suffix}", WHOLE)

    assert [card.name for card in list_models()] == ["sketch", "dreams", "folder"]
    assert "ink" in find_model("sketch").loras
    for said in ("dreams", f"dreams{suffix}", "dreams.safetensors", "folder"):
        assert find_named(said).weights.suffix == suffix


def test_what_a_system_notes_of_a_file_is_no_second_one(shelf: Path) -> None:
    write(shelf / "mine" / "dreams.safetensors", WHOLE)
    write(shelf / "mine" / "._dreams.safetensors", b"\0\5\x16\7")
    write(shelf / "loras" / "._ink.safetensors", b"\0\5\x16\7")

    assert find_named("mine").weights.name == "dreams.safetensors"
    assert weights_in(shelf / "loras") == []


def test_a_checkpoint_in_pieces_is_told_as_that(shelf: Path) -> None:
    for number in (1, 2):
        write(shelf / "mine" / f"model-0000{number}-of-00002.safetensors", WHOLE)

    with pytest.raises(SetupError, match="in pieces") as caught:
        find_named("mine")
    assert "model_index.json" in caught.value.remedy
