"""A record goes on being good for its picture although the copy of its reference was spoiled."""

from __future__ import annotations

from PIL import Image
from support.daemon import record

JOB = "prompt: a\nsize: 256x256\nsteps: 1\nreferences: [{image: anna.png}]\n"


def test_a_spoiled_copy_is_said_in_a_letter_and_made_anew_from_the_picture(
    root, drop, daemon, wait
):
    daemon()
    Image.effect_noise((64, 64), 50).save(root.inbox / "anna.png")
    drop.whole("first.yaml", JOB)
    wait(lambda: (root.outbox / "first.png").exists())
    (kept,) = root.references.iterdir()
    kept.write_bytes(b"of a failing disk")
    anna = root.root / "anna.png"
    (root.inbox / "anna.png").rename(anna)
    sidecar = (root.outbox / "first.json").read_text()

    drop.whole("again.json", sidecar)
    letter = root.failed / "again.json.why.txt"
    wait(letter.exists)
    assert "anna.png" in letter.read_text()
    assert "spoiled" in letter.read_text()

    anna.rename(root.inbox / "anna.png")
    drop.whole("once-more.json", sidecar)
    wait(lambda: (root.outbox / "once-more.png").exists())
    said = [record(root, name)["result"]["pixels_sha256"] for name in ("first", "once-more")]
    assert said[0] == said[1]
    assert kept.read_bytes() == (root.inbox / "anna.png").read_bytes()
