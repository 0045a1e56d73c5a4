"""The catalogue: cards, loose folders, names, hashes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from support.weight_files import base, encoder, plus, write

from daemon.errors import SetupError
from daemon.models.catalogue import (
    DRY_RUN,
    find_model,
    list_models,
    models_folder,
    read_card,
)
from daemon.models.hashes import verify
from daemon.settings import Settings
from daemon.worker.load_command import load_command

pytestmark = pytest.mark.usefixtures("shelf")


def carded(folder: Path, extra: str = "") -> Path:
    write(folder / "model_index.json", b"{}")
    write(folder / "unet" / "w.safetensors")
    write(folder / "ip_adapter" / "b.safetensors", base())
    encoder(folder / "ip_adapter" / "image_encoder")
    digest = hashlib.sha256(b"weights").hexdigest()
    write(
        folder / "card.yaml",
        (
            "name: tiny\narchitecture: sdxl\nnative_size: 256\n"
            "preset_sizes: {768: 256, 1024: 384}\nmin_size: 192\nmax_size: 384\nsize_multiple: 8\n"
            "licence: MIT\nadapters: {base: ip_adapter/b.safetensors}\n"
            "image_encoder: ip_adapter/image_encoder\nloras: {chalk: loras/chalk.safetensors}\n"
            f"trained: {{how: well}}\nscore: {{all: 0.9}}\nhashes: {{unet/w.safetensors: {digest}}}\n"
            + extra
        ).encode(),
    )
    return folder


def test_the_bundled_model_is_there_and_whole() -> None:
    card = find_model("sketch")

    assert (card.name, card.native_size, card.preset_sizes[768]) == ("sketch", 256, 256)
    assert verify(card) == []


def test_a_card_is_read_whole(shelf: Path) -> None:
    card = read_card(carded(shelf / "tiny"))

    assert (card.name, card.weights, card.native_size) == ("tiny", shelf / "tiny", 256)
    assert dict(card.preset_sizes) == {768: 256, 1024: 384}
    assert (card.min_size, card.max_size, card.size_multiple) == (192, 384, 8)
    assert card.licence == "MIT"
    assert card.adapters["base"] == shelf / "tiny" / "ip_adapter" / "b.safetensors"
    assert card.image_encoder == shelf / "tiny" / "ip_adapter" / "image_encoder"
    assert card.loras["chalk"] == shelf / "tiny" / "loras" / "chalk.safetensors"


def test_the_sha256_of_a_model_is_that_of_its_sorted_hash_lines(shelf: Path) -> None:
    card = read_card(carded(shelf / "tiny"))
    line = f"unet/w.safetensors {hashlib.sha256(b'weights').hexdigest()}\n"

    assert card.sha256 == hashlib.sha256(line.encode()).hexdigest()


def test_a_plain_diffusers_folder_is_an_sdxl_model(shelf: Path) -> None:
    write(shelf / "mine" / "model_index.json", b"{}")

    card = find_model("mine")

    assert (card.name, card.weights, card.architecture) == ("mine", shelf / "mine", "sdxl")
    assert (card.native_size, card.min_size, card.max_size) == (1024, 512, 2048)
    assert (dict(card.preset_sizes), dict(card.adapters), card.sha256) == ({}, {}, None)


def test_a_folder_with_one_checkpoint_and_adapters_is_a_model(shelf: Path) -> None:
    checkpoint = write(shelf / "mine" / "juggernaut.safetensors")
    plus_face = write(shelf / "mine/ip_adapter/ip-adapter-plus-face_sdxl_vit-h.safetensors", plus())
    whole = write(shelf / "mine/ip_adapter/ip-adapter-plus_sdxl_vit-h.safetensors", plus())
    small = write(shelf / "mine/ip_adapter/ip-adapter_sdxl_vit-h.safetensors", base())
    encoder(shelf / "mine/ip_adapter/image_encoder")

    card = find_model("mine")

    assert card.weights == checkpoint
    assert dict(card.adapters) == {"base": small, "plus": whole, "plus-face": plus_face}
    assert card.image_encoder == shelf / "mine/ip_adapter/image_encoder"


def test_a_loose_checkpoint_is_a_model_by_name_and_by_path(shelf: Path) -> None:
    file = write(shelf / "juggernaut.safetensors")

    assert find_model("juggernaut").weights == file
    assert find_model(str(file)).name == "juggernaut"


def test_folders_of_the_settings_come_before_the_persons_own(shelf: Path, tmp_path: Path) -> None:
    write(shelf / "mine" / "model_index.json", b"{}")
    write(tmp_path / "extra" / "mine" / "model_index.json", b"{}")

    assert find_model("mine", [tmp_path / "extra"]).folder == tmp_path / "extra" / "mine"
    assert {card.name for card in list_models([tmp_path / "extra"])} == {"sketch", "mine"}


def test_a_model_is_also_found_by_the_name_its_card_gives(shelf: Path) -> None:
    carded(shelf / "downloaded-folder")

    assert find_model("tiny").folder == shelf / "downloaded-folder"


def test_a_missing_model_names_what_is_there_and_what_was_perhaps_meant() -> None:
    with pytest.raises(SetupError) as caught:
        find_model("sketh")

    assert "Here are: sketch." in str(caught.value)
    assert "Did you mean `sketch`?" in str(caught.value)


def test_a_missing_path_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="There is no model at"):
        find_model(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["model.ckpt", "model.pt", "model.bin"])
def test_pickles_are_refused(shelf: Path, name: str) -> None:
    file = write(shelf / "mine" / name)

    with pytest.raises(SetupError):
        read_card(file)
    with pytest.raises(SetupError):
        read_card(file.parent)


def test_two_checkpoints_in_one_folder_are_one_too_many(shelf: Path) -> None:
    write(shelf / "mine" / "a.safetensors")
    write(shelf / "mine" / "b.safetensors")

    with pytest.raises(SetupError, match="2 checkpoints"):
        find_model("mine")


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("adapters2: {}\n", "unknown key"),
        ("native_size: big\n", "native_size"),
        ("prompt: a: b\n", "can't be read"),
    ],
)
def test_a_card_with_a_mistake_says_which(shelf: Path, extra: str, words: str) -> None:
    folder = carded(shelf / "tiny")
    write(folder / "card.yaml", extra.encode())

    with pytest.raises(SetupError, match=words):
        read_card(folder)


@pytest.mark.parametrize("path", ["../evil.safetensors", "/etc/passwd", "ip_adapter/b.bin"])
def test_a_card_can_not_point_out_of_its_folder_nor_at_a_pickle(shelf: Path, path: str) -> None:
    folder = carded(shelf / "tiny")
    write(folder / "card.yaml", f"adapters: {{base: {path}}}\n".encode())

    with pytest.raises(SetupError):
        read_card(folder)


def test_verifying_finds_what_is_missing_and_what_is_changed(shelf: Path) -> None:
    folder = carded(shelf / "tiny")
    write(folder / "loras/chalk.safetensors")
    assert verify(read_card(folder)) == []

    write(folder / "unet" / "w.safetensors", b"other")
    (folder / "ip_adapter" / "b.safetensors").unlink()
    findings = verify(read_card(folder))

    assert any("w.safetensors differs" in text for text in findings)
    assert any(text.startswith("b.safetensors: ") for text in findings)


def test_a_worker_is_told_everything_by_absolute_paths(shelf: Path, tmp_path: Path) -> None:
    card = find_model(str(carded(shelf / "tiny")))
    settings = Settings(device="cpu", dtype="float32", threads=2)

    load = load_command(card, settings, tmp_path / "caches")

    assert (load.name, load.model, load.sha256) == ("tiny", str(shelf / "tiny"), card.sha256)
    assert load.adapters == {"base": str(shelf / "tiny/ip_adapter/b.safetensors")}
    assert load.image_encoder == str(shelf / "tiny/ip_adapter/image_encoder")
    assert (load.device, load.dtype, load.threads) == ("cpu", "float32", 2)
    assert load.caches == str(tmp_path / "caches")


def test_a_taesd_is_no_model_and_is_taken_from_the_models_own_folder_first(
    shelf: Path, tmp_path: Path
) -> None:
    card = find_model(str(carded(shelf / "tiny")))
    live = tmp_path / "now.png"

    def told(settings: Settings) -> object:
        return load_command(card, settings, tmp_path, live).options["taesd"]

    assert told(Settings()) == ""
    for folder in (shelf / "taesd", shelf / "tiny" / "taesd"):
        write(folder / "config.json", b"{}")
        assert told(Settings()) != str(folder)
        write(folder / "diffusion_pytorch_model.safetensors", b"w")
        assert told(Settings()) == str(folder)
    assert told(Settings(live=False)) == ""
    assert "taesd" not in {found.name for found in list_models()}


def test_the_dry_run_is_a_model_that_needs_no_files(tmp_path: Path) -> None:
    card = find_model("dry-run")
    load = load_command(card, Settings(), tmp_path)

    assert card is DRY_RUN
    assert verify(card) == []
    assert (load.model, load.adapters) == ("", {})


def test_the_persons_own_models_lie_where_the_variable_says(shelf: Path) -> None:
    assert models_folder() == shelf
