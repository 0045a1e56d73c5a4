"""Which sampler a model's own scheduler is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.models.own_sampler import own_sampler


@pytest.mark.parametrize(
    ("config", "label"),
    [
        ({"_class_name": "EulerDiscreteScheduler"}, "Euler"),
        ({"_class_name": "EulerAncestralDiscreteScheduler"}, "Euler a"),
        ({"_class_name": "DPMSolverMultistepScheduler"}, "DPM++ 2M"),
        ({"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"},
         "DPM++ 2M SDE"),
        ({"_class_name": "PNDMScheduler"}, "PNDM"),
        ({"_class_name": 3}, ""),
        ({}, ""),
        ([], ""),
    ],
)  # fmt: skip
def test_the_folders_scheduler_goes_by_the_name_other_programs_know(
    tmp_path: Path, config: object, label: str
) -> None:
    (tmp_path / "scheduler").mkdir()
    (tmp_path / "scheduler" / "scheduler_config.json").write_text(json.dumps(config))

    assert own_sampler(tmp_path) == label


def test_a_folder_without_one_says_nothing_and_a_single_file_is_sampled_as_sdxl(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"x")

    assert own_sampler(tmp_path) == ""
    assert own_sampler(tmp_path / "a.safetensors") == "Euler"
