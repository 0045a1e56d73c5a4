"""A checkpoint of one's own beside IP-Adapters that all models share."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml
from support.daemon import record
from support.places import EXAMPLES
from support.weight_files import plus, write

from daemon.models.catalogue import BUNDLED
from daemon.root.layout import Layout


def shelf_of(root: Layout) -> Path:
    """The bundled model without its adapters, those beside it, and one that fits no encoder."""
    shelf = root.root / "shelf"
    shutil.copytree(BUNDLED, shelf / "mine", ignore=shutil.ignore_patterns("ip_adapter"))
    shutil.copytree(BUNDLED / "ip_adapter", shelf / "ip_adapter")
    card = yaml.safe_load((shelf / "mine/card.yaml").read_text())
    for key in ("adapters", "image_encoder", "hashes"):
        del card[key]
    (shelf / "mine/card.yaml").write_text(yaml.safe_dump(card | {"name": "mine"}))
    (shelf / "ip_adapter/plus.safetensors").rename(shelf / "ip_adapter/one.safetensors")
    fewer = {**plus(), **{f"ip_adapter.{n}.to_k_ip.weight": (64, 224) for n in (1, 3)}}
    write(shelf / "mine/ip_adapter/plus-face.safetensors", fewer)
    return shelf


JOB = (
    "prompt: a picture\nseed: 5\nsteps: 4\nstrict: true\nmodel: {model}\n"
    "references: [{{image: follow.png, scale: 1.0, model: {word}}}]\n"
)


def test_shared_adapters_give_the_very_picture_that_a_models_own_give_and_one_that_does_not_fit_costs_itself(
    root, drop, daemon, wait
):
    shelf = shelf_of(root)
    root.settings_file.write_text(f"models: [{shelf}]\n")
    daemon(engine="sdxl")
    shutil.copy(EXAMPLES / "follow.png", root.inbox)
    for model, word in (("sketch", "plus"), ("mine", "plus"), ("mine", "plus-face")):
        drop.whole(f"{word}-{model}.yaml", JOB.format(model=model, word=word))
    wait(lambda: len(list(root.done.glob("*.yaml"))) == 2 and list(root.failed.glob("*.why.txt")))

    same = [
        record(root, f"plus-{model}")["result"]["pixels_sha256"] for model in ("sketch", "mine")
    ]
    assert same[0] == same[1]
    letter = (root.failed / "plus-face-mine.yaml.why.txt").read_text()
    assert "The IP-Adapter plus-face can't be used with the model mine." in letter
    assert str(shelf / "mine/ip_adapter/plus-face.safetensors") in letter
