"""Characters the whole way: from the root's `cast/` and a folder of looks to a picture, and again from
its record alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from support.daemon import hotfolder, record

JOB = """
prompt: Anna and Ben face each other. Zoë is away
seed: 5
steps: 3
size: 192x192
strict: true
cast:
  Anna: {as: a red circle, strength: 0.8}
  Ben: {look: ben/, avoid: fog, face: [0.25, 0.25, 0.5, 0.5]}
  Zoë: zoe.png
without: Zoë
place: {Anna: left, Ben: [0.6, 0, 0.4, 1]}
"""


def disc(file: Path, colour: str) -> None:
    file.parent.mkdir(exist_ok=True)
    image = Image.new("RGB", (128, 128), "white")
    ImageDraw.Draw(image).ellipse((24, 24, 104, 104), fill=colour)
    image.save(file)


@pytest.mark.long
def test_a_record_makes_the_same_picture_without_the_cast(root, drop, daemon, wait):
    disc(root.cast / "anna.png", "red")
    (root.cast / "anna.yaml").write_text("as: somebody else\n")
    (root.cast / ".DS_Store").write_bytes(b"x")
    for name, colour in (("1.png", "blue"), ("2.png", "navy")):
        disc(root.inbox / "ben" / name, colour)
    child = daemon(engine="sdxl")
    drop.whole("pair.yaml", JOB)
    wait(lambda: (root.done / "pair.yaml").exists())
    made = record(root, "pair")

    assert made["job"]["prompt"] == (
        "Anna and Ben face each other. Zoë is away; Anna: a red circle"
    )
    assert made["job"]["negative_prompt"] == "fog"
    assert not {"cast", "with", "without", "place"} & made["job"].keys()
    told = [(one["image"], one["mask"], one["scale"]) for one in made["job"]["references"]]
    assert told == [
        ("cast/anna.png", "left.png", 0.8),
        ("ben/1-face.png", "0.6 0 0.4 1.png", 0.3),
        ("ben/2-face.png", "0.6 0 0.4 1.png", 0.3),
    ]
    assert all(one["sha256"] and one["mask_sha256"] for one in made["job"]["references"])
    assert any("plus-face" in warning for warning in made["result"]["warnings"])

    shutil.rmtree(root.cast)
    shutil.rmtree(root.inbox / "ben")
    drop.whole("again.json", (root.outbox / "pair.json").read_bytes())
    wait(lambda: (root.done / "again.json").exists())
    again = record(root, "again")

    assert again["result"]["pixels_sha256"] == made["result"]["pixels_sha256"]
    child.stop()


def test_a_missing_character_is_waited_for_and_a_spoilt_one_told(root, drop, daemon, wait):
    (root.cast / "carl.yaml").write_text("as: a boy\nstrenth: 1\n")
    (root.cast / "dora.heic").write_bytes(b"\0\0\0\x18ftypheic")
    daemon()
    drop.whole("waits.yaml", "prompt: Ben waves\ncast: [Ben]\n")
    drop.whole("spoilt.yaml", "prompt: Carl waves\ncast: [Carl]\n")
    drop.whole("strange.yaml", "prompt: x\nreferences: [dora]\n")
    wait(lambda: len(list(root.failed.glob("*.why.txt"))) == 2)
    letters = {
        name: (root.failed / f"{name}.yaml.why.txt").read_text() for name in ("spoilt", "strange")
    }

    assert "`strenth` is not a key of a character" in letters["spoilt"]
    assert "cast/carl.yaml, line 2" in letters["spoilt"]
    assert "cast/dora.heic is a HEIC file" in letters["strange"]
    assert (root.inbox / "waits.yaml").exists()

    disc(root.cast / "ben.png", "red")
    wait(lambda: (root.done / "waits.yaml").exists())


def test_check_and_submit_know_the_cast(root, tmp_path):
    disc(root.cast / "anna.png", "red")
    disc(tmp_path / "ben.png", "blue")
    job = tmp_path / "pair.yaml"
    job.write_text("prompt: Anna and Ben\ncast: {Anna: , Ben: ben.png}\nplace: {Anna: left}\n")

    checked = hotfolder("--root", str(root.root), "check", str(job))
    assert "follows  anna.png (subject, 0.6), inside left.png" in checked.stdout
    assert "Ben has no `place`" in checked.stdout

    submitted = hotfolder("--root", str(root.root), "submit", str(job))
    assert submitted.returncode == 0, submitted.stderr
    assert "sha256" in (root.inbox / "pair.yaml").read_text()
