"""`image: auto`: a picture begun with the thumbnail of its prompt, which is kept like any other."""

from __future__ import annotations

import json

from PIL import Image
from support.daemon import record

JOB = "prompt: a man runs along the beach, a dog behind him\nsize: 320x192\nsteps: 4\nimage: auto\n"


def test_a_picture_is_begun_with_its_thumbnail_which_its_record_makes_again(
    root, drop, daemon, wait
):
    daemon()
    drop.whole("run.yaml", f"{JOB}seed: 7\nstrength: 0.5\n")
    drop.whole("dance.yaml", JOB.replace("runs", "dances") + "seed: 7\n")
    wait(lambda: all((root.done / f"{name}.yaml").exists() for name in ("run", "dance")))

    job = record(root, "run")["job"]
    kept = root.references / job["image_sha256"]
    assert (job["image"], job["strength"]) == ("thumbnail.png", 0.5)
    with Image.open(kept) as image:
        assert image.size == (320, 192)
        assert len(image.convert("RGB").getcolors(1 << 16) or ()) > 20
    assert record(root, "dance")["job"]["image_sha256"] != job["image_sha256"]
    assert not list(root.references.glob(".*"))

    again = record(root, "run")
    again["job"]["prompt"] = "another prompt altogether"
    drop.whole("again.json", json.dumps(again))
    wait(lambda: (root.done / "again.json").exists())
    assert record(root, "again")["job"]["image_sha256"] == job["image_sha256"]
