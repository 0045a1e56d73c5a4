"""Fixtures of the tests of plans."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "ep01").mkdir(parents=True)
    return folder
