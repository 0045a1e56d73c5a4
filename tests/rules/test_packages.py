"""The packages that whoever asked for Hotfolder fixed: each is asked for, and one room imports it."""

from __future__ import annotations

import re
import tomllib

import pytest
from support.places import HOME

FIXED = {
    "watchdog": "watchdog",
    "diffusers": "diffusers",
    "torch": "torch",
    "transformers": "transformers",
    "accelerate": "accelerate",
    "pyyaml": "yaml",
    "loguru": "loguru",
    "pillow": "PIL",
}


def needed() -> set[str]:
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
    return {re.split(r"[^\w-]", each, maxsplit=1)[0].lower() for each in project["dependencies"]}


@pytest.mark.parametrize("package", FIXED)
def test_a_package_that_was_fixed_is_needed(package: str) -> None:
    assert package in needed()


@pytest.mark.parametrize("module", sorted(set(FIXED.values()) - {"accelerate"}))
def test_a_package_that_was_fixed_is_used(module: str) -> None:
    """accelerate is used by diffusers, which loads weights with it."""
    used = re.compile(rf"^\s*(?:import|from) {module}\b", re.MULTILINE)
    assert any(used.search(file.read_text("utf-8")) for file in (HOME / "daemon").rglob("*.py"))
