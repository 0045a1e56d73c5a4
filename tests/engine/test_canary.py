"""The canary: a small picture that is always the same, unless the machine has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.engine.sdxl.canary import Canary

FACTS = {"torch": "2.13.0", "the device": "mps Apple M9", "the system": "macOS 27.1"}
PIXELS = bytes(range(256)) * 12
NOISE = bytes((i * 89 + i * i * 7) % 256 for i in range(len(PIXELS)))
NEARLY = bytes(min(255, value + (i % 50 == 0)) for i, value in enumerate(PIXELS))


@pytest.fixture
def canary(tmp_path: Path):
    return lambda **facts: Canary(tmp_path / "canary.json", "sketch float16", {**FACTS, **facts})


def test_the_same_pixels_on_the_same_machine_are_well(canary) -> None:
    assert "first time" in canary().hear(PIXELS).text
    song = canary().hear(PIXELS)
    assert (song.level, song.alive) == ("INFO", True)
    assert "to the last bit" in song.text


def test_other_pixels_on_an_unchanged_machine_are_a_warning(canary) -> None:
    canary().hear(PIXELS)
    song = canary().hear(NEARLY)
    assert song.level == "WARNING"
    assert "nothing has changed" in song.text


def test_other_last_bits_after_an_update_are_told_with_what_was_updated(canary) -> None:
    canary().hear(PIXELS)
    song = canary(torch="2.14.0").hear(NEARLY)
    assert song.level == "INFO"
    assert "torch changed from 2.13.0 to 2.14.0" in song.text
    assert canary(torch="2.14.0").hear(NEARLY).text.endswith("to the last bit")


def test_noise_after_an_update_is_a_warning_that_names_the_update(canary) -> None:
    canary().hear(PIXELS)
    song = canary(**{"the system": "macOS 27.2"}).hear(NOISE)
    assert song.level == "WARNING"
    assert "the system changed from macOS 27.1 to macOS 27.2" in song.text
    assert "noise" in song.text


def test_a_canary_that_cannot_be_painted_is_an_error_and_its_last_picture_is_kept(canary) -> None:
    canary().hear(PIXELS)
    assert canary().choked("not finite").level == "ERROR"
    assert canary().hear(PIXELS).text.endswith("to the last bit")


def test_a_spoilt_record_is_begun_anew_and_no_record_is_no_trouble(canary, tmp_path: Path) -> None:
    for spoilt in ("{", "[]", '{"sketch float16": 3}', '{"sketch float16": {"pixels": "?"}}'):
        (tmp_path / "canary.json").write_text(spoilt)
        if "?" in spoilt:
            spoilt = json.dumps({"sketch float16": {"pixels": "?", "sha256": "0", "facts": {}}})
            (tmp_path / "canary.json").write_text(spoilt)
        assert canary().hear(PIXELS).alive
        assert "to the last bit" in canary().hear(PIXELS).text
    nowhere = Canary(tmp_path / "canary.json" / "not a folder", "sketch", FACTS)
    assert nowhere.hear(PIXELS).alive
    assert Canary(None, "sketch", FACTS).hear(PIXELS).alive


def test_models_have_canaries_of_their_own(canary, tmp_path: Path) -> None:
    canary().hear(PIXELS)
    other = Canary(tmp_path / "canary.json", "another float16", FACTS)
    assert "first time" in other.hear(NOISE).text
    assert canary().hear(PIXELS).text.endswith("to the last bit")


def test_the_doctor_tells_what_the_canary_said(canary, root) -> None:
    from daemon.doctor.canary import songs

    assert songs(root) == []
    mine = Canary(root.caches / "canary.json", "sketch float16", FACTS)
    mine.hear(PIXELS)
    assert [finding.level for finding in songs(root)] == ["ok"]
    Canary(root.caches / "canary.json", "sketch float16", {**FACTS, "torch": "3"}).hear(NOISE)
    (finding,) = songs(root)
    assert "look different since torch changed" in finding.detail
    assert "device: cpu" in finding.remedy
    (root.caches / "canary.json").write_text('{"sketch": 3, "other": {}}')
    assert songs(root) == []
