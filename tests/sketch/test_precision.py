"""The number format of trainings: bfloat16 only where something multiplies it."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

import daemon.sketch
from daemon.sketch import precision

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("has", "format_"),
    [
        ({"avx2": True}, torch.float32),
        ({"avx512_bw": True, "avx512_bf16": False}, torch.float32),
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": True}, torch.bfloat16),
        ({"neon": True}, torch.float32),
    ],
)
def test_a_processor_multiplies_in_what_it_has(
    monkeypatch: pytest.MonkeyPatch, has: dict[str, bool], format_: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)

    with precision.mixed(CPU):
        product = torch.ones(2, 2) @ torch.ones(2, 2)

    assert precision.quickest(CPU) == product.dtype == format_


def test_a_card_multiplies_in_bfloat16() -> None:
    assert precision.quickest(torch.device("cuda")) == torch.bfloat16


def test_no_training_chooses_a_format_of_its_own() -> None:
    sources = Path(daemon.sketch.__file__).parent.rglob("*.py")
    own = [path.name for path in sources if "autocast(" in path.read_text("utf-8")]

    assert sorted(own) == ["costs.py", "precision.py"]  # costs: as whoever measures asked for
