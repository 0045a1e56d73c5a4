"""Cards and folders of models that make no sense: each is told of by its file, none hangs or ends
whoever looks, and the models beside them are found.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.daemon import hotfolder

from daemon.errors import JobError, NotYetError, SetupError
from daemon.models.card import found_loras, read_card
from daemon.models.catalogue import find_named, list_models, survey
from daemon.models.hashes import QUICK_BYTES, Hasher, content_of, verify


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shelf"
    (folder / "odd").mkdir(parents=True)
    (folder / "odd" / "model_index.json").write_text("{}")
    (folder / "good").mkdir()
    (folder / "good" / "model_index.json").write_text("{}")
    monkeypatch.setenv("HOTFOLDER_MODELS", str(folder))
    return folder


CARDS = [
    b"- a", b"[1, 2]", b"7", b"text", b"\0", b"\xff\xfe", b"", b"[" * 10_000, b"{a: " * 5_000,
    b"a: &a [1]\nb: *a", b"a: &a [*a]", b"name: !!python/object:os.system {}", b"name: x\nname: y",
    b"x: " + b"a" * 2_000_000, b"name: [a]", b"name: ''", b"name: a/b", b"name: 'a\\b'", b"name: .",
    b"name: ..", b'name: "a\\nb"', b'name: "\\u202Eevil"', b"name: " + b"n" * 201,
    b"native_size: 0", b"native_size: -1", b"native_size: true", b"native_size: 1.5",
    b"native_size: 99999999999999999999", b"min_size: 900\nmax_size: 100", b"size_multiple: big",
    b"preset_sizes: [768]", "preset_sizes: {²: 256}".encode(), b"preset_sizes: {768: -1}",
    b"preset_sizes: {'': 1}", b"adapters: [a]", b"adapters: {base: 7}", b"adapters: {base: ''}",
    b"adapters: {base: ../x.safetensors}", b"adapters: {base: /x.safetensors}",
    b'adapters: {base: "a\\0b"}', b"loras: {a: x.bin}", b"hashes: {../../etc/passwd: abc}",
    b"hashes: [a]", b"image_encoder: /etc", b"image_encoder: [a]", b"vocabulary: 7",
    b"vocabulary: {a: b}", b"vocabulary: [1, 2]", b"licence: [MIT]", b"about: {a: b}", b"colour: red",
]  # fmt: skip


@pytest.mark.parametrize("card", CARDS, ids=lambda card: str(card[:40]))
def test_a_card_that_makes_no_sense_is_told_of_by_its_file(shelf: Path, card: bytes) -> None:
    (shelf / "odd" / "card.yaml").write_bytes(card)

    with pytest.raises(SetupError) as caught:
        read_card(shelf / "odd")

    assert str(shelf / "odd") in str(caught.value)
    assert len(str(caught.value)) < 1500
    assert isinstance(survey()["odd"], SetupError)
    assert find_named("good").folder == shelf / "good"


NODES = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a dead link": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("place", ["odd/card.yaml", "odd/model_index.json", "x.safetensors", "new"])
def test_what_is_no_file_is_no_model_and_stops_nobody(shelf: Path, place: str, node: str) -> None:
    (shelf / place).unlink(missing_ok=True)
    NODES[node](shelf / place)

    assert {"sketch", "good"} <= {card.name for card in list_models()}
    if place == "odd/card.yaml":
        with pytest.raises(SetupError, match=r"card\.yaml"):
            read_card(shelf / "odd")


@pytest.mark.parametrize("node", NODES)
def test_what_is_no_file_is_no_lora(shelf: Path, node: str) -> None:
    (shelf / "loras").mkdir()
    (shelf / "loras" / "fine.safetensors").write_bytes(b"x")
    NODES[node](shelf / "loras" / "odd.safetensors")

    assert list(found_loras(shelf)) == ["fine"]
    assert content_of(shelf / "loras" / "odd.safetensors") is None
    assert Hasher().content_of(shelf / "loras" / "odd.safetensors") is None


@pytest.mark.parametrize("node", NODES)
def test_a_folder_of_loras_or_models_may_be_anything(
    shelf: Path, node: str, tmp_path: Path
) -> None:
    NODES[node](shelf / "loras")
    NODES[node](tmp_path / "elsewhere")

    assert found_loras(shelf) == {}
    assert find_named("good", [tmp_path / "elsewhere"]).folder == shelf / "good"


def test_a_models_folder_that_can_not_be_is_no_reason_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for odd in ("~nobody-of-that-name/x", "/dev/null", "/dev/null/x", "a" * 5000):
        monkeypatch.setenv("HOTFOLDER_MODELS", odd)
        assert [card.name for card in list_models()] == ["sketch"]
    monkeypatch.setenv("HOTFOLDER_MODELS", "/dev/null")
    pulled = hotfolder("models", "pull", "a/b")
    assert pulled.returncode == 5
    assert "HOTFOLDER_MODELS" in pulled.stderr


def test_a_large_lora_is_waited_for_and_a_huge_one_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.safetensors"
    with file.open("wb") as stream:
        stream.truncate(QUICK_BYTES + 1)
    hasher = Hasher(patience=0.0)

    with pytest.raises(NotYetError, match="still being read"):
        hasher.content_of(file)
    known = Hasher(patience=600.0).content_of(file)
    with pytest.raises(JobError, match="GB large"):
        Hasher(most=QUICK_BYTES).content_of(file)

    assert known == content_of(file)


def test_verifying_waits_for_no_pipe(shelf: Path) -> None:
    (shelf / "odd" / "card.yaml").write_text("hashes: {pipe: abc, gone: abc, folder: abc}")
    os.mkfifo(shelf / "odd" / "pipe")
    (shelf / "odd" / "folder").mkdir()

    assert len(verify(read_card(shelf / "odd"))) == 3


def test_the_list_describes_every_model_and_shows_how_to_fetch_the_real_one(shelf: Path) -> None:
    (shelf / "odd" / "card.yaml").write_text("colour: red")
    (shelf / "good" / "card.yaml").write_text("about: ink on paper")

    told = hotfolder("models")

    assert told.returncode == 0
    words = " ".join(told.stdout.split())
    assert "* sketch a toy" in words
    assert "knows 138 words" in words
    assert "good ink on paper" in words
    assert "! odd can't be used" in words
    assert "unknown key, `colour`" in words
    assert "hotfolder models pull sdxl" in words
    checked = hotfolder("models", "check")
    assert checked.returncode == 1
    assert "odd:" in checked.stdout
