"""What a worker process paints, saves and decodes, driven over real pipes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from PIL import Image
from support import warm_engine
from support.worker_process import LOAD, card, explained, misbehaving, worker

from daemon.protocol.messages import (
    Cancel,
    Cancelled,
    Loading,
    Ready,
    RenderBatch,
    Rendered,
    RenderFailed,
    Started,
    Step,
)
from daemon.protocol.render import KeptPicture, Reference, ReferenceParams


def reference(path: Path, sha256: str | None = None) -> Reference:
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return Reference(KeptPicture(str(path), sha256 or digest), ReferenceParams())


def test_a_picture_is_saved_beside_the_next_ones_steps_and_told_before_it(tmp_path: Path) -> None:
    """The engine lets picture 1 be encoded only after the steps of picture 2."""
    with worker(misbehaving("saves_late")) as w:
        w.send(LOAD, *(RenderBatch((card(tmp_path, job, steps=2),)) for job in (1, 2)))
        first = w.until(Rendered)
        second = w.until(Rendered)
    assert [(e.job, e.step) for e in first if isinstance(e, Step)] == [
        (1, 1), (1, 2), (2, 1), (2, 2)
    ]  # fmt: skip
    assert (first[-1].job, second[-1].job) == (1, 2)
    assert explained(first[-1].timings)
    assert first[-1].timings.save > 0
    assert sorted(os.listdir(tmp_path)) == ["1-1.png", "2-1.png"]


def test_a_picture_that_cannot_be_encoded_fails_alone_and_in_its_turn(tmp_path: Path) -> None:
    with worker(misbehaving("saves_late")) as w:
        w.send(LOAD, *(RenderBatch((card(tmp_path, job, steps=1),)) for job in (2, 3, 4)))
        assert w.until(Rendered)[-1].job == 2
        failed = w.until(RenderFailed)[-1]
        assert (failed.job, failed.why) == (3, "ValueError: no encoder can do this")
        assert w.until(Rendered)[-1].job == 4
    assert sorted(os.listdir(tmp_path)) == ["2-1.png", "4-1.png"]


WARM = warm_engine.LOAD


def test_the_sdxl_engine_paints_the_bundled_model_over_the_wire(tmp_path: Path) -> None:
    """Told to load, it says what it loads; jobs sent meanwhile are painted; nothing is printed."""
    face = tmp_path / "face.png"
    Image.new("RGB", (80, 90), (250, 120, 0)).save(face)
    plain = card(tmp_path, 1, steps=3, width=96, height=64)
    shown = card(tmp_path, 2, steps=3, width=96, height=64, references=(reference(face),))
    endless = card(tmp_path, 3, steps=1000, width=96, height=64)
    again = card(tmp_path, 4, steps=3, width=96, height=64, references=(reference(face),))
    with worker("sdxl") as w:
        w.send(WARM, RenderBatch((plain, shown)), RenderBatch((endless,)), RenderBatch((again,)))
        seen = w.until(Rendered)
        first, second = seen[-1], w.until(Rendered)[-1]
        w.until(Step)
        w.send(Cancel(3))
        third, fourth = w.until(Cancelled)[-1], w.until(Rendered)[-1]
        w.child.stdin.close()
        assert w.child.stdout.read() == b""
        assert w.leaves() == 0
    told = [type(e) for e in seen if getattr(e, "job", 1) == 1]
    assert told == [*[Loading] * 8, Ready, Started, *[Step] * 3, Rendered]
    assert third == Cancelled(3, 1)
    assert fourth.pixels_sha256 == second.pixels_sha256 != first.pixels_sha256
    assert second.cache == {"prompt": "hit", "references": "miss"}
    assert fourth.cache == {"prompt": "hit", "references": "hit"}
    assert (first.adapters, second.adapters) == ((), ("base",))
    assert all(explained(each.timings) for each in (first, second, fourth))
    assert first.timings.load > 0 == second.timings.load
    assert first.peak_memory_bytes > 100_000_000
    assert sorted(os.listdir(tmp_path)) == ["1-1.png", "2-1.png", "4-1.png", "face.png"]


def test_a_picture_decoded_beside_the_next_ones_steps_is_the_same_picture(tmp_path: Path) -> None:
    pixels = []
    with worker(misbehaving("decodes"), ASIDE="3") as w:
        w.send(WARM)
        for jobs in ((1, 2, 3), (4, 5, 6)):
            size = {"width": 128, "height": 96}
            cards = [card(tmp_path, n, steps=2, seed=n % 3, **size) for n in jobs]
            w.send(*(RenderBatch((each,)) for each in cards))
            done = [w.until(Rendered)[-1] for _ in jobs]
            assert [each.job for each in done] == list(jobs)
            assert all(explained(each.timings) for each in done)
            assert all(each.timings.decode > 0 for each in done)
            pixels.append([each.pixels_sha256 for each in done])
    assert pixels[0] == pixels[1]
    assert len(set(pixels[0])) == 3
