"""What must be the same for pictures to be the same to the last bit: the machine, told briefly."""

from __future__ import annotations

import platform
import sys


def system() -> str:
    """The operating system and its build: on a Mac the drivers of the graphics come with it."""
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]} {platform.version()} {platform.machine()}"
    return f"{platform.system()} {platform.release()} {platform.machine()}"
