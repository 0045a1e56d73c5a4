"""The whole way with the real bundled SDXL: drops in, pictures out, the same picture again."""

from __future__ import annotations

import json
import os
import shutil
import signal

from PIL import Image
from support.daemon import pictures, record
from support.places import EXAMPLES

from daemon.models.catalogue import BUNDLED


def test_the_real_model_gives_the_same_pixels_again_by_records_and_when_its_worker_is_killed(
    root, drop, daemon, wait, tmp_path
):
    """One warm daemon for everything, since loading is what costs."""
    loras = tmp_path / "models" / "loras"
    loras.mkdir(parents=True)
    shutil.copy(BUNDLED / "loras" / "chalk.safetensors", loras / "felt.safetensors")
    (loras / "felt.yaml").write_text("steps: &all 2\nsampler: *all\n")
    child = daemon(engine="sdxl", HOTFOLDER_MODELS=str(loras.parent))
    shutil.copy(EXAMPLES / "follow.png", root.inbox)
    drop.whole(
        "plain.yaml",
        "prompt: a red circle on a white background\nseed: 5\nsteps: 6\nstrict: true\n",
    )
    drop.whole(
        "follow.yaml",
        "prompt: a picture\nseed: 5\nsteps: 6\nstrict: true\nreferences: [{image: follow.png, scale: 1.0}]\n",
    )
    wait(lambda: len(list(root.done.glob("*.yaml"))) == 2)
    drop.whole("same.json", (root.outbox / "plain.json").read_bytes())
    wait(lambda: (root.done / "same.json").exists())
    (root.inbox / "follow.png").unlink()
    drop.whole("again/follow.png", (root.outbox / "follow.png").read_bytes())
    wait(lambda: (root.done / "again" / "follow.png").exists())

    plain, follow = record(root, "plain"), record(root, "follow")
    assert pictures(root) == ["follow-2.png", "follow.png", "plain.png", "same.png"]
    assert record(root, "same")["result"]["pixels_sha256"] == plain["result"]["pixels_sha256"]
    assert record(root, "follow-2")["result"]["pixels_sha256"] == follow["result"]["pixels_sha256"]
    assert follow["result"]["pixels_sha256"] != plain["result"]["pixels_sha256"]
    assert plain["job"]["width"] == 256
    assert plain["result"]["model"]["name"] == "sketch"
    assert plain["result"]["timings"]["load"] > 0
    assert record(root, "same")["result"]["cache"]["prompt"] == "hit"
    assert record(root, "same")["result"]["timings"]["load"] == 0
    assert follow["result"]["adapters"] == ["base"]
    assert child.log().count("is warm on cpu") == 1
    loading = [json.loads(line) for line in root.jsonl_file.read_text().splitlines()]
    assert {"unet", "vae"} <= {line.get("component") for line in loading}
    with Image.open(root.outbox / "plain.png") as image:
        assert image.size == (256, 256)

    # A draft takes the recipe of its LoRA; a recipe that is no good costs a warning.
    said = "prompt: a red circle on a white background\nseed: 5\nstrict: true\n"
    drop.whole("draft.yaml", f"{said}preset: draft\n")
    drop.whole("felt.yaml", f"{said}loras: felt\nsteps: 2\n")
    wait(lambda: all((root.done / f"{name}.yaml").exists() for name in ("draft", "felt")))
    drop.whole("same-draft.json", (root.outbox / "draft.json").read_bytes())
    wait(lambda: (root.done / "same-draft.json").exists())

    draft, felt, again = (record(root, name) for name in ("draft", "felt", "same-draft"))
    assert [lora["name"] for lora in draft["job"]["loras"]] == ["four-steps"]
    assert (draft["job"]["steps"], draft["job"]["guidance_scale"]) == (4, 0.0)
    assert len(draft["result"]["timings"]["steps"]) == 4
    assert again["result"]["pixels_sha256"] == draft["result"]["pixels_sha256"]
    assert again["result"]["warnings"] == draft["result"]["warnings"] == []
    (told,) = felt["result"]["warnings"]
    assert "felt.yaml can't be used" in told
    assert child.log().count("is warm on cpu") == 1

    # Killed in mid-step, it gives the very picture that it would have given.
    drop.whole("whole.yaml", "prompt: a blue star\nseed: 9\nsteps: 60\nsize: 192x192\n")
    wait(lambda: (root.done / "whole.yaml").exists())
    drop.whole("cut.yaml", "prompt: a blue star\nseed: 9\nsteps: 60\nsize: 192x192\n")
    wait(lambda: "#9 cut 1/1 step 3/60" in child.log())
    os.kill(child.worker_pid, signal.SIGKILL)
    wait(lambda: (root.done / "cut.yaml").exists())

    assert record(root, "cut")["result"]["attempt"] == 2
    same = {record(root, stem)["result"]["pixels_sha256"] for stem in ("whole", "cut")}
    assert len(same) == 1
