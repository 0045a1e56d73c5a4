"""A root for the doctor's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.root.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "root")
    for folder in layout.folders():
        folder.mkdir(parents=True, exist_ok=True)
    return layout
