"""A worker's troubles with memory, disks and pictures it is handed: whose fault each is told to be."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from PIL import Image
from support.worker_process import LOAD, card, misbehaving, worker

from daemon.protocol.messages import (
    RenderBatch,
    Rendered,
    RenderFailed,
)
from daemon.protocol.render import KeptPicture, Reference, ReferenceParams


def test_running_out_of_memory_is_the_machines_fault(tmp_path: Path) -> None:
    with worker(misbehaving("allocates_for_ever")) as w:
        w.send(LOAD, RenderBatch((card(tmp_path),)))
        failed = w.until(RenderFailed)[-1]
    assert failed.transient


def test_a_stage_that_cannot_be_written_is_the_machines_fault(tmp_path: Path) -> None:
    with worker("dry-run") as w:
        w.send(LOAD, RenderBatch((card(tmp_path / "gone"),)))
        failed = w.until(RenderFailed)[-1]
    assert failed.transient
    assert "No such file or directory" in failed.why


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_the_machines_fault_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    from daemon.engine.host import png
    from daemon.engine.interface import RenderError

    sync = os.fsync
    try:
        os.fsync = lambda _: os.write(os.open("/dev/full", os.O_WRONLY), b"x")
        with pytest.raises(RenderError) as caught:
            png.stage_png(Image.new("RGB", (8, 8)), {}, str(tmp_path / "a.png"))
    finally:
        os.fsync = sync
    assert caught.value.transient
    assert "Make room" in caught.value.remedy
    assert os.listdir(tmp_path) == []


def test_the_leftover_of_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "1-1.png.part").write_bytes(b"half")
    with worker("dry-run") as w:
        w.send(LOAD, RenderBatch((card(tmp_path),)))
        w.until(Rendered)
    assert os.listdir(tmp_path) == ["1-1.png"]


def reference(path: Path, sha256: str | None = None) -> Reference:
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return Reference(KeptPicture(str(path), sha256 or digest), ReferenceParams())


def test_a_card_shows_its_references(tmp_path: Path) -> None:
    red = tmp_path / "red.jpg"
    Image.new("RGB", (300, 200), (250, 0, 0)).save(red)
    with worker("dry-run") as w:
        plain = card(tmp_path, 1, width=256, height=256)
        w.send(
            LOAD,
            RenderBatch(
                (plain, card(tmp_path, 2, width=256, height=256, references=(reference(red),)))
            ),
        )
        w.until(Rendered)
        done = w.until(Rendered)[-1]
    with Image.open(done.stage) as picture:
        reds = [p for p in picture.get_flattened_data() if p[0] > 230 and p[1] < 30]
    assert len(reds) > 1000
    assert done.cache["references"] == "miss"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cut.png", None, "is broken"),
        ("notes.png", b"my notes, not a picture", "is not a PNG, JPEG, WebP or TIFF"),
        ("drawing.png", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "is not a PNG, JPEG, WebP or TIFF"),
        ("gone.png", b"", "can't be opened"),
    ],
)
def test_a_bad_reference_fails_its_picture_by_name(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is None:
        Image.effect_noise((200, 200), 90).save(path)
        content = path.read_bytes()[:5000]
    if content:
        path.write_bytes(content)
    with worker("dry-run") as w:
        w.send(LOAD, RenderBatch((card(tmp_path, references=(reference(path),)),)))
        failed = w.until(RenderFailed)[-1]
    assert name in failed.what
    assert words in failed.what
    assert failed.remedy
    assert not failed.transient


def test_a_reference_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    Image.new("1", (20000, 20000)).save(bomb)
    with worker("dry-run") as w:
        w.send(LOAD, RenderBatch((card(tmp_path, references=(reference(bomb),)),)))
        failed = w.until(RenderFailed)[-1]
    assert "is too large" in failed.what


def test_a_reference_changed_since_planning_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    Image.new("RGB", (8, 8)).save(path)
    with worker("dry-run") as w:
        w.send(LOAD, RenderBatch((card(tmp_path, references=(reference(path, sha256="0" * 64),)),)))
        failed = w.until(RenderFailed)[-1]
    assert "has changed" in failed.what


def test_two_hundred_cards_are_answered_in_order(tmp_path: Path) -> None:
    with worker("dry-run") as w:
        w.send(LOAD)
        w.send(*(RenderBatch((card(tmp_path, n, steps=1),)) for n in range(1, 201)))
        numbers = [w.until(Rendered)[-1].job for _ in range(200)]
    assert numbers == list(range(1, 201))
