"""LoRAs whose files are not what their names say: each costs its picture, and no bit of the next."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from support.damage import NODES, SAFETENSORS, Damage
from support.warm_engine import ADAPTERS, BARE, CHALK, THEIRS_TO_MEND, no_step, ours, render, warm

from daemon.engine.interface import RenderError
from daemon.protocol.render import Lora

pytestmark = [*THEIRS_TO_MEND, pytest.mark.usefixtures("no_network")]


@pytest.fixture(scope="module")
def kept_warm():
    """An engine that lives through all of it, and what it painted first."""
    engine = warm(BARE)
    return engine, ours(engine, render())


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
