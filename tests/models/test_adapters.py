"""IP-Adapters as people have them: told by their tables of contents, fitted to an encoder, shared."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import weight_files
from support.weight_files import (
    BIGG,
    CHECKPOINT,
    CONTROLNET,
    LORA,
    SD15,
    VAE,
    VIT_H,
    base,
    encoder,
    plus,
    write,
)

from daemon.models.catalogue import BUNDLED, find_model, list_models, strays

pytestmark = pytest.mark.usefixtures("shelf")


HUB = {
    "ip-adapter_sdxl": base(1280),
    "ip-adapter_sdxl_vit-h": base(),
    "ip-adapter-plus_sdxl_vit-h": plus(),
    "ip-adapter-plus-face_sdxl_vit-h": plus(),
}


def hub_folder(folder: Path) -> None:
    for name, shapes in HUB.items():
        write(folder / f"{name}.safetensors", shapes)
        write(folder / f"{name}.bin", b"\x80\x02")
    encoder(folder / "image_encoder", BIGG)


def hub_tree(folder: Path) -> None:
    hub_folder(folder / "sdxl_models")
    encoder(folder / "models/image_encoder", VIT_H)
    for name in ("ip-adapter_sd15", "ip-adapter-plus_sd15"):
        write(folder / f"models/{name}.safetensors", SD15)


def flat(folder: Path) -> None:
    for number, shapes in enumerate((plus(), base())):  # names that say nothing
        write(folder / f"{number}.safetensors", shapes)
    encoder(folder / "image_encoder")


def swapped(folder: Path) -> None:
    write(folder / "base.safetensors", plus())
    write(folder / "plus.safetensors", base())
    encoder(folder / "image_encoder")


LAYOUTS: dict[str, tuple[Callable[[Path], object], dict[str, str]]] = {
    "flat, names that say nothing": (lambda m: flat(m / "ip_adapter"), {
        "base": "1.safetensors", "plus": "0.safetensors"}),
    "swapped names": (lambda m: swapped(m / "ip_adapter"), {
        "base": "plus.safetensors", "plus": "base.safetensors"}),
    "the hub's sdxl_models and models beside each other": (hub_tree, {
        "base": "ip-adapter_sdxl_vit-h.safetensors",
        "ip-adapter_sdxl": "ip-adapter_sdxl.safetensors",
        "plus": "ip-adapter-plus_sdxl_vit-h.safetensors",
        "plus-face": "ip-adapter-plus-face_sdxl_vit-h.safetensors"}),
    "the hub's tree in ip_adapter": (lambda m: hub_tree(m / "ip_adapter"), {
        "base": "ip-adapter_sdxl_vit-h.safetensors",
        "ip-adapter_sdxl": "ip-adapter_sdxl.safetensors",
        "plus": "ip-adapter-plus_sdxl_vit-h.safetensors",
        "plus-face": "ip-adapter-plus-face_sdxl_vit-h.safetensors"}),
    "a clone of the hub's repository": (lambda m: hub_tree(m / "IP-Adapter"), {
        "base": "ip-adapter_sdxl_vit-h.safetensors",
        "ip-adapter_sdxl": "ip-adapter_sdxl.safetensors",
        "plus": "ip-adapter-plus_sdxl_vit-h.safetensors",
        "plus-face": "ip-adapter-plus-face_sdxl_vit-h.safetensors"}),
    "the hub's sdxl_models alone": (lambda m: hub_folder(m / "sdxl_models"), {
        "base": "ip-adapter_sdxl.safetensors"}),
    "its files in ip_adapter, with its encoder": (lambda m: hub_folder(m / "ip_adapter"), {
        "base": "ip-adapter_sdxl.safetensors"}),
}  # fmt: skip


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "its own"])
@pytest.mark.parametrize("row", LAYOUTS)
def test_every_layout_gives_its_adapters_each_with_the_encoder_that_fits(
    row: str, shared: bool, shelf: Path
) -> None:
    make, wanted = LAYOUTS[row]
    write(shelf / "mine" / "dreams.safetensors", CHECKPOINT)
    make(shelf if shared else shelf / "mine")

    card = find_model("mine")

    assert {name: path.name for name, path in card.adapters.items()} == wanted
    for name, file in card.adapters.items():
        big = "sdxl.safetensors" in file.name
        said = (card.encoders[name] / "config.json").read_text()
        assert f'"projection_dim": {(BIGG if big else VIT_H)[0]}' in said
    assert [model.name for model in list_models()] == ["sketch", "mine"]


def test_a_models_own_adapters_come_before_those_of_all_and_take_an_encoder_of_all(
    shelf: Path,
) -> None:
    flat(shelf / "ip_adapter")
    write(shelf / "mine/dreams.safetensors", CHECKPOINT)
    own = write(shelf / "mine/ip_adapter/base.safetensors", base())

    card = find_model("mine")

    assert dict(card.adapters) == {"base": own, "plus": shelf / "ip_adapter/0.safetensors"}
    assert set(card.encoders.values()) == {shelf / "ip_adapter/image_encoder"}


def test_adapters_of_all_that_do_not_fit_a_model_are_not_given_to_it(shelf: Path) -> None:
    hub_tree(shelf)

    card = find_model("sketch")

    assert {name: file.parent for name, file in card.adapters.items()} == dict.fromkeys(
        ("base", "plus"), BUNDLED / "ip_adapter"
    )


def test_a_link_in_circles_ends(shelf: Path) -> None:
    flat(shelf / "ip_adapter")
    (shelf / "ip_adapter/again").symlink_to(shelf / "ip_adapter")
    write(shelf / "mine.safetensors", CHECKPOINT)

    assert set(find_model("mine").adapters) == {"base", "plus"}


STRAYS = {
    "chalk": (LORA, "It is a LoRA", "`loras`"),
    "peft": ({"unet.a.lora_A.weight": (8, 64)}, "It is a LoRA", "`loras`"),
    "loha": ({"lora_unet_a.hada_w1_a": (8, 64)}, "It is a LoRA", "`loras`"),
    "plus": (plus(), "It is an IP-Adapter", "`ip_adapter`"),
    "sdxl_vae": (VAE, "It is a VAE alone", "`vae`"),
    "canny": (CONTROLNET, "It is a ControlNet", "`controls`"),
    "style": ({"clip_l": (1, 768), "clip_g": (1, 1280)}, "It is an embedding", "no use for it"),
    "clip_vision": ({"vision_model.a": (1,), "visual_projection.weight": (1024, 1280)},
                    "It is an image encoder", "`ip_adapter/image_encoder`"),
}  # fmt: skip


@pytest.mark.parametrize("in_folder", [False, True])
@pytest.mark.parametrize("row", STRAYS)
def test_what_is_no_model_is_not_listed_as_one_but_told_with_its_place(
    row: str, in_folder: bool, shelf: Path
) -> None:
    shapes, what, where = STRAYS[row]
    write(shelf / row / f"{row}.safetensors" if in_folder else shelf / f"{row}.safetensors", shapes)

    assert [card.name for card in list_models()] == ["sketch"]
    (told,) = strays()
    assert str(shelf / row) in told
    assert what in told
    assert where in told
    with pytest.raises(Exception, match="no model") as caught:
        find_model(row)
    assert what in str(caught.value)


@pytest.mark.parametrize("shapes", [CHECKPOINT, {**CHECKPOINT, **VAE}, {"a": (1,)}, b"weights"])
def test_whole_checkpoints_and_what_nothing_tells_of_stay_models(
    shapes: bytes | weight_files.Shapes, shelf: Path
) -> None:
    write(shelf / "mine.safetensors", shapes)

    assert [card.name for card in list_models()] == ["sketch", "mine"]
    assert strays() == []


def test_the_bundled_adapters_serve_a_copy_of_the_model_that_has_none(shelf: Path) -> None:
    shutil.copytree(BUNDLED / "unet", shelf / "mine" / "unet")
    shutil.copy(BUNDLED / "model_index.json", shelf / "mine")
    shutil.copytree(BUNDLED / "ip_adapter", shelf / "ip_adapter")

    assert find_model("mine").adapters["base"] == shelf / "ip_adapter/base.safetensors"
