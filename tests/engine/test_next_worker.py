"""What one worker leaves for the next, over the wire: what its encoders said, and what its machine computes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from support import warm_engine
from support.once import once
from support.warm_engine import LOAD, reference
from support.worker_process import worker

from daemon.protocol.messages import Note, RenderBatch, Rendered, decode, encode


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Rendered, Note]]:
    """One picture of each of two workers of the same folder, and what each says then, when nobody
    asks it anything."""
    folder = once(tmp_path_factory, "two-workers", two_workers)
    said = list(map(decode, (folder / "said").read_bytes().splitlines(keepends=True)))
    return list(zip(said[::2], said[1::2], strict=True))


def two_workers(folder: Path) -> None:
    face = folder / "face.png"
    Image.linear_gradient("L").convert("RGB").save(face)
    wanted = warm_engine.render(negative_prompt="grey", steps=2, references=(reference(face),))
    said = b""
    for number in (1, 2):
        with worker("sdxl") as w:
            staged = replace(wanted, stage=str(folder / f"{number}.png"))
            w.send(replace(LOAD, caches=str(folder / "caches")), RenderBatch((staged,)))
            said += encode(w.until(Rendered)[-1]) + encode(w.until(Note)[-1])
    (folder / "said").write_bytes(said)


def test_the_next_worker_knows_what_the_last_one_saw(told: list[tuple[Rendered, Note]]) -> None:
    (first, _), (second, _) = told
    assert first.cache == {"prompt": "miss", "references": "miss"}
    assert second.cache == {"prompt": "hit", "references": "hit"}
    assert first.pixels_sha256 == second.pixels_sha256
    assert first.exact
    assert second.exact


def test_a_worker_that_nobody_asks_anything_listens_to_its_canary(
    told: list[tuple[Rendered, Note]],
) -> None:
    """The second worker finds that the machine computes what it computed for the first."""
    (_, first), (_, second) = told
    assert (first.level, second.level) == ("INFO", "INFO")
    assert "for the first time" in first.text
    assert "to the last bit" in second.text
