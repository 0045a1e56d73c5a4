"""What a pull tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes here by now: of `file` (as stored in the model's folder), and of all files together."""

    file: str
    file_done: int
    file_size: int
    done: int
    size: int
