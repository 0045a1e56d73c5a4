"""Adapters and encoders that can not be used are named with their reason, and cost themselves alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import weight_files
from support.weight_files import (
    CHECKPOINT,
    FACE_ID,
    FACE_ID_PLUS,
    FULL_FACE,
    INSTANT_ID,
    LORA,
    SD15,
    UNET,
    base,
    encoder,
    plus,
    write,
)

from daemon.models.catalogue import Card, find_model
from daemon.models.hashes import verify

pytestmark = pytest.mark.usefixtures("shelf")


_OF = ((25).to_bytes(8, "little"), b" " * 99)
BAD: dict[str, tuple[object, str, str]] = {
    "bigG's base beside ViT-H": (base(1280), "base", "needs the ViT-bigG image encoder.* 1280 numb"),
    "plus of bigG": (plus(1664), "plus", "needs the ViT-bigG image encoder"),
    "of widths nobody has": (base(999), "base", "needs an image encoder, which gives 999 numbers"),
    "FaceID": (FACE_ID, "x", "InsightFace.*non-commercial research only"),
    "FaceID plus": (FACE_ID_PLUS, "x", "non-commercial research only"),
    "InstantID": (INSTANT_ID, "x", "non-commercial research only"),
    "full face": (FULL_FACE, "x", "full-face adapter of Stable Diffusion 1.5"),
    "for SD 1.5": (SD15, "x", "IP-Adapter for Stable Diffusion 1.5"),
    "for a model with fewer layers": (
        {**{k: v for k, v in base().items() if "image_proj" in k}, **weight_files.layers(69)},
        "base", "69 .*has 70"),
    "with a hole": (
        {k: v for k, v in base().items() if "ip_adapter.1." not in k}, "x", "not whole"),
    "without a matrix for values": (
        {k: v for k, v in base().items() if k != "ip_adapter.9.to_v_ip.weight"}, "x", "not whole"),
    "with biases": ({**base(), "ip_adapter.1.to_k_ip.bias": (640,)}, "x", "of a kind that is not"),
    "under a wrapper's names": (
        {f"module.{k}": v for k, v in base().items()}, "x", "IP-Adapter whose tensors have other"),
    "in diffusers' own names": (
        {"down_blocks.1.attentions.0.attn2.processor.to_k_ip.0.weight": (640, 2048)}, "x",
        "IP-Adapter whose tensors have other"),
    "for Flux (XLabs)": (
        {"double_blocks.0.processor.ip_adapter_double_stream_k_proj.weight": (3072, 4096)}, "x",
        "IP-Adapter whose tensors have other"),
    "FaceID's LoRA": (
        {"lora_unet_down_blocks_1_attn1_to_q.lora_down.weight": (128, 640)}, "x", "a LoRA"),
    "PuLID": ({"id_adapter.mapping_0.0.weight": (4, 4)}, "x", "PuLID"),
    "PhotoMaker": ({"id_encoder.visual_projection.weight": (4, 4)}, "x", "PhotoMaker"),
    "of Kolors": ({**plus(1024), "image_proj.latents": (1, 16, 2048)}, "plus", "gives 1024 numbers"),
    "without its layers": ({"image_proj.proj.weight": (8192, 1024)}, "x", "not whole"),
    "without its projection": (weight_files.layers(), "x", "kind that is not read"),
    "a LoRA": (LORA, "x", "It is a LoRA"),
    "a checkpoint": (CHECKPOINT, "x", "no IP-Adapter"),
    "cut off": (b"\x10\x00", "x", "broken"),
    "a header that lies": (b"\xff" * 8 + b"{}", "x", "broken"),
    "a header of numbers": (weight_files.toc({})[:8] + b'7', "x", "broken"),
    "deep": ((200_000).to_bytes(8, "little") + b'{"a":' * 40_000, "x", "broken"),
    "a side without end": (_OF[0] + b'{"a": {"shape": [1e400]}}' + _OF[1], "x", "broken"),
    "a login page": (b"<!DOCTYPE html><html>", "x", "page of HTML"),
    "a pointer of Git LFS": (b"version https://git-lfs.github.com/spec/v1\n", "x", "Git LFS"),
    "nothing": (b"", "x", "empty"),
}  # fmt: skip


@pytest.mark.parametrize("row", BAD)
def test_a_file_that_can_not_be_used_is_named_with_its_reason_and_costs_itself_alone(
    row: str, shelf: Path
) -> None:
    content, word, reason = BAD[row]
    write(shelf / "mine" / "model_index.json", b"{}")
    write(shelf / "mine" / "unet" / "model.safetensors", UNET)
    good = write(shelf / "mine/ip_adapter/good.safetensors", base())
    write(shelf / "mine/ip_adapter/x.safetensors", content)  # type: ignore[arg-type]
    encoder(shelf / "mine/ip_adapter/image_encoder")

    card = find_model("mine")

    assert dict(card.adapters) == {"base": good}
    (told,) = card.unusable
    assert told.name == word
    assert told.remedy
    assert _matches(reason, str(told))
    assert str(told) in verify(card)


def _matches(pattern: str, text: str) -> bool:
    import re

    return re.search(pattern, text) is not None


def without(shelf: Path, make: Callable[[Path], object]) -> Card:
    write(shelf / "mine.safetensors", CHECKPOINT)
    write(shelf / "ip_adapter/base.safetensors", base())
    make(shelf / "ip_adapter/image_encoder")
    return find_model("mine")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: None, "there is no image encoder beside it"),
        (lambda at: encoder(at, weights=None), "only as pytorch_model.bin, a pickle"),
        (lambda at: write(at / "model.safetensors", {"a": (1,)}), "config.json is missing"),
        (lambda at: write(at / "config.json", b"{"), "config.json is missing or can't be read"),
        (lambda at: write(at / "config.json", b"[7]"), "config.json is missing or can't be read"),
        (lambda at: write(encoder(at) / "model.safetensors", b"<html>"), "a page of HTML"),
        (lambda at: encoder(at, weights="CLIP-ViT-H"), "Call them model.safetensors"),
        (lambda at: write(at / "config.json", b'{"model_type": "siglip_vision_model"}'), "siglip"),
        (lambda at: write(at / "config.json", b'{"hidden_size": 1e999}'), "can't be read"),
        (lambda at: os.mkfifo(at), "there is no image encoder beside it"),
    ],
)
def test_an_encoder_that_can_not_be_used_is_named(
    shelf: Path, make: Callable[[Path], object], words: str
) -> None:
    card = without(shelf, make)

    assert dict(card.adapters) == {}
    assert words in " ".join(map(str, card.unusable))


def test_an_encoder_under_its_own_name_and_a_dead_link_are_told_for_what_they_are(
    shelf: Path,
) -> None:
    card = without(shelf, lambda at: encoder(at.parent / "CLIP-ViT-H-14"))
    (shelf / "ip_adapter/plus.safetensors").symlink_to(shelf / "gone.safetensors")

    assert card.encoders["base"] == shelf / "ip_adapter/CLIP-ViT-H-14"
    (told,) = find_model("mine").unusable
    assert str(told).startswith("plus.safetensors: It can't be read: No such file")


def test_an_adapter_that_is_only_a_pickle_is_named(shelf: Path) -> None:
    card = without(shelf, lambda at: write(at.parent / "ip-adapter-faceid_sdxl.bin", b"\x80\x02"))

    assert any("faceid_sdxl.bin: It is a pickle" in str(one) for one in card.unusable)
