"""The sampler a model's own scheduler is, by A1111's name for it, where a job names none.

Read from the folder's scheduler_config.json; a single file has none and is sampled by SDXL's own.
"""

from __future__ import annotations

import json
from pathlib import Path

from daemon.errors import SetupError
from daemon.models.files import is_folder, read_small
from daemon.protocol.json_object import JsonObject
from daemon.protocol.samplers import SAMPLERS, Sampler, sampler_row

CONFIG = Path("scheduler", "scheduler_config.json")
_SDXL = sampler_row("euler").label


def own_sampler(weights: Path) -> str:
    """The name, of a class we have no sampler for its own; empty if the folder names none."""
    if not is_folder(weights):
        return _SDXL
    try:
        config = json.loads(read_small(weights / CONFIG) or b"")
        name = config["_class_name"]
    except (SetupError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    if not isinstance(name, str):
        return ""
    rows = [row for row in SAMPLERS if row.scheduler == name]
    fitting = [row for row in rows if _fits(row, config)]
    return (fitting or rows)[0].label if rows else name.removesuffix("Scheduler")[:60]


def _fits(row: Sampler, config: JsonObject) -> bool:
    """Whether the config asks for what the row's options ask for, as far as it says."""
    return all(config.get(key, value) == value for key, value in row.options.items())
