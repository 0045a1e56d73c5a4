"""Models and LoRAs whose files are not what their names say: every letter names the file, nothing
hangs, nothing asks a network, and the next picture of a warm engine is the same to the bit.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from support.warm_engine import (
    ADAPTERS,
    BARE,
    CHALK,
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
from daemon.protocol.render import Lora

pytestmark = THEIRS_TO_MEND

Damage = Callable[[Path], object]

CONFIG, WEIGHTS = "unet/config.json", "unet/diffusion_pytorch_model.safetensors"
ENCODER, TOKENIZER = "text_encoder/model.safetensors", "tokenizer/tokenizer_config.json"
VISION = "ip_adapter/image_encoder/config.json"
ADAPTER = "ip_adapter/base.safetensors"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever asks for an address fails the test; the environment is a worker's."""
    asked: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        asked.append(arguments)
        raise OSError("a test has no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
    assert asked == []


@pytest.fixture(scope="module")
def kept_warm():
    """An engine that lives through all of it, and what it painted first."""
    engine = warm(BARE)
    return engine, ours(engine, render())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the bundled model, to be spoiled."""
    return Path(shutil.copytree(MODEL, tmp_path / "model"))


def with_header(header: object, length: int | None = None) -> Damage:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    start = struct.pack("<Q", len(text) if length is None else length)
    return lambda file: file.write_bytes(start + text + bytes(64))


def content(data: bytes) -> Damage:
    return lambda file: file.write_bytes(data)


def instead(make: Callable[[Path], object]) -> Damage:
    def damage(file: Path) -> None:
        file.unlink()
        make(file)

    return damage


def one_tensor(change: Callable) -> Damage:
    def damage(file: Path) -> None:
        from safetensors.torch import load_file, save_file

        weights = load_file(file)
        change(weights, sorted(weights)[3])
        save_file(weights, file, metadata={"format": "pt"})

    return damage


def sparse(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(5 << 30)


def entry(begin: int, end: int) -> dict[str, object]:
    return {"dtype": "F32", "shape": [4], "data_offsets": [begin, end]}


NODES = {
    "a pipe": instead(os.mkfifo),
    "a folder": instead(Path.mkdir),
    "a device": instead(lambda file: file.symlink_to("/dev/zero")),
    "a dead link": instead(lambda file: file.symlink_to("nowhere")),
    "a link to itself": instead(lambda file: file.symlink_to(file.name)),
}
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
SAFETENSORS = {
    "nothing": content(b""),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-7]),
    "a pointer of Git LFS": content(b"version https://git-lfs.github.com/spec/v1\nsize 12\n"),
    "a header of 2**63 bytes": with_header(b"{}", 2**63),
    "a header of 99 MB": with_header(b"{}", 99_000_000),
    "a header that is a list": with_header(b"[]"),
    "tensors that overlap": with_header({"a": entry(0, 16), "b": entry(8, 24)}),
    "a tensor beyond the end": with_header({"a": entry(0, 16_000)}),
    "no tensor at all": with_header({"__metadata__": {"format": "pt"}}),
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


# --- LoRAs ----------------------------------------------------------------------------------------


def lora_of(change: Callable) -> Damage:
    def damage(file: Path) -> None:
        from safetensors.torch import load_file, save_file

        save_file(change(load_file(CHALK)), file, metadata={"format": "pt"})

    return damage


def crowded(file: Path, *, beside: bool) -> None:
    """Sixty thousand layers that no model has, beside a LoRA's own or alone."""
    from safetensors.numpy import load_file, save_file

    number = np.zeros(1, np.float32)
    own = load_file(CHALK) if beside else {}
    save_file(own | {f"unet.extra.{i}.lora_A.weight": number for i in range(60_000)}, file)


LORAS = {
    "sixty thousand layers more": partial(crowded, beside=True),
    "sixty thousand layers": partial(crowded, beside=False),
    "matrices without rows": lora_of(
        lambda weights: {k: w[:0] if "lora_A" in k else w[:, :0] for k, w in weights.items()}
    ),
    "whole numbers": lora_of(lambda weights: {k: w.int() for k, w in weights.items()}),
    "one matrix of two": lora_of(
        lambda weights: {key: w for key, w in weights.items() if "lora_A" in key}
    ),
    "scalars": lora_of(lambda weights: {key: w.sum() for key, w in weights.items()}),
    "an adapter": lambda file: shutil.copy(ADAPTERS / "base.safetensors", file),
    **{what: lambda file, d=damage: (file.touch(), d(file)) for what, damage in NODES.items()},
    **{what: lambda file, d=damage: (shutil.copy(CHALK, file), d(file))
       for what, damage in SAFETENSORS.items()},
}  # fmt: skip


@pytest.mark.parametrize("row", LORAS)
def test_a_spoiled_lora_costs_its_picture_and_no_bit_of_the_next(
    row: str, tmp_path: Path, kept_warm
) -> None:
    engine, before = kept_warm
    LORAS[row](tmp_path / "spoiled.safetensors")
    lora = Lora("spoiled", str(tmp_path / "spoiled.safetensors"), None, 1.0)

    with pytest.raises(RenderError, match="The LoRA spoiled "):
        engine.render(render(loras=(lora,)), no_step)

    assert np.array_equal(ours(engine, render()), before)
