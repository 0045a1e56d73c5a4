"""The real Trash of this platform, in a folder of the test's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support.tidying import Trash


@pytest.fixture
def trash(tmp_path: Path, monkeypatch) -> Trash:
    if not sys.platform.startswith("linux"):
        pytest.skip("the Trash of a Mac can't be put elsewhere")
    from send2trash import plat_other

    folder = tmp_path / "Trash"
    monkeypatch.setattr(plat_other, "HOMETRASH_B", os.fsencode(folder))
    monkeypatch.setattr(plat_other, "HOMETRASH", str(folder))
    monkeypatch.setattr("send2trash.send2trash", plat_other.send2trash)
    return Trash(folder)
