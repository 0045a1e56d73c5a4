"""The whole way with LoRAs, pictures to paint over, masks, second passes and weights: dropped as
files, recorded, and made again from their records."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.daemon import hotfolder, record
from support.places import PACKAGE

from daemon.errors import JobError
from daemon.fs.hashing import sha256_of
from daemon.jobfile.a1111_settings import from_parameters
from daemon.plan.prepare import Preparer
from daemon.settings import Settings

CHALK = PACKAGE / "sketch" / "weights" / "loras" / "chalk.safetensors"
SIZE = (192, 192)

JOBS = {
    "plain": "",
    "lora": "loras: [{name: chalk, scale: 0.9}]",
    "over": "image: photo.png\nstrength: 0.5",
    "inside": "image: photo.png\nmask: sky.png\nstrength: 1.0",
    "twice": "hires: {scale: 1.25, steps: 4, strength: 0.5}",
    "long": f"prompt_2: '{'a red circle, ' * 30}'",
    "weighted": "prompt_2: 'a (red:1.4) circle <lora:chalk:0.5>'\nprompt_syntax: a1111",
    "masked": "references: [{image: photo.png, scale: 0.9, mask: sky.png}]",
    "all": "image: photo.png\nmask: sky.png\nloras: chalk\nhires: {scale: 1.25, steps: 4}\n"
    "prompt_syntax: a1111\nclip_skip: 1\nreferences: [photo.png]",
    "plain-again": "",
}


def pixels(root, stem: str) -> str:
    return record(root, stem)["result"]["pixels_sha256"]


def bring_pictures(folder: Path) -> None:
    image = Image.linear_gradient("L").resize((240, 200)).convert("RGB")
    ImageDraw.Draw(image).ellipse((40, 40, 160, 160), fill=(220, 90, 30))
    image.save(folder / "photo.png")
    mask = Image.new("L", (240, 200), 0)
    ImageDraw.Draw(mask).rectangle((120, 0, 240, 200), fill=255)
    mask.save(folder / "sky.png")


@pytest.mark.long
def test_every_way_to_make_a_picture_is_recorded_and_made_again_and_leaks_into_none(
    root, drop, daemon, wait
):
    """One warm daemon for everything, since loading is what costs."""
    child = daemon(engine="sdxl")
    bring_pictures(root.inbox)
    for name, more in JOBS.items():
        text = f"prompt: a red circle\nseed: 5\nsteps: 4\nsize: 192x192\nstrict: true\n{more}\n"
        drop.whole(f"{name}.yaml", text)
        wait(lambda name=name: (root.done / f"{name}.yaml").exists())
    for name in JOBS:
        drop.whole(f"{name}-same.json", (root.outbox / f"{name}.json").read_bytes())
    for picture in ("photo.png", "sky.png"):
        (root.inbox / picture).unlink()  # the records don't need them
    wait(lambda: len(list(root.done.glob("*-same.json"))) == len(JOBS))

    for name in JOBS:
        assert pixels(root, f"{name}-same") == pixels(root, name), name
    assert pixels(root, "plain") == pixels(root, "plain-again")
    assert len({pixels(root, name) for name in JOBS}) == len(JOBS) - 1

    lora = record(root, "lora")
    (worn,) = lora["job"]["loras"]
    assert (worn["name"], worn["scale"], len(worn["sha256"])) == ("chalk", 0.9, 64)

    over = record(root, "over")
    assert (over["job"]["image"], over["job"]["strength"]) == ("photo.png", 0.5)
    assert len(over["result"]["timings"]["steps"]) == 2
    assert "#3 over 1/1 step 2/2" in child.log()

    twice = record(root, "twice")["result"]
    assert (twice["width"], twice["height"]) == (240, 240)
    assert len(twice["timings"]["steps"]) == 4
    assert len(twice["timings"]["hires"]["steps"]) == 2
    assert twice["timings"]["hires"]["enlarge"] > 0
    assert "#5 twice 1/1 step 6/6" in child.log()
    assert record(root, "plain")["result"]["timings"]["hires"] is None
    with Image.open(root.outbox / "twice.png") as image:
        assert image.size == (240, 240)
        assert "Hires upscale: 1.25, Hires steps: 2" in image.info["parameters"]

    (warning,) = record(root, "long")["result"]["warnings"]
    assert "read in 2 parts" in warning
    assert record(root, "weighted")["job"]["prompt_2"] == "a (red:1.4) circle"
    assert record(root, "weighted")["job"]["loras"][0]["scale"] == 0.5

    kept = Image.open(root.references / record(root, "inside")["job"]["image_sha256"])
    square = kept.convert("RGB").crop((20, 0, 220, 200)).resize(SIZE, Image.Resampling.LANCZOS)
    painted = Image.open(root.outbox / "inside.png")
    left = (slice(None), slice(0, 80))
    assert np.array_equal(np.asarray(painted)[left], np.asarray(square)[left])


def test_the_command_line_submits_and_foresees_all_of_it(root, tmp_path):
    bring_pictures(tmp_path)
    given = ["--image", "photo.png", "--mask", "sky.png", "--strength", "0.5", "--hires", "1.25"]
    given += ["--lora", "chalk=0.7", "--clip-skip", "1", "--prompt-syntax", "a1111"]
    done = hotfolder(
        "submit", "--root", str(root.root), "--prompt", "a (red:1.2) boat", "--steps", "8", *given,
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    dropped = root.inbox / done.stdout.strip()
    assert not list(root.inbox.rglob("*.png"))  # they went along by content

    check = hotfolder("check", "--root", str(root.root), str(dropped), "--json")
    assert check.returncode == 0, check.stdout
    (foreseen,) = json.loads(check.stdout)[0]["pictures"]
    assert foreseen["loras"][0]["name"] == "chalk"
    assert foreseen["hires"] == {"width": 360, "height": 304, "steps": 8, "strength": 0.5}
    assert foreseen["emphasis"]["prompt"][1] == {"text": "red", "weight": 1.2, "fresh": False}

    shown = hotfolder("check", "--root", str(root.root), str(dropped)).stdout
    assert "wears    chalk (0.7)" in shown
    photo, sky = (sha256_of(tmp_path / name)[:12] for name in ("photo.png", "sky.png"))
    assert f"over     picture {photo}, inside picture {sky}, at a strength of 0.5" in shown
    assert "shape    that of the picture, 240x200" in shown
    assert "then     360x304, 4 steps over the enlarged picture" in shown


def test_a_lora_put_beside_the_models_is_in_the_catalogue_of_each(root, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTFOLDER_MODELS", str(tmp_path / "models"))
    (tmp_path / "models" / "loras").mkdir(parents=True)
    shutil.copy(CHALK, tmp_path / "models" / "loras" / "felt.safetensors")
    listed = hotfolder("models", "--root", str(root.root)).stdout
    assert "LoRAs: chalk, felt, four-steps" in listed
    assert listed.count("made for") == 1
    assert "felt.safetensors" not in listed  # neither the folder nor a file in it is a model

    job = tmp_path / "a.yaml"
    job.write_text("prompt: a boat\nloras: [flet]\n")
    refused = hotfolder("check", "--root", str(root.root), str(job))
    assert refused.returncode == 1
    assert "Did you mean `felt`?" in refused.stdout


def test_a_lora_that_comes_while_the_model_is_warm_is_known_at_once(root, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTFOLDER_MODELS", str(tmp_path / "models"))
    shelf = tmp_path / "models" / "loras"
    shelf.mkdir(parents=True)
    job = root.inbox / "a.yaml"
    job.write_text("prompt: a boat\nloras: [felt]\n")
    preparer = Preparer(root, Settings(), engine="sdxl", model=None)
    card = preparer.models.card()
    with pytest.raises(JobError, match="has no LoRA named felt"):
        preparer.peek(job, project="")
    shutil.copy(CHALK, shelf / "felt.safetensors")
    preparer.peek(job, project="")
    assert preparer.models.card() == card  # the worker that has this model loaded stays


def test_a_mask_that_is_not_there_yet_is_waited_for(root, drop, daemon, wait):
    daemon()
    bring_pictures(root.inbox)
    late = root.inbox / "sky.png"
    content = late.read_bytes()
    late.unlink()
    drop.whole("inside.yaml", "prompt: a boat\nimage: photo.png\nmask: sky.png\n")
    drop.whole("other.yaml", "prompt: a boat\n")
    wait(lambda: (root.done / "other.yaml").exists())
    assert (root.inbox / "inside.yaml").exists()
    late.write_bytes(content)
    wait(lambda: (root.done / "inside.yaml").exists())
    job = record(root, "inside")["job"]
    assert len(job["mask_sha256"]) == len(job["image_sha256"]) == 64


def test_another_picture_than_the_record_was_made_with_is_not_taken_for_it(root):
    bring_pictures(root.inbox)
    preparer = Preparer(root, Settings(), engine="dry-run", model=None)
    fixed = {"stem": "a", "project": "", "draw_seed": lambda: 1, "taken": lambda _: False}
    job = root.inbox / "a.json"
    body = {"prompt": "a boat", "image": "photo.png", "mask": "sky.png"}
    job.write_text(json.dumps(body))
    kept = preparer.plan(preparer.reader.job(job, name=job.name, project=""), number=1, **fixed)
    sha256 = kept.pictures[0].render.image.sha256
    (root.references / sha256).unlink()  # as on another machine

    job.write_text(json.dumps(body | {"image_sha256": sha256}))
    same = preparer.reader.job(job, name=job.name, project="")
    assert preparer.plan(same, number=2, **fixed).pictures[0].render.image.sha256 == sha256
    (root.references / sha256).unlink()
    shutil.copy(root.inbox / "sky.png", root.inbox / "photo.png")
    with pytest.raises(JobError, match="is another one than this record"):
        preparer.plan(same, number=3, **fixed)


def test_the_text_of_another_tool_asks_for_its_loras_and_weights(root, drop, daemon, wait):
    daemon()
    from PIL import PngImagePlugin

    info = PngImagePlugin.PngInfo()
    text = "a (boat:1.3) <lora:chalk:0.6>\nSteps: 4, Sampler: Euler, Seed: 7, Size: 192x192"
    info.add_text("parameters", text)
    (root.inbox / "again").mkdir(exist_ok=True)
    Image.new("RGB", (8, 8)).save(root.inbox / "again" / "old.png", pnginfo=info)
    wait(lambda: (root.done / "again" / "old.png").exists())
    job = record(root, "old")["job"]
    assert (job["prompt"], job["prompt_syntax"]) == ("a (boat:1.3)", "a1111")
    assert [(lora["name"], lora["scale"]) for lora in job["loras"]] == [("chalk", 0.6)]
    with Image.open(root.outbox / "old.png") as image:
        again = from_parameters(image.info["parameters"])
    assert (again["prompt_syntax"], again["loras"]) == ("a1111", [{"name": "chalk", "scale": 0.6}])
