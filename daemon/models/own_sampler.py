"""The sampler a model's own scheduler is, by A1111's name for it, where a job names none; and where
the model begins.

Read from the folder's scheduler_config.json; a single file has none and is sampled by SDXL's own.
"""

from __future__ import annotations

import json
from pathlib import Path

from daemon.errors import SetupError
from daemon.models.contents import look
from daemon.models.files import is_folder, read_small
from daemon.protocol.json_object import JsonObject
from daemon.protocol.samplers import own_row, sampler_row

CONFIG = Path("scheduler", "scheduler_config.json")
_SDXL = sampler_row("euler").label


def own_sampler(weights: Path) -> str:
    """The name, of a class we have no sampler for its own; empty if the folder names none."""
    if not is_folder(weights):
        return _SDXL
    config = _config(weights)
    if (row := own_row(config)) is not None:
        return row.label
    name = config.get("_class_name")
    return name.removesuffix("Scheduler")[:60] if isinstance(name, str) else ""


def begins_at_noise(weights: Path) -> bool:
    """Whether it was trained down to a signal of zero, which not every sampler can begin at."""
    if not is_folder(weights):
        return look(weights).from_noise
    return _config(weights).get("rescale_betas_zero_snr") is True


def _config(weights: Path) -> JsonObject:
    """That of the folder's scheduler; empty if it can't be read."""
    try:
        config = json.loads(read_small(weights / CONFIG) or b"")
    except (SetupError, ValueError, RecursionError):
        return {}
    return config if isinstance(config, dict) else {}
