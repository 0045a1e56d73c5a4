"""Pictures of other tools dropped into again/: made again, or refused with a job to mend."""

from __future__ import annotations

import json

from PIL import Image, PngImagePlugin
from support.daemon import record

A1111 = "a boat\nSteps: 2, Sampler: {}, Seed: 7, Size: 192x192, Mask blur: 4, Version: v1.10.1"
FOOOCUS = {
    "prompt": "a moon", "steps": 2, "seed": "9", "resolution": "(192, 192)", "sampler": "euler",
    "guidance_scale": 4, "metadata_scheme": "fooocus", "sharpness": 2,
}  # fmt: skip


def put(folder, name: str, text: str) -> None:
    """A picture with that text, where tools put it in a file of this kind; moved in whole."""
    picture, file = Image.new("RGB", (8, 8)), folder.parent / name
    if name.endswith(".png"):
        info = PngImagePlugin.PngInfo()
        info.add_text("parameters", text)
        picture.save(file, pnginfo=info)
    else:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
        picture.save(file, exif=exif.tobytes())
    file.rename(folder / name)


def test_pictures_of_other_tools_are_made_again_or_leave_a_job_to_mend(root, drop, daemon, wait):
    folder = root.inbox / "again"
    folder.mkdir(parents=True, exist_ok=True)
    put(folder, "forge.jpg", A1111.format("Euler"))
    put(folder, "fooocus.webp", json.dumps(FOOOCUS))
    put(folder, "strange.png", A1111.format("Sampler of nobody"))
    put(folder, "graph.png", json.dumps({"3": {"class_type": "KSampler", "inputs": {}}}))
    daemon()
    failed = root.failed / "again"

    wait(lambda: (root.outbox / "forge.png").exists() and (root.outbox / "fooocus.png").exists())
    forge, fooocus = record(root, "forge"), record(root, "fooocus")
    assert (forge["job"]["prompt"], forge["job"]["seed"]) == ("a boat", 7)
    assert any("Mask blur: 4" in warning for warning in forge["result"]["warnings"])
    assert (fooocus["job"]["prompt"], fooocus["job"]["seed"]) == ("a moon", 9)
    assert any("sharpness" in warning for warning in fooocus["result"]["warnings"])

    wait(lambda: (failed / "graph.png.why.txt").exists() and (failed / "strange.yaml").exists())
    assert "ComfyUI" in (failed / "graph.png.why.txt").read_text()
    assert not (failed / "graph.yaml").exists()
    letter, draft = (failed / "strange.png.why.txt").read_text(), failed / "strange.yaml"
    assert "Sampler of nobody" in letter
    assert "ending .yaml" in " ".join(letter.split())
    assert "line 1" not in letter
    assert "Mask blur" in draft.read_text()

    draft.write_text(draft.read_text().replace("Sampler of nobody", "Euler"))
    draft.rename(root.inbox / "strange.yaml")
    wait(lambda: (root.outbox / "strange.png").exists())
    assert record(root, "strange")["result"]["pixels_sha256"] == forge["result"]["pixels_sha256"]

    (root.inbox / "own.yaml").write_text("prompt: a boat\nsteps: 2\nsize: 192x192\n")
    wait(lambda: (root.outbox / "own.png").exists())
    with Image.open(root.outbox / "own.png") as picture:
        text = picture.info["parameters"]
    assert record(root, "own")["job"]["sampler"] is None
    assert "Steps: 2, Sampler: " in text, "the folder's own sampler is named too"


def test_the_text_that_a1111_saves_beside_its_pictures_is_a_job_and_no_board(
    root, drop, daemon, wait
):
    text = A1111.format("Euler").replace("\n", "\nNegative prompt: fog\n")
    drop.whole("txt2img/00012-7.txt", text)
    drop.whole("txt2img/two.txt", f"{text}\n\n{text}")
    put(root.inbox / "txt2img", "00012-7.png", text)
    daemon()

    wait(lambda: (root.outbox / "txt2img" / "00012-7.png").exists())
    made = record(root, "txt2img/00012-7")
    job = made["job"]
    assert (job["prompt"], job["negative_prompt"], job["seed"]) == ("a boat", "fog", 7)
    assert any("Mask blur: 4" in warning for warning in made["result"]["warnings"])

    letter = root.failed / "txt2img" / "two.txt.why.txt"
    wait(letter.exists)
    assert "texts of 2 pictures" in letter.read_text()
    assert not list(root.root.glob("boards/*/board.txt"))
    assert (root.inbox / "txt2img" / "00012-7.png").exists()  # told of, and left alone
