"""Models whose files are not what their names say: every letter names the file, nothing
hangs, nothing asks a network, and the next picture of a warm engine is the same to the bit.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.damage import NODES, SAFETENSORS, content, one_tensor, sparse
from support.warm_engine import (
    LOAD,
    MODEL,
    THEIRS_TO_MEND,
    no_step,
    ours,
    picture,
    reference,
    render,
    warm,
)

from daemon.engine.interface import RenderError, UnloadableError

pytestmark = [*THEIRS_TO_MEND, pytest.mark.usefixtures("no_network")]

CONFIG, WEIGHTS = "unet/config.json", "unet/diffusion_pytorch_model.safetensors"
ENCODER, TOKENIZER = "text_encoder/model.safetensors", "tokenizer/tokenizer_config.json"
VISION = "ip_adapter/image_encoder/config.json"
ADAPTER = "ip_adapter/base.safetensors"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the bundled model, to be spoiled."""
    return Path(shutil.copytree(MODEL, tmp_path / "model"))


OBJECTS = {
    "a list": content(b"[]"),
    "nothing": content(b""),
    "binary": content(bytes(range(256))),
    "null": content(b"null"),
    "deep": content(b"[" * 100_000),
    "deep objects": content(b'{"a":' * 50_000),
    "latin-1": content(b'{"a": "\xe9"}'),
    "five gigabytes": sparse,
}

TABLE = {
    **{f"{CONFIG}: {what}": (CONFIG, damage) for what, damage in (OBJECTS | NODES).items()},
    **{f"{WEIGHTS}: {what}": (WEIGHTS, damage) for what, damage in (SAFETENSORS | NODES).items()},
    f"{CONFIG}: layers": (CONFIG, content(b'{"layers_per_block": 1000000000}')),
    f"{CONFIG}: width": (CONFIG, content(b'{"cross_attention_dim": 1e300}')),
    "model_index.json: a list": ("model_index.json", content(b"[]")),
    "model_index.json: deep": ("model_index.json", content(b"[" * 100_000)),
    f"{ENCODER}: cut": (ENCODER, SAFETENSORS["cut"]),
    f"{ENCODER}: a pipe": (ENCODER, NODES["a pipe"]),
    f"{TOKENIZER}: another's": (TOKENIZER, content(b'{"a": 1}')),
    "vocab.json: a pipe": ("tokenizer/vocab.json", NODES["a pipe"]),
    "merges.txt: a folder": ("tokenizer_2/merges.txt", NODES["a folder"]),
    "scheduler: deep": ("scheduler/scheduler_config.json", content(b"[" * 100_000)),
}
FOR_REFERENCES = {
    f"{VISION}: a list": (VISION, content(b"[]")),
    f"{VISION}: layers": (VISION, content(b'{"num_hidden_layers": 1000000000}')),
    **{f"{ADAPTER}: {what}": (ADAPTER, damage) for what, damage in (SAFETENSORS | NODES).items()},
}
NOT_WHOLE = {
    "a missing tensor of the UNet": (WEIGHTS, one_tensor(lambda w, key: w.pop(key))),
    "a missing tensor of an encoder": (ENCODER, one_tensor(lambda w, key: w.pop(key))),
    "a tensor of another size": (
        WEIGHTS,
        one_tensor(lambda w, key: w.update({key: w[key].flatten()[:1].clone()})),
    ),
    "a config of another model": (CONFIG, content(b'{"a": 1}')),
}


def load_of(model: Path):
    folder = model / "ip_adapter"
    adapters = {name: str(folder / f"{name}.safetensors") for name in ("base", "plus")}
    encoder = str(folder / "image_encoder")
    return replace(LOAD, model=str(model), image_encoder=encoder, adapters=adapters)


@pytest.mark.parametrize("row", TABLE)
def test_a_spoiled_file_is_refused_by_its_name(row: str, model: Path) -> None:
    place, damage = TABLE[row]
    damage(model / place)

    with pytest.raises(UnloadableError) as caught:
        warm(load_of(model))

    assert str(model / place) in caught.value.what
    assert caught.value.remedy
    assert "hub" not in caught.value.what


@pytest.mark.parametrize("row", FOR_REFERENCES)
def test_what_is_spoiled_of_an_adapter_is_told_by_the_engine_and_costs_no_other_job(
    row: str, model: Path, tmp_path: Path
) -> None:
    place, damage = FOR_REFERENCES[row]
    damage(model / place)
    engine = warm(load_of(model))
    shown = reference(picture(tmp_path / "seen.png", "red"))

    with pytest.raises(RenderError) as caught:
        engine.render(render(references=(shown,)), no_step)

    assert str(model / place) in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize("row", NOT_WHOLE)
def test_a_network_that_is_not_whole_is_refused_by_its_folder(row: str, model: Path) -> None:
    place, damage = NOT_WHOLE[row]
    damage(model / place)

    with pytest.raises(UnloadableError) as caught:
        warm(load_of(model))

    assert str((model / place).parent) in caught.value.what


@pytest.mark.parametrize("place", [ADAPTER, "ip_adapter/image_encoder/model.safetensors"])
def test_what_a_reference_needs_is_refused_when_it_is_needed(place, model, tmp_path) -> None:
    one_tensor(lambda w, key: w.update({key: w[key].flatten()[:1].clone()}))(model / place)
    engine = warm(load_of(model))
    shown = reference(picture(tmp_path / "seen.png", "red"))

    with pytest.raises(RenderError) as caught:
        engine.render(render(references=(shown,)), no_step)

    assert str(model / Path(place).parent) in caught.value.what


@pytest.mark.parametrize("kind", ["NaN", "whole numbers"])
def test_an_adapter_that_would_spoil_pictures_is_named_and_the_next_picture_is_the_same(
    kind, model, tmp_path
) -> None:
    import torch

    def spoil(weights, key) -> None:
        bad = weights[key].clone()
        bad.view(-1)[0] = torch.nan
        weights[key] = bad if kind == "NaN" else weights[key].to(torch.int8)

    one_tensor(spoil)(model / ADAPTER)
    engine = warm(load_of(model))
    before = ours(engine, render())
    shown = reference(picture(tmp_path / "seen.png", "red"))

    with pytest.raises(RenderError) as caught:
        engine.render(render(references=(shown,)), no_step)

    assert str(model / ADAPTER) in caught.value.what
    assert "NaN" in caught.value.why
    assert np.array_equal(ours(engine, render()), before)
