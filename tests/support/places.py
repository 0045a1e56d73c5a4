"""Where things lie that tests look at: the checkout, the package, and the suite's own files."""

from __future__ import annotations

from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
PACKAGE = HOME / "daemon"
EXAMPLES = HOME / "examples"
TESTS = HOME / "tests"
JOB_FILES = TESTS / "job_files"
ENGINES = TESTS / "misbehaving_engines"
