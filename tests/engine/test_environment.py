"""What a worker leaves for the next one is for the same computer only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from support.warm_engine import LOAD

from daemon.engine.sdxl.batching.policy import _curve_file
from daemon.engine.sdxl.conditioning.caches import Memory
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.speed.compiled_before import Verdict, code_folder

CPU = Device("cpu", torch.float32)


def answers(caches: Path) -> str:
    return Memory(replace(LOAD, caches=str(caches)), CPU).fingerprint([]).wait()


def pace(caches: Path) -> str:
    return str(_curve_file(replace(LOAD, caches=str(caches)), CPU))


def verdict(caches: Path) -> str:
    """The first to ask says that compiling pays; whether others hear of it."""
    if Verdict(caches, CPU).read() is None:
        Verdict(caches, CPU).write(True)
        return torch.backends.cpu.get_cpu_capability()
    return "known"


def code(caches: Path) -> str:
    return str(code_folder(caches))


@pytest.mark.parametrize("kept", [answers, pace, verdict, code])
def test_a_processor_of_the_same_name_with_other_instructions_finds_nothing_of_another_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept
) -> None:
    """Rented machines call their processors AMD EPYC, whichever of five kinds they are."""
    found = []
    for able in ("AVX512", "AVX2"):
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda able=able: able)
        found.append(kept(tmp_path))
    assert found[0] != found[1]
    assert "known" not in found


def test_compiled_code_is_for_a_processor_that_can_do_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch tells a few kinds apart, and its compiler writes for the very one it is on."""
    folders = set()
    for able in ({"avx512_f": True}, {"avx512_f": True, "avx512_bf16": True}, {"cores": 2}):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda able=able: able, raising=False)
        folders.add(code_folder(tmp_path))
    assert len(folders) == 3
    assert {folder.parent for folder in folders} == {tmp_path / "inductor"}
