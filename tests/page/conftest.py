"""Fixtures of the tests of the page."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return folder
