"""Fixtures of the tests of verbs."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.farm_render import BOARD


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A board, settings, and nothing else."""
    (tmp_path / "dry.yaml").write_text("engine: dry-run\n")
    (tmp_path / "ep03").mkdir()
    (tmp_path / "ep03" / "board.yaml").write_text(BOARD)
    return tmp_path
