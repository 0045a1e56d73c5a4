"""Drawings, control models and recipes that are no good, on the real model: each has its letter or
its warning, and one worker makes all that can be made."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from faults.rig import figure
from PIL import Image, ImageDraw
from support import control_files
from support.daemon import Daemon, Drop, record
from support.levels import counts

from daemon.models.catalogue import BUNDLED
from daemon.root.create import prepare
from daemon.root.layout import Layout

ADAPTER = BUNDLED / "controls" / "drawing"
WEIGHTS = "diffusion_pytorch_model.safetensors"
QUICK = "prompt: a red circle\nsteps: 2\nseed: 5\n"
ORIENTATION = 0x0112


def house(size: tuple[int, int] = (320, 240), ink: object = "black", paper: object = "white"):
    picture = Image.new("RGB", size, paper)
    wide, high = size
    draw = ImageDraw.Draw(picture)
    draw.rectangle((wide // 4, high // 3, wide * 3 // 4, high * 3 // 4), outline=ink, width=4)
    return picture


def png(picture: Image.Image) -> bytes:
    return saved(picture, "PNG")


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **how)
    return data.getvalue()


def on_nothing() -> bytes:
    layer = Image.new("RGBA", (320, 240), (0, 0, 0, 0))
    ImageDraw.Draw(layer).ellipse((60, 60, 200, 200), outline="black", width=4)
    return png(layer)


def turned() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return saved(house(), "JPEG", exif=exif, quality=95)


def photograph() -> bytes:
    coarse = Image.fromarray((np.random.default_rng(2).random((45, 60, 3)) * 255).astype(np.uint8))
    return saved(coarse.resize((900, 675), Image.Resampling.BICUBIC), "JPEG")


#: What is dropped, and what is said of it: in its letter, or (after an asterisk) as a warning in
#: its record, or nothing at all.
DRAWINGS: dict[str, tuple[Callable[[], bytes], str]] = {
    "blank.png": (lambda: png(Image.new("RGB", (320, 240), "white")), "Nothing is drawn in"),
    "black.png": (lambda: png(Image.new("RGB", (320, 240), "black")), "Nothing is drawn in"),
    "layer.png": (lambda: png(Image.new("RGBA", (320, 240))), "Nothing is drawn in"),
    "dot.png": (lambda: png(Image.new("RGB", (1, 1), "white")), "is too small: 1x1 pixels"),
    "photo.jpg": (photograph, "*looks like a photograph"),
    "huge.jpg": (lambda: saved(house((8000, 5000)), "JPEG", quality=60), ""),
    "cmyk.jpg": (lambda: saved(house().convert("CMYK"), "JPEG", quality=95), ""),
    "glass.png": (on_nothing, ""),
    "turned.jpg": (turned, ""),
    "wide.png": (lambda: png(house((1200, 200))), ""),
    "text.png": (lambda: b"no picture at all", "is not a picture that can be read"),
}
MODELS = {
    "t2i-sd15": "Stable Diffusion 1.5",
    "controlnet-sd15": "Stable Diffusion 1.5",
    "controlnet-flux": "Flux",
    "original-names": "original code",
    "t2i-four-channels": "1024 channels",
    "cut": "broken, or cut off",
    "large": "has 96 channels, this model's 48",
    "nan": "can't be used",
    "loops": "*loops.yaml can't be used",
    "strange": "*strange.yaml can't be used",
}


def make_models(home: Path) -> None:
    """Control models that are none, or whose recipe is none, under the names of `MODELS`."""
    from safetensors.numpy import load_file, save_file

    for name, file in control_files.of_others(home.parent / "others").items():
        file.rename(home / f"{name}.safetensors")
    whole = (ADAPTER / WEIGHTS).read_bytes()
    (home / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    tensors = load_file(ADAPTER / WEIGHTS)
    for name in ("nan", "loops", "strange", "large"):
        shutil.copytree(ADAPTER, home / name)
    spoiled = {key: np.full_like(value, np.nan) for key, value in tensors.items()}
    save_file(spoiled, home / "nan" / WEIGHTS)
    first = "adapter.body.0.resnets.0.block1.weight"
    other = np.zeros((96, *tensors[first].shape[1:]), np.float16)
    save_file({**tensors, first: other}, home / "large" / WEIGHTS)
    (home / "loops.yaml").write_text("scale: &all 1\nend: *all\n")
    (home / "strange.yaml").write_text("scale: 1\nsteps: 4\n")


@pytest.mark.timeout(900)
def test_whatever_is_no_good_has_its_letter_and_the_worker_lives(tmp_path: Path) -> None:
    counts(None, 1, 1)
    home = tmp_path / "models" / "controls"
    home.mkdir(parents=True)
    make_models(home)
    root = Layout((tmp_path / "root").resolve())
    prepare(root)
    drop = Drop(root)
    told = {}
    for name, (made, said) in DRAWINGS.items():
        drop.whole(f"paper/{name}", made())
        drop.whole(f"paper/{Path(name).stem}.yaml", f"{QUICK}drawing: {name}\n")
        told[f"paper/{Path(name).stem}"] = said
    drop.whole("models/house.png", png(house()))
    for name, said in MODELS.items():
        drop.whole(f"models/{name}.yaml", f"{QUICK}controls: {{image: house.png, model: {name}}}\n")
        told[f"models/{name}"] = said
    drop.whole("zz.yaml", QUICK)
    told["zz"] = ""

    shelf = {"HOTFOLDER_MODELS": str(home.parent)}
    child = Daemon(root, ("--engine", "sdxl", "--until-empty"), shelf)
    code = child.wait()

    found = {name: _said(root, name) for name in told}
    assert {name: words for name, words in found.items() if not _is(told[name], words)} == {}
    assert code == 1, "some failed"
    assert child.log().count("is warm on cpu") == 1, "one worker, from first to last"
    assert record(root, "paper/turned")["result"]["height"] > 256
    assert record(root, "paper/wide")["result"]["width"] > 256
    letters = sum(1 for said in told.values() if said and said[0] != "*")
    figure(
        "drawings, control models and recipes that are no good",
        "sdxl",
        f"{len(told)} jobs: {letters} letters, "
        f"{sum(said.startswith('*') for said in told.values())} warnings, one worker",
    )


def _said(root: Layout, name: str) -> str:
    """The letter of a job, or what its record warns of."""
    letter = root.failed / f"{name}.yaml.why.txt"
    if letter.exists():
        return " ".join(letter.read_text().split())
    return "*" + " ".join(record(root, name)["result"]["warnings"])


def _is(said: str, found: str) -> bool:
    if not said or said[0] == "*":
        return found[0] == "*" and said[1:] in found
    return found[0] != "*" and said in found
