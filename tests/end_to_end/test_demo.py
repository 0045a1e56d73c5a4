"""`make demo` does what it says: a board of four shots is saved, drawn and painted, and its page named."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).parents[2] / "examples" / "demo.py"


def test_the_demo_saves_a_board_and_ends_with_the_address_of_its_page(tmp_path):
    env = {**os.environ, "TMPDIR": str(tmp_path), "HOTFOLDER_PAGE": "on"}
    done = subprocess.run(
        [sys.executable, DEMO, "--engine", "dry-run"], env=env, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    painted = re.findall(r"^  (.+/demo/\d{3}\.png)$", done.stdout, re.MULTILINE)
    assert [Path(one).is_file() for one in painted] == [True] * 4
    (page,) = re.findall(r"The page: file://(.+)$", done.stdout, re.MULTILINE)
    assert Path(page).is_file()
